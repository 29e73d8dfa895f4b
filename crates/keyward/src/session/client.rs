//! The client for the calls of a chain.

use keyward_aws::{Aws, Settings};
use keyward_core::chain::{Call, Chain};

use crate::state::local_state::now;

/// The client for a chain's calls.
pub(crate) fn client(chain: &Chain) -> Aws {
    let partition = chain.hops.iter().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(role.role_arn.partition().to_owned()),
        Call::GetSessionToken => hop
            .mfa_serial
            .as_ref()
            .and_then(|serial| serial.as_str().split(':').nth(1))
            .map(str::to_owned),
    });
    Aws::new(Settings {
        endpoints: chain.endpoints.clone(),
        region: chain.region.clone(),
        partition_hint: partition,
        now,
        proxy_from_env: true,
    })
}
