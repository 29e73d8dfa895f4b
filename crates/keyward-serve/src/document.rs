//! The answers' bodies: credentials as the protocol wants them, and errors that SDKs show.

use hyper::body::Bytes;
use keyward_core::{Credentials, Timestamp};
use zeroize::Zeroizing;

/// Bytes that are wiped when the last answer that holds them is gone.
struct Wiped(Zeroizing<String>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The credentials as JSON. `None` for a key without a token: SDKs require one here, and a
/// long-lived key has no business on a socket.
pub(crate) fn credentials(credentials: &Credentials, end: Timestamp) -> Option<Bytes> {
    let token = credentials.session_token.as_ref()?;
    let quote = |text: &str| Zeroizing::new(serde_json::Value::from(text).to_string());
    let mut text = Zeroizing::new(String::with_capacity(2048));
    let mut field = |name: &str, value: &str| {
        let before = if text.is_empty() { "{\"" } else { ",\"" };
        text.push_str(before);
        text.push_str(name);
        text.push_str("\":");
        text.push_str(&quote(value));
    };
    field("AccessKeyId", credentials.access_key_id.as_str());
    // The protocol's answer is the secret.
    field("SecretAccessKey", credentials.secret_access_key.expose());
    field("Token", token.expose());
    field("Expiration", &end.to_string());
    if let Some(account) = &credentials.account_id {
        field("AccountId", account.as_str());
    }
    text.push('}');
    Some(Bytes::from_owner(Wiped(text)))
}

/// An error as SDKs read it: some by these names in lower case, the one for JavaScript in
/// capitals.
pub(crate) fn error(code: &str, message: &str) -> Bytes {
    let body = serde_json::json!({
        "code": code, "message": message, "Code": code, "Message": message,
    });
    Bytes::from(body.to_string())
}
