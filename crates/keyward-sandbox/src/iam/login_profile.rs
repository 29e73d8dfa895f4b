//! Console passwords: a user's own, and those that an administrator sets.

use keyward_core::Timestamp;
use keyward_core::id::UserName;
use keyward_core::secret::ConsolePassword;

use super::Answer;
use super::permit::{find_user, find_user_mut, own, own_mut, permit, permit_user};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, LoginProfile, PasswordReset, check_password};
use crate::xml::Xml;

const SHAPE: &str = "Member must have length between 1 and 128";

/// The number of earlier passwords that are kept: the most that a policy can ask for.
const KEPT: usize = 24;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "ChangePassword" => change_password(call, accounts),
        "GetLoginProfile" => get(call, accounts),
        "CreateLoginProfile" => create(call, accounts),
        "UpdateLoginProfile" => update(call, accounts),
        "DeleteLoginProfile" => delete(call, accounts),
        _ => return None,
    })
}

/// The old password is checked, and the new one against the account's rules.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html>
fn change_password(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = call.caller.user().cloned().ok_or_else(|| {
        let message = "Only IAM Users can change their own password";
        Failure::new(400, "InvalidUserType", message)
    })?;
    let old: ConsolePassword = call.params.demand_secret("OldPassword", SHAPE)?;
    let new: ConsolePassword = call.params.demand_secret("NewPassword", SHAPE)?;
    // The call has no UserName: it is about the caller, whatever else it says.
    let account = own(call, accounts);
    let arn = find_user(account, &name)?.arn(&account.id);
    permit(call, accounts, &arn)?;
    check(call, accounts, &name, &new)?;
    let profile = profile_mut(call, accounts, &name)?;
    // Exposed to be compared only.
    if profile.password.expose() != old.expose() {
        return Err(Failure::denied("The old password was incorrect."));
    }
    replace(profile, new, call.now);
    profile.reset = PasswordReset::NotRequired;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let profile = profile_mut(call, accounts, &name)?;
    let mut xml = Xml::new();
    write(&mut xml, profile, &name);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let password: ConsolePassword = call.params.demand_secret("Password", SHAPE)?;
    let reset = reset(call)?.unwrap_or(PasswordReset::NotRequired);
    if find_user(own(call, accounts), &name)?.login.is_some() {
        return Err(Failure::exists(format!(
            "Login Profile for user {name} already exists."
        )));
    }
    check(call, accounts, &name, &password)?;
    let profile = LoginProfile {
        password,
        earlier: Vec::new(),
        created: call.now,
        changed: call.now,
        reset,
    };
    let mut xml = Xml::new();
    write(&mut xml, &profile, &name);
    find_user_mut(own_mut(call, accounts), &name)?.login = Some(profile);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    profile_mut(call, accounts, &name)?;
    if call.params.get("Password").is_some() {
        let password: ConsolePassword = call.params.demand_secret("Password", SHAPE)?;
        check(call, accounts, &name, &password)?;
        replace(profile_mut(call, accounts, &name)?, password, call.now);
    }
    if let Some(reset) = reset(call)? {
        profile_mut(call, accounts, &name)?.reset = reset;
    }
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    profile_mut(call, accounts, &name)?;
    find_user_mut(own_mut(call, accounts), &name)?.login = None;
    Ok(Xml::new())
}

fn reset(call: &Call) -> Result<Option<PasswordReset>, Failure> {
    let flag = call.params.flag("PasswordResetRequired")?;
    Ok(flag.map(|on| {
        if on {
            PasswordReset::Required
        } else {
            PasswordReset::NotRequired
        }
    }))
}

fn check(
    call: &Call,
    accounts: &Accounts,
    name: &UserName,
    password: &ConsolePassword,
) -> Result<(), Failure> {
    let account = own(call, accounts);
    let profile = find_user(account, name)?.login.as_ref();
    check_password(account.password_policy.as_ref(), password, profile)
        .map_err(|violation| Failure::new(400, "PasswordPolicyViolation", violation.to_string()))
}

fn replace(profile: &mut LoginProfile, password: ConsolePassword, now: Timestamp) {
    profile.changed = now;
    let old = std::mem::replace(&mut profile.password, password);
    profile.earlier.insert(0, old);
    profile.earlier.truncate(KEPT);
}

fn profile_mut<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut LoginProfile, Failure> {
    let user = find_user_mut(own_mut(call, accounts), name)?;
    user.login.as_mut().ok_or_else(|| {
        let message = format!("Login Profile for User {name} cannot be found.");
        Failure::new(404, "NoSuchEntity", message)
    })
}

fn write(xml: &mut Xml, profile: &LoginProfile, name: &UserName) {
    xml.element("LoginProfile", |xml| {
        xml.text("UserName", name)
            .text("CreateDate", profile.created)
            .text(
                "PasswordResetRequired",
                profile.reset == PasswordReset::Required,
            );
    });
}
