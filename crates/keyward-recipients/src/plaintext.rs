//! The text that a recipient sees after decrypting. Nothing ends in a line break, so that a
//! password can be copied whole.

use keyward_core::id::AccessKeyId;
use keyward_core::secret::{ConsolePassword, SecretAccessKey};
use zeroize::Zeroizing;

/// A secret that AWS shows once.
#[derive(Debug, Clone, Copy)]
pub enum InitialSecret<'a> {
    /// The password of a new login profile: the plaintext is the password alone.
    Password(&'a ConsolePassword),
    /// A new access key: the plaintext is one line of JSON,
    /// `{"AccessKeyId":"…","SecretAccessKey":"…"}`, which `keyward add PROFILE --stdin` reads.
    AccessKey {
        /// The public half.
        id: &'a AccessKeyId,
        /// The secret half.
        secret: &'a SecretAccessKey,
    },
}

impl InitialSecret<'_> {
    /// Exposes the secret, because the caller encrypts it.
    pub(crate) fn plaintext(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Password(password) => Zeroizing::new(password.expose().as_bytes().to_vec()),
            Self::AccessKey { id, secret } => {
                let mut json = Zeroizing::new(Vec::with_capacity(128));
                json.extend_from_slice(b"{\"AccessKeyId\":");
                append_string(&mut json, id.as_str());
                json.extend_from_slice(b",\"SecretAccessKey\":");
                append_string(&mut json, secret.expose());
                json.push(b'}');
                json
            }
        }
    }
}

/// Appends a JSON string.
fn append_string(json: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(json, text).expect("strings and memory do not fail");
}

#[cfg(test)]
mod tests;
