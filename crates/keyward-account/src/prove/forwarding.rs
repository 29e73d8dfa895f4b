//! Whether policies treat calls that an AWS service makes with a person's credentials differently.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>

use keyward_iam::Permissions;

use super::looks::{limits, looks_at, own};

/// Keys that distinguish forwarded calls from others.
const FORWARDING: [&str; 2] = ["aws:viaawsservice", "aws:calledvia"];

/// Whether policies distinguish forwarded calls from others.
pub(super) fn tells_forwarded(permissions: &Permissions<'_>) -> bool {
    let mut statements = own(permissions).chain(limits(permissions));
    statements.any(|statement| FORWARDING.iter().any(|key| looks_at(statement, key)))
}
