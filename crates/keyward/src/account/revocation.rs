//! Carries out a revocation, for `account revoke` and `account remove`: call by call, all of them
//! even where one fails, and the last one only where none did. A run that stops anywhere is
//! continued by the next.

use std::cell::Cell;

use keyward_account::leaver::DELETE_AFTER_TAG;
use keyward_account::plan::{Operation, PrincipalName};
use keyward_account::revoke::{self, Console, Held, Measure, Unreached};
use keyward_aws::{CallError, KeyStatus};
use keyward_core::id::{AccessKeyId, PrincipalArn, UserName};
use keyward_iam::model::{Account, User};
use keyward_vault::Paths;

use super::settled::settled;
use super::{Interrupt, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, GOOD, Ui, WARN};
use crate::state::local_state::now;
use crate::system::crash_point as point;

/// What the user holds now.
pub(crate) fn held(signer: &Signer<'_>, user: &User) -> Result<Held, CliError> {
    let keys = signer
        .aws
        .list_access_keys(&signer.credentials, Some(&user.name))?;
    let (active, inactive): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .partition(|key| key.status == KeyStatus::Active);
    let credentials = signer
        .aws
        .observe_credentials(&signer.credentials, &user.name)?;
    Ok(Held {
        active: active.into_iter().map(|key| key.id).collect(),
        inactive: inactive.into_iter().map(|key| key.id).collect(),
        console: match credentials.password {
            Some(_) => Console::Password,
            None => Console::None,
        },
    })
}

/// Refuses to revoke who signs: the run would deny its own calls half-way.
pub(crate) fn refuse_own(caller: &PrincipalArn, user: &UserName) -> Result<(), CliError> {
    let session = caller.resource().strip_prefix("assumed-role/");
    let session = session.and_then(|rest| rest.rsplit('/').next());
    let own = [caller.user_name(), session];
    if !own.contains(&Some(user.as_str())) {
        return Ok(());
    }
    Err(
        CliError::failed(format!("`{user}` signs these calls itself"))
            .hint("name the profile of another administrator: --profile P"),
    )
}

/// One run over the calls of a revocation.
pub(crate) struct Revocation<'a> {
    user: &'a User,
    ui: &'a Ui,
    interrupt: Interrupt,
    /// The vault's files, near which tests make the program die.
    paths: &'a Paths,
    begun: Cell<usize>,
    failed: Cell<usize>,
}

impl<'a> Revocation<'a> {
    /// Begins.
    pub(crate) fn new(user: &'a User, paths: &'a Paths, ui: &'a Ui) -> Self {
        Self {
            user,
            ui,
            interrupt: Interrupt::listen(),
            paths,
            begun: Cell::new(0),
            failed: Cell::new(0),
        }
    }

    /// How many calls failed so far.
    pub(crate) fn failed(&self) -> usize {
        self.failed.get()
    }

    /// Makes these calls in one account.
    pub(crate) fn carry_out(
        &self,
        signer: &mut Signer<'_>,
        account: &Account,
        measures: &[Measure],
    ) -> Result<(), CliError> {
        for measure in measures {
            if matches!(measure, Measure::Finish(_)) && self.failed.get() > 0 {
                continue;
            }
            if self.interrupt.came() {
                return Err(CliError::failed("stopped by Ctrl-C")
                    .hint("run the command again: it goes on where it stopped"));
            }
            self.begun.set(self.begun.get() + 1);
            let number = self.begun.get();
            let done = point::through(&format!("revoke {number}"), self.paths, || {
                self.make_with_code(signer, account, measure)
            })?;
            if let Err(error) = done {
                self.failed.set(self.failed.get() + 1);
                self.ui.error(&CliError::from(error));
            }
        }
        Ok(())
    }

    /// Makes a call; once more with a code, where the account has come to ask for one.
    fn make_with_code(
        &self,
        signer: &mut Signer<'_>,
        account: &Account,
        measure: &Measure,
    ) -> Result<Result<(), CallError>, CliError> {
        match self.make(signer, account, measure) {
            Err(error) if signer.may_need_code(&error) => signer.take_code(error)?,
            done => return Ok(done),
        }
        Ok(self.make(signer, account, measure))
    }

    fn make(
        &self,
        signer: &Signer<'_>,
        account: &Account,
        measure: &Measure,
    ) -> Result<(), CallError> {
        let (aws, credentials) = (&signer.aws, &signer.credentials);
        let switch = |key: &AccessKeyId, status| {
            aws.update_access_key(credentials, Some(&self.user.name), key, status)
        };
        settled(self.ui, &self.interrupt, || {
            match measure.at(self.user, now()) {
                Measure::SwitchOff(key) => switch(&key, KeyStatus::Inactive),
                Measure::SwitchOn(key) => switch(&key, KeyStatus::Active),
                Measure::Call(operation) | Measure::Finish(operation) => {
                    aws.apply(credentials, account, &operation).map(drop)
                }
            }
        })
    }
}

/// One call in words; `None` for the marks that keyward sets for itself.
pub(crate) fn described(measure: &Measure) -> Option<String> {
    Some(match measure {
        Measure::SwitchOff(key) => format!("{BAD}-{BAD:#} access key {key}: off"),
        Measure::SwitchOn(key) => format!("{GOOD}+{GOOD:#} access key {key}: on"),
        Measure::Call(Operation::PutInlinePolicy { on, .. }) => {
            format!("{BAD}-{BAD:#} {}: old sessions are denied", holder(on))
        }
        Measure::Call(Operation::DeleteInlinePolicy { on, .. }) => {
            format!(
                "{GOOD}+{GOOD:#} {}: old sessions are allowed again",
                holder(on)
            )
        }
        Measure::Call(Operation::DeleteCredentials { .. }) => {
            format!("{BAD}-{BAD:#} console password: deleted")
        }
        Measure::Call(Operation::Tag { tags, .. }) if tags.contains_key(DELETE_AFTER_TAG) => {
            format!("{WARN}~{WARN:#} tag with the date of the deletion")
        }
        Measure::Call(_) => format!("{WARN}~{WARN:#} tags that note what to undo"),
        Measure::Finish(_) => return None,
    })
}

fn holder(on: &PrincipalName) -> String {
    on.entity().to_string()
}

/// What becomes of the user after the revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// It stays, with its devices and its other credentials.
    Stays,
    /// It is deleted at once.
    Deleted,
}

/// The devices of the user, and what the revocation did not reach. The account of the user comes
/// first.
pub(crate) fn tell_rest(
    signer: &Signer<'_>,
    accounts: &[&Account],
    user: &User,
    afterwards: Afterwards,
    ui: &Ui,
) {
    if afterwards == Afterwards::Stays {
        tell_devices(signer, user, ui);
    }
    let Some((home, _)) = accounts.split_first() else {
        return;
    };
    for rest in revoke::unreached(accounts, home, user) {
        if afterwards == Afterwards::Stays || rest != Unreached::OtherCredentials {
            ui.say(format!("not reached: {rest}"));
        }
    }
}

fn tell_devices(signer: &Signer<'_>, user: &User, ui: &Ui) {
    let devices = signer
        .aws
        .list_mfa_devices(&signer.credentials, Some(&user.name));
    match devices {
        Ok(devices) => {
            for device in devices {
                ui.say(format!("device left in place: {}", device.serial));
            }
        }
        Err(error) => ui.warn(format!("the devices of the user are not known: {error}")),
    }
}
