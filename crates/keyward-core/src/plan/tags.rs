//! Session tags as `session_tags` writes them: `key=value, key2=value2`. Refuses a piece
//! without `=`, so that a typo never drops a tag that a policy counts on.

/// Why a text is no list of session tags.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTags {
    /// Nothing between two commas, at the end, or at all.
    #[error("a tag is empty")]
    Empty,
    /// A piece without `=`.
    #[error("`{0}` is not `key=value`")]
    NotAPair(String),
    /// One key twice; STS compares keys without regard to case.
    #[error("`{0}` is given twice")]
    Twice(String),
}

/// Reads `key=value` pairs between commas; blanks around keys and values do not count.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, InvalidTags> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for piece in text.split(',') {
        if piece.trim().is_empty() {
            return Err(InvalidTags::Empty);
        }
        let Some((key, value)) = piece.split_once('=') else {
            return Err(InvalidTags::NotAPair(piece.trim().to_owned()));
        };
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() {
            return Err(InvalidTags::NotAPair(piece.trim().to_owned()));
        }
        if tags
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            return Err(InvalidTags::Twice(key.to_owned()));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    Ok(tags)
}

/// Reads tag keys between commas. Empty pieces are dropped: they cannot hide a key.
pub(super) fn parse_keys(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
