//! The client for the calls of a chain.

use keyward_aws::{Aws, Settings};
use keyward_core::chain::{Call, Chain};

#[cfg(debug_assertions)]
use crate::environment as env;
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
    aws(Settings {
        endpoints: chain.endpoints.clone(),
        region: chain.region.clone(),
        partition_hint: partition,
        now,
        proxy_from_env: true,
    })
}

/// AWS with the usual patience, or a test's.
pub(crate) fn aws(settings: Settings) -> Aws {
    let aws = Aws::new(settings);
    #[cfg(debug_assertions)]
    if let Some(limit) = env::get(env::TEST_ATTEMPT_MS).and_then(|text| text.parse().ok()) {
        return aws.with_timeouts(keyward_aws::Timeouts {
            attempt: std::time::Duration::from_millis(limit),
            ..keyward_aws::Timeouts::default()
        });
    }
    aws
}
