//! Session tags as `session_tags` writes them: `key=value, key2=value2`. Refuses a piece
//! without `=`, so that a typo never drops a tag that a policy counts on, and what STS refuses,
//! so that no code is spent on it.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html> and
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html>.

/// STS accepts no more tags, and no more keys that are passed on.
const MOST: usize = 50;
/// The longest key, in characters.
const LONGEST_KEY: usize = 128;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 256;

/// The reasons why a text is not a list of session tags.
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
    /// More than STS accepts.
    #[error("there are {0}, and STS accepts at most 50")]
    TooMany(usize),
    /// A key of AWS's own tags.
    #[error("`{0}` begins with `aws:`, which is reserved for AWS")]
    Reserved(String),
    /// A key or a value that is too long.
    #[error("the {part} of `{key}` is longer than {most} characters")]
    TooLong {
        /// `key` or `value`.
        part: &'static str,
        /// The start of the key.
        key: String,
        /// The most characters that STS accepts.
        most: usize,
    },
    /// A key or a value with an invalid character.
    #[error(
        "the {part} of `{key}` has the character `{character}`; letters, digits, blanks and `_.:/=+-@` are allowed"
    )]
    Character {
        /// `key` or `value`.
        part: &'static str,
        /// The key.
        key: String,
        /// The character.
        character: char,
    },
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
        check_key(key)?;
        check("value", key, value, LONGEST_VALUE)?;
        tags.push((key.to_owned(), value.to_owned()));
    }
    check_count(tags.len())?;
    Ok(tags)
}

/// Reads tag keys between commas. Empty pieces are dropped: they cannot hide a key.
pub(super) fn parse_keys(text: &str) -> Result<Vec<String>, InvalidTags> {
    let keys: Vec<String> = text
        .split(',')
        .map(str::trim)
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect();
    keys.iter().try_for_each(|key| check_key(key))?;
    check_count(keys.len())?;
    Ok(keys)
}

fn check_count(count: usize) -> Result<(), InvalidTags> {
    match count > MOST {
        true => Err(InvalidTags::TooMany(count)),
        false => Ok(()),
    }
}

fn check_key(key: &str) -> Result<(), InvalidTags> {
    let prefix = key.get(.."aws:".len()).unwrap_or_default();
    if prefix.eq_ignore_ascii_case("aws:") {
        return Err(InvalidTags::Reserved(key.to_owned()));
    }
    check("key", key, key, LONGEST_KEY)
}

fn check(part: &'static str, key: &str, text: &str, most: usize) -> Result<(), InvalidTags> {
    if text.chars().count() > most {
        return Err(InvalidTags::TooLong {
            part,
            key: key.chars().take(40).collect(),
            most,
        });
    }
    // STS accepts the letters, digits and blanks of every script: `\p{L}`, `\p{N}` and `\p{Z}`. This
    // check accepts all of them, and some combining marks.
    let blank = |c: char| c.is_whitespace() && !c.is_control();
    let accepted = |c: char| c.is_alphanumeric() || blank(c) || "_.:/=+-@".contains(c);
    match text.chars().find(|c| !accepted(*c)) {
        Some(character) => Err(InvalidTags::Character {
            part,
            key: key.to_owned(),
            character,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
