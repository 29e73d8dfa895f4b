//! The Security Token Service: who am I, and temporary credentials.
//!
//! Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html>

use std::time::Duration;

use crate::authorize::{Wanted, authorize, context};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Accounts, Principal, Session, Sessions};
use crate::xml::Xml;

mod assume_role;
mod federation_token;
mod identity;
mod mfa;
mod session_policy;
mod session_token;
mod tags;

/// Decides a call and returns the content of its result element.
pub(crate) fn answer(
    call: &Call,
    accounts: &mut Accounts,
    sessions: &mut Sessions,
) -> Result<Xml, Failure> {
    match call.action.as_str() {
        "GetCallerIdentity" => Ok(identity::get_caller_identity(call, accounts)),
        "GetAccessKeyInfo" => identity::get_access_key_info(call, accounts, sessions),
        "GetSessionToken" => session_token::get_session_token(call, accounts, sessions),
        "AssumeRole" => assume_role::assume_role(call, accounts, sessions),
        "GetFederationToken" => federation_token::get_federation_token(call, accounts, sessions),
        other => Err(Failure::no_action(other, call.service.version())),
    }
}

/// Makes and keeps new temporary credentials for the account that owns the principal.
fn issue(
    call: &Call,
    sessions: &mut Sessions,
    account: keyward_core::id::AccountId,
    lifetime: Duration,
    principal: Principal,
) -> Session {
    let session = Session {
        access_key_id: random::access_key_id("ASIA"),
        secret: random::secret_access_key(),
        token: random::session_token(),
        account,
        issued: call.now,
        expires: call.now.after(lifetime),
        principal,
    };
    sessions.insert(session.clone());
    session
}

/// Writes `<Credentials>`.
fn write_credentials(xml: &mut Xml, session: &Session) {
    xml.element("Credentials", |xml| {
        xml.text("AccessKeyId", &session.access_key_id)
            // Exposed because handing them out is what this answer is for.
            .text("SecretAccessKey", session.secret.expose())
            .text("SessionToken", session.token.expose())
            .text("Expiration", session.expires);
    });
}

/// Lets the caller's own policies decide an action that has no further rules.
fn permit(call: &Call, accounts: &Accounts, action: &str, resource: &str) -> Result<(), Failure> {
    let wanted = Wanted {
        action,
        resource,
        shown: resource,
    };
    authorize(call, accounts, wanted, &context(call, accounts))
}
