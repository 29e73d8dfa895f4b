//! Profiles as keyward resolves them, and the reasons why some lead nowhere. Refuses to say twice
//! what another look has found in the same line.

use std::collections::{BTreeSet, HashMap, HashSet};

use keyward_core::chain::{Base, Chain, Flags, HandOut, ResolveError};
use keyward_core::config::Profile;
use keyward_core::id::ProfileName;

use crate::commands::doctor::finding::Finding;
use crate::screen::error::CliError;
use crate::state::local_state::{LocalState, ManyProfiles};
use crate::system::locations;

/// Finds the profiles that lead nowhere, and the warnings of the others' chains.
pub(super) fn look(local: &LocalState, findings: &mut Vec<Finding>) {
    let mut faults = Faults::of("profile");
    let mut devices = Faults::of("mfa-account");
    let mut warned = BTreeSet::new();
    let many = ManyProfiles::new();
    let included: HashSet<&str> = local
        .config
        .profiles()
        .filter_map(|profile| profile.section.value("include_profile"))
        .collect();
    for profile in local.config.profiles() {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        match many.try_resolve(local, &profile.name, flags) {
            Ok(chain) => {
                if let Some(message) = device_of_another_account(local, &chain) {
                    devices.add_message(&profile.name, message, Some(DEVICE_FIX.to_owned()));
                }
                warned.extend(chain.warnings);
            }
            // A profile of settings alone, such as a region, is no mistake.
            Err(ResolveError::NoCredentials { .. }) if !claims_credentials(profile) => {}
            // A part of other profiles need not be whole.
            Err(
                ResolveError::NoCredentials { .. }
                | ResolveError::IncompleteSso { .. }
                | ResolveError::RoleWithoutSource { .. },
            ) if included.contains(profile.name.as_str()) => {}
            Err(error) => faults.add(&profile.name, &local.unresolved(&profile.name, error)),
        }
    }
    let mut told: HashSet<String> = findings
        .iter()
        .filter_map(|finding| finding.place.clone())
        .collect();
    for warning in &warned {
        let Some((place, message)) = placed(local, warning) else {
            continue;
        };
        if told.insert(place.to_owned()) {
            findings.push(Finding::note("plan", message).at(place));
        }
    }
    findings.extend(faults.findings());
    findings.extend(devices.findings());
}

/// The fix for a device of another account.
const DEVICE_FIX: &str = "write the device of the key's own user: keyward mfa list PROFILE";

/// The device of a chain that cannot serve its key. AWS takes a code only from a device of the user whose
/// key signs the call.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
fn device_of_another_account(local: &LocalState, chain: &Chain) -> Option<String> {
    let Base::VaultKey(key) = &chain.base else {
        return None;
    };
    let of_key = local.account_of(&key.profile)?;
    let id = &key.access_key_id;
    let mut serials = chain.hops.iter().filter_map(|hop| hop.mfa_serial.as_ref());
    serials.find_map(|serial| {
        let of_device = serial.account()?;
        (of_device != *of_key).then(|| {
            format!(
                "the MFA device {serial} is of account {of_device}, and the vault's key {id} of account {of_key}: AWS refuses its codes"
            )
        })
    })
}

/// A warning's line of one of the files, and what is the matter there.
fn placed<'w>(local: &LocalState, warning: &'w str) -> Option<(&'w str, &'w str)> {
    let locations = &local.locations;
    [&locations.aws_config, &locations.aws_credentials]
        .into_iter()
        .find_map(|file| {
            let rest = warning.strip_prefix(&format!("{}:", locations::show(file)))?;
            let (_, message) = rest.split_once(": ")?;
            Some((warning.strip_suffix(message)?.strip_suffix(": ")?, message))
        })
}

/// The reasons why profiles lead nowhere: one finding for all that share a fault.
struct Faults {
    /// The id of the findings.
    id: &'static str,
    found: Vec<(String, Option<String>, Vec<String>)>,
    /// The place of each message among them.
    by_message: HashMap<String, usize>,
}

impl Faults {
    fn of(id: &'static str) -> Self {
        Self {
            id,
            found: Vec::new(),
            by_message: HashMap::new(),
        }
    }

    fn add(&mut self, profile: &ProfileName, error: &CliError) {
        let message = match std::error::Error::source(error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        let hint = error.hints().first().map(ToString::to_string);
        self.add_message(profile, message, hint);
    }

    fn add_message(&mut self, profile: &ProfileName, message: String, hint: Option<String>) {
        let name = format!("[{profile}]");
        let next = self.found.len();
        match *self.by_message.entry(message.clone()).or_insert(next) {
            known if known < next => self.found[known].2.push(name),
            _ => self.found.push((message, hint, vec![name])),
        }
    }

    fn findings(self) -> impl Iterator<Item = Finding> {
        let id = self.id;
        self.found.into_iter().map(move |(message, hint, names)| {
            let finding = Finding::problem(id, message).at(names.join(", "));
            match hint {
                Some(hint) => finding.hint(hint),
                None => finding,
            }
        })
    }
}

/// Whether a profile has a key that only leads to credentials.
fn claims_credentials(profile: &Profile) -> bool {
    [
        "role_arn",
        "source_profile",
        "credential_source",
        "credential_process",
        "mfa_serial",
        "sso_session",
        "sso_account_id",
        "sso_role_name",
        "sso_start_url",
        "login_session",
        "web_identity_token_file",
        "aws_access_key_id",
    ]
    .iter()
    .any(|key| profile.section.value(key).is_some())
}
