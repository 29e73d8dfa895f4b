//! The facts of a request that conditions and variables look at: `aws:username`,
//! `aws:MultiFactorAuthPresent` and their like. Values are strings, as they are to AWS. It
//! invents nothing: a key that was not set is absent, and absence has a meaning of its own.

/// Keys with their values. Keys compare without regard to case; values keep theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    entries: Vec<(String, Vec<String>)>,
}

impl Context {
    /// No key at all, which is what a long-term key without a second factor looks like to a
    /// condition on `aws:MultiFactorAuthPresent`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Sets a key to one value, in place of what it held.
    pub fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.set_many(key, vec![value.into()]);
        self
    }

    /// Sets a key to several values, in place of what it held. No values is the same as an
    /// absent key.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        match self
            .entries
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            Some((_, held)) => *held = values,
            None => self.entries.push((key.to_owned(), values)),
        }
    }

    /// Makes a key absent.
    pub fn remove(&mut self, key: &str) {
        self.entries
            .retain(|(known, _)| !known.eq_ignore_ascii_case(key));
    }

    /// The values of a key; `None` when it is absent or holds none.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.entries
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
            .map(|(_, values)| values.as_slice())
            .filter(|values| !values.is_empty())
    }
}
