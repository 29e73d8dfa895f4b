//! Less than the whole role: session policies, from flags into the chain, and a session name that
//! says so. Refuses a policy that AWS would refuse, before the user is asked for a code.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use keyward_core::chain::{AssumeRole, Call, Chain, Flags};
use keyward_core::id::{ProfileName, Restriction};
use keyward_iam::{Policy, PolicyKind};

use crate::screen::error::CliError;
use crate::state::local_state::LocalState;
use crate::state::session_name::session_name;
use crate::system::locations;
use crate::system::read_limited;

/// The most characters of session policies. Source:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const LONGEST_POLICY: usize = 2048;
/// The most managed policies of a session. Same source.
const MOST_POLICIES: usize = 10;

/// Flags that limit a program to less than the role's rights.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(multiple = false)]
pub(crate) struct RestrictArgs {
    /// Hand out a session that can only read, whatever the role may do
    #[arg(long)]
    read_only: bool,

    /// Hand out only what this policy document allows too
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Hand out only what this managed policy allows too; may be repeated
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<PolicyArn>,
}

impl RestrictArgs {
    /// Whether what they mean depends on a file.
    pub(crate) fn reads_a_file(&self) -> bool {
        self.policy.is_some()
    }
}

/// The ARN of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PolicyArn(String);

/// A text that is not the ARN of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not the ARN of a managed policy (such as arn:aws:iam::aws:policy/ReadOnlyAccess)")]
pub(crate) struct InvalidPolicyArn;

impl FromStr for PolicyArn {
    type Err = InvalidPolicyArn;

    fn from_str(text: &str) -> Result<Self, InvalidPolicyArn> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [arn, partition, service, region, account, resource] = parts[..] else {
            return Err(InvalidPolicyArn);
        };
        let owner =
            account == "aws" || account.len() == 12 && is_all(account, |b| b.is_ascii_digit());
        let name = resource.strip_prefix("policy/").unwrap_or_default();
        let shape = arn == "arn"
            && partition.starts_with("aws")
            && (service, region) == ("iam", "")
            && owner
            && !name.is_empty()
            && is_all(name, |b| b.is_ascii_graphic());
        shape.then(|| Self(text.to_owned())).ok_or(InvalidPolicyArn)
    }
}

impl fmt::Display for PolicyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_all(text: &str, accept: impl Fn(&u8) -> bool) -> bool {
    text.as_bytes().iter().all(accept)
}

/// The chain for a profile with these restrictions.
pub(crate) fn resolve(
    local: &LocalState,
    profile: &ProfileName,
    mut flags: Flags,
    args: &RestrictArgs,
) -> Result<Chain, CliError> {
    let RestrictArgs {
        read_only,
        policy,
        policy_arns,
    } = args;
    if let Some(path) = policy {
        flags.policy = Some(document(path)?);
    }
    if policy_arns.len() > MOST_POLICIES {
        return Err(CliError::usage(format!(
            "a session accepts at most {MOST_POLICIES} managed policies"
        )));
    }
    flags.policy_arns = policy_arns.iter().map(ToString::to_string).collect();
    if *read_only {
        let plain = local.resolve(profile, flags.clone())?;
        flags.policy_arns = vec![read_only_policy(&plain)];
    }
    let mut chain = local.resolve(profile, flags)?;
    name_the_session(local, &mut chain);
    Ok(chain)
}

/// AWS's policy for reading, in the partition of the role.
fn read_only_policy(chain: &Chain) -> String {
    let partition = match chain.hops.last().map(|hop| &hop.call) {
        Some(Call::AssumeRole(role)) => role.role_arn.partition(),
        // Without a role the chain refuses the policy, whatever its partition.
        _ => "aws",
    };
    format!("arn:{partition}:iam::aws:policy/ReadOnlyAccess")
}

/// The document in a file, without its white space.
fn document(path: &Path) -> Result<String, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "`{}` cannot be used as a session policy",
            locations::show(path)
        ))
    };
    let text = read_limited::text_without_mark(path, read_limited::DOCUMENT)
        .map_err(|e| unusable().because(e))?;
    packed(&text).map_err(|e| unusable().because(e))
}

/// The reasons why a text is not a session policy.
#[derive(Debug, thiserror::Error)]
enum PolicyUnusable {
    #[error("it is not a policy that a session accepts")]
    NoPolicy(#[from] keyward_iam::PolicyProblems),
    #[error("it has {0} characters without white space, and AWS accepts {LONGEST_POLICY}")]
    TooLong(usize),
}

fn packed(text: &str) -> Result<String, PolicyUnusable> {
    let packed = Policy::parse_as(PolicyKind::Session, text)?.to_json();
    match packed.chars().count() {
        length if length > LONGEST_POLICY => Err(PolicyUnusable::TooLong(length)),
        _ => Ok(packed),
    }
}

/// Lets CloudTrail show that a session has less than its role.
fn name_the_session(local: &LocalState, chain: &mut Chain) {
    let Some(Call::AssumeRole(role)) = chain.hops.last().map(|hop| &hop.call) else {
        return;
    };
    let Some(restriction) = restriction(role) else {
        return;
    };
    let name = session_name(local, chain, role.role_session_name.as_ref());
    if let Some(Call::AssumeRole(role)) = chain.hops.last_mut().map(|hop| &mut hop.call) {
        role.role_session_name = Some(name.restricted(restriction));
    }
}

fn restriction(role: &AssumeRole) -> Option<Restriction> {
    match (&role.policy, role.policy_arns.as_slice()) {
        (None, []) => None,
        (None, [only]) if only.ends_with(":iam::aws:policy/ReadOnlyAccess") => {
            Some(Restriction::ReadOnly)
        }
        _ => Some(Restriction::Policies),
    }
}

#[cfg(test)]
mod tests;
