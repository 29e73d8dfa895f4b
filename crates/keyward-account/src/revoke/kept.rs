//! Where a revocation keeps its policies: inline, or as a customer-managed policy where the inline
//! policies of the holder leave no room. Those of a user may have 2,048 characters together, and a
//! laptop is lost no less if they are full.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::Policy;
use keyward_iam::model::{Account, Document, Grants, ManagedPolicy};
use keyward_iam::size::{INLINE_OF_A_GROUP, INLINE_OF_A_ROLE, INLINE_OF_A_USER};

use super::document::only_denies_old_sessions;
use super::names::{Names, managed_path};
use crate::plan::{Operation, PrincipalName, delete_policy, document_length, new_version};

/// The documents of this policy that a holder has, inline and attached. It has both if a run ended
/// between the policy that it wrote and the older one that it would have taken.
pub(super) fn found<'a>(
    account: &'a Account,
    grants: &'a Grants,
    names: &'a Names,
) -> impl Iterator<Item = &'a Document> + use<'a> {
    let attached = attached(grants, names);
    let managed = attached.filter_map(|arn| account.policies.get(arn));
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
    let (inline, managed) = (take_inline(on, grants, names), detach((on, grants), names));
    if taken + length + spare <= room(on) {
        let put = Operation::PutInlinePolicy {
            on: on.clone(),
            name: names.inline.clone(),
            document,
        };
        return std::iter::once(put).chain(managed).collect();
    }
    let held = attached(grants, names).find_map(|arn| account.policies.get(arn));
    let live = held.or_else(|| managed_policies(account, names).next());
    let (arn, mut operations) = match live {
        Some(live) => (live.arn.clone(), new_version(live, document)),
        None => {
            let (arn, name) = names.free(account);
            let create = Operation::CreatePolicy {
                arn: arn.clone(),
                name,
                path: managed_path(),
                document,
                tags: Default::default(),
            };
            (arn, vec![create])
        }
    };
    if held.is_none() {
        operations.push(Operation::AttachPolicy {
            to: on.clone(),
            policy: arn,
        });
    }
    operations.extend(inline);
    operations
}

/// Removes a policy from a holder, inline and attached.
pub(super) fn take((on, grants): (&PrincipalName, &Grants), names: &Names) -> Vec<Operation> {
    let inline = take_inline(on, grants, names);
    let attached = detach((on, grants), names);
    inline.into_iter().chain(attached).collect()
}

fn take_inline(on: &PrincipalName, grants: &Grants, names: &Names) -> Option<Operation> {
    let inline = grants.inline.contains_key(&names.inline);
    inline.then(|| Operation::DeleteInlinePolicy {
        on: on.clone(),
        name: names.inline.clone(),
    })
}

fn detach<'a>(
    (on, grants): (&'a PrincipalName, &'a Grants),
    names: &'a Names,
) -> impl Iterator<Item = Operation> + use<'a> {
    attached(grants, names).map(|arn| Operation::DetachPolicy {
        from: on.clone(),
        policy: arn.clone(),
    })
}

/// The managed policies of these names that a holder has.
fn attached<'a>(
    grants: &'a Grants,
    names: &'a Names,
) -> impl Iterator<Item = &'a PolicyArn> + use<'a> {
    grants.attached.iter().filter(|arn| names.is_managed(arn))
}

/// The managed policies of these names. Anyone may make one that does not deny; it is replaced.
fn managed_policies<'a>(
    account: &'a Account,
    names: &'a Names,
) -> impl Iterator<Item = &'a ManagedPolicy> + use<'a> {
    let policies = account.policies.values();
    policies.filter(|policy| names.is_managed(&policy.arn))
}

/// Deletes the managed policies, which no holder has any longer. One that does something else is not a
/// revocation's.
pub(super) fn delete(account: &Account, names: &Names) -> Vec<Operation> {
    let live = managed_policies(account, names);
    let live = live.filter(|policy| only_denies_old_sessions(&policy.document));
    live.flat_map(delete_policy).collect()
}

/// The most characters of all inline policies of a holder, which no account can raise.
fn room(on: &PrincipalName) -> usize {
    match on {
        PrincipalName::User(_) => INLINE_OF_A_USER,
        PrincipalName::Group(_) => INLINE_OF_A_GROUP,
        PrincipalName::Role(_) => INLINE_OF_A_ROLE,
    }
}
