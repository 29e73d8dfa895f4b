//! The account's alias: one at most, and unique among all accounts.

use super::permit::{own, own_mut, permit_all};
use super::{Answer, page};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreateAccountAlias" => create(call, accounts),
        "DeleteAccountAlias" => delete(call, accounts),
        "ListAccountAliases" => list(call, accounts),
        _ => return None,
    })
}

/// A new alias replaces the old one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let alias = read(call)?;
    permit_all(call, accounts, "*")?;
    if accounts
        .iter()
        .any(|other| other.alias.as_deref() == Some(alias))
    {
        return Err(Failure::exists(format!(
            "The account alias {alias} already exists."
        )));
    }
    own_mut(call, accounts).alias = Some(alias.to_owned());
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let alias = read(call)?;
    permit_all(call, accounts, "*")?;
    let account = own_mut(call, accounts);
    if account.alias.as_deref() != Some(alias) {
        return Err(Failure::no_such(format!("Account Alias {alias}")));
    }
    account.alias = None;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let page = page::cut(&call.params, &own(call, accounts).alias)?;
    let mut xml = Xml::new();
    page.write_texts(&mut xml, "AccountAliases", |alias| alias.as_str());
    Ok(xml)
}

/// Small letters, digits and single hyphens between them; not twelve digits, which are an
/// account.
fn read(call: &Call) -> Result<&str, Failure> {
    let alias = call.params.require("AccountAlias")?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_account = alias.len() == 12 && alias.bytes().all(|b| b.is_ascii_digit());
    let fits = (3..=63).contains(&alias.len())
        && alias
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(plain))
        && !is_account;
    match fits {
        true => Ok(alias),
        false => {
            let constraint = "Member must satisfy regular expression pattern: \
                              ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
            Err(Failure::constraint("accountAlias", alias, constraint))
        }
    }
}
