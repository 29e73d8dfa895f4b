//! The version of the policy language. It decides whether a document knows variables.

/// The version of the policy language.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, which knows no variables. Also what a document without a version has.
    V2008,
    /// `2012-10-17`.
    V2012,
}
