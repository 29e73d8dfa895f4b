//! The size of a policy document as AWS measures it against its quotas.

/// The length of a policy document as the managed-policy and inline-policy quotas count it:
/// characters without white space.
#[must_use]
pub fn non_whitespace_chars(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests;
