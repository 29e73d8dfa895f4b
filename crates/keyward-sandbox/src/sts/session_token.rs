//! GetSessionToken: a user's own permissions, with or without a code.

use std::time::Duration;

use super::{issue, mfa, write_credentials};
use crate::call::{Call, Credential};
use crate::failure::Failure;
use crate::state::{Accounts, Principal, Sessions};
use crate::xml::Xml;

/// The longest session of the root user, in seconds; asking for more returns no more.
const ROOT: u64 = 3600;

/// No policy can forbid this call; only the key must be a user's own, or the root user's.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(super) fn get_session_token(
    call: &Call,
    accounts: &mut Accounts,
    sessions: &mut Sessions,
) -> Result<Xml, Failure> {
    if let Credential::Temporary(_) = &call.caller.credential {
        return Err(Failure::denied(
            "Cannot call GetSessionToken with session credentials",
        ));
    }
    let seconds = call
        .params
        .number("DurationSeconds", 900, 129_600)?
        .unwrap_or(43_200);
    let mfa = mfa::spend(call, accounts)?;
    let (principal, seconds) = match call.caller.user() {
        Some(user) => {
            let name = user.clone();
            (Principal::User { name, mfa }, seconds)
        }
        None => (Principal::Root { mfa }, seconds.min(ROOT)),
    };
    let lifetime = Duration::from_secs(seconds);
    let session = issue(
        call,
        sessions,
        call.caller.account.clone(),
        lifetime,
        principal,
    );
    let mut xml = Xml::new();
    write_credentials(&mut xml, &session);
    Ok(xml)
}
