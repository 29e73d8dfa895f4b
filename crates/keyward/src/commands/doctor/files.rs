//! Files that others can read or write, lines that tools read differently, and the vault's own
//! state as far as it shows without opening it.

use std::collections::HashSet;
use std::path::Path;

use keyward_core::config::{Diagnostic, FileKind, Severity};
use keyward_core::id::{AccountId, PrincipalArn};
use keyward_vault::{
    IndexedKey, IndexedRotation, OpenSlotError, SessionStore, SessionTier, SlotError, SlotKind,
    SlotLook,
};

use super::finding::Finding;
use super::fix;
use crate::environment as env;
use crate::keys::enrol::begun::{self, Unfinished};
use crate::keys::rotation::show;
use crate::log;
use crate::screen::error::nothing_opens;
use crate::session::session_tier;
use crate::state::local_state::LocalState;
use crate::system::locations;

/// Returns findings about the files.
pub(super) fn look(local: &LocalState) -> Vec<Finding> {
    let twins = spaced_twins(local);
    let mut findings: Vec<Finding> = local
        .config
        .diagnostics()
        .iter()
        .filter(|diagnostic| !twins.contains(&(diagnostic.origin.file, diagnostic.origin.line)))
        .map(of_diagnostic)
        .collect();
    for (path, wanted) in fix::guarded(&local.locations) {
        if let Some(mode) = fix::too_open(&path, wanted) {
            findings.push(too_open(local, &path, mode, wanted));
        }
    }
    vault(local, &mut findings);
    let whole = log::Whole::open(&local.locations);
    match whole.and_then(|mut whole| whole.read(&mut |_| Ok(()))) {
        Ok(broken) => findings.extend(broken.map(|broken| {
            let message = format!("its chain is broken: {}", broken.what.says());
            Finding::problem("log", message)
                .at(locations::show(&broken.path))
                .hint("keyward log")
        })),
        Err(e) => findings.push(
            Finding::problem("log", format!("cannot be read: {e}"))
                .at(locations::show(&log::path(&local.locations))),
        ),
    }
    findings
}

fn too_open(local: &LocalState, path: &Path, mode: u32, wanted: u32) -> Finding {
    let shown = locations::show(path);
    if fix::is_shared_home(&local.locations, path) {
        let message = format!("it is open to other users (mode {mode:03o})");
        return Finding::problem("file-mode", message)
            .at(shown)
            .hint("set KEYWARD_HOME to a folder that does not exist yet; keyward makes it");
    }
    let argument = locations::word(path);
    let message = format!("others can read or write it (mode {mode:03o})");
    let finding = Finding::problem("file-mode", message).at(shown);
    let close = format!("chmod {wanted:03o} {argument}");
    match fix::is_elsewhere(&local.locations, path) {
        true => finding.hint(format!("{close}   (if no other program needs it)")),
        false => finding.hint(close).fixable(),
    }
}

fn of_diagnostic(diagnostic: &Diagnostic) -> Finding {
    let message = diagnostic.message.clone();
    let finding = match diagnostic.severity {
        Severity::Warning => Finding::problem("config", message),
        Severity::Note => Finding::note("config", message),
    };
    let finding = finding.at(&diagnostic.origin);
    let comment = diagnostic.message.contains("read the comment as part");
    let misspelt = diagnostic.message.contains("`mfa_arn`");
    if comment || misspelt {
        finding.fixable()
    } else {
        finding
    }
}

/// The headers of profiles that `assume` writes under a name with a blank, beside the one that
/// every SDK reads.
fn spaced_twins(local: &LocalState) -> HashSet<(FileKind, usize)> {
    let mut twins = HashSet::new();
    for (name, section) in local.config.ignored_sections() {
        let first = section.iter().next().map(|(_, property)| &property.origin);
        let twin = name.replace(' ', "-").parse();
        if let Some(first) = first
            && first.file == FileKind::Credentials
            && name.contains(' ')
            && twin.is_ok_and(|twin| local.config.profile(&twin).is_some())
        {
            twins.insert((first.file, first.line - 1));
        }
    }
    twins
}

fn vault(local: &LocalState, findings: &mut Vec<Finding>) {
    let vault = local.vault();
    if let Some(lost) = vault.lost() {
        findings.push(
            Finding::problem("vault-missing", lost.to_string())
                .at(locations::show(&local.locations.data))
                .hint("keyward vault status"),
        );
        return;
    }
    if !vault.exists() {
        findings.push(Finding::note("no-vault", "there is no vault yet").hint("keyward init"));
        return;
    }
    if let Err(error) = vault.look() {
        findings.push(
            Finding::problem("vault-damaged", error.to_string())
                .at(locations::show(&local.locations.data))
                .hint("keyward vault status"),
        );
    }
    let changes = vault.changes().unwrap_or_default();
    if !changes.is_empty() || !vault.is_as_pinned() {
        let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
        let shown = match shown.is_empty() {
            true => "`vault.age` is not the file that this machine last saw".to_owned(),
            false => shown.join("; "),
        };
        findings.push(
            Finding::problem("vault-changed", shown)
                .at(locations::show(&local.locations.data))
                .hint("keyward vault status"),
        );
    }
    if let Some(lost) = &local.index_error {
        findings
            .push(Finding::problem("index-lost", lost.to_string()).hint("keyward vault status"));
    }
    findings.extend(local.index.rotations.iter().filter_map(of_rotation));
    findings.extend(
        begun::unfinished(local)
            .iter()
            .map(|one| of_enrolment(local, one)),
    );
    match vault.look_at_slots() {
        Ok(slots) => of_slots(&slots, findings),
        Err(e) => {
            findings.push(Finding::problem("slots", e.to_string()).hint("keyward vault slot list"))
        }
    }
    let tier = SessionStore::open(&local.paths, session_tier()).tier();
    if tier == SessionTier::Process {
        findings.push(Finding::problem(
            "sessions",
            "sessions cannot be kept here, so that every command asks for a code",
        ));
    }
}

/// Reports a rotation that stopped; AWS may have two keys of its user. One that waits for the end of
/// its grace did not stop.
fn of_rotation(rotation: &IndexedRotation) -> Option<Finding> {
    let stopped = show::waits_until(rotation).is_none();
    stopped.then(|| {
        Finding::problem("rotation", show::stopped(rotation)).hint(show::resume_command(rotation))
    })
}

/// Reports a device that a killed enrolment may have left at AWS.
fn of_enrolment(local: &LocalState, left: &Unfinished) -> Finding {
    let serial = &left.serial;
    let of_user = |key: &&IndexedKey| {
        let of_account = key.account_id.as_ref().map(AccountId::as_str);
        let name = key.user_arn.as_ref().and_then(PrincipalArn::user_name);
        of_account == Some(&*left.account) && name.is_some_and(|name| name == left.user)
    };
    let holder = local.index.keys.iter().find(of_user);
    let holder = holder.map_or_else(|| "PROFILE".to_owned(), |key| key.profile.argument());
    Finding::problem(
        "enrolment",
        format!("the enrolment of {serial} did not end, so that AWS may have the device"),
    )
    .hint(format!(
        "keyward mfa enroll {holder}   (it deletes the device, or goes on with it)"
    ))
}

/// Reports the slots that open the vault, and those that no longer do.
fn of_slots(slots: &[SlotLook], findings: &mut Vec<Finding>) {
    let (opening, broken): (Vec<_>, Vec<_>) = slots.iter().partition(|slot| slot.fault.is_none());
    for (slot, fault) in broken.iter().filter_map(|s| Some((s, s.fault.as_ref()?))) {
        let finding = Finding::problem("slot", format!("`{}` opens nothing: {fault}", slot.name));
        findings.push(match (mode_of(fault), opening.is_empty()) {
            (Some(fix), _) => finding.hint(fix),
            (None, true) => finding,
            (None, false) => finding.hint(format!(
                "keyward vault slot remove {}   (and add it again)",
                slot.name
            )),
        });
    }
    match opening.as_slice() {
        [] => {
            let error = nothing_opens();
            findings.push(
                Finding::problem("no-slot", error.to_string()).hint(error.hint_texts().join("; ")),
            );
        }
        [only] => findings.push(
            Finding::note(
                "one-slot",
                format!(
                    "only `{}` opens the vault; if it is lost, so are the keys",
                    only.name
                ),
            )
            .hint("keyward vault slot add --help"),
        ),
        _ => {}
    }
    let on_desktop = opening
        .iter()
        .filter_map(|look| look.slot.as_ref())
        .any(|slot| matches!(slot.kind, SlotKind::Os { .. }));
    if on_desktop && !keystore_in_reach() {
        findings.push(
            Finding::problem(
                "keystore",
                "a slot is in the desktop's keystore, and this session has no way to it",
            )
            .hint("log in to the desktop, or add another slot: keyward vault slot add"),
        );
    }
}

/// The command that closes a slot's file to others, if that is the fault.
fn mode_of(fault: &OpenSlotError) -> Option<String> {
    match fault {
        OpenSlotError::Slot(SlotError::Disk(error)) => error.fix(),
        _ => None,
    }
}

/// Whether the Secret Service could be asked; asking it could bring up a window.
fn keystore_in_reach() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    env::get("DBUS_SESSION_BUS_ADDRESS").is_some()
        || env::get("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists())
}
