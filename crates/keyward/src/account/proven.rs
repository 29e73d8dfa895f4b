//! The accounts that a proof looks at: those of a blueprint before they exist, one as it is, or
//! one as it was saved.

use std::path::Path;

use keyward_account::desired::{add_aws_managed, wire};
use keyward_account::prove::ProvenAccount;
use keyward_iam::model::Account;

use super::{BlueprintFile, ControlArgs, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;
use crate::system::locations;
use crate::system::read_limited;
use keyward_aws::Aws;
use keyward_core::id::ProfileName;

/// The origin of the accounts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// A blueprint.
    Blueprint(&'a Path),
    /// The account that a profile reaches.
    Profile(&'a ProfileName),
    /// Saved authorization details.
    Details(&'a Path),
}

/// The accounts.
pub(crate) struct Proven {
    accounts: Vec<(Option<String>, Account)>,
    /// The text of the blueprint, if there is one.
    pub(crate) blueprint: Option<String>,
}

impl Proven {
    /// Reads them, with the service control policies above them. A document of AWS that the account
    /// does not hold comes from the catalogue.
    pub(crate) fn read(
        origin: Origin<'_>,
        controls: &ControlArgs,
        codes: impl FnOnce() -> Result<CodeSource, CliError>,
        ui: &Ui,
    ) -> Result<Self, CliError> {
        let mut proven = Self::without_controls(origin, codes, ui)?;
        let accounts = proven.accounts.iter_mut();
        let mut accounts: Vec<_> = accounts
            .map(|(name, account)| (name.clone(), account))
            .collect();
        controls.attach(&mut accounts)?;
        Ok(proven)
    }

    fn without_controls(
        origin: Origin<'_>,
        codes: impl FnOnce() -> Result<CodeSource, CliError>,
        ui: &Ui,
    ) -> Result<Self, CliError> {
        match origin {
            Origin::Blueprint(path) => {
                let file = BlueprintFile::read(path, ui)?;
                let names = file
                    .blueprint
                    .accounts
                    .iter()
                    .map(|spec| spec.name.as_ref());
                let names = names.map(|name| name.map(ToString::to_string));
                let desired = file.desired().into_iter();
                let accounts = names.zip(desired.map(|desired| desired.account));
                Ok(Self {
                    accounts: accounts.collect(),
                    blueprint: Some(file.text.clone()),
                })
            }
            Origin::Profile(profile) => {
                let local = LocalState::load()?;
                let mut signer = Signer::of(&local, ui, profile, codes()?)?;
                let account = signer.read(Aws::observe)?.account;
                Ok(Self::only(account))
            }
            Origin::Details(path) => Ok(Self::only(read_details(path)?)),
        }
    }

    fn only(mut account: Account) -> Self {
        add_aws_managed(&mut account);
        Self {
            accounts: vec![(None, account)],
            blueprint: None,
        }
    }

    /// The accounts in a proof's form.
    pub(crate) fn accounts(&self) -> Vec<ProvenAccount<'_>> {
        let accounts = self.accounts.iter();
        accounts
            .map(|(name, account)| ProvenAccount {
                name: name.clone(),
                account,
            })
            .collect()
    }
}

/// Reads the authorization details of an account from a file.
pub(crate) fn read_details(path: &Path) -> Result<Account, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "cannot read the authorization details `{}`",
            locations::show(path)
        ))
    };
    let text = read_limited::text_without_mark(path, read_limited::SETTINGS)
        .map_err(|e| unusable().because(e))?;
    wire::read_details(&text).map_err(|e| {
        unusable()
            .because(e)
            .hint("aws iam get-account-authorization-details > details.json")
    })
}
