//! GetSessionToken: a user's own permissions, with or without a code.

use std::time::Duration;

use super::{issue, mfa, write_credentials};
use crate::call::{Call, Credential};
use crate::failure::Failure;
use crate::state::{Accounts, Principal, Sessions};
use crate::xml::Xml;

/// No policy can forbid this call; only the key must be a user's own.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(super) fn get_session_token(
    call: &Call,
    accounts: &mut Accounts,
    sessions: &mut Sessions,
) -> Result<Xml, Failure> {
    let Credential::LongTerm { user } = &call.caller.credential else {
        return Err(Failure::denied(
            "Cannot call GetSessionToken with session credentials",
        ));
    };
    let seconds = call
        .params
        .number("DurationSeconds", 900, 129_600)?
        .unwrap_or(43_200);
    let mfa = mfa::spend(call, accounts)?;
    let principal = Principal::User {
        name: user.clone(),
        mfa,
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
