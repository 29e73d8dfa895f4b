//! Service control policies from files, for the accounts that a proof looks at. Members of an
//! organization cannot read them through the account, so people name them by level.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use keyward_core::id::AccountId;
use keyward_iam::model::Account;
use keyward_iam::{ControlLevel, ControlPolicy, Policy, PolicyKind};

use crate::screen::error::CliError;
use crate::system::locations;
use crate::system::read_limited;

/// The policy that AWS attaches at every level of a new organization. Users cannot change it.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
const FULL_ACCESS: &str = "FullAWSAccess";

const FULL_ACCESS_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// One policy of one level: `LEVEL=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ControlArg {
    /// The root, unit or account, as the person calls it; `ACCOUNT/LEVEL` limits it to one account
    /// of a blueprint with several.
    level: String,
    /// The file, or `FullAWSAccess`.
    file: PathBuf,
}

impl FromStr for ControlArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (level, file) = text.split_once('=').unwrap_or_default();
        let level = level.trim();
        if level.is_empty() || file.is_empty() || level.contains(char::is_control) {
            return Err("write LEVEL=FILE, such as root=policy.json".to_owned());
        }
        Ok(Self {
            level: level.to_owned(),
            file: PathBuf::from(file),
        })
    }
}

/// The service control policies to count.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ControlArgs {
    /// Count a service control policy of the organization, attached to LEVEL: a name of yours for
    /// the root, a unit or the account
    ///
    /// Name every policy of every level: at each level, one must allow. FILE is a policy document
    /// or what `aws organizations describe-policy` prints. `FullAWSAccess` in its place is the
    /// policy of AWS that allows everything. `ACCOUNT/LEVEL` means one account of a blueprint with
    /// several.
    #[arg(long = "scp", value_name = "LEVEL=FILE")]
    policies: Vec<ControlArg>,

    /// The management account of the organization, which no service control policy limits
    #[arg(long, value_name = "ID", requires = "policies")]
    management_account: Option<AccountId>,
}

impl ControlArgs {
    /// Reads the files and adds to each account the levels above it.
    pub(crate) fn attach(
        &self,
        accounts: &mut [(Option<String>, &mut Account)],
    ) -> Result<(), CliError> {
        let mut levels: Vec<(Option<String>, ControlLevel)> = Vec::new();
        let names: Vec<&str> = accounts
            .iter()
            .filter_map(|(name, _)| name.as_deref())
            .collect();
        for arg in &self.policies {
            let (account, level) = arg.place(&names)?;
            let policy = read(&arg.file)?;
            let known = levels
                .iter_mut()
                .find(|(own, known)| *own == account && known.name == level);
            match known {
                Some((_, known)) => known.policies.push(policy),
                None => levels.push((
                    account,
                    ControlLevel {
                        name: level.to_owned(),
                        policies: vec![policy],
                    },
                )),
            }
        }
        refuse_closed(&levels)?;
        for (name, account) in accounts {
            if self.management_account.as_ref() == Some(&account.id) {
                // It has an organization, and none of its policies.
                account.service_control = Some(Vec::new());
                continue;
            }
            if self.policies.is_empty() {
                continue;
            }
            let mut own: Vec<ControlLevel> = Vec::new();
            for (only, level) in &levels {
                if only.is_some() && only != name {
                    continue;
                }
                match own.iter_mut().find(|known| known.name == level.name) {
                    // One policy of a level may allow more than another one.
                    Some(known) => known.policies.extend(level.policies.iter().cloned()),
                    None => own.push(level.clone()),
                }
            }
            account.service_control = Some(own);
        }
        Ok(())
    }
}

impl ControlArg {
    /// The account that the level is limited to, and the level's name. A blueprint with one account
    /// has no names, and its levels may be paths of units.
    fn place(&self, names: &[&str]) -> Result<(Option<String>, &str), CliError> {
        match self.level.split_once('/') {
            Some((account, level)) if !names.is_empty() => match names.contains(&account) {
                true => Ok((Some(account.to_owned()), level)),
                false => Err(CliError::usage(format!(
                    "the blueprint has no account `{account}`, which --scp {} names",
                    self.level
                ))),
            },
            _ => Ok((None, &self.level)),
        }
    }
}

/// Refuses a level at which nothing is allowed. AWS would deny every action there, but a policy
/// that was left out is far more likely.
fn refuse_closed(levels: &[(Option<String>, ControlLevel)]) -> Result<(), CliError> {
    let closed = levels.iter().find(|(_, level)| !level.allows_anything());
    let Some((account, level)) = closed else {
        return Ok(());
    };
    let place = match account {
        Some(account) => format!("{account}/{}", level.name),
        None => level.name.clone(),
    };
    Err(CliError::usage(format!(
        "the service control policies of `{place}` allow nothing, so no user could do anything"
    ))
    .hint(format!(
        "name every policy of the level; the usual one is --scp {place}={FULL_ACCESS}"
    )))
}

fn read(path: &Path) -> Result<ControlPolicy, CliError> {
    let (name, text) = match path.to_str() {
        Some(FULL_ACCESS) => (FULL_ACCESS.to_owned(), FULL_ACCESS_DOCUMENT.to_owned()),
        _ => {
            let text = read_limited::text_without_mark(path, read_limited::DOCUMENT)
                .map_err(|e| unusable(path).because(e))?;
            let name = path
                .file_stem()
                .map(|stem| locations::show(Path::new(stem)));
            unwrapped(name.unwrap_or_default(), &text)
        }
    };
    // AWS stores the policy, so parts that it would refuse today still count if keyward can read
    // them.
    if has_principals(&text) {
        return Err(of_resources(path));
    }
    let policy = Policy::parse_stored(PolicyKind::ServiceControl, &text)
        .map_err(|e| unusable(path).because(e))?;
    Ok(ControlPolicy { name, policy })
}

/// The name and document in an answer of `aws organizations describe-policy`, or the text itself.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribePolicy.html>
fn unwrapped(name: String, text: &str) -> (String, String) {
    let answer: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let policy = answer.as_ref().and_then(|answer| answer.get("Policy"));
    let content = policy.and_then(|policy| policy.get("Content")?.as_str());
    let Some(content) = content else {
        return (name, text.to_owned());
    };
    let own = policy.and_then(|policy| policy.get("PolicySummary")?.get("Name")?.as_str());
    (own.map_or(name, str::to_owned), content.to_owned())
}

/// Whether a statement names principals, as those of resource control policies and of the policies of
/// resources do. A service control policy has none.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
fn has_principals(text: &str) -> bool {
    let document: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let statements = match document
        .as_ref()
        .and_then(|document| document.get("Statement"))
    {
        Some(serde_json::Value::Array(statements)) => statements.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut statements = statements.into_iter();
    statements.any(|statement| {
        ["Principal", "NotPrincipal"]
            .iter()
            .any(|name| statement.get(name).is_some())
    })
}

fn unusable(path: &Path) -> CliError {
    CliError::usage(format!(
        "`{}` is not a service control policy",
        locations::show(path)
    ))
    .hint("give a policy document, or what `aws organizations describe-policy` prints")
}

fn of_resources(path: &Path) -> CliError {
    CliError::usage(format!(
        "`{}` is not a service control policy, because it has principals",
        locations::show(path)
    ))
    .hint(
        "leave it out: keyward does not judge resource control policies and policies of resources",
    )
}

#[cfg(test)]
mod tests;
