//! The content of the vault: long-lived keys, the journal of key rotations, seeds of MFA devices,
//! refresh tokens, console sign-ins. What a newer program of the same major version added is
//! carried along unread, so that an older one never deletes it.

mod generation;
mod history;
mod key_list;
mod sign_in;
mod unknown;
mod wire;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId, MfaSerial, PrincipalArn, ProfileName, UserName};
use keyward_core::secret::{RefreshToken, SecretAccessKey, TotpSeed};

use crate::digest::StateDigest;

pub use generation::Generation;
pub(crate) use history::Descent;
use history::History;
use key_list::KeyList;
pub use sign_in::ConsoleSignIn;
use unknown::Unknown;
pub use wire::DocumentError;
pub(crate) use wire::to_wiped_json;

/// The content of the vault.
#[derive(Debug, Clone, Default)]
pub struct Document {
    keys: KeyList,
    rotations: Vec<Rotation>,
    totp_seeds: Vec<(MfaSerial, TotpSeed)>,
    refresh_tokens: Vec<(String, RefreshToken)>,
    sign_ins: Vec<ConsoleSignIn>,
    generation: Generation,
    history: History,
    unknown: Unknown,
}

/// A long-lived access key and what is known of it.
#[derive(Debug, Clone)]
pub struct LongLivedKey {
    /// The name it is stored under.
    pub profile: ProfileName,
    /// `AKIA…`.
    pub access_key_id: AccessKeyId,
    /// The secret half.
    pub secret_access_key: SecretAccessKey,
    /// The owner of the key, from `GetCallerIdentity`.
    pub user_arn: Option<PrincipalArn>,
    /// The account, from `GetCallerIdentity`.
    pub account_id: Option<AccountId>,
    /// The device whose codes this key's sessions are made with.
    pub mfa_serial: Option<MfaSerial>,
    /// The time at which the key was made, or stored where that is not known.
    pub created: Timestamp,
    /// The meaning of that date.
    pub dated: KeyDate,
    /// The time at which AWS last confirmed it.
    pub verified: Option<Timestamp>,
    unknown: Unknown,
}

/// The meaning of a key's date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyDate {
    /// The time at which AWS made the key. Early versions stored nothing else.
    #[default]
    Made,
    /// The time at which the key was stored: AWS did not say how old it was.
    Stored,
}

impl LongLivedKey {
    /// A key without further known facts.
    #[must_use]
    pub fn new(
        profile: ProfileName,
        access_key_id: AccessKeyId,
        secret_access_key: SecretAccessKey,
        created: Timestamp,
    ) -> Self {
        Self {
            profile,
            access_key_id,
            secret_access_key,
            user_arn: None,
            account_id: None,
            mfa_serial: None,
            created,
            dated: KeyDate::Made,
            verified: None,
            unknown: Unknown::default(),
        }
    }
}

/// A rotation that has begun and is not finished.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The key that is replaced.
    pub profile: ProfileName,
    /// The id it had when the rotation began.
    pub old_access_key_id: AccessKeyId,
    /// The new key, from the moment AWS made it.
    pub new_key: Option<PendingKey>,
    /// Its progress.
    pub state: RotationState,
    /// The time of its beginning, by AWS's clock as far as it was known.
    pub started: Timestamp,
    /// The time at which AWS made the new key, if known.
    pub new_key_created: Option<Timestamp>,
    /// The key that was replaced, from the moment the new one took its place: as long as AWS
    /// knows it, its secret is kept.
    pub old_key: Option<PendingKey>,
    /// The time until which the old key stays active.
    pub grace_until: Option<Timestamp>,
    /// For a key that is not kept here: whose it is, and where the new one goes.
    pub delivery: Option<RotationDelivery>,
    unknown: Unknown,
}

/// A rotation on behalf of another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationDelivery {
    /// The user whose key is replaced.
    pub user: UserName,
    /// The profile that may do it.
    pub via: ProfileName,
    /// The destination of the new key, as the user typed it on the command line.
    pub to: String,
    /// The names it is delivered under, id first, where they are not the usual ones.
    pub names: Option<(String, String)>,
    /// The workflow that must succeed with the new key before the old one is touched.
    pub dispatch: Option<String>,
}

/// The new key of a rotation, before it replaces the old one.
#[derive(Debug, Clone)]
pub struct PendingKey {
    /// `AKIA…`.
    pub access_key_id: AccessKeyId,
    /// The secret half. AWS shows it once, so this may be its only copy.
    pub secret_access_key: SecretAccessKey,
}

impl Rotation {
    /// A rotation that begins.
    #[must_use]
    pub fn new(
        profile: ProfileName,
        old_access_key_id: AccessKeyId,
        state: RotationState,
        started: Timestamp,
    ) -> Self {
        Self {
            profile,
            old_access_key_id,
            new_key: None,
            state,
            started,
            new_key_created: None,
            old_key: None,
            grace_until: None,
            delivery: None,
            unknown: Unknown::default(),
        }
    }
}

/// The name of a rotation's state: lower-case letters and underscores. The vault stores it; the program
/// that rotates defines the states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationState(String);

/// A text that is not a state name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not the name of a rotation's state (lower-case letters and underscores)")]
pub struct InvalidRotationState;

impl RotationState {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for RotationState {
    type Err = InvalidRotationState;

    fn from_str(text: &str) -> Result<Self, InvalidRotationState> {
        let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRotationState)
        }
    }
}

impl std::fmt::Display for RotationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Document {
    /// Every long-lived key, in the order they were added.
    #[must_use]
    pub fn keys(&self) -> &[LongLivedKey] {
        self.keys.as_slice()
    }

    /// The key stored under a name.
    #[must_use]
    pub fn key(&self, profile: &ProfileName) -> Option<&LongLivedKey> {
        self.keys.get(profile)
    }

    /// The same, to be changed in place. The profile name must stay.
    pub fn key_mut(&mut self, profile: &ProfileName) -> Option<&mut LongLivedKey> {
        self.keys.get_mut(profile)
    }

    /// Stores a key under its name and returns the one that was there.
    pub fn put_key(&mut self, key: LongLivedKey) -> Option<LongLivedKey> {
        self.keys.put(key)
    }

    /// Forgets the key stored under a name and returns it.
    pub fn remove_key(&mut self, profile: &ProfileName) -> Option<LongLivedKey> {
        self.keys.remove(profile)
    }

    /// Every rotation that is under way.
    #[must_use]
    pub fn rotations(&self) -> &[Rotation] {
        &self.rotations
    }

    /// The rotation of one key, if it is under way.
    #[must_use]
    pub fn rotation(&self, profile: &ProfileName) -> Option<&Rotation> {
        self.rotations
            .iter()
            .find(|rotation| rotation.profile == *profile)
    }

    /// The same, to be moved on.
    pub fn rotation_mut(&mut self, profile: &ProfileName) -> Option<&mut Rotation> {
        self.rotations
            .iter_mut()
            .find(|rotation| rotation.profile == *profile)
    }

    /// Notes a rotation and returns what was noted for the same key.
    pub fn put_rotation(&mut self, rotation: Rotation) -> Option<Rotation> {
        put(&mut self.rotations, rotation, |a, b| a.profile == b.profile)
    }

    /// Removes a rotation from the journal and returns it.
    pub fn remove_rotation(&mut self, profile: &ProfileName) -> Option<Rotation> {
        take(&mut self.rotations, |rotation| rotation.profile == *profile)
    }

    /// The devices whose seeds are kept.
    pub fn totp_serials(&self) -> impl Iterator<Item = &MfaSerial> {
        self.totp_seeds.iter().map(|(serial, _)| serial)
    }

    /// The seed of a device.
    #[must_use]
    pub fn totp_seed(&self, serial: &MfaSerial) -> Option<&TotpSeed> {
        self.totp_seeds
            .iter()
            .find(|(known, _)| known == serial)
            .map(|(_, seed)| seed)
    }

    /// Keeps the seed of a device and returns the one that was kept.
    pub fn put_totp_seed(&mut self, serial: MfaSerial, seed: TotpSeed) -> Option<TotpSeed> {
        put(&mut self.totp_seeds, (serial, seed), |a, b| a.0 == b.0).map(|(_, seed)| seed)
    }

    /// Forgets the seed of a device and returns it.
    pub fn remove_totp_seed(&mut self, serial: &MfaSerial) -> Option<TotpSeed> {
        take(&mut self.totp_seeds, |(known, _)| known == serial).map(|(_, seed)| seed)
    }

    /// The names of the sign-ins whose refresh tokens are kept.
    pub fn refresh_token_names(&self) -> impl Iterator<Item = &str> {
        self.refresh_tokens.iter().map(|(name, _)| name.as_str())
    }

    /// The refresh token of a sign-in.
    #[must_use]
    pub fn refresh_token(&self, name: &str) -> Option<&RefreshToken> {
        self.refresh_tokens
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, token)| token)
    }

    /// Keeps the refresh token of a sign-in and returns the one that was kept.
    pub fn put_refresh_token(&mut self, name: String, token: RefreshToken) -> Option<RefreshToken> {
        put(&mut self.refresh_tokens, (name, token), |a, b| a.0 == b.0).map(|(_, token)| token)
    }

    /// Forgets the refresh token of a sign-in and returns it.
    pub fn remove_refresh_token(&mut self, name: &str) -> Option<RefreshToken> {
        take(&mut self.refresh_tokens, |(known, _)| known == name).map(|(_, token)| token)
    }

    /// Every console sign-in.
    #[must_use]
    pub fn sign_ins(&self) -> &[ConsoleSignIn] {
        &self.sign_ins
    }

    /// The console sign-in of a principal.
    #[must_use]
    pub fn sign_in(&self, session: &PrincipalArn) -> Option<&ConsoleSignIn> {
        self.sign_ins.iter().find(|known| known.session == *session)
    }

    /// The same, to be renewed in place. The session must stay.
    pub fn sign_in_mut(&mut self, session: &PrincipalArn) -> Option<&mut ConsoleSignIn> {
        self.sign_ins
            .iter_mut()
            .find(|known| known.session == *session)
    }

    /// Keeps a console sign-in and returns the one that was kept for the same principal.
    pub fn put_sign_in(&mut self, sign_in: ConsoleSignIn) -> Option<ConsoleSignIn> {
        put(&mut self.sign_ins, sign_in, |a, b| a.session == b.session)
    }

    /// Forgets the console sign-in of a principal and returns it.
    pub fn remove_sign_in(&mut self, session: &PrincipalArn) -> Option<ConsoleSignIn> {
        take(&mut self.sign_ins, |known| known.session == *session)
    }

    /// The number of writes of the vault up to this content.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Counts a write over the file that holds this document so far.
    pub(crate) fn succeed(&mut self, file: &[u8], generation: Generation) {
        self.history = self.history.after(self.generation, file, generation);
        self.generation = generation;
    }

    /// Whether the document was made from a state of the vault.
    pub(crate) fn descent(&self, from: Generation, digests: &[StateDigest]) -> Descent {
        self.history.descent(self.generation, from, digests)
    }

    /// Sets the count of a new vault.
    pub(crate) fn set_generation(&mut self, generation: Generation) {
        self.generation = generation;
    }

    /// The document for a second store, without the console sign-ins. Their refresh tokens work once, so
    /// the second store to use one would end the sign-in for both.
    pub(crate) fn for_elsewhere(&self) -> Self {
        Self {
            sign_ins: Vec::new(),
            generation: Generation::default(),
            history: History::default(),
            ..self.clone()
        }
    }

    /// The document for a backup copy, without the refresh tokens. They work once, so a token of an earlier
    /// state renews nothing.
    pub(crate) fn worth_keeping(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let spent = || -> RefreshToken { "spent".parse().expect("a word is a token") };
        let mut kept = self.clone();
        for (_, token) in &mut kept.refresh_tokens {
            *token = spent();
        }
        for sign_in in &mut kept.sign_ins {
            sign_in.refresh_token = spent();
        }
        kept.to_json()
    }

    /// The document as it is encrypted: JSON, version 1.
    #[must_use]
    pub fn to_json(&self) -> zeroize::Zeroizing<Vec<u8>> {
        wire::write(self)
    }

    /// Parses what [`to_json`](Self::to_json) wrote, in this version or a newer one with the same major
    /// number.
    ///
    /// # Errors
    /// The bytes are not such a document. The error repeats none of them.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DocumentError> {
        wire::read(bytes)
    }
}

/// Replaces the entry that is the same by `same`, or appends.
fn put<T>(list: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) -> Option<T> {
    if let Some(old) = list.iter_mut().find(|old| same(old, &new)) {
        return Some(std::mem::replace(old, new));
    }
    list.push(new);
    None
}

fn take<T>(list: &mut Vec<T>, wanted: impl Fn(&T) -> bool) -> Option<T> {
    list.iter().position(wanted).map(|at| list.remove(at))
}

#[cfg(test)]
mod tests;
