//! The signer of a revocation. A run that revokes its own signer would deny its own calls half-way.

use keyward_account::revoke;
use keyward_core::id::{AccountId, PrincipalArn};
use keyward_iam::model::User;

use crate::account::{Places, Reached};
use crate::screen::error::CliError;

/// Refuses to revoke the user who signs in any of the accounts, and a user whose name the session that
/// signs bears: the run would deny its own calls half-way.
pub(crate) fn refuse_own(places: &Places<'_>, user: &User) -> Result<(), CliError> {
    let home = &places.account().id;
    let reached = std::iter::once(&places.home).chain(&places.others);
    for Reached {
        name,
        snapshot,
        signer,
    } in reached
    {
        let start = match snapshot.caller.user_name() {
            Some(_) => Some(snapshot.caller.clone()),
            None => signer.start(),
        };
        let Some(own) = own(start.as_ref(), &snapshot.caller, user, home) else {
            continue;
        };
        let whose = name.as_ref().map(|name| format!(" in account `{name}`"));
        let whose = whose.unwrap_or_default();
        return Err(match own {
            Own::User => CliError::failed(format!(
                "`{}` signs these calls itself{whose}",
                user.name
            ))
            .hint("name the profile of another administrator: --profile P"),
            Own::Session => CliError::failed(format!(
                "the role session that signs{whose} is named like a session of `{}`, so it would deny its own calls",
                user.name
            ))
            .hint("set another `role_session_name` in the profile")
            .hint("or name the profile of another administrator: --profile P"),
        });
    }
    Ok(())
}

/// The reason why a revocation would deny its own calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    /// The user signs.
    User,
    /// Another user signs with a role session that has the user's name.
    Session,
}

/// Whether a user signs. The identity at the start of the chain decides. If that is not a user or not
/// known, the name of the caller's session decides.
fn own(
    start: Option<&PrincipalArn>,
    caller: &PrincipalArn,
    user: &User,
    home: &AccountId,
) -> Option<Own> {
    let start = start.unwrap_or(caller);
    let session = caller.resource().strip_prefix("assumed-role/");
    let session = session.and_then(|rest| rest.rsplit('/').next());
    let named = session.is_some_and(|name| revoke::is_session_of(user, name));
    match start.user_name() {
        Some(name) if name == user.name.as_str() && start.account().as_ref() == Some(home) => {
            Some(Own::User)
        }
        Some(_) => named.then_some(Own::Session),
        None => named.then_some(Own::User),
    }
}

#[cfg(test)]
mod tests;
