//! Reads a document from JSON. An error names the place of a bad field, never its value.

use std::str::FromStr;

use keyward_core::id::MfaSerial;

use super::{
    DeliveryWire, DocumentError, DocumentWire, HistoryWire, KeyWire, PendingWire, RotationWire,
    SeedWire, SignInWire, TokenWire, VERSION, VersionOnly,
};
use crate::document::history::{History, State};
use crate::document::{
    ConsoleSignIn, Document, Generation, KeyDate, LongLivedKey, PendingKey, Rotation,
    RotationDelivery,
};

pub(in crate::document) fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    let VersionOnly { version } =
        serde_json::from_slice(bytes).map_err(|e| DocumentError::shape(&e))?;
    if version > VERSION {
        return Err(DocumentError::Newer { found: version });
    }
    let wire: DocumentWire = serde_json::from_slice(bytes).map_err(|e| DocumentError::shape(&e))?;
    let mut document = Document {
        generation: Generation::new(wire.generation),
        history: history_from_wire(wire.history),
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
        let serial = at.serial(&mfa_serial)?;
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

fn history_from_wire(wire: HistoryWire) -> History {
    let states = wire.states.into_iter();
    History {
        of: Generation::new(wire.of),
        states: states
            .map(|(generation, digest)| State {
                generation: Generation::new(generation),
                digest,
            })
            .collect(),
    }
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

    fn serial(self, text: &str) -> Result<MfaSerial, DocumentError> {
        let Self(list, n) = self;
        MfaSerial::stored(text).map_err(|_| DocumentError::Field {
            field: format!("{list}[{n}].mfa_serial"),
            wanted: "an MFA serial",
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
        mfa_serial: wire.mfa_serial.map(|text| at.serial(&text)).transpose()?,
        created: at.parse("created", "a time", &wire.created)?,
        dated: match wire.age_unknown {
            true => KeyDate::Stored,
            false => KeyDate::Made,
        },
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

fn delivery_from_wire(wire: DeliveryWire, at: At) -> Result<RotationDelivery, DocumentError> {
    Ok(RotationDelivery {
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
        delivery: wire
            .delivery
            .map(|wire| delivery_from_wire(wire, at))
            .transpose()?,
        unknown: wire.unknown,
    })
}
