//! Secrets: values that wipe themselves, print as `***`, and can be taken out only by
//! [`expose`](SecretAccessKey::expose), so that every place that does is easy to find.

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The reason why a text is not the secret it was meant to be. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not {wanted}")]
pub struct InvalidSecret {
    wanted: &'static str,
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name(String);

        impl $name {
            /// Returns the secret. The caller says in a comment why it must.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidSecret;

            fn from_str(text: &str) -> Result<Self, InvalidSecret> {
                let accept: fn(&str) -> bool = $accept;
                if accept(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidSecret { wanted: $wanted })
                }
            }
        }

        impl From<$name> for Zeroizing<String> {
            fn from(mut secret: $name) -> Self {
                Zeroizing::new(std::mem::take(&mut secret.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    };
}

secret!(
    /// The secret half of an access key.
    SecretAccessKey,
    "a secret access key (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

impl SecretAccessKey {
    /// Whether it has the shape of a long-lived secret: forty characters of the base64
    /// alphabet.
    #[must_use]
    pub fn has_aws_shape(&self) -> bool {
        self.0.len() == 40
            && self
                .0
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    }
}

secret!(
    /// The token that makes temporary credentials whole.
    SessionToken,
    "a session token (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

secret!(
    /// The passphrase of the vault.
    Passphrase,
    "a passphrase (it is empty)",
    |text| !text.is_empty()
);

secret!(
    /// A one-time code of six digits.
    MfaCode,
    "an MFA code (six digits)",
    |text| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
);

secret!(
    /// The password of a user of the AWS console.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html>
    ConsolePassword,
    "a console password (1 to 128 characters)",
    |text| (1..=128).contains(&text.chars().count())
);

secret!(
    /// The seed of a virtual MFA device, in base32.
    TotpSeed,
    "the seed of an MFA device (base32 letters and digits)",
    |text| !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b) || b == b'=')
);

secret!(
    /// A token that renews a sign-in without the person.
    RefreshToken,
    "a refresh token (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

secret!(
    /// The seed of a virtual MFA device, in base32 as AWS shows it once.
    MfaSeed,
    "an MFA seed (base32, at least 16 letters and digits)",
    |text| text.len() >= 16 && text.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7' | b'='))
);

secret!(
    /// The token that shows the Identity Center that a person has signed in.
    AccessToken,
    "an access token (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

secret!(
    /// The secret half of a program's registration at the Identity Center.
    ClientSecret,
    "a client secret (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

secret!(
    /// A code that is exchanged once for an access token: a device's, or a browser's.
    GrantCode,
    "a code (no blanks, not empty)",
    |text| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
);

secret!(
    /// Proves that the client that exchanges a browser's code is the one that asked for it (PKCE).
    ///
    /// Source: RFC 7636, section 4.1.
    CodeVerifier,
    "a code verifier (43 to 128 letters, digits, or `-._~`)",
    |text| (43..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
);

secret!(
    /// The private key with which a console sign-in proves that its owner uses it, as a SEC 1 key in PEM.
    ProofKey,
    "a private key in PEM (`EC PRIVATE KEY`)",
    |text| text.starts_with("-----BEGIN EC PRIVATE KEY-----\n")
        && text.trim_end().ends_with("-----END EC PRIVATE KEY-----")
);

#[cfg(test)]
mod tests;
