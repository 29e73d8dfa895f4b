//! The accounts of a blueprint, each with who signs there and what it is now.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use keyward_account::blueprint::AccountSpec;
use keyward_account::desired::Desired;
use keyward_account::plan::credentials_needed;
use keyward_account::snapshot::Snapshot;
use keyward_core::id::{ProfileName, UserName};

use super::{BlueprintFile, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;

/// One account, who signs there, and what it is now.
pub(crate) struct Reached<'a> {
    /// The blueprint's name for it; `None` where it has one account only.
    pub(crate) name: Option<String>,
    /// The account.
    pub(crate) snapshot: Snapshot,
    /// Who signs.
    pub(crate) signer: Signer<'a>,
}

/// Why an account could not be looked at.
pub(crate) struct Unreached {
    /// The blueprint's name for it.
    pub(crate) name: Option<String>,
    /// Why.
    pub(crate) error: CliError,
}

/// All accounts of a blueprint.
#[derive(Default)]
pub(crate) struct Targets<'a> {
    /// Those that were read, each with what it should be.
    pub(crate) reached: Vec<(Desired, Reached<'a>)>,
    /// Those that were not. With one account the error is returned instead.
    pub(crate) unreached: Vec<Unreached>,
}

impl<'a> Targets<'a> {
    /// Reads every account of the blueprint. Of several accounts, one that cannot be read does
    /// not stop the others.
    pub(crate) fn observe(
        local: &'a LocalState,
        ui: &'a Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        let several = file.blueprint.has_several_accounts();
        let mut targets = Self::default();
        // Signing may ask for a code, so it happens account by account; reading asks nothing.
        let mut signed = Vec::new();
        for (spec, desired) in file.blueprint.accounts.iter().zip(file.desired()) {
            match signer(local, ui, spec, profile, codes) {
                Ok(signer) => signed.push((spec, desired, signer)),
                Err(error) if several => targets.unreached.push(Unreached::of(spec, error)),
                Err(error) => return Err(error),
            }
        }
        let read = side_by_side(&signed, |(_, desired, signer)| read(desired, signer));
        for ((spec, desired, signer), read) in signed.into_iter().zip(read) {
            match read {
                Ok(snapshot) => {
                    let name = spec.name.as_ref().map(ToString::to_string);
                    let reached = Reached {
                        name,
                        snapshot,
                        signer,
                    };
                    targets.reached.push((desired, reached));
                }
                Err(error) if several => targets.unreached.push(Unreached::of(spec, error)),
                Err(error) => return Err(error),
            }
        }
        Ok(targets)
    }
}

impl Unreached {
    fn of(spec: &AccountSpec, error: CliError) -> Self {
        Self {
            name: spec.name.as_ref().map(ToString::to_string),
            error,
        }
    }
}

/// Who signs in an account. Of several accounts each has its own way; one account may be reached
/// by another profile.
fn signer<'a>(
    local: &'a LocalState,
    ui: &'a Ui,
    spec: &AccountSpec,
    profile: Option<&ProfileName>,
    codes: &CodeSource,
) -> Result<Signer<'a>, CliError> {
    let own = spec.profile.as_ref();
    let chosen = match spec.name {
        Some(_) => own.or(profile),
        None => profile.or(own),
    };
    let profile = chosen.ok_or_else(|| {
        CliError::usage(format!(
            "the blueprint does not say how to reach account {}",
            spec.id.value
        ))
        .hint("name a profile: --profile P, or `profile = \"P\"` below the account")
    })?;
    Signer::of(local, ui, profile, codes.clone())
}

/// What an account is, with the credentials of the users whose initial secrets are open.
fn read(desired: &Desired, signer: &Signer<'_>) -> Result<Snapshot, CliError> {
    let mut snapshot = signer.aws.observe(&signer.credentials)?;
    let (found, wanted) = (&snapshot.account.id, &desired.account.id);
    if found != wanted {
        return Err(CliError::usage(format!(
            "profile `{}` reaches account {found}, and the blueprint is about account {wanted}",
            signer.profile()
        ))
        .hint("name another profile with --profile, or correct `id` in the blueprint"));
    }
    let users = credentials_needed(desired, &snapshot);
    add_credentials(signer, &mut snapshot, users)?;
    Ok(snapshot)
}

/// How many accounts are read at the same time.
const READERS: usize = 8;

/// Does something with every item, a few at a time; the results are in the order of the items.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..READERS.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    let result = work(item);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((at, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

impl<'a> Reached<'a> {
    /// The account of a saved plan, with the credentials of some users.
    pub(crate) fn of_plan(
        local: &'a LocalState,
        ui: &'a Ui,
        name: Option<String>,
        profile: &ProfileName,
        codes: &CodeSource,
        users: impl IntoIterator<Item = UserName>,
    ) -> Result<Self, CliError> {
        let signer = Signer::of(local, ui, profile, codes.clone())?;
        let mut snapshot = signer.aws.observe(&signer.credentials)?;
        add_credentials(&signer, &mut snapshot, users)?;
        Ok(Self {
            name,
            snapshot,
            signer,
        })
    }
}

/// Reads the passwords and keys of users whose initial secrets are open.
fn add_credentials(
    signer: &Signer<'_>,
    snapshot: &mut Snapshot,
    users: impl IntoIterator<Item = UserName>,
) -> Result<(), CliError> {
    for user in users {
        let held = signer.aws.observe_credentials(&signer.credentials, &user)?;
        snapshot.credentials.insert(user, held);
    }
    Ok(())
}
