//! Where a revocation keeps its policies: inline, or as a customer-managed policy where the inline
//! policies of the holder leave no room. Those of a user may have 2,048 characters together, and a
//! laptop is lost no less if they are full.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use keyward_iam::Policy;
use keyward_iam::model::{Account, Document, Grants};

use super::names::{Names, managed_path};
use crate::plan::{Operation, PrincipalName, delete_policy, document_length, new_version};

/// The document of this policy that a holder has, inline or attached.
pub(super) fn found<'a>(
    account: &'a Account,
    grants: &'a Grants,
    names: &Names,
) -> Option<&'a Document> {
    let attached = || {
        let arn = names.arn(account);
        let policy = account.policies.get(&arn)?;
        let attached = grants.attached.contains(&arn);
        attached.then_some(&policy.document)
    };
    grants.inline.get(&names.inline).or_else(attached)
}

/// Gives a policy to a holder, or another document to the policy that it has. `spare` characters
/// stay free among the inline policies.
pub(super) fn put(
    account: &Account,
    (on, grants): (&PrincipalName, &Grants),
    names: &Names,
    document: Policy,
    spare: usize,
) -> Vec<Operation> {
    let kept = grants.inline.iter();
    let kept = kept.filter(|(name, _)| **name != names.inline);
    let taken: usize = kept.map(|(_, document)| document_length(document)).sum();
    let length = document_length(&document.clone().into());
    if taken + length + spare <= room(on) {
        return vec![Operation::PutInlinePolicy {
            on: on.clone(),
            name: names.inline.clone(),
            document,
        }];
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
    if !grants.attached.contains(&arn) {
        operations.push(Operation::AttachPolicy {
            to: on.clone(),
            policy: arn,
        });
    }
    operations
}

/// Takes a policy from a holder, inline and attached.
pub(super) fn take(
    account: &Account,
    (on, grants): (&PrincipalName, &Grants),
    names: &Names,
) -> Vec<Operation> {
    let arn = names.arn(account);
    let inline = grants.inline.contains_key(&names.inline);
    let inline = inline.then(|| Operation::DeleteInlinePolicy {
        on: on.clone(),
        name: names.inline.clone(),
    });
    let attached = grants.attached.contains(&arn);
    let attached = attached.then(|| Operation::DetachPolicy {
        from: on.clone(),
        policy: arn,
    });
    inline.into_iter().chain(attached).collect()
}

/// Deletes the managed policy, which nothing holds any more.
pub(super) fn delete(account: &Account, names: &Names) -> Vec<Operation> {
    let live = account.policies.get(&names.arn(account));
    live.map(delete_policy).unwrap_or_default()
}

/// The most characters of all inline policies of a holder, which no account can raise.
fn room(on: &PrincipalName) -> usize {
    match on {
        PrincipalName::User(_) => 2048,
        PrincipalName::Group(_) => 5120,
        PrincipalName::Role(_) => 10_240,
    }
}
