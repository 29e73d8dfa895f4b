//! Refuses a new key for a user whom `account revoke` revoked: it would give back what the revocation
//! took. Tags or policies of the user say so.

use keyward_account::revoke::{REVOKED_KEYS_TAG, REVOKING_TAG, revoking_policy};
use keyward_aws::CallError;
use keyward_core::id::{PolicyName, UserName};

use super::authority::{Authority, refuses_session};
use super::run::quoted;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// Refuses if the user is revoked. A caller who may not read the tags or the policies is not stopped:
/// few policies for machines that rotate keys allow that.
///
/// # Errors
/// The user is revoked, or AWS did not answer.
pub(super) fn refuse(ui: &Ui, authority: &Authority, user: &UserName) -> Result<(), CliError> {
    let mark = match tag(authority, user) {
        Some(tag) => Some(format!("tag `{tag}`")),
        None => policy(ui, authority, user)?.map(|name| format!("policy `{name}`")),
    };
    let Some(mark) = mark else {
        return Ok(());
    };
    let by = quoted(&authority.chain.profile);
    Err(CliError::failed(format!(
        "user `{user}` is revoked (its {mark} says so), and a new key would give access back"
    ))
    .hint(format!(
        "to take the revocation back first: keyward account revoke {user} --profile {by} --undo"
    )))
}

fn tag(authority: &Authority, user: &UserName) -> Option<String> {
    let Authority {
        aws, credentials, ..
    } = authority;
    let found = aws.get_user(credentials, Some(user)).ok()?;
    let mut tags = found.tags.into_iter().map(|(key, _)| key);
    tags.find(|key| [REVOKED_KEYS_TAG, REVOKING_TAG].contains(&key.as_str()))
}

/// The policy of a revocation, which notes the keys where IAM refused the tags.
fn policy(ui: &Ui, authority: &Authority, user: &UserName) -> Result<Option<PolicyName>, CliError> {
    let Authority {
        aws, credentials, ..
    } = authority;
    let inline = readable(aws.list_user_policies(credentials, user))?;
    let attached = readable(aws.list_attached_user_policies(credentials, user))?;
    let refused: Vec<&str> = [
        (inline.is_none(), "iam:ListUserPolicies"),
        (attached.is_none(), "iam:ListAttachedUserPolicies"),
    ]
    .into_iter()
    .filter_map(|(is_refused, call)| is_refused.then_some(call))
    .collect();
    if !refused.is_empty() {
        ui.say(format!(
            "`{}` may not call {}, so keyward did not look there for a revocation of user `{user}`",
            authority.chain.profile,
            refused.join(" and ")
        ));
    }
    let (inline, attached) = (inline.unwrap_or_default(), attached.unwrap_or_default());
    Ok(revoking_policy(user, &inline, &attached))
}

/// The answer; `None` if the caller may not ask.
fn readable<T>(answer: Result<T, CallError>) -> Result<Option<T>, CliError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if refuses_session(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
