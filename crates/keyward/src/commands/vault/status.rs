//! `keyward vault status`: the paths, the slots, the age of each key, and the faults that show from
//! outside. It opens the vault only to rebuild a missing key index.

use std::process::ExitCode;

use keyward_core::time::show_duration;
use keyward_vault::{ReadError, SessionStore, SessionTier, SlotLook};
use serde_json::json;

use super::slot;
use crate::commands::print_json;
use crate::keys::rotation::show::show_age;
use crate::screen::error::{CliError, nothing_opens};
use crate::screen::ui::{BAD, STRONG, Ui, WARN};
use crate::session::session_tier;
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// Returns how the vault differs from what this machine last saw. Only opening the vault shows
/// whether another `vault.age` is a later state.
fn changed_outside(local: &mut LocalState, ui: &Ui) -> Option<CliError> {
    let vault = local.vault();
    let slots_differ = match vault.changes() {
        Ok(changes) => !changes.is_empty(),
        Err(error) => return Some(error.into()),
    };
    if !vault.exists() || (!slots_differ && vault.is_as_pinned()) {
        return None;
    }
    local.open(ui).err()
}

/// The state of the store from outside.
struct Report {
    exists: bool,
    problem: Option<CliError>,
    slots: Vec<SlotLook>,
    /// The number of sessions, and their store.
    sessions: (usize, SessionTier),
}

impl Report {
    /// Looks at the store.
    fn of(local: &mut LocalState, ui: &Ui) -> Result<Self, CliError> {
        let vault = local.vault();
        let broken = match vault.look() {
            Ok(()) | Err(ReadError::Missing(_)) => None,
            Err(error) => Some(CliError::from(error)),
        };
        let broken = broken.or_else(|| changed_outside(local, ui));
        if broken.is_none()
            && let Err(error) = local.rebuild_missing_index()
        {
            ui.error(&error);
        }
        let slots = match vault.exists() || broken.is_some() {
            true => vault.look_at_slots()?,
            false => Vec::new(),
        };
        let none_opens = vault.exists() && slots.iter().all(|slot| slot.fault.is_some());
        let store = SessionStore::open(&local.paths, session_tier());
        Ok(Self {
            exists: vault.exists(),
            problem: broken.or_else(|| none_opens.then(nothing_opens)),
            slots,
            sessions: (store.list(now()).len(), store.tier()),
        })
    }

    fn to_json(&self, local: &LocalState) -> serde_json::Value {
        let (count, tier) = &self.sessions;
        json!({
            "folder": local.locations.data.display().to_string(),
            "exists": self.exists,
            "problem": self.problem.as_ref().map(ToString::to_string),
            "slots": self.slots.iter().map(slot::to_json).collect::<Vec<_>>(),
            "keys": local.index.keys.iter().map(|key| json!({
                "profile": key.profile.as_str(),
                "access_key_id": key.access_key_id.as_str(),
                "created": key.created.to_string(),
                "age_days": key.age(now()).map(|age| age.as_secs() / 86_400),
            })).collect::<Vec<_>>(),
            "rotations": local.index.rotations.iter().map(crate::keys::rotation::show::to_json).collect::<Vec<_>>(),
            "sign_ins": local.index.sign_ins.iter().map(|known| json!({
                "session": known.session.as_str(),
                "signed_in": known.signed_in.to_string(),
            })).collect::<Vec<_>>(),
            "sessions": {"kept_in": tier.to_string(), "count": count},
        })
    }

    fn to_text(&self, local: &LocalState) -> String {
        let mut text = format!(
            "{STRONG}vault{STRONG:#}     {}",
            locations::show(&local.locations.data)
        );
        text.push_str(match &self.problem {
            None if !self.exists => " (not made yet: `keyward add PROFILE` makes it)\n",
            _ => "\n",
        });
        if let Some(problem) = &self.problem {
            text.push_str(&format!("          {BAD}{problem}{BAD:#}\n"));
        }
        for slot in &self.slots {
            text.push_str(&format!(
                "{STRONG}slot{STRONG:#}      {}\n",
                slot::told(slot)
            ));
            if let Some(fault) = &slot.fault {
                text.push_str(&format!("          {BAD}{fault}{BAD:#}\n"));
            }
        }
        let opening = self.slots.iter().filter(|slot| slot.fault.is_none());
        if let [only] = opening.collect::<Vec<_>>().as_slice() {
            let only = &only.name;
            text.push_str(&format!("          {WARN}only{WARN:#} `{only}` opens it; a second slot or an export keeps your keys if it is lost\n"));
        }
        for key in &local.index.keys {
            text.push_str(&format!(
                "{STRONG}key{STRONG:#}       {} {}, {}\n",
                key.profile,
                key.access_key_id,
                show_age(key)
            ));
        }
        for known in &local.index.sign_ins {
            let age = show_duration(known.signed_in.elapsed(now()));
            text.push_str(&format!(
                "{STRONG}sign-in{STRONG:#}   {}, {age} old\n",
                known.session
            ));
        }
        let (count, tier) = &self.sessions;
        text.push_str(&format!(
            "{STRONG}sessions{STRONG:#}  {count}, kept in {tier}\n"
        ));
        text
    }
}

/// Shows the store.
pub(super) fn run(mut local: LocalState, as_json: bool, ui: &Ui) -> Result<ExitCode, CliError> {
    let report = Report::of(&mut local, ui)?;
    if as_json {
        print_json(ui, &report.to_json(&local))?;
    } else {
        ui.text(&report.to_text(&local), 10)?;
        crate::keys::rotation::show::remind(&local, ui);
    }
    let Some(problem) = report.problem else {
        return Ok(ExitCode::SUCCESS);
    };
    if !as_json {
        for hint in problem.hints() {
            ui.hint(hint);
        }
    }
    Ok(ExitCode::from(problem.kind().exit_code()))
}
