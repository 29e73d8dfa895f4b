//! The lost laptop: makes every key and session of one user useless at once, and undoes that, in
//! all accounts that belong together. It plans the calls but makes none, and deletes only the
//! console password.
//!
//! The order matters. The record for the undo is written before keys are switched off. Keys are
//! switched off before sessions are denied, so that no session made in between escapes.

mod calls;
mod document;
mod failures;
mod kept;
pub(crate) mod names;
mod note;
mod unreached;

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, PolicyArn, PolicyName, UserName};
use keyward_iam::model::{Account, Document, User};

pub use calls::{left_off, revoke, revoke_made_since, undo};
pub use document::{denied_until, deny_user, deny_user_in_role, is_session_of};
pub use failures::{Failures, Fate, Skipped};
pub use names::{REVOCATION_POLICY, RevokedUser};
pub use note::{
    NotedIn, REVOKED_KEYS_TAG, REVOKING_TAG, close, note_in_policy, note_in_tags, noted_keys,
    unmark,
};
pub use unreached::{Unreached, unreached};

use crate::plan::{Operation, PrincipalName};

/// The time after which IAM refuses a switched-off key everywhere. Sessions made in this time are
/// denied too. AWS names no limit.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
const SPREAD: Duration = Duration::from_secs(60);

/// The longest session of a role.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(crate) const LONGEST_ROLE_SESSION: Duration = Duration::from_secs(12 * 3600);

/// The user, and the accounts that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Whom<'a> {
    /// The user.
    pub user: &'a User,
    /// The account that holds it.
    pub home: &'a Account,
    /// The other accounts, whose roles it may have assumed.
    pub others: &'a [&'a Account],
}

/// Whether an inline policy denies revoked sessions. Anyone may give a policy such a name, so the
/// document must do that and nothing else.
#[must_use]
pub fn is_revocation(holder: &PrincipalName, name: &PolicyName, document: &Document) -> bool {
    names::is_of_revocation(holder, name) && document::only_denies_old_sessions(document)
}

/// The same for a managed policy that a holder has.
#[must_use]
pub fn is_attached_revocation(
    holder: &PrincipalName,
    arn: &PolicyArn,
    document: &Document,
) -> bool {
    names::is_attached_by_revocation(holder, arn) && document::only_denies_old_sessions(document)
}

/// The time before which a revocation denies the sessions of a user; `None` where none does. A
/// document that denies less is not a revocation's.
#[must_use]
pub fn revoked_until(account: &Account, user: &User) -> Option<Timestamp> {
    let names = names::of_user(&user.name);
    let policies = kept::found(account, &user.grants, &names);
    policies.filter_map(document::user_denied_until).max()
}

/// Whether the user is revoked, by a denial or a record of a revocation. The denial follows the
/// other calls, so that an interrupted revocation may have left only the record.
#[must_use]
pub fn is_revoked(user: &User) -> bool {
    let names = names::of_user(&user.name);
    let inline = user.grants.inline.get(&names.inline);
    let mut attached = user.grants.attached.iter();
    inline.and_then(document::user_denied_until).is_some()
        || attached.any(|arn| names.is_managed(arn))
        || note::is_there(user)
}

/// The policy by whose name a user looks revoked, for a caller who may not read the documents.
#[must_use]
pub fn revoking_policy(
    user: &UserName,
    inline: &[PolicyName],
    attached: &[PolicyArn],
) -> Option<PolicyName> {
    let holder = PrincipalName::User(user.clone());
    let mut inline = inline.iter();
    let mut attached = attached.iter();
    let inline = inline.find(|name| names::is_of_revocation(&holder, name));
    let attached = || {
        let arn = attached.find(|arn| names::is_attached_by_revocation(&holder, arn))?;
        arn.policy_name().parse().ok()
    };
    inline.cloned().or_else(attached)
}

/// The present credentials of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The access keys that are switched on.
    pub active: BTreeSet<AccessKeyId>,
    /// The access keys that are switched off.
    pub inactive: BTreeSet<AccessKeyId>,
    /// Whether the user can sign in to the console.
    pub console: Console,
    /// The latest time at which AWS noted that one of the keys was made or used. It does not
    /// include deleted keys.
    pub last_use: Option<Timestamp>,
}

/// Whether a user has a console password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Console {
    /// The user has one.
    Password,
    /// The user has none.
    None,
}

/// The calls of a revocation, or of its undo.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measures {
    /// Those in the account of the user, in this order.
    pub home: Vec<Measure>,
    /// Those in the other accounts, in the order of the accounts.
    pub elsewhere: Vec<Vec<Measure>>,
    /// Those in the account of the user that are made after every other call.
    pub last: Vec<Measure>,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// Writes down which keys to switch on again, and that the revocation has begun: by
    /// [`note_in_tags`], and by [`note_in_policy`] where IAM does not accept the tags.
    Note(BTreeSet<AccessKeyId>),
    /// `UpdateAccessKey`: off.
    SwitchOff(AccessKeyId),
    /// `UpdateAccessKey`: on.
    SwitchOn(AccessKeyId),
    /// Closes that record, by [`close`].
    CloseNote,
    /// Removes the mark of an earlier run that is complete but for this call, by [`unmark`].
    Unmark,
    /// A call that plans have too.
    Call(Operation),
    /// A call that removes an older policy, once an earlier call of the run has replaced it. It must not
    /// follow one that [failed](Failures::skip).
    Replaced(Operation),
}

impl Measures {
    /// Whether there is nothing to do but to remove a mark.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let mut last = self.last.iter();
        self.home.is_empty()
            && self.elsewhere.iter().all(Vec::is_empty)
            && last.all(|measure| *measure == Measure::Unmark)
    }
}

impl Measure {
    /// The same call at a later time: a denial covers the sessions up to then. The person may
    /// answer late, and a thief may make a session in the meantime.
    #[must_use]
    pub fn at(&self, user: &User, now: Timestamp) -> Self {
        let until = now.after(SPREAD);
        let dated = |of_roles| match of_roles {
            true => deny_user_in_role(user, until),
            false => deny_user(until),
        };
        let mut later = self.clone();
        match &mut later {
            Self::Call(Operation::PutInlinePolicy { on, document, .. }) => {
                *document = dated(matches!(on, PrincipalName::Role(_)));
            }
            Self::Call(
                Operation::CreatePolicy { arn, document, .. }
                | Operation::CreatePolicyVersion { arn, document },
            ) => *document = dated(names::is_of_roles(arn)),
            _ => {}
        }
        later
    }
}

#[cfg(test)]
mod tests;
