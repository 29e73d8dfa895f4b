//! Version 1 of the document as JSON. Refuses a newer major version; keeps unknown fields of
//! the same one. No error repeats a value, because any value may be secret: the messages of
//! the JSON reader do, so they are cut down to a place.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{ConsoleSignIn, Document, LongLivedKey, PendingKey, Rotation, RotationErrand, Unknown};

/// The version this program writes and the highest it reads.
pub(crate) const VERSION: u32 = 1;

/// Why bytes are no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or not of the right shape.
    #[error("line {line}, column {column} of the document is not as it should be")]
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
    #[serde(flatten)]
    unknown: Unknown,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    errand: Option<ErrandWire>,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Serialize, Deserialize)]
struct PendingWire {
    access_key_id: String,
    secret_access_key: Hidden,
}

#[derive(Serialize, Deserialize)]
struct ErrandWire {
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

pub(super) fn write(document: &Document) -> Zeroizing<Vec<u8>> {
    let Document {
        keys,
        rotations,
        totp_seeds,
        refresh_tokens,
        sign_ins,
        unknown,
    } = document;
    let wire = DocumentWire {
        version: VERSION,
        keys: keys.iter().map(key_to_wire).collect(),
        rotations: rotations.iter().map(rotation_to_wire).collect(),
        // The secrets are exposed here because this is the content that gets encrypted.
        totp_seeds: totp_seeds
            .iter()
            .map(|(serial, seed)| SeedWire {
                mfa_serial: serial.to_string(),
                seed: Hidden::of(seed.expose()),
            })
            .collect(),
        refresh_tokens: refresh_tokens
            .iter()
            .map(|(name, token)| TokenWire {
                name: name.clone(),
                token: Hidden::of(token.expose()),
            })
            .collect(),
        sign_ins: sign_ins.iter().map(sign_in_to_wire).collect(),
        unknown: unknown.clone(),
    };
    to_wiped_json(&wire)
}

/// Writes JSON into a buffer that does not move while it grows, so that no copy of a secret
/// stays behind.
pub(crate) fn to_wiped_json(wire: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut measured = Measure(0);
    serde_json::to_writer(&mut measured, wire).expect("plain structs become JSON");
    let mut bytes = Zeroizing::new(Vec::with_capacity(measured.0));
    serde_json::to_writer(&mut *bytes, wire).expect("plain structs become JSON");
    bytes
}

/// Counts bytes.
struct Measure(usize);

impl std::io::Write for Measure {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn key_to_wire(key: &LongLivedKey) -> KeyWire {
    let LongLivedKey {
        profile,
        access_key_id,
        secret_access_key,
        user_arn,
        account_id,
        mfa_serial,
        created,
        verified,
        unknown,
    } = key;
    KeyWire {
        profile: profile.to_string(),
        access_key_id: access_key_id.to_string(),
        secret_access_key: Hidden::of(secret_access_key.expose()),
        user_arn: user_arn.as_ref().map(ToString::to_string),
        account_id: account_id.as_ref().map(ToString::to_string),
        mfa_serial: mfa_serial.as_ref().map(ToString::to_string),
        created: created.to_string(),
        verified: verified.map(|at| at.to_string()),
        unknown: unknown.clone(),
    }
}

fn pending_to_wire(key: &PendingKey) -> PendingWire {
    let PendingKey {
        access_key_id,
        secret_access_key,
    } = key;
    PendingWire {
        access_key_id: access_key_id.to_string(),
        secret_access_key: Hidden::of(secret_access_key.expose()),
    }
}

fn errand_to_wire(errand: &RotationErrand) -> ErrandWire {
    let RotationErrand {
        user,
        via,
        to,
        names,
        dispatch,
    } = errand;
    ErrandWire {
        user: user.to_string(),
        via: via.to_string(),
        to: to.clone(),
        names: names.clone(),
        dispatch: dispatch.clone(),
    }
}

fn rotation_to_wire(rotation: &Rotation) -> RotationWire {
    let Rotation {
        profile,
        old_access_key_id,
        new_key,
        state,
        started,
        new_key_created,
        old_key,
        grace_until,
        errand,
        unknown,
    } = rotation;
    RotationWire {
        profile: profile.to_string(),
        old_access_key_id: old_access_key_id.to_string(),
        new_key: new_key.as_ref().map(pending_to_wire),
        state: state.to_string(),
        started: started.to_string(),
        new_key_created: new_key_created.map(|at| at.to_string()),
        old_key: old_key.as_ref().map(pending_to_wire),
        grace_until: grace_until.map(|at| at.to_string()),
        errand: errand.as_ref().map(errand_to_wire),
        unknown: unknown.clone(),
    }
}

fn sign_in_to_wire(sign_in: &ConsoleSignIn) -> SignInWire {
    let ConsoleSignIn {
        session,
        client_id,
        region,
        refresh_token,
        proof_key,
        signed_in,
        unknown,
    } = sign_in;
    SignInWire {
        session: session.to_string(),
        client_id: client_id.clone(),
        region: region.to_string(),
        refresh_token: Hidden::of(refresh_token.expose()),
        proof_key: Hidden::of(proof_key.expose()),
        signed_in: signed_in.to_string(),
        unknown: unknown.clone(),
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    let VersionOnly { version } =
        serde_json::from_slice(bytes).map_err(|e| DocumentError::shape(&e))?;
    if version > VERSION {
        return Err(DocumentError::Newer { found: version });
    }
    let wire: DocumentWire = serde_json::from_slice(bytes).map_err(|e| DocumentError::shape(&e))?;
    let mut document = Document {
        unknown: wire.unknown,
        ..Document::default()
    };
    for (n, key) in wire.keys.into_iter().enumerate() {
        if document
            .put_key(key_from_wire(key, At("keys", n))?)
            .is_some()
        {
            return Err(DocumentError::Twice { list: "keys" });
        }
    }
    for (n, rotation) in wire.rotations.into_iter().enumerate() {
        if document
            .put_rotation(rotation_from_wire(rotation, At("rotations", n))?)
            .is_some()
        {
            return Err(DocumentError::Twice { list: "rotations" });
        }
    }
    for (n, SeedWire { mfa_serial, seed }) in wire.totp_seeds.into_iter().enumerate() {
        let at = At("totp_seeds", n);
        let serial = at.parse("mfa_serial", "an MFA serial", &mfa_serial)?;
        let seed = at.parse("seed", "the seed of an MFA device", &seed.0)?;
        if document.put_totp_seed(serial, seed).is_some() {
            return Err(DocumentError::Twice { list: "totp_seeds" });
        }
    }
    for (n, TokenWire { name, token }) in wire.refresh_tokens.into_iter().enumerate() {
        let token = At("refresh_tokens", n).parse("token", "a refresh token", &token.0)?;
        if document.put_refresh_token(name, token).is_some() {
            return Err(DocumentError::Twice {
                list: "refresh_tokens",
            });
        }
    }
    for (n, sign_in) in wire.sign_ins.into_iter().enumerate() {
        let sign_in = sign_in_from_wire(sign_in, At("sign_ins", n))?;
        if document.put_sign_in(sign_in).is_some() {
            return Err(DocumentError::Twice { list: "sign_ins" });
        }
    }
    Ok(document)
}

/// The place of an entry, for errors.
#[derive(Clone, Copy)]
struct At(&'static str, usize);

impl At {
    fn parse<T: FromStr>(
        self,
        field: &str,
        wanted: &'static str,
        text: &str,
    ) -> Result<T, DocumentError> {
        let Self(list, n) = self;
        text.parse().map_err(|_| DocumentError::Field {
            field: format!("{list}[{n}].{field}"),
            wanted,
        })
    }

    fn parse_some<T: FromStr>(
        self,
        field: &str,
        wanted: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, DocumentError> {
        text.map(|text| self.parse(field, wanted, text)).transpose()
    }
}

fn key_from_wire(wire: KeyWire, at: At) -> Result<LongLivedKey, DocumentError> {
    Ok(LongLivedKey {
        profile: at.parse("profile", "a profile name", &wire.profile)?,
        access_key_id: at.parse("access_key_id", "an access key id", &wire.access_key_id)?,
        secret_access_key: at.parse(
            "secret_access_key",
            "a secret access key",
            &wire.secret_access_key.0,
        )?,
        user_arn: at.parse_some("user_arn", "an ARN", wire.user_arn.as_deref())?,
        account_id: at.parse_some("account_id", "an account id", wire.account_id.as_deref())?,
        mfa_serial: at.parse_some("mfa_serial", "an MFA serial", wire.mfa_serial.as_deref())?,
        created: at.parse("created", "a time", &wire.created)?,
        verified: at.parse_some("verified", "a time", wire.verified.as_deref())?,
        unknown: wire.unknown,
    })
}

fn pending_from_wire(
    wire: PendingWire,
    at: At,
    fields: [&str; 2],
) -> Result<PendingKey, DocumentError> {
    let [id, secret] = fields;
    Ok(PendingKey {
        access_key_id: at.parse(id, "an access key id", &wire.access_key_id)?,
        secret_access_key: at.parse(secret, "a secret access key", &wire.secret_access_key.0)?,
    })
}

fn sign_in_from_wire(wire: SignInWire, at: At) -> Result<ConsoleSignIn, DocumentError> {
    Ok(ConsoleSignIn {
        session: at.parse("session", "an ARN", &wire.session)?,
        client_id: wire.client_id,
        region: at.parse("region", "a region", &wire.region)?,
        refresh_token: at.parse("refresh_token", "a refresh token", &wire.refresh_token.0)?,
        proof_key: at.parse("proof_key", "a private key in PEM", &wire.proof_key.0)?,
        signed_in: at.parse("signed_in", "a time", &wire.signed_in)?,
        unknown: wire.unknown,
    })
}

fn errand_from_wire(wire: ErrandWire, at: At) -> Result<RotationErrand, DocumentError> {
    Ok(RotationErrand {
        user: at.parse("errand.user", "a user name", &wire.user)?,
        via: at.parse("errand.via", "a profile name", &wire.via)?,
        to: wire.to,
        names: wire.names,
        dispatch: wire.dispatch,
    })
}

fn rotation_from_wire(wire: RotationWire, at: At) -> Result<Rotation, DocumentError> {
    const NEW: [&str; 2] = ["new_key.access_key_id", "new_key.secret_access_key"];
    const OLD: [&str; 2] = ["old_key.access_key_id", "old_key.secret_access_key"];
    let key = |wire: Option<PendingWire>, fields| {
        wire.map(|wire| pending_from_wire(wire, at, fields))
            .transpose()
    };
    Ok(Rotation {
        profile: at.parse("profile", "a profile name", &wire.profile)?,
        old_access_key_id: at.parse(
            "old_access_key_id",
            "an access key id",
            &wire.old_access_key_id,
        )?,
        new_key: key(wire.new_key, NEW)?,
        state: at.parse("state", "the name of a state", &wire.state)?,
        started: at.parse("started", "a time", &wire.started)?,
        new_key_created: at.parse_some(
            "new_key_created",
            "a time",
            wire.new_key_created.as_deref(),
        )?,
        old_key: key(wire.old_key, OLD)?,
        grace_until: at.parse_some("grace_until", "a time", wire.grace_until.as_deref())?,
        errand: wire
            .errand
            .map(|wire| errand_from_wire(wire, at))
            .transpose()?,
        unknown: wire.unknown,
    })
}
