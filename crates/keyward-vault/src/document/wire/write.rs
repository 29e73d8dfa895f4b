//! A document as JSON, in buffers that are wiped.

use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    DeliveryWire, DocumentWire, Hidden, HistoryWire, KeyWire, PendingWire, RotationWire, SeedWire,
    SignInWire, TokenWire, VERSION,
};
use crate::document::history::History;
use crate::document::{
    ConsoleSignIn, Document, KeyDate, LongLivedKey, PendingKey, Rotation, RotationDelivery,
};

pub(in crate::document) fn write(document: &Document) -> Zeroizing<Vec<u8>> {
    let Document {
        keys,
        rotations,
        totp_seeds,
        refresh_tokens,
        sign_ins,
        generation,
        history,
        unknown,
    } = document;
    let wire = DocumentWire {
        version: VERSION,
        keys: keys.as_slice().iter().map(key_to_wire).collect(),
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
        generation: generation.number(),
        history: history_to_wire(history),
        unknown: unknown.clone(),
    };
    to_wiped_json(&wire)
}

fn history_to_wire(history: &History) -> HistoryWire {
    let states = history.states.iter();
    HistoryWire {
        of: history.of.number(),
        states: states
            .map(|state| (state.generation.number(), state.digest.clone()))
            .collect(),
    }
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
        dated,
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
        age_unknown: *dated == KeyDate::Stored,
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

fn delivery_to_wire(delivery: &RotationDelivery) -> DeliveryWire {
    let RotationDelivery {
        user,
        via,
        to,
        names,
        dispatch,
    } = delivery;
    DeliveryWire {
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
        delivery,
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
        delivery: delivery.as_ref().map(delivery_to_wire),
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
