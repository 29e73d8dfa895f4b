//! Carrying out an import: shown, agreed to, verified, stored, and only then taken out of the
//! files. The plan has made every decision.

use std::process::ExitCode;

use keyward_core::id::MfaSerial;
use keyward_vault::Document;

use super::edits::{self, Secured};
use super::plan::{Fate, Overwrite, Plan};
use super::{FoundKey, Harvest, other_names};
use crate::keys::new_key::{self, KeyOwner};
use crate::keys::rotation;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui, listed};
use crate::session::{FirstSlot, open_or_create};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;
use crate::system::locations;

/// Whether AWS is asked whose key it is before it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verification {
    /// A key that AWS does not confirm stays where it is.
    Ask,
    /// Every key is imported without a check at AWS.
    Skip,
}

/// The person's choices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices {
    /// Whether the plan is agreed to beforehand.
    pub(crate) agreed: Agreed,
    /// Whether AWS is asked.
    pub(crate) verification: Verification,
    /// Whether keys of the vault may be replaced.
    pub(crate) overwrite: Overwrite,
    /// The slot of a vault that is made for the keys.
    pub(crate) first_slot: FirstSlot,
}

/// Whether the plan is agreed to beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreed {
    /// `--yes`.
    Yes,
    /// The person is asked.
    Ask,
}

/// Shows what would be done and, where it is agreed to, does it.
pub(crate) fn carry(
    local: &LocalState,
    ui: &Ui,
    harvest: Harvest,
    choices: Choices,
) -> Result<ExitCode, CliError> {
    let looked_in = harvest.looked_in.clone();
    let plan = Plan::new(harvest, &local.stored, choices.overwrite);
    let shown = plan.to_string();
    ui.text(&shown, 10)?;
    let missed = plan.missed();
    if plan.steps.is_empty() {
        say_nothing(ui, &shown, &looked_in);
        return finish(missed);
    }
    warn_of_other_names(&plan, ui);
    agree(choices.agreed)?;
    let keys = plan.steps.len();
    let mut verified = Vec::new();
    for (found, fate) in plan.steps {
        if is_being_replaced(local, ui, &found) {
            continue;
        }
        if let Some(owner) = check(local, ui, &found, choices.verification) {
            verified.push((found, fate, owner));
        }
    }
    let refused = keys - verified.len();
    let tried = verified.len();
    let secured = if verified.is_empty() {
        Vec::new()
    } else {
        store(local, ui, verified, choices.first_slot)?
    };
    let kept = tried - secured.len();
    edit_files(local, ui, &secured)?;
    finish(missed + refused + kept)
}

/// Warns of the files whose keys stay under another name, while the person can still remove it.
fn warn_of_other_names(plan: &Plan, ui: &Ui) {
    for others in plan.thinned().into_iter().filter_map(other_names::of) {
        ui.warn(others.message);
        ui.hint(others.search);
    }
}

/// Says that nothing is done. If nothing was found either, the person may mean another place.
pub(crate) fn say_nothing(ui: &Ui, shown: &str, looked_in: &[String]) {
    ui.say("there is nothing to take over");
    if shown.is_empty() && !looked_in.is_empty() {
        ui.hint(format!(
            "keyward looked in {}; name another place with --from",
            listed(looked_in)
        ));
    }
}

/// Asks, unless a flag answers.
pub(crate) fn agree(agreed: Agreed) -> Result<(), CliError> {
    if agreed == Agreed::Yes {
        return Ok(());
    }
    let mut terminal = Terminal::required("your consent", "give --yes to do it")?;
    if terminal.confirm("Do it?")? {
        Ok(())
    } else {
        Err(CliError::failed("nothing was changed"))
    }
}

/// Keys that stay where they are make the command fail, so that a script notices.
fn finish(missed: usize) -> Result<ExitCode, CliError> {
    match missed {
        0 => Ok(ExitCode::SUCCESS),
        1 => Err(CliError::failed("1 key stays where it is")),
        n => Err(CliError::failed(format!("{n} keys stay where they are"))),
    }
}

/// Whether the vault's key of that name is in the middle of a rotation, which would lose track of
/// it. This is checked before any call to AWS.
fn is_being_replaced(local: &LocalState, ui: &Ui, found: &FoundKey) -> bool {
    let Err(error) = rotation::refuse_change(local, &found.profile) else {
        return false;
    };
    ui.warn(format!(
        "{} of `{}` stays where it is: {error}",
        found.given.access_key_id, found.profile
    ));
    for hint in error.hints() {
        ui.hint(hint);
    }
    true
}

/// Asks AWS about a key; `None` when AWS does not confirm it.
fn check(
    local: &LocalState,
    ui: &Ui,
    found: &FoundKey,
    verification: Verification,
) -> Option<KeyOwner> {
    if verification == Verification::Skip {
        return Some(KeyOwner::default());
    }
    match new_key::verify(local, &found.profile, &found.given) {
        Ok(owner) => {
            if let Some(who) = &owner.identity {
                ui.say(format!(
                    "{} is the key of {}",
                    found.given.access_key_id, who.arn
                ));
            }
            Some(owner)
        }
        Err(error) => {
            let error = CliError::from(error);
            ui.warn(format!(
                "{} of `{}` stays where it is: {error}",
                found.given.access_key_id, found.profile
            ));
            ui.explain(|| {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                cause.unwrap_or_else(|| "no more is known".to_owned())
            });
            None
        }
    }
}

/// The device of a key: what the source says, else the files, else AWS.
fn device(local: &LocalState, found: &FoundKey, owner: &KeyOwner) -> Option<MfaSerial> {
    let configured = || {
        let profile = local.config.profile(&found.profile)?;
        profile.section.value("mfa_serial")?.parse().ok()
    };
    found
        .mfa_serial
        .clone()
        .or_else(configured)
        .or_else(|| owner.devices.first().cloned())
        .filter(|serial: &MfaSerial| !serial.is_security_key())
}

/// Puts the keys into the vault, all in one change.
fn store(
    local: &LocalState,
    ui: &Ui,
    keys: Vec<(FoundKey, Fate, KeyOwner)>,
    first: FirstSlot,
) -> Result<Vec<Secured>, CliError> {
    let mut open = open_or_create(local, ui, first)?;
    let outcomes = point::through("import-vault", &local.paths, || {
        open.update(|document| {
            keys.into_iter()
                .map(|(found, fate, owner)| put(local, document, found, &fate, owner))
                .collect::<Vec<_>>()
        })
    })?;
    let mut secured = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(key) => {
                let (id, profile) = (&key.found.given.access_key_id, &key.found.profile);
                ui.say(format!("{GOOD}stored{GOOD:#} {id} as `{profile}`"));
                new_key::say_sessions_end(local, ui, open.document(), profile, id);
                secured.push(key);
            }
            Err(why) => ui.warn(why),
        }
    }
    Ok(secured)
}

/// Stores one key, or says why it cannot be.
fn put(
    local: &LocalState,
    document: &mut Document,
    found: FoundKey,
    fate: &Fate,
    owner: KeyOwner,
) -> Result<Secured, String> {
    let profile = &found.profile;
    let id = &found.given.access_key_id;
    // Checks again under the vault's lock: a rotation may have begun since, also under another
    // name.
    let present = document.key(profile).map(|key| &key.access_key_id);
    let rotated = document.rotations().iter().any(|rotation| {
        rotation.delivery.is_none()
            && (rotation.profile == *profile || present == Some(&rotation.old_access_key_id))
    });
    if rotated {
        return Err(format!(
            "the key of `{profile}` is being rotated, so {id} stays where it is"
        ));
    }
    let mfa_serial = device(local, &found, &owner);
    let present = document.key(profile);
    let expected = match fate {
        Fate::Store => None,
        Fate::Replace(old) => Some(old),
        Fate::Keep => Some(id),
    };
    if present.map(|key| &key.access_key_id) != expected {
        return Err(format!(
            "the vault's key of `{profile}` changed in the meantime, so {id} stays where it is"
        ));
    }
    if let (Fate::Keep, Some(key)) = (fate, present) {
        // Exposed because only equal halves make the file's copy superfluous.
        let same = key.secret_access_key.expose() == found.given.secret_access_key.expose();
        if !same && owner.identity.is_none() {
            return Err(format!(
                "the vault has another secret for {id} of `{profile}`, and AWS was not asked which is right"
            ));
        }
    }
    let made = owner.created;
    let mut record = new_key::record(profile, found.given.clone(), owner, mfa_serial.clone());
    if let (Fate::Keep, Some(key)) = (fate, present) {
        if made.is_none() {
            record.created = key.created;
            record.dated = key.dated;
        }
        record.verified = record.verified.or(key.verified);
        record.user_arn = record.user_arn.or_else(|| key.user_arn.clone());
        record.account_id = record.account_id.or_else(|| key.account_id.clone());
        record.mfa_serial = record.mfa_serial.or_else(|| key.mfa_serial.clone());
    }
    document.put_key(record);
    Ok(Secured { found, mfa_serial })
}

/// The profiles into the config file, the lines out of the files.
fn edit_files(local: &LocalState, ui: &Ui, secured: &[Secured]) -> Result<(), CliError> {
    if secured.is_empty() {
        return Ok(());
    }
    let (edits, trouble) = edits::prepare(&local.locations.aws_config, secured)?;
    for (number, edit) in (1..).zip(edits) {
        let point = format!("import-file-{number}");
        let copy = point::through(&point, &local.paths, || edit.write(now(), local.deadline))?;
        ui.say(format!(
            "{GOOD}edited{GOOD:#} {}",
            locations::show(edit.path())
        ));
        if let Some(copy) = copy {
            ui.warn(format!(
                "{} is the original file, with the keys in the clear",
                locations::show(&copy)
            ));
            ui.hint(format!(
                "once all works: {} {}",
                shredder(),
                locations::show(&copy)
            ));
        }
    }
    for what in trouble {
        ui.warn(what);
    }
    let bared: Vec<String> = secured
        .iter()
        .filter(|key| !key.found.removals.is_empty())
        .map(|key| keyward_core::shell::quoted(key.found.profile.as_str()))
        .collect();
    if !bared.is_empty() {
        let names = bared.join(" ");
        ui.hint(format!(
            "so that SDKs go on to find their keys: keyward setup {names}"
        ));
        ui.hint(match bared.as_slice() {
            [only] => {
                format!("a key that lay in the clear may have been copied: keyward rotate {only}")
            }
            several => format!(
                "keys that lay in the clear may have been copied: keyward rotate {}   (then {})",
                several[0],
                several[1..].join(", ")
            ),
        });
    }
    Ok(())
}

/// The command that destroys a file on this system.
fn shredder() -> &'static str {
    if cfg!(windows) {
        "del"
    } else if cfg!(target_os = "macos") {
        "rm -P"
    } else {
        "shred -u"
    }
}
