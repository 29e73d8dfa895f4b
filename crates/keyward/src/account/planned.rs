//! The plans for all accounts of a blueprint: made together, each account's failure contained.

use std::path::Path;
use std::process::ExitCode;

use keyward_account::plan::{self, Operation, Plan};
use keyward_core::id::{ProfileName, UserName};

use super::hand_over::HandOver;
use super::recipients::{self, Recipients};
use super::targets::{Target, Targets};
use super::{BlueprintFile, Execution, Interrupt};
use crate::error::CliError;
use crate::session::CodeSource;
use crate::terminal::Terminal;
use crate::ui::{GOOD, Ui};
use crate::world::{World, now};

/// Which way the plans lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To what the blueprint says.
    Apply,
    /// To an account without what the blueprint made.
    Destroy,
}

/// One account with its plan.
pub(crate) struct Ready<'a> {
    /// The account.
    pub(crate) target: Target<'a>,
    /// What is to be done there.
    pub(crate) plan: Plan,
    /// The keys of the people who are to receive secrets.
    recipients: Recipients,
}

/// What became of one account.
pub(crate) enum PlannedAccount<'a> {
    /// It has a plan.
    Ready(Box<Ready<'a>>),
    /// It could not be read, planned or changed.
    Failed {
        /// The blueprint's name for it.
        name: Option<String>,
        /// Why.
        error: CliError,
    },
}

impl<'a> PlannedAccount<'a> {
    /// An account whose plan was not carried out to its end.
    pub(crate) fn failed(ready: &Ready<'a>, error: CliError) -> Self {
        Self::Failed {
            name: ready.target.name.clone(),
            error,
        }
    }
}

/// The plans of a blueprint.
pub(crate) struct Planned<'a> {
    /// One entry for each account.
    pub(crate) accounts: Vec<PlannedAccount<'a>>,
}

impl<'a> Planned<'a> {
    /// Reads every account and plans.
    pub(crate) fn make(
        world: &'a World,
        ui: &'a Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
        way: Way,
    ) -> Result<Self, CliError> {
        let several = file.blueprint.has_several_accounts();
        let targets = Targets::observe(world, ui, file, profile, codes)?;
        let mut accounts: Vec<PlannedAccount<'a>> = Vec::new();
        for target in targets.reached {
            let made = match way {
                Way::Apply => plan::plan(&target.desired, &target.snapshot),
                Way::Destroy => plan::destroy(&target.desired, &target.snapshot),
            };
            match made {
                Ok(plan) => accounts.push(PlannedAccount::Ready(Box::new(Ready {
                    target,
                    plan,
                    recipients: Recipients::new(),
                }))),
                Err(problems) => {
                    let error = CliError::failed(format!(
                        "account {} cannot become what the blueprint says",
                        target.desired.account.id
                    ))
                    .because(problems)
                    .hint("nothing was changed");
                    if !several {
                        return Err(error);
                    }
                    accounts.push(PlannedAccount::Failed {
                        name: target.name,
                        error,
                    });
                }
            }
        }
        accounts.extend(
            targets
                .unreached
                .into_iter()
                .map(|unreached| PlannedAccount::Failed {
                    name: unreached.name,
                    error: unreached.error,
                }),
        );
        Ok(Self { accounts })
    }

    /// The accounts that have a plan.
    pub(crate) fn ready(&self) -> impl Iterator<Item = &Ready<'a>> {
        self.accounts.iter().filter_map(|account| match account {
            PlannedAccount::Ready(ready) => Some(&**ready),
            PlannedAccount::Failed { .. } => None,
        })
    }

    /// Whether nothing changes anywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.ready().all(|ready| ready.plan.is_empty())
    }

    /// Reads the keys of everyone who is to receive a secret, and refuses unusable ones.
    pub(crate) fn check_recipients(&mut self, file: &BlueprintFile) -> Result<(), CliError> {
        for account in &mut self.accounts {
            if let PlannedAccount::Ready(ready) = account {
                ready.recipients = read_recipients(ready, file.folder())?;
            }
        }
        Ok(())
    }

    /// Reports the accounts that failed. One failure is enough for exit code 1.
    pub(crate) fn finish(self, ui: &Ui) -> Result<ExitCode, CliError> {
        let mut code = ExitCode::SUCCESS;
        for account in self.accounts {
            if let PlannedAccount::Failed { name, error } = account {
                let Some(name) = name else {
                    return Err(error);
                };
                let kind = error.kind();
                let hints = error.hints().to_vec();
                ui.error(
                    &CliError::failed(format!("account `{name}`"))
                        .of_kind(kind)
                        .because(error)
                        .hint_all(hints),
                );
                code = ExitCode::from(1);
            }
        }
        Ok(code)
    }
}

fn read_recipients(ready: &Ready<'_>, folder: &Path) -> Result<Recipients, CliError> {
    let receiving: Vec<&UserName> = ready
        .plan
        .steps
        .iter()
        .flat_map(|step| &step.operations)
        .filter_map(|operation| match operation {
            Operation::HandOut { user, .. } => Some(user),
            _ => None,
        })
        .collect();
    recipients::read(
        &ready.target.desired,
        receiving,
        folder,
        &ready.target.signer.aws,
        now(),
    )
}

/// Asks for a yes; without a terminal, says how to go on.
pub(crate) fn agree(question: &str, verb: &str) -> Result<(), CliError> {
    let mut terminal = Terminal::required(
        "your agreement to the plan",
        format!("keyward account {verb} --yes applies it without asking"),
    )?;
    match terminal.confirm(question)? {
        true => Ok(()),
        false => Err(CliError::failed("nothing was changed")),
    }
}

/// Carries one plan out, and says what people get.
pub(crate) fn carry_out(world: &World, ui: &Ui, ready: &mut Ready<'_>) -> Result<(), CliError> {
    let desired = &ready.target.desired;
    let rules = desired.account.password_policy.as_ref().or(ready
        .target
        .snapshot
        .account
        .password_policy
        .as_ref());
    let hand_over = HandOver::new(
        &world.places,
        desired.account.id.clone(),
        std::mem::take(&mut ready.recipients),
        rules.map(|rules| rules.minimum_length),
    )?;
    let execution = Execution {
        account: &ready.target.snapshot.account,
        secrets: &hand_over,
        interrupt: Interrupt::listen(),
        ui,
    };
    let outcome = execution.run(&mut ready.target.signer, &ready.plan)?;
    ui.say(format!(
        "{GOOD}done{GOOD:#}: {} calls in account {}",
        outcome.done, desired.account.id
    ));
    for user in hand_over.written().keys() {
        ui.hint(format!(
            "keyward account invite {user} FILE prints what {user} needs to begin"
        ));
    }
    if ready.target.snapshot.caller.resource() == "root" {
        ui.warn("the key of the root user did this; it can do everything, and nothing limits it");
        ui.hint(format!(
            "once somebody else can administer the account: keyward remove {} --revoke",
            ready.target.signer.profile().argument()
        ));
    }
    Ok(())
}
