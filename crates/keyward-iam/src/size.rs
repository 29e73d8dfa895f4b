//! The size of a policy document as AWS measures it against its quotas.

/// The most characters of a managed policy, unless the account has another quota.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const MANAGED_POLICY: usize = 6144;
/// The most characters of all inline policies of a user. No account can raise it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const INLINE_OF_A_USER: usize = 2048;
/// The same of a group.
pub const INLINE_OF_A_GROUP: usize = 5120;
/// The same of a role.
pub const INLINE_OF_A_ROLE: usize = 10_240;

/// The length of a policy document as the managed-policy and inline-policy quotas count it:
/// characters without white space.
#[must_use]
pub fn non_whitespace_chars(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests;
