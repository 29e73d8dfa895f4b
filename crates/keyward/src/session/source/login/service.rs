//! The sign-in service of a region, and its tokens as credentials.

use keyward_aws::{Aws, LoginToken, Settings};
use keyward_core::Credentials;
use keyward_core::chain::Endpoints;
use keyward_core::id::{PrincipalArn, Region};

use crate::session::client::aws;
use crate::state::local_state::now;

/// A token as credentials.
pub(super) fn credentials_of(token: &LoginToken, session: &PrincipalArn) -> Credentials {
    let account = session.as_str().split(':').nth(4);
    Credentials {
        access_key_id: token.access_key_id.clone(),
        secret_access_key: token.secret_access_key.clone(),
        session_token: Some(token.session_token.clone()),
        expires_at: Some(now().after(token.life)),
        account_id: account.and_then(|id| id.parse().ok()),
    }
}

/// The client for the sign-in service of a region.
pub(super) fn client(endpoints: Endpoints, region: Region) -> Aws {
    aws(Settings {
        endpoints,
        region: Some(region),
        partition_hint: None,
        now,
        proxy_from_env: true,
    })
}
