//! Native age recipients (`age1…`). Reads what people paste or `age-keygen` prints; names the kinds
//! that keyward cannot encrypt to, and refuses private keys without repeating them.

use std::fmt;

use crate::text::{holds_private_key, meaningful_lines, text_of};

/// An X25519 age recipient: its owner opens what is encrypted to it with `age --decrypt -i FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeKey(age::x25519::Recipient);

/// The reasons why a text is not a usable age recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgeError {
    /// Nothing was given.
    #[error("the age recipient is empty; `age-keygen -y KEYFILE` prints it")]
    Empty,
    /// An identity.
    #[error(
        "this is a PRIVATE age key, which must stay with its owner; give the recipient, from `age-keygen -y KEYFILE`, and consider the private key exposed wherever this copy has been"
    )]
    PrivateKey,
    /// More than one.
    #[error("there is more than one age recipient here; give a list with one in each entry")]
    Several,
    /// `age1pq1…` and `age1tagpq1…`.
    #[error(
        "`{prefix}…` is a post-quantum age recipient, to which keyward cannot encrypt yet; give an X25519 one, from `age-keygen` without `-pq`"
    )]
    PostQuantum {
        /// The letters that name the kind.
        prefix: &'static str,
    },
    /// `age1NAME1…`.
    #[error(
        "`age1{plugin}1…` is a recipient of the age plugin `{plugin}`, and keyward runs no plugin here; give an X25519 recipient, from `age-keygen`"
    )]
    Plugin {
        /// The plugin's name: lower-case letters and digits.
        plugin: String,
    },
    /// Letters are missing or wrong.
    #[error(
        "this age recipient is mistyped or cut off (its checksum is wrong); copy it again from `age-keygen -y KEYFILE`"
    )]
    Mistyped,
    /// Something else.
    #[error("this is not an age recipient (`age1…`); `age-keygen -y KEYFILE` prints it")]
    NotARecipient,
}

impl AgeKey {
    /// Reads one recipient. Blank lines, blanks around it, `#` comments and capitals are taken.
    ///
    /// # Errors
    /// The content is not one X25519 recipient.
    pub fn read(content: &[u8]) -> Result<Self, AgeError> {
        let text = text_of(content).ok_or(AgeError::NotARecipient)?;
        if holds_private_key(&text) {
            return Err(AgeError::PrivateKey);
        }
        match meaningful_lines(&text)[..] {
            [] => Err(AgeError::Empty),
            [line] => recipient(line),
            _ => Err(AgeError::Several),
        }
    }

    /// The recipient, for the age crate.
    #[must_use]
    pub fn recipient(&self) -> &age::x25519::Recipient {
        &self.0
    }
}

fn recipient(line: &str) -> Result<AgeKey, AgeError> {
    // Bech32 may be all upper case, but not mixed.
    let line = match line.bytes().any(|b| b.is_ascii_lowercase()) {
        true => line.to_owned(),
        false => line.to_ascii_lowercase(),
    };
    let data = line.strip_prefix("age1").ok_or(AgeError::NotARecipient)?;
    // The last `1` ends the prefix; the data has none.
    if let Some((plugin, _)) = data.rsplit_once('1') {
        return Err(other_kind(plugin));
    }
    line.parse().map(AgeKey).map_err(|_| AgeError::Mistyped)
}

fn other_kind(plugin: &str) -> AgeError {
    let named = (1..=32).contains(&plugin.len())
        && plugin
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    match plugin {
        "pq" => AgeError::PostQuantum { prefix: "age1pq1" },
        "tagpq" => AgeError::PostQuantum {
            prefix: "age1tagpq1",
        },
        plugin if named => AgeError::Plugin {
            plugin: plugin.to_owned(),
        },
        _ => AgeError::Mistyped,
    }
}

impl fmt::Display for AgeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
