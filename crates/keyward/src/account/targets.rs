//! The accounts of a blueprint, each with its signer and its present state.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use keyward_account::blueprint::AccountSpec;
use keyward_account::desired::Desired;
use keyward_account::plan::credentials_needed;
use keyward_account::snapshot::Snapshot;
use keyward_account::stacks::{Drift, StackName, marked_regions};
use keyward_aws::CallError;
use keyward_core::id::{ProfileName, Region, UserName};

use super::settled::answered;
use super::{BlueprintFile, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;

/// One account, its signer, and its present state.
pub(crate) struct Reached<'a> {
    /// The blueprint's name for it; `None` if it has one account only.
    pub(crate) name: Option<String>,
    /// The account.
    pub(crate) snapshot: Snapshot,
    /// The signer.
    pub(crate) signer: Signer<'a>,
}

/// An account that could not be read.
pub(crate) struct Unreached {
    /// The blueprint's name for it.
    pub(crate) name: Option<String>,
    /// The reason.
    pub(crate) error: CliError,
}

/// The part of an account that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The parts that a plan needs.
    ForPlan,
    /// Users, groups, roles and policies.
    Identities,
}

/// All accounts of a blueprint.
#[derive(Default)]
pub(crate) struct Targets<'a> {
    /// The accounts that were read, each with its desired state.
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
        reading: Reading,
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
        let read = side_by_side(&signed, |(_, desired, signer)| {
            read(desired, signer, reading)
        });
        for ((spec, desired, mut signer), read) in signed.into_iter().zip(read) {
            let read = match read {
                Err(Unread::Refused(refusal)) => again(&desired, &mut signer, reading, refusal),
                read => read,
            };
            let read = read.map_err(|unread| match unread {
                Unread::Refused(refusal) => signer.about(refusal),
                Unread::Failed(error) => error,
            });
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

/// Returns the signer for an account. Of several accounts each has its own way; one account may be
/// reached by another profile.
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

/// The reason why an account was not read.
enum Unread {
    /// AWS refused the first call.
    Refused(CallError),
    /// Something else.
    Failed(CliError),
}

impl From<CliError> for Unread {
    fn from(error: CliError) -> Self {
        Self::Failed(error)
    }
}

/// Reads an account with other credentials, if AWS no longer accepts the session.
fn again(
    desired: &Desired,
    signer: &mut Signer<'_>,
    reading: Reading,
    refusal: CallError,
) -> Result<Snapshot, Unread> {
    signer.replace(refusal)?;
    read(desired, signer, reading)
}

/// Reads an account; for a plan also the credentials of the users whose initial secrets are open,
/// and the stacks.
fn read(desired: &Desired, signer: &Signer<'_>, reading: Reading) -> Result<Snapshot, Unread> {
    let observed = answered(signer.ui, || signer.aws.observe(&signer.credentials));
    let mut snapshot = observed.map_err(Unread::Refused)?;
    let (found, wanted) = (&snapshot.account.id, &desired.account.id);
    if found != wanted {
        return Err(CliError::usage(format!(
            "profile `{}` reaches account {found}, and the blueprint is about account {wanted}",
            signer.profile()
        ))
        .hint("name another profile with --profile, or correct `id` in the blueprint")
        .into());
    }
    let (found, wanted) = (&snapshot.account.partition, &desired.account.partition);
    if found != wanted {
        return Err(CliError::usage(format!(
            "account {} is in the partition `{found}`, and the blueprint says `{wanted}`",
            snapshot.account.id
        ))
        .hint(format!(
            "write `partition = \"{found}\"` in the blueprint, below the account"
        ))
        .into());
    }
    if reading == Reading::Identities {
        return Ok(snapshot);
    }
    let users = credentials_needed(desired, &snapshot);
    add_credentials(signer, &mut snapshot, users)?;
    let regions = desired.stacks.iter();
    let regions = regions.map(|stack| stack.place.region.clone()).collect();
    add_stacks(signer, &mut snapshot, &regions)?;
    add_limits(signer, &mut snapshot, desired);
    Ok(snapshot)
}

/// The number of accounts that are read at the same time.
const READERS: usize = 8;

/// Does something with every item, a few at a time; the results are in the order of the items.
pub(super) fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
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

/// Reads the passwords and keys of users whose initial secrets are open.
fn add_credentials(
    signer: &Signer<'_>,
    snapshot: &mut Snapshot,
    users: impl IntoIterator<Item = UserName>,
) -> Result<(), CliError> {
    for user in users {
        let held = answered(signer.ui, || {
            signer.aws.observe_credentials(&signer.credentials, &user)
        });
        let held = held.map_err(|error| signer.about(error))?;
        snapshot.credentials.insert(user, held);
    }
    Ok(())
}

/// Reads the stacks of the regions that the blueprint names, and of those that hold other stacks of
/// keyward. For an account without either, keyward does not call CloudFormation. If CloudFormation
/// does not answer about a region that the blueprint does not name, the plan continues without it.
fn add_stacks(
    signer: &Signer<'_>,
    snapshot: &mut Snapshot,
    regions: &BTreeSet<Region>,
) -> Result<(), CliError> {
    let (aws, credentials) = (&signer.aws, &signer.credentials);
    if !regions.is_empty() {
        let stacks = answered(signer.ui, || aws.observe_stacks(credentials, regions));
        snapshot.stacks = stacks.map_err(|error| signer.about(error))?;
    }
    for region in marked_regions(&snapshot.account).difference(regions) {
        let only = BTreeSet::from([region.clone()]);
        match answered(signer.ui, || aws.observe_stacks(credentials, &only)) {
            Ok(found) => snapshot.stacks.extend(found),
            Err(error) => signer.ui.warn(format!(
                "stacks of keyward in {region} were not read: {error}"
            )),
        }
    }
    let drifted = snapshot.stacks.iter();
    let drifted = drifted.filter(|(_, live)| live.drift == Drift::Drifted);
    for (place, _) in drifted {
        signer.ui.warn(format!(
            "resources of the stack `{}` in {} were changed by hand, as of CloudFormation's last drift check; `account plan --drift` makes a new one",
            place.name, place.region
        ));
    }
    Ok(())
}

/// Reads what the regions of new or changed networks have room for. If EC2 does not answer, the
/// plan continues without: CloudFormation notices a shortage too, only later.
fn add_limits(signer: &Signer<'_>, snapshot: &mut Snapshot, desired: &Desired) {
    let networks = desired.stacks.iter();
    let networks = networks.filter(|stack| stack.place.name == StackName::Vpc);
    for stack in networks {
        let live = snapshot.stacks.get(&stack.place);
        if live.and_then(|live| live.template.as_ref()) == Some(&stack.template) {
            continue;
        }
        let region = &stack.place.region;
        match signer.aws.region_limits(&signer.credentials, region) {
            Ok(limits) => drop(snapshot.regions.insert(region.clone(), limits)),
            Err(error) => signer.ui.warn(format!(
                "the number of Elastic IP addresses and zones in {region} was not checked: {error}"
            )),
        }
    }
}
