//! Refuses a new key for a user whom `account revoke` revoked: it would give back what the revocation
//! took. Tags or policies of the user say so.

use keyward_account::revoke::{REVOKED_KEYS_TAG, REVOKING_TAG, revoking_policy};
use keyward_aws::CallError;
use keyward_core::id::{PolicyName, UserName};

use super::authority::Authority;
use super::run::quoted;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// Refuses if the user is revoked. A caller who may not read the tags or the policies is not stopped:
/// few policies for machines that rotate keys allow that.
///
/// # Errors
/// The user is revoked, or AWS did not answer.
pub(super) fn refuse(ui: &Ui, authority: &Authority, user: &UserName) -> Result<(), CliError> {
    let Authority {
        aws, credentials, ..
    } = authority;
    let tags = readable(aws.get_user(credentials, Some(user)))?.map(|found| found.tags);
    let mut names = tags.iter().flatten().map(|(name, _)| name);
    let mark = match names.find(|name| is_mark(name)) {
        Some(tag) => Some(format!("tag `{tag}`")),
        None => policy(ui, authority, user, tags.is_some())?.map(|name| format!("policy `{name}`")),
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

fn is_mark(tag: &str) -> bool {
    [REVOKED_KEYS_TAG, REVOKING_TAG].contains(&tag)
}

/// The policy of a revocation, which notes the keys where IAM refused the tags. Names the calls that
/// AWS refused, with that of the tags.
fn policy(
    ui: &Ui,
    authority: &Authority,
    user: &UserName,
    tags_are_read: bool,
) -> Result<Option<PolicyName>, CliError> {
    let Authority {
        aws, credentials, ..
    } = authority;
    let inline = readable(aws.list_user_policies(credentials, user))?;
    let attached = readable(aws.list_attached_user_policies(credentials, user))?;
    let refused: Vec<&str> = [
        (tags_are_read, "iam:GetUser"),
        (inline.is_some(), "iam:ListUserPolicies"),
        (attached.is_some(), "iam:ListAttachedUserPolicies"),
    ]
    .into_iter()
    .filter_map(|(is_read, call)| (!is_read).then_some(call))
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
        Err(CallError::Denied { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
