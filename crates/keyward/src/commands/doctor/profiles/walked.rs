//! Profiles as keyward resolves them, and the reasons why some lead nowhere. Refuses to say twice what another look has
//! found in the same line.

use std::collections::{BTreeSet, HashMap, HashSet};

use keyward_core::chain::{Flags, HandOut, ResolveError};
use keyward_core::config::Profile;
use keyward_core::id::ProfileName;

use crate::commands::doctor::finding::Finding;
use crate::screen::error::CliError;
use crate::state::local_state::{LocalState, ManyProfiles};
use crate::system::locations;

/// Finds the profiles that lead nowhere, and the warnings of the others' chains.
pub(super) fn look(local: &LocalState, findings: &mut Vec<Finding>) {
    let mut faults = Faults::default();
    let mut warned = BTreeSet::new();
    let many = ManyProfiles::new();
    for profile in local.config.profiles() {
        let flags = Flags {
            hand_out: HandOut::Refreshing,
            ..Flags::default()
        };
        match many.try_resolve(local, &profile.name, flags) {
            Ok(chain) => warned.extend(chain.warnings),
            // A profile of settings alone, such as a region, is no mistake.
            Err(ResolveError::NoCredentials { .. }) if !claims_credentials(profile) => {}
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
#[derive(Default)]
struct Faults {
    found: Vec<(String, Option<String>, Vec<String>)>,
    /// The place of each message among them.
    by_message: HashMap<String, usize>,
}

impl Faults {
    fn add(&mut self, profile: &ProfileName, error: &CliError) {
        let message = match std::error::Error::source(error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        let name = format!("[{profile}]");
        let next = self.found.len();
        match *self.by_message.entry(message.clone()).or_insert(next) {
            known if known < next => self.found[known].2.push(name),
            _ => {
                let hint = error.hints().first().map(ToString::to_string);
                self.found.push((message, hint, vec![name]));
            }
        }
    }

    fn findings(self) -> impl Iterator<Item = Finding> {
        self.found.into_iter().map(|(message, hint, names)| {
            let finding = Finding::problem("profile", message).at(names.join(", "));
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
