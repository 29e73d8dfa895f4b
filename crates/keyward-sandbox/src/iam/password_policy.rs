//! The account's rules for passwords.

use super::Answer;
use super::permit::{own, own_mut, permit_all};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, PasswordPolicy, Rule};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "GetAccountPasswordPolicy" => get(call, accounts),
        "UpdateAccountPasswordPolicy" => update(call, accounts),
        "DeleteAccountPasswordPolicy" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let account = own(call, accounts);
    let policy = account.password_policy.as_ref().ok_or_else(|| none(call))?;
    let mut xml = Xml::new();
    xml.element("PasswordPolicy", |xml| {
        xml.text("MinimumPasswordLength", policy.minimum_length)
            .text("RequireSymbols", policy.symbols.as_str())
            .text("RequireNumbers", policy.numbers.as_str())
            .text("RequireUppercaseCharacters", policy.uppercase.as_str())
            .text("RequireLowercaseCharacters", policy.lowercase.as_str())
            .text(
                "AllowUsersToChangePassword",
                policy.users_may_change.as_str(),
            )
            .text("ExpirePasswords", policy.max_age_days.is_some())
            .maybe("MaxPasswordAge", policy.max_age_days)
            .maybe("PasswordReusePrevention", policy.reuse_prevention)
            .text("HardExpiry", policy.hard_expiry.as_str());
    });
    Ok(xml)
}

/// An omitted setting returns to its default; partial updates do not exist.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let params = &call.params;
    let rule = |name: &'static str| {
        params.flag(name).map(|on| {
            if on == Some(true) {
                Rule::On
            } else {
                Rule::Off
            }
        })
    };
    let number = |name: &'static str, least: u64, most: u64| {
        let number = params.number(name, least, most)?;
        Ok::<_, Failure>(number.and_then(|n| u32::try_from(n).ok()))
    };
    let policy = PasswordPolicy {
        minimum_length: number("MinimumPasswordLength", 6, 128)?.unwrap_or(6),
        symbols: rule("RequireSymbols")?,
        numbers: rule("RequireNumbers")?,
        uppercase: rule("RequireUppercaseCharacters")?,
        lowercase: rule("RequireLowercaseCharacters")?,
        users_may_change: rule("AllowUsersToChangePassword")?,
        max_age_days: number("MaxPasswordAge", 1, 1095)?,
        reuse_prevention: number("PasswordReusePrevention", 1, 24)?,
        hard_expiry: rule("HardExpiry")?,
    };
    own_mut(call, accounts).password_policy = Some(policy);
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountPasswordPolicy.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let policy = own_mut(call, accounts).password_policy.take();
    policy.map(|_| Xml::new()).ok_or_else(|| none(call))
}

fn none(call: &Call) -> Failure {
    Failure::no_such(format!(
        "Password Policy with domain name {}",
        call.caller.account
    ))
}
