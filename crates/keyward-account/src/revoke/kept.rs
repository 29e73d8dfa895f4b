//! Where a revocation keeps its policies: inline, or as a customer-managed policy where the inline
//! policies of the holder leave no room. Those of a user may have 2,048 characters together, and a
//! laptop is lost no less if they are full.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use keyward_core::id::PolicyName;
use keyward_iam::Policy;
use keyward_iam::model::{Account, Document, Grants};
use keyward_iam::size::{INLINE_OF_A_GROUP, INLINE_OF_A_ROLE, INLINE_OF_A_USER};

use super::names::{Names, managed_path};
use crate::plan::{Operation, PrincipalName, delete_policy, document_length, new_version};

/// The documents of this policy that a holder has, inline and attached. It has both if a run ended
/// between the policy that it wrote and the older one that it would have taken.
pub(super) fn found<'a>(
    account: &'a Account,
    grants: &'a Grants,
    names: &Names,
) -> impl Iterator<Item = &'a Document> + use<'a> {
    let arn = names.arn(account);
    let attached = grants.attached.contains(&arn);
    let managed = account.policies.get(&arn).filter(|_| attached);
    let inline = grants.inline.get(&names.inline);
    inline
        .into_iter()
        .chain(managed.map(|policy| &policy.document))
}

/// Room among the inline policies for a policy that follows.
pub(super) struct Spare<'a> {
    /// The inline policy that follows. It replaces an older one of that name.
    pub(super) name: &'a PolicyName,
    /// The length of its document, in characters.
    pub(super) length: usize,
}

/// Adds a policy to a holder, or replaces the document of the one that it has. The last calls remove the
/// older policy of the other kind, which would hide the new one.
pub(super) fn put(
    account: &Account,
    (on, grants): (&PrincipalName, &Grants),
    names: &Names,
    document: Policy,
    spare: Option<Spare<'_>>,
) -> Vec<Operation> {
    let follows = |name: &PolicyName| spare.as_ref().is_some_and(|spare| spare.name == name);
    let kept = grants.inline.iter();
    let kept = kept.filter(|(name, _)| **name != names.inline && !follows(name));
    let taken: usize = kept.map(|(_, document)| document_length(document)).sum();
    let length = document_length(&document.clone().into());
    let spare = spare.as_ref().map_or(0, |spare| spare.length);
    let (inline, managed) = (
        take_inline(on, grants, names),
        detach(account, (on, grants), names),
    );
    if taken + length + spare <= room(on) {
        let put = Operation::PutInlinePolicy {
            on: on.clone(),
            name: names.inline.clone(),
            document,
        };
        return std::iter::once(put).chain(managed).collect();
    }
    let arn = names.arn(account);
    let mut operations = match account.policies.get(&arn) {
        None => vec![Operation::CreatePolicy {
            arn: arn.clone(),
            name: names.managed.clone(),
            path: managed_path(),
            document,
            tags: Default::default(),
        }],
        Some(live) => new_version(live, document),
    };
    if managed.is_none() {
        operations.push(Operation::AttachPolicy {
            to: on.clone(),
            policy: arn,
        });
    }
    operations.extend(inline);
    operations
}

/// Removes a policy from a holder, inline and attached.
pub(super) fn take(
    account: &Account,
    (on, grants): (&PrincipalName, &Grants),
    names: &Names,
) -> Vec<Operation> {
    let inline = take_inline(on, grants, names);
    let attached = detach(account, (on, grants), names);
    inline.into_iter().chain(attached).collect()
}

fn take_inline(on: &PrincipalName, grants: &Grants, names: &Names) -> Option<Operation> {
    let inline = grants.inline.contains_key(&names.inline);
    inline.then(|| Operation::DeleteInlinePolicy {
        on: on.clone(),
        name: names.inline.clone(),
    })
}

fn detach(
    account: &Account,
    (on, grants): (&PrincipalName, &Grants),
    names: &Names,
) -> Option<Operation> {
    let arn = names.arn(account);
    let attached = grants.attached.contains(&arn);
    attached.then(|| Operation::DetachPolicy {
        from: on.clone(),
        policy: arn,
    })
}

/// Deletes the managed policy, which no holder has any longer.
pub(super) fn delete(account: &Account, names: &Names) -> Vec<Operation> {
    let live = account.policies.get(&names.arn(account));
    live.map(delete_policy).unwrap_or_default()
}

/// The most characters of all inline policies of a holder, which no account can raise.
fn room(on: &PrincipalName) -> usize {
    match on {
        PrincipalName::User(_) => INLINE_OF_A_USER,
        PrincipalName::Group(_) => INLINE_OF_A_GROUP,
        PrincipalName::Role(_) => INLINE_OF_A_ROLE,
    }
}
