//! Names and ARNs of IAM entities: groups, roles, policies, paths, aliases. They hold the
//! characters and lengths that IAM accepts; whether an entity exists is not decided here.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use std::fmt;
use std::str::FromStr;

use super::{AccountId, InvalidId};

/// The characters of every IAM name.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c))
}

identifier!(
    /// The name of an IAM group, without a path.
    GroupName,
    "a group name (1 to 128 letters, digits or +=,.@-_)",
    |text| text.len() <= 128 && is_name(text)
);

identifier!(
    /// The name of an IAM role, without a path.
    RoleName,
    "a role name (1 to 64 letters, digits or +=,.@-_)",
    |text| text.len() <= 64 && is_name(text)
);

identifier!(
    /// The name of a managed or inline policy, without a path.
    PolicyName,
    "a policy name (1 to 128 letters, digits or +=,.@-_)",
    |text| text.len() <= 128 && is_name(text)
);

identifier!(
    /// The path of an IAM entity: `/`, or `/division/team/`. It begins and ends with a slash.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    EntityPath,
    "a path (`/`, or up to 512 characters that begin and end with `/`, such as /team/)",
    |text| text.len() <= 512
        && text.starts_with('/')
        && text.ends_with('/')
        && text.chars().all(|c| ('!'..='\u{7e}').contains(&c))
        && !text.contains(['*', '?'])
);

impl EntityPath {
    /// The path `/`.
    #[must_use]
    pub fn root() -> Self {
        Self("/".into())
    }
}

impl Default for EntityPath {
    fn default() -> Self {
        Self::root()
    }
}

identifier!(
    /// The alias of an account in its sign-in URL.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>
    AccountAlias,
    "an account alias (3 to 63 small letters, digits and single hyphens, not twelve digits)",
    |text| (3..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
        && text.parse::<AccountId>().is_err()
);

identifier!(
    /// The ARN of a managed policy: `arn:PARTITION:iam::ACCOUNT:policy/PATH/NAME`, where the
    /// account of a policy that AWS manages is `aws`.
    PolicyArn,
    "a policy ARN (such as arn:aws:iam::123456789012:policy/Example)",
    is_policy_arn
);

fn is_policy_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return false;
    };
    !partition.is_empty()
        && (account == "aws" || account.parse::<AccountId>().is_ok())
        && resource
            .strip_prefix("policy/")
            .is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
        && !resource.contains(char::is_whitespace)
}

impl PolicyArn {
    /// The ARN of a policy of an account, in a partition such as `aws`.
    ///
    /// # Errors
    /// The parts make no policy ARN, such as an empty partition.
    pub fn of_account(
        partition: &str,
        account: &AccountId,
        path: &EntityPath,
        name: &PolicyName,
    ) -> Result<Self, InvalidId> {
        format!("arn:{partition}:iam::{account}:policy{path}{name}").parse()
    }

    /// Whether AWS manages the policy.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.0.split(':').nth(4) == Some("aws")
    }

    /// The policy's name, without its path.
    #[must_use]
    pub fn policy_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The partition: `aws`, `aws-cn`, …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or("aws")
    }
}

identifier!(
    /// The id of a version of a managed policy: `v1`, `v2`, …
    PolicyVersionId,
    "a policy version (such as v1)",
    |text| text.strip_prefix('v').is_some_and(|digits| !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit()))
);

identifier!(
    /// The issuer of an OpenID Connect provider, as its ARN names it: a host and perhaps a
    /// path, without `https://`.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
    OidcIssuer,
    "an OpenID Connect issuer (a host and perhaps a path, such as token.actions.githubusercontent.com)",
    |text| (1..=255).contains(&text.len())
        && !text.contains("://")
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._~/:%".contains(c))
);

#[cfg(test)]
mod tests;
