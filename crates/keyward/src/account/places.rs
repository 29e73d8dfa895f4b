//! The account that holds a user, and the others of the blueprint, whose roles the user may have
//! assumed.

use keyward_account::desired::Desired;
use keyward_account::revoke::Whom;
use keyward_aws::Aws;
use keyward_core::id::{ProfileName, UserName};
use keyward_iam::model::{Account, User};

use super::{BlueprintFile, Reached, Reading, Signer, Targets, Unreached};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;

/// The user's own account, and the other accounts of the blueprint.
pub(crate) struct Places<'a> {
    /// The account that holds the user.
    pub(crate) home: Reached<'a>,
    /// The other accounts that were read.
    pub(crate) others: Vec<Reached<'a>>,
    /// The other accounts, which were not read.
    pub(crate) unreached: Vec<Unreached>,
}

impl<'a> Places<'a> {
    /// The accounts of a blueprint, and what the blueprint wants of the user's. A user that is
    /// missing from the blueprint's account of people may be in another account.
    pub(crate) fn of_blueprint(
        local: &'a LocalState,
        ui: &'a Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
        user: &UserName,
    ) -> Result<(Desired, Self), CliError> {
        let targets = Targets::observe(local, ui, file, profile, codes, Reading::Identities)?;
        let people = file.blueprint.users_account();
        let (mut reached, mut unreached) = (targets.reached, targets.unreached);
        let at = reached
            .iter()
            .position(|(desired, _)| desired.account.id == people.id.value);
        let Some(at) = at else {
            let name = people.name.as_ref().map(ToString::to_string);
            let of_people = unreached.iter().position(|it| it.name == name);
            return Err(match of_people {
                Some(at) => {
                    let error = unreached.swap_remove(at).error;
                    error.hint("nothing was changed: this is the account of the users")
                }
                None => CliError::failed("the account of the users was not read"),
            });
        };
        let has = |(_, it): &(Desired, Reached<'_>)| it.snapshot.account.users.contains_key(user);
        let at = match has(&reached[at]) {
            true => at,
            false => reached.iter().position(has).unwrap_or(at),
        };
        let (desired, home) = reached.remove(at);
        let others = reached.into_iter().map(|(_, other)| other);
        let places = Self {
            home,
            others: others.collect(),
            unreached,
        };
        Ok((desired, places))
    }

    /// One account alone.
    pub(crate) fn of_profile(
        local: &'a LocalState,
        ui: &'a Ui,
        profile: &ProfileName,
        codes: CodeSource,
    ) -> Result<Self, CliError> {
        let mut signer = Signer::of(local, ui, profile, codes)?;
        let snapshot = signer.read(Aws::observe)?;
        Ok(Self {
            home: Reached {
                name: None,
                snapshot,
                signer,
            },
            others: Vec::new(),
            unreached: Vec::new(),
        })
    }

    /// The account that holds the user.
    pub(crate) fn account(&self) -> &Account {
        &self.home.snapshot.account
    }

    /// The other accounts that were read.
    pub(crate) fn others(&self) -> Vec<&Account> {
        let others = self.others.iter();
        others.map(|other| &other.snapshot.account).collect()
    }

    /// The user in these accounts; `others` are [`Places::others`].
    pub(crate) fn whom<'w>(&'w self, user: &'w User, others: &'w [&'w Account]) -> Whom<'w> {
        Whom {
            user,
            home: self.account(),
            others,
        }
    }

    /// The blueprint's name for each of the other accounts that were read.
    pub(crate) fn names(&self) -> Vec<&str> {
        let others = self.others.iter();
        others
            .map(|other| other.name.as_deref().unwrap_or_default())
            .collect()
    }
}
