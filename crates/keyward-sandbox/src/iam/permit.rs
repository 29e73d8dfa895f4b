//! The account, the permission and the user of a call of IAM.

use std::collections::BTreeMap;

use keyward_core::id::UserName;

use super::names;
use crate::authorize::{Wanted, authorize, context, set_tags};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts, Owner, User};

/// A resource, with the facts about it and about the call that conditions can look at.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>
#[derive(Debug, Default)]
pub(super) struct Target<'a> {
    /// The resource that policies are matched against.
    pub(super) arn: String,
    /// The resource's own tags: `aws:ResourceTag/…` and `iam:ResourceTag/…`.
    pub(super) tags: Option<&'a BTreeMap<String, String>>,
    /// The tags that the call sets: `aws:RequestTag/…` and `aws:TagKeys`.
    pub(super) new_tags: Option<&'a BTreeMap<String, String>>,
    /// The keys of the tags that the call removes: `aws:TagKeys`.
    pub(super) old_tags: Vec<String>,
    /// The boundary that the entity has, or is to get: `iam:PermissionsBoundary`.
    pub(super) boundary: Option<&'a str>,
    /// The managed policy that is attached or detached: `iam:PolicyARN`.
    pub(super) policy: Option<&'a str>,
}

/// The caller's account.
pub(super) fn own<'a>(call: &Call, accounts: &'a Accounts) -> &'a Account {
    accounts
        .account(&call.caller.account)
        .expect("a caller's account exists")
}

/// The caller's account, to be changed.
pub(super) fn own_mut<'a>(call: &Call, accounts: &'a mut Accounts) -> &'a mut Account {
    accounts
        .account_mut(&call.caller.account)
        .expect("a caller's account exists")
}

/// Lets policies decide the call's action on a resource.
pub(super) fn permit(call: &Call, accounts: &Accounts, resource: &str) -> Result<(), Failure> {
    permit_on(
        call,
        accounts,
        &Target {
            arn: resource.to_owned(),
            ..Target::default()
        },
    )
}

/// Lets policies decide an action that has no resource; a refusal names a pseudo ARN, such as
/// `user/` of the account, or the text that AWS has for policies.
pub(super) fn permit_all(call: &Call, accounts: &Accounts, shown: &str) -> Result<(), Failure> {
    let shown = match shown {
        "*" | "policy path /" => shown.to_owned(),
        kind => own(call, accounts).arn(kind),
    };
    let action = format!("iam:{}", call.action);
    let wanted = Wanted {
        action: &action,
        resource: "*",
        shown: &shown,
    };
    authorize(call, accounts, wanted, &context(call, accounts))
}

/// Lets policies decide the call's action on a resource whose tags, boundary or policy their
/// conditions may look at.
pub(super) fn permit_on(
    call: &Call,
    accounts: &Accounts,
    target: &Target<'_>,
) -> Result<(), Failure> {
    let mut context = context(call, accounts);
    if let Some(tags) = target.tags {
        set_tags(&mut context, "aws:ResourceTag", tags);
        set_tags(&mut context, "iam:ResourceTag", tags);
    }
    let mut keys = target.old_tags.clone();
    if let Some(tags) = target.new_tags {
        set_tags(&mut context, "aws:RequestTag", tags);
        keys.extend(tags.keys().cloned());
    }
    if !keys.is_empty() {
        context.set_many("aws:TagKeys", keys);
    }
    if let Some(boundary) = target.boundary {
        context.set("iam:PermissionsBoundary", boundary);
    }
    if let Some(policy) = target.policy {
        context.set("iam:PolicyARN", policy);
    }
    let own = format!("iam:{}", call.action);
    for action in std::iter::once(own).chain(tagging(call, target)) {
        let wanted = Wanted {
            action: &action,
            resource: &target.arn,
            shown: &target.arn,
        };
        authorize(call, accounts, wanted, &context)?;
    }
    Ok(())
}

/// The permission that making something with tags needs beside the one to make it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_permissions>
fn tagging(call: &Call, target: &Target<'_>) -> Option<String> {
    let has_tags = target.new_tags.is_some_and(|tags| !tags.is_empty());
    let noun = call.action.strip_prefix("Create").filter(|_| has_tags)?;
    let noun = noun.strip_prefix("Virtual").unwrap_or(noun);
    Some(format!("iam:Tag{noun}"))
}

/// Lets policies decide whether the caller may pass a role to a service.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
pub(super) fn permit_pass(call: &Call, accounts: &Accounts, role: &str) -> Result<(), Failure> {
    let mut context = context(call, accounts);
    context.set("iam:PassedToService", "ec2.amazonaws.com");
    let wanted = Wanted {
        action: "iam:PassRole",
        resource: role,
        shown: role,
    };
    authorize(call, accounts, wanted, &context)
}

/// The user that a call is about, once policies let the caller at it: `UserName`, or the caller
/// itself. The user need not exist, because a stranger must not learn that.
pub(super) fn permit_user(call: &Call, accounts: &Accounts) -> Result<UserName, Failure> {
    match permit_owner(call, accounts)? {
        Owner::User(name) => Ok(name),
        Owner::Root => Err(no_name()),
    }
}

/// The user, or the root user, that a call is about, once policies allow it: `UserName`, or the
/// caller itself. No name means the root user.
pub(super) fn permit_owner(call: &Call, accounts: &Accounts) -> Result<Owner, Failure> {
    let name = match call.params.read("UserName", names::WORD)? {
        Some(name) => name,
        None => match call.caller.owner() {
            Some(Owner::User(name)) => name,
            Some(Owner::Root) => return Ok(Owner::Root),
            None => return Err(no_name()),
        },
    };
    let account = own(call, accounts);
    let user = account.users.get(&name);
    let target = Target {
        arn: user.map_or_else(
            || account.arn(&format!("user/{name}")),
            |user| user.arn(&account.id),
        ),
        tags: user.map(|user| &user.tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    Ok(Owner::User(name))
}

fn no_name() -> Failure {
    Failure::validation("Must specify userName when calling with non-User credentials")
}

pub(super) fn find_user<'a>(account: &'a Account, name: &UserName) -> Result<&'a User, Failure> {
    account.users.get(name).ok_or_else(|| no_user(name))
}

pub(super) fn find_user_mut<'a>(
    account: &'a mut Account,
    name: &UserName,
) -> Result<&'a mut User, Failure> {
    account.users.get_mut(name).ok_or_else(|| no_user(name))
}

pub(super) fn no_user(name: &UserName) -> Failure {
    Failure::no_such(format!("user with name {name}"))
}
