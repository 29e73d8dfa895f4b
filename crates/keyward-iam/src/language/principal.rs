//! Principals: whom a trust statement speaks of. Services, identity providers and canonical
//! users are understood but never match a caller that signs with AWS credentials.

/// One entry of a `Principal` or `NotPrincipal` element.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `*`: anyone, in any account.
    Everyone,
    /// An account, as its twelve digits or its `:root` ARN: any principal that the account allows.
    Account {
        /// The twelve digits.
        id: String,
        /// The text as the policy has it.
        source: String,
    },
    /// A user, role, role session or federated user, by ARN.
    Arn(String),
    /// The id (`AIDA…`, `AROA…`) that AWS writes in place of a deleted user or role. No entity has
    /// it now.
    UniqueId(String),
    /// An AWS service such as `ec2.amazonaws.com`.
    Service(String),
    /// A SAML or OpenID Connect provider.
    Federated(String),
    /// An S3 canonical user.
    CanonicalUser(String),
}

/// The reasons why a text is not a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrincipalError {
    /// Neither an ARN nor an account.
    #[error(
        "a principal is `*`, an account or an ARN; write it as `arn:aws:iam::123456789012:user/alice`"
    )]
    NotArn,
    /// A group.
    #[error(
        "a group cannot be a principal; name the account and let the group's policies decide who"
    )]
    Group,
    /// A wildcard inside an ARN.
    #[error(
        "a principal ARN accepts no wildcards; name the account and narrow it by a condition on `aws:PrincipalArn`"
    )]
    Wildcard,
    /// Nothing at all.
    #[error("a principal is not empty")]
    Empty,
}

impl Principal {
    /// Reads an entry under `AWS`.
    ///
    /// # Errors
    /// The text is neither `*`, an account, an ARN of a user, role or session, nor a unique id.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub fn parse_aws(text: &str) -> Result<Self, PrincipalError> {
        let account = |id: &str| Self::Account {
            id: id.to_owned(),
            source: text.to_owned(),
        };
        if text == "*" {
            return Ok(Self::Everyone);
        }
        if is_account(text) {
            return Ok(account(text));
        }
        let unique = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if text.starts_with('A') && (16..=128).contains(&text.len()) && text.bytes().all(unique) {
            return Ok(Self::UniqueId(text.to_owned()));
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, service, "", id, name] = parts[..] else {
            return Err(PrincipalError::NotArn);
        };
        if text.contains(['*', '?']) {
            return Err(PrincipalError::Wildcard);
        }
        let kind = name
            .split_once('/')
            .filter(|(_, rest)| !rest.is_empty())
            .map(|(kind, _)| kind);
        match (service, kind) {
            _ if !is_account(id) => Err(PrincipalError::NotArn),
            ("iam", None) if name == "root" => Ok(account(id)),
            ("iam", Some("group")) => Err(PrincipalError::Group),
            ("iam", Some("user" | "role")) | ("sts", Some("assumed-role" | "federated-user")) => {
                Ok(Self::Arn(text.to_owned()))
            }
            _ => Err(PrincipalError::NotArn),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
