//! The accounts of a blueprint, each with who signs there and what it is now.

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
        for (spec, desired) in file.blueprint.accounts.iter().zip(file.desired()) {
            match Reached::of_blueprint(local, ui, spec, &desired, profile, codes) {
                Ok(reached) => targets.reached.push((desired, reached)),
                Err(error) if several => targets.unreached.push(Unreached {
                    name: spec.name.as_ref().map(ToString::to_string),
                    error,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(targets)
    }
}

impl<'a> Reached<'a> {
    fn of_blueprint(
        local: &'a LocalState,
        ui: &'a Ui,
        spec: &AccountSpec,
        desired: &Desired,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        // Of several accounts each has its own way; one account may be reached by another profile.
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
        let signer = Signer::of(local, ui, profile, codes.clone())?;
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
        add_credentials(&signer, &mut snapshot, users)?;
        Ok(Self {
            name: spec.name.as_ref().map(ToString::to_string),
            snapshot,
            signer,
        })
    }

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
