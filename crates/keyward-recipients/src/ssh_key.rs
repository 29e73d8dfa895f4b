//! SSH public keys as recipients, by the age format: Ed25519, and RSA of 2048 to 4096 bits. Reads a
//! line of a `.pub` file; names every other kind of key, and refuses private keys without repeating
//! them.
//!
//! Source: the age specification, <https://age-encryption.org/v1>.

use std::fmt;

use data_encoding::BASE64_NOPAD;
use sha2::{Digest, Sha256};

use crate::text::{base64_bytes, holds_private_key, meaningful_lines, text_of};

/// An SSH key: its owner opens what is encrypted to it with `age --decrypt -i ~/.ssh/id_ed25519`.
#[derive(Debug, Clone)]
pub struct SshKey {
    recipient: age::ssh::Recipient,
    algorithm: String,
    fingerprint: String,
    comment: Option<String>,
}

/// The reasons why a text is not a usable SSH key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshError {
    /// Nothing was given.
    #[error("the SSH public key is empty; it is the line in `~/.ssh/id_ed25519.pub`")]
    Empty,
    /// A private key.
    #[error(
        "this is a PRIVATE SSH key, which must stay with its owner; give the line in the `.pub` file beside it, and consider the private key exposed wherever this copy has been"
    )]
    PrivateKey,
    /// More than one.
    #[error("there is more than one SSH key here; give a list with one in each entry")]
    Several,
    /// RSA below 2048 bits.
    #[error(
        "this SSH key is RSA of {bits} bits, and 2048 are needed; make one with `ssh-keygen -t ed25519`"
    )]
    TooSmall {
        /// The size of the modulus.
        bits: usize,
    },
    /// RSA above 4096 bits.
    #[error(
        "this SSH key is RSA of {bits} bits, and age accepts at most 4096; make one with `ssh-keygen -t ed25519`"
    )]
    TooLarge {
        /// The size of the modulus.
        bits: usize,
    },
    /// ECDSA, DSA, hardware keys, certificates.
    #[error(
        "`{algorithm}` keys cannot decrypt; give an `ssh-ed25519` or `ssh-rsa` key, made with `ssh-keygen -t ed25519`"
    )]
    Algorithm {
        /// The kind, one of those that OpenSSH writes.
        algorithm: &'static str,
    },
    /// SSH2 and PKCS armor.
    #[error(
        "this SSH public key is not in OpenSSH's form; convert it with `ssh-keygen -i -f FILE`"
    )]
    OtherFormat,
    /// Right beginning, wrong rest.
    #[error(
        "this SSH public key is cut off or damaged; copy the whole line from the `.pub` file again"
    )]
    Damaged,
    /// Something else.
    #[error(
        "this is not an SSH public key (`ssh-ed25519 AAAA…`); it is the line in `~/.ssh/id_ed25519.pub`"
    )]
    NotAKey,
}

/// The kinds that exist and cannot be encrypted to.
const OTHERS: [&str; 12] = [
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-dss",
    "ssh-ed448",
    "ssh-ed25519-cert-v01@openssh.com",
    "ssh-rsa-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
];

impl SshKey {
    /// Reads one key: `ssh-ed25519 AAAA… comment`. Blanks, blank lines and `#` comments around it
    /// are accepted.
    ///
    /// # Errors
    /// The content is not one public key of a kind that age encrypts to.
    pub fn read(content: &[u8]) -> Result<Self, SshError> {
        let text = text_of(content).ok_or(SshError::NotAKey)?;
        if holds_private_key(&text) {
            return Err(SshError::PrivateKey);
        }
        if text.contains("BEGIN SSH2 PUBLIC KEY") || text.contains("-----BEGIN") {
            return Err(SshError::OtherFormat);
        }
        match meaningful_lines(&text)[..] {
            [] => Err(SshError::Empty),
            [line] => key(line),
            _ => Err(SshError::Several),
        }
    }

    /// The fingerprint as OpenSSH prints it: `SHA256:` and unpadded base64.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// `ed25519`, or `rsa` and its size in bits.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The comment behind the key, often `user@host`; without control characters.
    #[must_use]
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The recipient, for the age crate.
    #[must_use]
    pub fn recipient(&self) -> &age::ssh::Recipient {
        &self.recipient
    }
}

fn key(line: &str) -> Result<SshKey, SshError> {
    let mut words = line.split_whitespace();
    let kind = words.next().unwrap_or_default();
    if let Some(algorithm) = OTHERS.iter().find(|other| **other == kind) {
        return Err(SshError::Algorithm { algorithm });
    }
    if !["ssh-ed25519", "ssh-rsa"].contains(&kind) {
        return Err(SshError::NotAKey);
    }
    let encoded = words.next().ok_or(SshError::Damaged)?;
    let blob = base64_bytes(encoded).ok_or(SshError::Damaged)?;
    let fields = fields(&blob).ok_or(SshError::Damaged)?;
    let algorithm = match fields[..] {
        [name, point] if kind == "ssh-ed25519" && name == b"ssh-ed25519" && point.len() == 32 => {
            "ed25519".to_owned()
        }
        [name, _exponent, modulus] if kind == "ssh-rsa" && name == b"ssh-rsa" => {
            format!("rsa{}", rsa_size(modulus)?)
        }
        _ => return Err(SshError::Damaged),
    };
    let recipient = format!("{kind} {encoded}")
        .parse()
        .map_err(|_| SshError::Damaged)?;
    let comment: String = words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !keyward_core::text::is_unseen(*c))
        .collect();
    Ok(SshKey {
        recipient,
        algorithm,
        fingerprint: format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(&*blob))),
        comment: (!comment.is_empty()).then_some(comment),
    })
}

/// The fields of a public key: each four bytes of length, then the content.
///
/// Source: RFC 4251, section 5; RFC 4253, section 6.6.
fn fields(mut blob: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !blob.is_empty() {
        let (length, rest) = blob.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, rest) = rest.split_at_checked(length)?;
        fields.push(field);
        blob = rest;
    }
    Some(fields)
}

/// The size of an RSA modulus, if age accepts it.
fn rsa_size(modulus: &[u8]) -> Result<usize, SshError> {
    let bits = match modulus.iter().position(|byte| *byte != 0) {
        None => return Err(SshError::Damaged),
        Some(first) => (modulus.len() - first) * 8 - modulus[first].leading_zeros() as usize,
    };
    match bits {
        ..2048 => Err(SshError::TooSmall { bits }),
        2048..=4096 => Ok(bits),
        _ => Err(SshError::TooLarge { bits }),
    }
}

impl fmt::Display for SshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SSH {} {}", self.algorithm, self.fingerprint)
    }
}

#[cfg(test)]
mod tests;
