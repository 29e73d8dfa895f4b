//! Version 1 of the document as JSON. Refuses a newer major version; keeps unknown fields of
//! the same one. No error repeats a value, because any value may be secret: the messages of
//! the JSON reader do, so they are cut down to a place.

mod read;
mod write;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::Unknown;
pub(super) use read::read;
pub(crate) use write::to_wiped_json;
pub(super) use write::write;

/// The version this program writes and the highest it reads.
pub(crate) const VERSION: u32 = 1;

/// The reasons why bytes are not a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not of the right shape.
    #[error("line {line}, column {column} of the document is invalid")]
    Shape {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A field holds what it cannot hold.
    #[error("the field `{field}` of the document is not {wanted}")]
    Field {
        /// Such as `keys[2].profile`.
        field: String,
        /// Such as `a profile name`.
        wanted: &'static str,
    },
    /// Two entries bear the same name.
    #[error("the list `{list}` of the document has two entries of the same name")]
    Twice {
        /// Such as `keys`.
        list: &'static str,
    },
    /// A newer program wrote it.
    #[error(
        "the document has version {found} and this program reads up to {VERSION}; use a newer one"
    )]
    Newer {
        /// Its version.
        found: u32,
    },
}

impl DocumentError {
    fn shape(error: &serde_json::Error) -> Self {
        Self::Shape {
            line: error.line(),
            column: error.column(),
        }
    }
}

/// A secret on its way through JSON, wiped when dropped.
struct Hidden(Zeroizing<String>);

impl Hidden {
    fn of(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct DocumentWire {
    version: u32,
    #[serde(default)]
    keys: Vec<KeyWire>,
    #[serde(default)]
    rotations: Vec<RotationWire>,
    #[serde(default)]
    totp_seeds: Vec<SeedWire>,
    #[serde(default)]
    refresh_tokens: Vec<TokenWire>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sign_ins: Vec<SignInWire>,
    /// Early versions wrote none.
    #[serde(default, skip_serializing_if = "is_zero")]
    generation: u64,
    /// Early versions wrote none.
    #[serde(default, skip_serializing_if = "HistoryWire::is_empty")]
    history: HistoryWire,
    #[serde(flatten)]
    unknown: Unknown,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// The states before this one: each generation with a part of its file's digest.
#[derive(Default, Serialize, Deserialize)]
struct HistoryWire {
    of: u64,
    states: Vec<(u64, String)>,
}

impl HistoryWire {
    fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

#[derive(Serialize, Deserialize)]
struct KeyWire {
    profile: String,
    access_key_id: String,
    secret_access_key: Hidden,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mfa_serial: Option<String>,
    created: String,
    /// `true` where `created` is when the key was stored.
    #[serde(default, skip_serializing_if = "is_false")]
    age_unknown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Serialize, Deserialize)]
struct RotationWire {
    profile: String,
    old_access_key_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_key: Option<PendingWire>,
    state: String,
    started: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_key_created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    old_key: Option<PendingWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grace_until: Option<String>,
    // Its name from early versions, which the format keeps.
    #[serde(rename = "errand", default, skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryWire>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Serialize, Deserialize)]
struct PendingWire {
    access_key_id: String,
    secret_access_key: Hidden,
}

#[derive(Serialize, Deserialize)]
struct DeliveryWire {
    user: String,
    via: String,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispatch: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SeedWire {
    mfa_serial: String,
    seed: Hidden,
}

#[derive(Serialize, Deserialize)]
struct TokenWire {
    name: String,
    token: Hidden,
}

#[derive(Serialize, Deserialize)]
struct SignInWire {
    session: String,
    client_id: String,
    region: String,
    refresh_token: Hidden,
    proof_key: Hidden,
    signed_in: String,
    #[serde(flatten)]
    unknown: Unknown,
}
