//! Identifiers and secrets made of the operating system's randomness, in AWS's shapes. It refuses
//! to work without randomness.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER};
use keyward_core::id::AccessKeyId;
use keyward_core::secret::{SecretAccessKey, SessionToken};

use crate::state::Seed;

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A unique id with the prefix that names its kind, such as `AIDA` for a user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
pub(crate) fn unique_id(prefix: &str) -> String {
    format!("{prefix}{}", &BASE32_NOPAD.encode(&bytes::<11>())[..17])
}

/// The id of a signing certificate, which has no prefix.
pub(crate) fn certificate_id() -> String {
    BASE32_NOPAD.encode(&bytes::<18>())[..28].to_owned()
}

/// The id of a new key: `AKIA…` or `ASIA…`.
pub(crate) fn access_key_id(prefix: &str) -> AccessKeyId {
    let id = format!("{prefix}{}", BASE32_NOPAD.encode(&bytes::<10>()));
    id.parse()
        .expect("a four letter prefix and sixteen base32 characters are a key id")
}

/// A secret of forty characters.
pub(crate) fn secret_access_key() -> SecretAccessKey {
    BASE64
        .encode(&bytes::<30>())
        .parse()
        .expect("base64 has no blanks")
}

/// An opaque session token. Its prefix differs from AWS's, so a reader cannot mistake it for a real
/// token.
pub(crate) fn session_token() -> SessionToken {
    let token = format!("practice.{}", BASE64.encode(&bytes::<96>()));
    token.parse().expect("base64 has no blanks")
}

/// A token for the sign-in page, safe inside a URL.
pub(crate) fn url_token() -> String {
    BASE64URL_NOPAD.encode(&bytes::<48>())
}

/// The seed of a new virtual MFA device.
pub(crate) fn seed() -> Seed {
    Seed::new(bytes::<40>().to_vec()).expect("forty bytes are enough for a seed")
}

/// The id of a request, in the form of a UUID.
pub(crate) fn request_id() -> String {
    let hex = HEXLOWER.encode(&bytes::<16>());
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
