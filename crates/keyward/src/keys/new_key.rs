//! Steps that every command takes with a new long-lived key: it asks AWS for the owner and adds the
//! profile to the config file. This file neither prompts nor stores.

use keyward_aws::{CallError, CallerIdentity};
use keyward_core::config::{ConfigEditor, EditError, Profile, SectionRef};
use keyward_core::id::{AccessKeyId, MfaSerial, ProfileName};
use keyward_core::secret::SecretAccessKey;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{Document, KeyDate, LongLivedKey, SessionStore};

use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::{Ui, listed};
use crate::session::{client, session_tier};
use crate::state::local_state::{LocalState, now};

/// The key from the user.
#[derive(Debug, Clone)]
pub(crate) struct EnteredKey {
    /// `AKIA…`.
    pub(crate) access_key_id: AccessKeyId,
    /// The secret half.
    pub(crate) secret_access_key: SecretAccessKey,
}

/// The facts that AWS reports about a key; empty when AWS was not asked.
#[derive(Debug, Default)]
pub(crate) struct KeyOwner {
    /// The owner of the key.
    pub(crate) identity: Option<CallerIdentity>,
    /// The user's devices whose codes STS accepts.
    pub(crate) devices: Vec<MfaSerial>,
    /// The time at which AWS made the key.
    pub(crate) created: Option<Timestamp>,
}

/// The reason why AWS could not be asked.
#[derive(Debug)]
pub(crate) enum Unverified {
    /// The connection settings of this profile cannot be determined.
    Unreachable(CliError),
    /// AWS refused the key, or could not be reached.
    Refused(CallError),
}

impl From<Unverified> for CliError {
    fn from(error: Unverified) -> Self {
        match error {
            Unverified::Unreachable(error) => error,
            Unverified::Refused(error) => error.into(),
        }
    }
}

/// Asks AWS whose key it is, and which devices its owner has.
pub(crate) fn verify(
    local: &LocalState,
    profile: &ProfileName,
    given: &EnteredKey,
) -> Result<KeyOwner, Unverified> {
    let credentials = Credentials {
        access_key_id: given.access_key_id.clone(),
        secret_access_key: given.secret_access_key.clone(),
        session_token: None,
        expires_at: None,
        account_id: None,
    };
    let reached = local
        .chain_for_unstored_key(profile, &given.access_key_id)
        .map_err(Unverified::Unreachable)?;
    let aws = client(&reached);
    let identity = aws
        .get_caller_identity(&credentials)
        .map_err(Unverified::Refused)?;
    // Not every user may list devices; then the person says which it is.
    let devices = aws.list_mfa_devices(&credentials, None).unwrap_or_default();
    // The key may not list keys either; its age is then unknown until a session may ask.
    let keys = aws.list_access_keys(&credentials, None).unwrap_or_default();
    let created = keys
        .into_iter()
        .find(|key| key.id == given.access_key_id)
        .and_then(|key| key.created_at);
    Ok(KeyOwner {
        created,
        identity: Some(identity),
        devices: devices
            .into_iter()
            .map(|device| device.serial)
            .filter(|serial| !serial.is_security_key())
            .collect(),
    })
}

/// The device to use with a new key: the one that its profile names already, if the user has it, else
/// the user's first.
pub(crate) fn usual_device(
    local: &LocalState,
    profile: &ProfileName,
    owner: &KeyOwner,
) -> Option<MfaSerial> {
    let configured = local.config.profile(profile);
    let configured = configured.and_then(|found| found.section.value("mfa_serial"));
    let stored = local.stored.get(profile);
    let stored = stored.and_then(|key| key.mfa_serial.as_ref());
    let named = configured.or_else(|| stored.map(MfaSerial::as_str));
    let mut devices = owner.devices.iter();
    devices
        .find(|device| Some(device.as_str()) == named)
        .or(owner.devices.first())
        .cloned()
}

/// The vault's record of a key.
pub(crate) fn record(
    profile: &ProfileName,
    given: EnteredKey,
    owner: KeyOwner,
    mfa_serial: Option<MfaSerial>,
) -> LongLivedKey {
    let mut key = LongLivedKey::new(
        profile.clone(),
        given.access_key_id,
        given.secret_access_key,
        owner.created.unwrap_or_else(now),
    );
    if owner.created.is_none() {
        key.dated = KeyDate::Stored;
    }
    key.mfa_serial = mfa_serial;
    if let Some(who) = owner.identity {
        key.verified = Some(now());
        key.user_arn = Some(who.arn);
        key.account_id = Some(who.account);
    }
    key
}

/// Says that the cached sessions of a key serve no longer once the vault holds it under a new name: a
/// session names every profile of its key.
pub(crate) fn say_sessions_end(
    local: &LocalState,
    ui: &Ui,
    document: &Document,
    profile: &ProfileName,
    id: &AccessKeyId,
) {
    let names = document.keys().iter();
    let others: Vec<&ProfileName> = names
        .filter(|key| key.access_key_id == *id && key.profile != *profile)
        .map(|key| &key.profile)
        .collect();
    let sessions = SessionStore::open(&local.paths, session_tier()).list(now());
    let outdated = sessions.iter().any(|entry| {
        let origin = &entry.meta.origin;
        origin.key.as_ref() == Some(id) && !origin.stored_as.contains(profile)
    });
    if outdated && !others.is_empty() {
        ui.say(format!(
            "keyward must make new sessions of {}: `{profile}` has the same key",
            listed(others)
        ));
    }
}

/// Writes the profile and its device into the config file, if it does not say so already.
/// `known` is what both files say of the profile. Says whether anything changed.
pub(crate) fn give_profile(
    file: &mut ConfigEditor,
    known: Option<&Profile>,
    profile: &ProfileName,
    serial: Option<&MfaSerial>,
) -> Result<bool, EditError> {
    let section = SectionRef::Profile(profile.clone());
    let named = known.and_then(|profile| profile.section.value("mfa_serial"));
    if let Some(serial) = serial.filter(|serial| named != Some(serial.as_str())) {
        return file.set(&section, "mfa_serial", serial.as_str());
    }
    // A section needs a key to be worth its line.
    give_region(file, known, profile)
}

/// Sets a region for a new profile, which every SDK needs. Says whether anything changed.
pub(crate) fn give_region(
    file: &mut ConfigEditor,
    known: Option<&Profile>,
    profile: &ProfileName,
) -> Result<bool, EditError> {
    if known.is_some() {
        return Ok(false);
    }
    let region = region_of_environment();
    let section = SectionRef::Profile(profile.clone());
    file.set(&section, "region", region.as_deref().unwrap_or(REGION))
}

/// The region that a new profile gets where the environment names none.
pub(crate) const REGION: &str = "us-east-1";

/// The region that the environment names.
pub(crate) fn region_of_environment() -> Option<String> {
    env::get(env::AWS_REGION).or_else(|| env::get(env::AWS_DEFAULT_REGION))
}
