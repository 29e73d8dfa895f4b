//! The plans for all accounts of a blueprint: made together, each account's failure contained.

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::departed::departed;
use keyward_account::desired::Desired;
use keyward_account::leaver::{self, DELETE_AFTER_TAG, LeaverStanding};
use keyward_account::ownership::blueprint_of;
use keyward_account::plan::{
    self, Plan, PlanProblem, PlanProblems, StrayTag, members_of_others, stray_tags,
};
use keyward_account::revoke;
use keyward_account::snapshot::Snapshot;
use keyward_account::stacks::StackDrift;
use keyward_core::id::ProfileName;

use super::recipients::{self, Recipients};
use super::targets::{Reached, Reading, Targets};
use super::{AccountCommand, BlueprintFile, Interrupt};
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, Ui};
use crate::session::CodeSource;
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

mod carry_out;
mod checks;
mod saved_plan;

pub(crate) use carry_out::carry_out;
use checks::Proofs;

/// The aim of the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// To what the blueprint says.
    Apply,
    /// To an account without what the blueprint made.
    Destroy,
}

/// One account with its plan.
pub(crate) struct Ready<'a> {
    /// The account.
    pub(crate) reached: Reached<'a>,
    /// The steps for that account.
    pub(crate) plan: Plan,
    /// The manual changes in the stacks; `None` if CloudFormation was not asked.
    pub(crate) drift: Option<Vec<StackDrift>>,
    /// The keys of the people who are to receive secrets.
    recipients: Recipients,
    /// The blueprint that those people are in.
    blueprint: Option<PathBuf>,
}

impl<'a> Ready<'a> {
    /// An account with a plan that makes no secret.
    pub(crate) fn without_secrets(reached: Reached<'a>, plan: Plan) -> Self {
        Self {
            reached,
            plan,
            drift: None,
            recipients: Recipients::new(),
            blueprint: None,
        }
    }
}

/// The result for one account.
pub(crate) enum PlannedAccount<'a> {
    /// It has a plan.
    Ready(Box<Ready<'a>>),
    /// It could not be read, planned or changed.
    Failed {
        /// The blueprint's name for it.
        name: Option<String>,
        /// The reason.
        error: CliError,
    },
}

impl PlannedAccount<'_> {
    /// The blueprint's name for the account; empty if it has one only.
    pub(crate) fn name(&self) -> &str {
        let name = match self {
            Self::Ready(ready) => &ready.reached.name,
            Self::Failed { name, .. } => name,
        };
        name.as_deref().unwrap_or_default()
    }
}

/// The plans of a blueprint.
pub(crate) struct Planned<'a> {
    /// One entry for each account.
    pub(crate) accounts: Vec<PlannedAccount<'a>>,
    /// The proofs of the accounts before and after the plans, once they were asked for. A proof
    /// takes seconds in a large account.
    proofs: OnceCell<Proofs>,
}

impl<'a> Planned<'a> {
    /// Plans that were made.
    pub(crate) fn of(accounts: Vec<PlannedAccount<'a>>) -> Self {
        Self {
            accounts,
            proofs: OnceCell::new(),
        }
    }

    /// Reads every account and plans.
    pub(crate) fn make(
        local: &'a LocalState,
        ui: &'a Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
        goal: Goal,
    ) -> Result<Self, CliError> {
        let targets = Targets::observe(local, ui, file, profile, codes, Reading::ForPlan)?;
        Self::of_targets(targets, ui, file, profile, goal)
    }

    /// Plans for accounts that were read.
    fn of_targets(
        targets: Targets<'a>,
        ui: &Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        goal: Goal,
    ) -> Result<Self, CliError> {
        let several = file.blueprint.has_several_accounts();
        let mut accounts: Vec<PlannedAccount<'a>> = Vec::new();
        for (desired, reached) in targets.reached {
            if goal == Goal::Apply {
                tell_who_stays(&desired, &reached, ui);
                tell_withheld(&desired, &reached, file, profile, ui);
                tell_stray_tags(&desired, &reached, ui);
                tell_departed(&desired, &reached, file, ui);
            }
            let made = match goal {
                Goal::Apply => plan::plan(&desired, &reached.snapshot),
                Goal::Destroy => plan::destroy(&desired, &reached.snapshot),
            };
            match made {
                Ok(plan) => accounts.push(ready(reached, plan)),
                Err(problems) => {
                    let mut lines = placed(&problems, file);
                    if goal == Goal::Apply {
                        lines.extend(unusable_keys(&desired, &reached, file));
                    }
                    let error = CliError::failed(format!(
                        "account {} cannot become what the blueprint says",
                        desired.account.id
                    ))
                    .because(Placed(lines.join("\n")))
                    .hint("nothing was changed");
                    if !several {
                        return Err(error);
                    }
                    accounts.push(PlannedAccount::Failed {
                        name: reached.name,
                        error,
                    });
                }
            }
        }
        let unreached = targets.unreached.into_iter();
        accounts.extend(unreached.map(|unreached| PlannedAccount::Failed {
            name: unreached.name,
            error: unreached.error,
        }));
        Ok(Self::of(accounts))
    }

    /// The accounts that have a plan.
    pub(crate) fn ready(&self) -> impl Iterator<Item = &Ready<'a>> {
        self.accounts.iter().filter_map(|account| match account {
            PlannedAccount::Ready(ready) => Some(&**ready),
            PlannedAccount::Failed { .. } => None,
        })
    }

    /// Whether every account has a plan, and none of them changes anything.
    pub(crate) fn nothing_to_do(&self) -> bool {
        self.ready().count() == self.accounts.len() && self.is_empty()
    }

    /// Whether nothing changes anywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.ready().all(|ready| ready.plan.is_empty())
    }

    /// Whether a resource of a stack was found changed by hand.
    pub(crate) fn has_drift(&self) -> bool {
        let mut stacks = self.ready().flat_map(|ready| ready.drift.iter().flatten());
        stacks.any(|stack| !stack.resources.is_empty())
    }

    /// Carries all plans out. One account that fails does not stop the others. Ctrl-C stops them,
    /// and keyward names the accounts that it did not begin.
    pub(crate) fn carry_out(&mut self, local: &LocalState, ui: &Ui) {
        let interrupt = Interrupt::listen();
        for account in &mut self.accounts {
            let PlannedAccount::Ready(ready) = account else {
                continue;
            };
            let carried_out = match interrupt.came() && !ready.plan.is_empty() {
                true => Err(
                    CliError::failed("not begun, because Ctrl-C stopped the run")
                        .hint("run the command again: it does the rest"),
                ),
                false => carry_out(local, ui, ready, &interrupt),
            };
            if let Err(error) = carried_out {
                *account = PlannedAccount::Failed {
                    name: ready.reached.name.clone(),
                    error,
                };
            }
        }
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

fn ready(reached: Reached<'_>, plan: Plan) -> PlannedAccount<'_> {
    PlannedAccount::Ready(Box::new(Ready::without_secrets(reached, plan)))
}

/// The problems of a plan, each with its place in the blueprint.
fn placed(problems: &PlanProblems, file: &BlueprintFile) -> Vec<String> {
    let path = locations::show(&file.path);
    let line = |problem: &PlanProblem| match problem.position(&file.blueprint) {
        Some(at) => format!("{path}:{at}: {problem}"),
        None => problem.to_string(),
    };
    problems.0.iter().map(line).collect()
}

/// The unusable keys of the users whose initial secrets are open. Without a plan, nothing else reports
/// them.
fn unusable_keys(desired: &Desired, reached: &Reached<'_>, file: &BlueprintFile) -> Vec<String> {
    let open = plan::credentials_needed(desired, &reached.snapshot);
    let live = &reached.snapshot.account.users;
    let receiving = desired
        .hand_outs
        .iter()
        .filter(|(user, _)| open.contains(*user) || !live.contains_key(*user))
        .map(|(user, hand_out)| (user, hand_out.recipients.as_slice()));
    match recipients::read(receiving, &reached.signer.aws, now()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|it| it.placed(file)).collect(),
    }
}

/// Problems in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Placed(String);

/// Names the users whom the plan leaves for a reason that it does not show: those who leave and are
/// deleted later, and the members of groups whom another blueprint made.
fn tell_who_stays(desired: &Desired, reached: &Reached<'_>, ui: &Ui) {
    let Snapshot { account, taken, .. } = &reached.snapshot;
    for user in account.users.values() {
        let ours = blueprint_of(&user.tags).as_ref() == Some(&desired.blueprint);
        if !ours || desired.account.users.contains_key(&user.name) {
            continue;
        }
        let name = &user.name;
        match leaver::standing(account, user, *taken) {
            Some(LeaverStanding::Revoked {
                until,
                delete_after,
            }) => ui.say(format!(
                "user `{name}` leaves: its sessions from before {until} are denied, and the first apply after {delete_after} deletes it"
            )),
            Some(LeaverStanding::Unproven) => {
                ui.warn(format!(
                    "user `{name}` stays, because the tag `{DELETE_AFTER_TAG}` is `{}`; no revocation shows that it is disabled",
                    user.tags.get(DELETE_AFTER_TAG).map_or("", String::as_str)
                ));
                ui.hint(format!(
                    "to disable it and delete it at once: keyward account remove {name} FILE --grace 0"
                ));
            }
            None => {}
        }
    }
    for (user, owner, groups) in members_of_others(desired, account) {
        let groups: Vec<String> = groups.iter().map(|group| format!("`{group}`")).collect();
        ui.warn(format!(
            "user `{user}` stays in {}, because its tag says that the blueprint `{owner}` made it; check that this is so",
            groups.join(", ")
        ));
    }
}

/// Names the users who get no initial secret, because they are revoked. An undo switches the noted keys on
/// again, and a thief may have them, so they go first.
fn tell_withheld(
    desired: &Desired,
    reached: &Reached<'_>,
    file: &BlueprintFile,
    profile: Option<&ProfileName>,
    ui: &Ui,
) {
    let live = &reached.snapshot.account.users;
    for user in desired.hand_outs.keys().filter_map(|user| live.get(user)) {
        let secrets = plan::withheld(desired, user);
        if secrets.is_empty() {
            continue;
        }
        let them = if secrets.len() == 1 { "it" } else { "them" };
        let secrets: Vec<&str> = secrets.iter().map(|it| it.name()).collect();
        ui.warn(format!(
            "user `{}` is revoked and gets no {}",
            user.name,
            secrets.join(" and no ")
        ));
        let words = [
            "revoke".to_owned(),
            user.name.to_string(),
            locations::word(&file.path),
            "--undo".to_owned(),
        ];
        let undo = AccountCommand::new(&words, profile);
        let mut keys = revoke::noted_keys(&reached.snapshot.account, user);
        let aws = &reached.signer.aws;
        let listed = aws.list_access_keys(&reached.signer.credentials, Some(&user.name));
        if let Ok(listed) = listed {
            keys.retain(|key| listed.iter().any(|it| it.id == *key));
        }
        if keys.is_empty() {
            ui.hint(format!(
                "to hand {them} out, first: {CODE}{}{CODE:#}",
                undo.asking()
            ));
            continue;
        }
        ui.hint(format!(
            "to hand {them} out, first delete the keys that the revocation switched off, because the undo switches them on again:"
        ));
        for key in keys {
            ui.hint(format!(
                "{CODE}keyward exec {} -- aws iam delete-access-key --user-name {} --access-key-id {key}{CODE:#}",
                reached.signer.profile().argument(),
                user.name
            ));
        }
        ui.hint(format!("then: {CODE}{}{CODE:#}", undo.asking()));
    }
}

/// Names the tags that decide about rights and that a plan leaves, because the blueprint does not set them.
fn tell_stray_tags(desired: &Desired, reached: &Reached<'_>, ui: &Ui) {
    for StrayTag { entity, key, value } in stray_tags(desired, &reached.snapshot.account) {
        ui.warn(format!(
            "the tag `{key}` of {entity} is `{value}` and stays: a policy looks at it, and the blueprint does not set it"
        ));
        ui.hint("if it was once in the blueprint and is no longer wanted, remove it from the entity in the IAM console");
    }
}

/// Names the accounts that left the blueprint, in which keyward no longer changes anything.
fn tell_departed(desired: &Desired, reached: &Reached<'_>, file: &BlueprintFile, ui: &Ui) {
    for id in departed(&file.blueprint, desired, &reached.snapshot.account) {
        ui.warn(format!(
            "account {id} is no longer in the blueprint: what keyward made there stays, stacks, password policy and alias included"
        ));
        ui.hint(format!(
            "to delete it, write a blueprint with only `version = 1`, `name = \"{}\"`, `[account]` and `id = \"{id}\"`, then: keyward account destroy FILE --profile P",
            desired.blueprint
        ));
        ui.hint(
            "its password policy and alias go too if that blueprint describes them as they are",
        );
    }
}
