//! ARNs of requests, and what a request can be about. An ARN here names one thing; patterns of
//! ARNs belong to the policy language.

use std::fmt;
use std::str::FromStr;

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};

/// An ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Region and account may be empty.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn(Box<str>);

/// The text is not an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ARN has six parts; write it as `arn:aws:iam::123456789012:user/alice`")]
pub struct ArnError;

impl Arn {
    /// The ARN as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition: `aws`, `aws-cn`, …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// The service, such as `iam`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region; empty for global services.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account, if the ARN has one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.part(4).parse().ok()
    }

    /// The part after the account, such as `user/alice`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        let whole = text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
        whole.then(|| Self(text.into())).ok_or(ArnError)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&RoleArn> for Arn {
    fn from(role: &RoleArn) -> Self {
        Self(role.as_str().into())
    }
}

impl From<&PrincipalArn> for Arn {
    fn from(principal: &PrincipalArn) -> Self {
        Self(principal.as_str().into())
    }
}

/// The resource of one request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The action has no resource: of the patterns that a policy can have, only `*` matches.
    Unspecified,
    /// One thing.
    Exact(Arn),
}

impl Resource {
    /// The text that patterns are matched against: the ARN, or `*`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unspecified => "*",
            Self::Exact(arn) => arn.as_str(),
        }
    }
}

impl FromStr for Resource {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        match text {
            "*" => Ok(Self::Unspecified),
            arn => arn.parse().map(Self::Exact),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Arn> for Resource {
    fn from(arn: Arn) -> Self {
        Self::Exact(arn)
    }
}

impl From<&RoleArn> for Resource {
    fn from(role: &RoleArn) -> Self {
        Self::Exact(role.into())
    }
}

#[cfg(test)]
mod tests;
