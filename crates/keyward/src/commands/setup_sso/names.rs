//! The names of new profiles: a template filled with account and role, as a word that every AWS tool
//! accepts as a profile's name.

use std::collections::BTreeMap;
use std::str::FromStr;

use keyward_aws::{SsoAccount, SsoRole};
use keyward_core::id::ProfileName;

use crate::screen::error::CliError;

/// A role in an account.
#[derive(Debug, Clone)]
pub(crate) struct AccountRole {
    pub(crate) account: SsoAccount,
    pub(crate) role: SsoRole,
}

/// A template: `{account}`, `{account_id}` and `{role}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(String);

/// A text that is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTemplate {
    /// Every profile would have the same name.
    #[error("it holds neither `{{account}}` nor `{{account_id}}` nor `{{role}}`")]
    Constant,
    /// A place that nothing fills.
    #[error("`{0}` is not one of `{{account}}`, `{{account_id}}` and `{{role}}`")]
    Unknown(String),
}

const PLACES: [&str; 3] = ["{account}", "{account_id}", "{role}"];

impl FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(text: &str) -> Result<Self, InvalidTemplate> {
        let mut rest = text.to_owned();
        for place in PLACES {
            rest = rest.replace(place, "");
        }
        if rest.contains(['{', '}']) {
            return Err(InvalidTemplate::Unknown(rest));
        }
        match rest == text {
            true => Err(InvalidTemplate::Constant),
            false => Ok(Self(text.to_owned())),
        }
    }
}

impl Template {
    fn fill(&self, account: &str, found: &AccountRole) -> String {
        let text = self
            .0
            .replace("{account}", account)
            .replace("{account_id}", found.account.id.as_str())
            .replace("{role}", &found.role.name);
        slug(&text)
    }
}

/// Lower case; whatever is not a letter, a digit or one of `._-` becomes one hyphen.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A name for each. Accounts that share a name get their ids into it.
pub(crate) fn choose(
    template: &Template,
    found: &[AccountRole],
) -> Result<Vec<(ProfileName, AccountRole)>, CliError> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for one in found {
        *times
            .entry(template.fill(&one.account.name, one))
            .or_default() += 1;
    }
    let mut named: Vec<(ProfileName, AccountRole)> = Vec::with_capacity(found.len());
    for one in found {
        let mut name = template.fill(&one.account.name, one);
        if times.get(&name).is_some_and(|times| *times > 1) {
            let account = format!("{}-{}", one.account.name, one.account.id);
            name = template.fill(&account, one);
        }
        let name: ProfileName = name.parse().map_err(|error: keyward_core::id::InvalidId| {
            CliError::usage(format!(
                "role `{}` of account `{}` gets no profile name",
                one.role.name, one.account.name
            ))
            .because(error)
        })?;
        if named.iter().any(|(taken, _)| *taken == name) {
            return Err(
                CliError::usage(format!("two profiles would be called `{name}`"))
                    .hint("put `{account_id}` and `{role}` into --name-template"),
            );
        }
        named.push((name, one.clone()));
    }
    Ok(named)
}

#[cfg(test)]
mod tests;
