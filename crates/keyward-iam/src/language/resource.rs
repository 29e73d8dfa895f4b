//! Resources of a statement: `*`, or an ARN with wildcards and variables. Case matters.

use std::fmt;

use super::pattern::{Case, Glob, Pattern, Scope};
use super::rules::{Form, PolicyKind, Rules};
use super::truth::Truth;
use super::variables::VariableError;
use super::version::Version;
use crate::request::{Context, Resource};

/// An entry of a statement's resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    source: Box<str>,
    pattern: Pattern,
    variables: Variables,
}

/// The places of variables in a pattern, and whether AWS documents its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variables {
    /// In the part that names the resource, or nowhere.
    InName,
    /// In an earlier part, such as the account. AWS documents variables only for the last part, so
    /// keyward cannot decide whether such a pattern matches.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement>
    BeforeName,
    /// The text is neither `*` nor an ARN, such as `**`, in a document that AWS stores. AWS does not document
    /// whether such a text matches.
    Unclear,
    /// Nowhere, in a document of the old version, which treats them as plain text. No name in IAM
    /// has such a text, so the pattern matches nothing.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    PlainText,
}

/// The reasons why a text is not a resource pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// Neither `*` nor an ARN.
    #[error("a resource is an ARN or `*`; write it as `arn:aws:iam::*:user/alice`")]
    NotArn,
    /// An ARN without all of its six parts, in a session policy.
    #[error(
        "a session policy accepts whole ARNs only, which have six parts; write `*` for those that do not matter"
    )]
    Incomplete,
    /// A wildcard, or nothing, where the ARN names its service.
    #[error("an ARN names its service without wildcards; write it as `arn:aws:s3:::bucket`")]
    Service,
    /// A region in an ARN of IAM, or of an S3 bucket.
    #[error("an ARN of IAM or of an S3 bucket has no region; leave the part empty")]
    Region,
    /// No account in an ARN of IAM.
    #[error("an ARN of IAM has an account; write it as `arn:aws:iam::*:role/Ops`")]
    NoAccount,
    /// A path that IAM does not have.
    #[error("an ARN of IAM ends in `*` or begins its last part with a kind such as `user/`")]
    IamKind,
    /// A broken variable.
    #[error(transparent)]
    Variable(#[from] VariableError),
}

/// The words with which the last part of an IAM ARN may begin.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html#list_iam-resources-for-iam-policies>
const IAM_KINDS: &[&str] = &[
    "user/",
    "federated-user/",
    "role/",
    "role-template/",
    "group/",
    "instance-profile/",
    "mfa/",
    "sms-mfa/",
    "u2f/",
    "assumed-role/",
    "server-certificate/",
    "policy/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
    "delegation-request/",
    "root",
];

impl ResourcePattern {
    /// Reads a resource. An ARN without all of its parts means any value of those it lacks:
    /// `arn:aws:sqs` is `arn:aws:sqs:*:*:*`. Session policies must not have one.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    pub(crate) fn parse(text: &str, version: Version, rules: Rules) -> Result<Self, ResourceError> {
        if text != "*" && !text.starts_with("arn:") {
            return match rules.form {
                Form::New => Err(ResourceError::NotArn),
                Form::Stored => Self::unclear(text, version),
            };
        }
        let parts = parts(text);
        if text != "*" && rules.form == Form::New {
            refuse_new(&parts, rules)?;
        }
        let lacking = if text == "*" { 0 } else { 6 - parts.len() };
        let completed = format!("{text}{}", ":*".repeat(lacking));
        let pattern = Pattern::compile(&completed, Scope::Resource, version)?;
        let early = parts.iter().take(5).any(|part| part.contains("${"));
        let variables = if early && pattern.has_variables() {
            Variables::BeforeName
        } else if version == Version::V2008 && names_a_variable(&parts) {
            Variables::PlainText
        } else {
            Variables::InName
        };
        Ok(Self {
            source: text.into(),
            pattern,
            variables,
        })
    }

    /// A text that is no ARN, without the blanks around it.
    fn unclear(text: &str, version: Version) -> Result<Self, ResourceError> {
        Ok(Self {
            source: text.into(),
            pattern: Pattern::compile(text.trim(), Scope::Text, version)?,
            variables: Variables::Unclear,
        })
    }

    /// The text as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The resources that are meant, with the request's values for variables; `None` for none.
    pub(crate) fn glob(&self, context: &Context) -> Option<Glob> {
        let glob = self.pattern.glob(context)?;
        match self.variables {
            Variables::InName => Some(glob),
            Variables::BeforeName | Variables::Unclear => Some(glob.at_most()),
            Variables::PlainText => None,
        }
    }

    /// Whether a resource is meant, with the request's values for variables.
    #[must_use]
    pub fn covers(&self, resource: &Resource, context: &Context) -> Truth {
        let matched = self
            .pattern
            .matches(resource.as_str(), Case::Sensitive, context);
        match self.variables {
            Variables::InName => matched,
            Variables::BeforeName | Variables::Unclear => matched.min(Truth::Unknown),
            Variables::PlainText => Truth::No,
        }
    }
}

/// Whether the name of a user, group, role, policy or device has the text of a variable in it. A
/// path may have such a text, and a `*` after it may mean the rest of a path.
fn names_a_variable(parts: &[&str]) -> bool {
    const NAMED: [&str; 5] = ["user/", "group/", "role/", "policy/", "mfa/"];
    let [_, _, "iam", _, _, resource] = parts else {
        return false;
    };
    let name = resource.rsplit('/').next().unwrap_or_default();
    let behind = name.split_once("${").map(|(_, behind)| behind);
    NAMED.iter().any(|kind| resource.starts_with(kind))
        && behind.is_some_and(|behind| behind.contains('}') && !behind.contains('*'))
}

/// Refuses what IAM does not accept in a document that is new to it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-arn-region-not-allowed>
fn refuse_new(parts: &[&str], rules: Rules) -> Result<(), ResourceError> {
    if parts.len() < 6 && rules.kind == Some(PolicyKind::Session) {
        return Err(ResourceError::Incomplete);
    }
    let service = parts.get(2).copied().unwrap_or_default();
    if service.is_empty() || service.contains(['*', '?']) {
        return Err(ResourceError::Service);
    }
    let region = parts.get(3).copied().unwrap_or_default();
    let (account, resource) = (parts.get(4).copied(), parts.get(5).copied());
    match service {
        "iam" if !region.is_empty() && region != "*" => Err(ResourceError::Region),
        "iam" if account == Some("") => Err(ResourceError::NoAccount),
        "iam" if resource.is_some_and(|resource| !has_iam_kind(resource)) => {
            Err(ResourceError::IamKind)
        }
        "s3" if !region.is_empty() && region != "*" && account == Some("") => {
            Err(ResourceError::Region)
        }
        _ => Ok(()),
    }
}

fn has_iam_kind(resource: &str) -> bool {
    let kind = resource.split_once('/').map_or(resource, |(kind, _)| kind);
    kind.contains(['*', '?', '$']) || IAM_KINDS.iter().any(|known| resource.starts_with(known))
}

/// The parts of an ARN, at most six. A colon inside a variable separates nothing.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' if text[..at].ends_with('$') => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && parts.len() < 5 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests;
