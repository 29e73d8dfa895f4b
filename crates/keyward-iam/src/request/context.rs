//! The facts of a request that conditions and variables look at: `aws:username`,
//! `aws:MultiFactorAuthPresent` and their like. Values are strings, as they are to AWS. It
//! invents nothing: a key that was not set is absent, or unknown where the context says so.

use keyward_core::Timestamp;

/// Keys with their values. Keys compare without regard to case; values keep theirs.
///
/// A context describes one request, or, when it is [partial](Context::partial), every request
/// that agrees with it on the keys it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    entries: Vec<(String, Held)>,
    rest: Rest,
}

/// The values of a key. For a time that is known only in part, its earliest value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Held {
    Values(Vec<String>),
    NotBefore(Timestamp),
}

/// The state of the keys that are not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Rest {
    #[default]
    Absent,
    /// They may have any value or none, except those that begin with one of these texts, or are
    /// one of them: these are absent.
    Unknown(Vec<Missing>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    Key(String),
    Prefix(String),
}

/// The value of a key in a context, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact<'a> {
    /// The request has it, with at least one value.
    Values(&'a [String]),
    /// The request has it, with one value: a time that is not known, and not before this one.
    NotBefore(Timestamp),
    /// The request lacks it.
    Absent,
    /// It depends on the request.
    Unknown,
}

impl Context {
    /// No key at all, which is what a long-term key without a second factor looks like to a
    /// condition on `aws:MultiFactorAuthPresent`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            rest: Rest::Absent,
        }
    }

    /// A context in which the keys that are not set are unknown: it represents every request with
    /// the keys set here.
    #[must_use]
    pub const fn partial() -> Self {
        Self {
            entries: Vec::new(),
            rest: Rest::Unknown(Vec::new()),
        }
    }

    /// Sets a key to one value, which replaces its former values.
    pub fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.set_many(key, vec![value.into()]);
        self
    }

    /// Sets a key to several values, which replace its former ones. No values is the same as an
    /// absent key.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) {
        self.hold(key, Held::Values(values));
    }

    /// Sets a key to one unknown time that is not before another one.
    pub fn set_not_before(&mut self, key: &str, earliest: Timestamp) -> &mut Self {
        self.hold(key, Held::NotBefore(earliest));
        self
    }

    fn hold(&mut self, key: &str, new: Held) {
        match self
            .entries
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            Some((_, held)) => *held = new,
            None => self.entries.push((key.to_owned(), new)),
        }
    }

    /// Makes a key absent.
    pub fn remove(&mut self, key: &str) -> &mut Self {
        self.forget(key);
        if let Rest::Unknown(missing) = &mut self.rest {
            missing.push(Missing::Key(key.to_owned()));
        }
        self
    }

    /// Makes every key that begins with a text absent, except those that are set: after
    /// `remove_prefix("aws:PrincipalTag/")` the principal has no other tags.
    pub fn remove_prefix(&mut self, prefix: &str) -> &mut Self {
        if let Rest::Unknown(missing) = &mut self.rest {
            missing.push(Missing::Prefix(prefix.to_owned()));
        }
        self
    }

    /// Makes a key unknown; of use in a partial context only, because in any other a key that
    /// is not set is absent.
    pub fn forget(&mut self, key: &str) -> &mut Self {
        self.entries
            .retain(|(known, _)| !known.eq_ignore_ascii_case(key));
        if let Rest::Unknown(missing) = &mut self.rest {
            missing.retain(|entry| match entry {
                Missing::Key(known) => !known.eq_ignore_ascii_case(key),
                Missing::Prefix(_) => true,
            });
        }
        self
    }

    /// Makes every key that begins with a text unknown, as far as [`Context::forget`] does. It undoes
    /// [`Context::remove_prefix`] of the same text.
    pub fn forget_prefix(&mut self, prefix: &str) -> &mut Self {
        let own = Missing::Prefix(prefix.to_owned());
        self.entries.retain(|(known, _)| !own.covers(known));
        if let Rest::Unknown(missing) = &mut self.rest {
            missing.retain(|entry| match entry {
                Missing::Key(key) => !own.covers(key),
                Missing::Prefix(known) => !known.eq_ignore_ascii_case(prefix),
            });
        }
        self
    }

    /// Returns what is known of a key.
    #[must_use]
    pub fn fact(&self, key: &str) -> Fact<'_> {
        let found = self
            .entries
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key));
        match (found, &self.rest) {
            (Some((_, Held::Values(values))), _) if values.is_empty() => Fact::Absent,
            (Some((_, Held::Values(values))), _) => Fact::Values(values),
            (Some((_, Held::NotBefore(earliest))), _) => Fact::NotBefore(*earliest),
            (None, Rest::Absent) => Fact::Absent,
            (None, Rest::Unknown(missing)) if missing.iter().any(|entry| entry.covers(key)) => {
                Fact::Absent
            }
            (None, Rest::Unknown(_)) => Fact::Unknown,
        }
    }

    /// The values of a key; `None` when it is absent, unknown, or holds none.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        match self.fact(key) {
            Fact::Values(values) => Some(values),
            Fact::NotBefore(_) | Fact::Absent | Fact::Unknown => None,
        }
    }
}

impl Missing {
    fn covers(&self, key: &str) -> bool {
        match self {
            Self::Key(known) => known.eq_ignore_ascii_case(key),
            Self::Prefix(prefix) => key
                .as_bytes()
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests;
