//! Identity and Access Management: the actions that people use on themselves, and what a tool
//! looks at. Policies decide each of them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html>

use keyward_core::id::UserName;

use crate::authorize::{Wanted, authorize, context};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts, Mfa, Principal, User};
use crate::xml::Xml;

mod account;
mod device_owner;
mod devices;
mod groups;
mod keys;
mod login_profile;
mod names;
mod page;
mod password_policy;
mod roles;
mod users;

/// Decides a call and gives the content of its result element.
pub(crate) fn answer(call: &Call, accounts: &mut Accounts) -> Result<Xml, Failure> {
    refuse_sessions_without_mfa(call)?;
    match call.action.as_str() {
        "GetUser" => users::get(call, accounts),
        "ListUsers" => users::list(call, accounts),
        "CreateUser" => users::create(call, accounts),
        "DeleteUser" => users::delete(call, accounts),
        "ListAccessKeys" => keys::list(call, accounts),
        "CreateAccessKey" => keys::create(call, accounts),
        "UpdateAccessKey" => keys::update(call, accounts),
        "DeleteAccessKey" => keys::delete(call, accounts),
        "GetAccessKeyLastUsed" => keys::last_used(call, accounts),
        "ListVirtualMFADevices" => devices::list(call, accounts),
        "CreateVirtualMFADevice" => devices::create(call, accounts),
        "DeleteVirtualMFADevice" => devices::delete(call, accounts),
        "ListMFADevices" => device_owner::list(call, accounts),
        "GetMFADevice" => device_owner::get(call, accounts),
        "EnableMFADevice" => device_owner::enable(call, accounts),
        "DeactivateMFADevice" => device_owner::deactivate(call, accounts),
        "ResyncMFADevice" => device_owner::resync(call, accounts),
        "GetAccountPasswordPolicy" => password_policy::get(call, accounts),
        "UpdateAccountPasswordPolicy" => password_policy::update(call, accounts),
        "DeleteAccountPasswordPolicy" => password_policy::delete(call, accounts),
        "ChangePassword" => login_profile::change_password(call, accounts),
        "GetLoginProfile" => login_profile::get(call, accounts),
        "CreateLoginProfile" => login_profile::create(call, accounts),
        "UpdateLoginProfile" => login_profile::update(call, accounts),
        "DeleteLoginProfile" => login_profile::delete(call, accounts),
        "GetRole" => roles::get(call, accounts),
        "ListRoles" => roles::list(call, accounts),
        "GetAccountSummary" => account::summary(call, accounts),
        "ListAccountAliases" => account::aliases(call, accounts),
        "ListGroupsForUser" => groups::of_user(call, accounts),
        "ListAttachedUserPolicies" => groups::attached_to_user(call, accounts),
        "ListAttachedGroupPolicies" => groups::attached_to_group(call, accounts),
        other => Err(Failure::no_action(other, call.service.version())),
    }
}

/// Sessions from GetSessionToken without a code, and federated ones, are no good for IAM.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>
fn refuse_sessions_without_mfa(call: &Call) -> Result<(), Failure> {
    match call.caller.session().map(|session| &session.principal) {
        Some(
            Principal::User {
                mfa: Mfa::Absent, ..
            }
            | Principal::Federated { .. },
        ) => Err(Failure::invalid_token()),
        _ => Ok(()),
    }
}

/// The caller's account.
fn own<'a>(call: &Call, accounts: &'a Accounts) -> &'a Account {
    accounts
        .account(&call.caller.account)
        .expect("a caller's account exists")
}

/// The caller's account, to be changed.
fn own_mut<'a>(call: &Call, accounts: &'a mut Accounts) -> &'a mut Account {
    accounts
        .account_mut(&call.caller.account)
        .expect("a caller's account exists")
}

/// Lets policies decide the call's action on a resource.
fn permit(call: &Call, accounts: &Accounts, resource: &str) -> Result<(), Failure> {
    permit_shown(call, accounts, resource, resource)
}

/// Lets policies decide an action that has no resource; a refusal names a pseudo ARN, such as
/// `user/` of the account.
fn permit_all(call: &Call, accounts: &Accounts, shown: &str) -> Result<(), Failure> {
    let shown = match shown {
        "*" => "*".to_owned(),
        kind => own(call, accounts).arn(kind),
    };
    permit_shown(call, accounts, "*", &shown)
}

fn permit_shown(
    call: &Call,
    accounts: &Accounts,
    resource: &str,
    shown: &str,
) -> Result<(), Failure> {
    let action = format!("iam:{}", call.action);
    let wanted = Wanted {
        action: &action,
        resource,
        shown,
    };
    authorize(call, accounts, wanted, &context(call, accounts))
}

/// The user that a call is about, once policies let the caller at it: `UserName`, or the caller
/// itself. The user need not exist, because a stranger must not learn that.
fn permit_user(call: &Call, accounts: &Accounts) -> Result<UserName, Failure> {
    let name = match call.params.read("UserName", names::WORD)? {
        Some(name) => name,
        None => call.caller.user().cloned().ok_or_else(|| {
            Failure::validation("Must specify userName when calling with non-User credentials")
        })?,
    };
    let account = own(call, accounts);
    let arn = match account.users.get(&name) {
        Some(user) => user.arn(&account.id),
        None => account.arn(&format!("user/{name}")),
    };
    permit(call, accounts, &arn)?;
    Ok(name)
}

fn find_user<'a>(account: &'a Account, name: &UserName) -> Result<&'a User, Failure> {
    account.users.get(name).ok_or_else(|| no_user(name))
}

fn find_user_mut<'a>(account: &'a mut Account, name: &UserName) -> Result<&'a mut User, Failure> {
    account.users.get_mut(name).ok_or_else(|| no_user(name))
}

fn no_user(name: &UserName) -> Failure {
    Failure::no_such(format!("user with name {name}"))
}
