//! The plans for all accounts of a blueprint: made together, each account's failure contained.

use std::collections::BTreeMap;
use std::process::ExitCode;

use keyward_account::desired::{Desired, add_aws_managed};
use keyward_account::leaver::Leaver;
use keyward_account::ownership::blueprint_of;
use keyward_account::plan::effect::Effects;
use keyward_account::plan::simulate;
use keyward_account::prove::{self, Finding, Promise, Proof, ProvenAccount, Scenario, Severity};
use keyward_account::snapshot::Snapshot;
use keyward_account::stacks::StackPlace;
use keyward_iam::model::Account;
use std::sync::atomic::AtomicUsize;

use keyward_account::plan::wire::SavedPlan;
use keyward_account::plan::{self, Operation, Plan};
use keyward_core::id::ProfileName;
use keyward_iam::model::PasswordPolicy;

use super::hand_over::HandOver;
use super::recipients::{self, Recipients};
use super::targets::{Reached, Targets};
use super::{BlueprintFile, Execution, Interrupt};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::session::CodeSource;
use crate::state::local_state::{LocalState, now};

/// Which way the plans lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To what the blueprint says.
    Apply,
    /// To an account without what the blueprint made.
    Destroy,
}

/// Which state of the accounts is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    After,
}

/// One account with its plan.
pub(crate) struct Ready<'a> {
    /// The account.
    pub(crate) reached: Reached<'a>,
    /// The steps for that account.
    pub(crate) plan: Plan,
    /// The keys of the people who are to receive secrets.
    recipients: Recipients,
}

impl<'a> Ready<'a> {
    /// An account with a plan that makes no secret.
    pub(crate) fn without_secrets(reached: Reached<'a>, plan: Plan) -> Self {
        Self {
            reached,
            plan,
            recipients: Recipients::new(),
        }
    }
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

impl PlannedAccount<'_> {
    /// The blueprint's name for the account; empty where it has one only.
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
}

impl<'a> Planned<'a> {
    /// Reads every account and plans.
    pub(crate) fn make(
        local: &'a LocalState,
        ui: &'a Ui,
        file: &BlueprintFile,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
        way: Way,
    ) -> Result<Self, CliError> {
        let several = file.blueprint.has_several_accounts();
        let targets = Targets::observe(local, ui, file, profile, codes)?;
        let mut accounts: Vec<PlannedAccount<'a>> = Vec::new();
        for (desired, reached) in targets.reached {
            if way == Way::Apply {
                tell_leavers(&desired, &reached, ui);
            }
            let made = match way {
                Way::Apply => plan::plan(&desired, &reached.snapshot),
                Way::Destroy => plan::destroy(&desired, &reached.snapshot),
            };
            match made {
                Ok(plan) => accounts.push(ready(reached, plan)),
                Err(problems) => {
                    let error = CliError::failed(format!(
                        "account {} cannot become what the blueprint says",
                        desired.account.id
                    ))
                    .because(problems)
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
        Ok(Self { accounts })
    }

    /// The plans of a file, each checked against the account as it is now.
    pub(crate) fn of_saved(
        local: &'a LocalState,
        ui: &'a Ui,
        saved: Vec<SavedPlan>,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        let several = saved.len() > 1;
        let mut accounts = Vec::new();
        for SavedPlan { profile: own, plan } in saved {
            let chosen = if several {
                own.as_ref().or(profile)
            } else {
                profile.or(own.as_ref())
            };
            let chosen = chosen.ok_or_else(|| {
                CliError::usage("the saved plan does not say how to reach the account")
                    .hint("name a profile: --profile P")
            })?;
            let name = several.then(|| plan.account().to_string());
            let looked_at = &plan.fingerprint;
            let reached = match Reached::of_plan(local, ui, name.clone(), chosen, codes, looked_at)
            {
                Ok(reached) => reached,
                Err(error) if several => {
                    accounts.push(PlannedAccount::Failed { name, error });
                    continue;
                }
                Err(error) => return Err(error),
            };
            plan.fingerprint.check(&reached.snapshot).map_err(|e| {
                CliError::failed("the saved plan is stale")
                    .because(e)
                    .hint("nothing was changed; make a new plan and look at it")
            })?;
            accounts.push(ready(reached, plan));
        }
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
    pub(crate) fn check_recipients(&mut self) -> Result<(), CliError> {
        for account in &mut self.accounts {
            if let PlannedAccount::Ready(ready) = account {
                let steps = ready.plan.steps.iter();
                let receiving = steps
                    .flat_map(|step| &step.operations)
                    .filter_map(|operation| match operation {
                        Operation::HandOut {
                            user, recipients, ..
                        } => Some((user, recipients.as_slice())),
                        _ => None,
                    });
                ready.recipients = recipients::read(receiving, &ready.reached.signer.aws, now())?;
            }
        }
        Ok(())
    }

    /// Refuses plans that would take away what the caller needs to apply. Of several accounts,
    /// the others go on.
    pub(crate) fn check_lockout(&mut self) -> Result<(), CliError> {
        for account in &mut self.accounts {
            let PlannedAccount::Ready(ready) = account else {
                continue;
            };
            let found = plan::checks::lockout(&ready.reached.snapshot, &ready.plan);
            let Some(lockout) = found else { continue };
            let error =
                CliError::failed("the plan would take away the caller's own means to apply")
                    .because(lockout)
                    .hint("nothing was changed; apply as another identity, or add --allow-lockout");
            match ready.reached.name.clone() {
                None => return Err(error),
                name => *account = PlannedAccount::Failed { name, error },
            }
        }
        Ok(())
    }

    /// What the plans do to people, account by account under the accounts' names.
    pub(crate) fn effects(&self) -> BTreeMap<Option<String>, Effects> {
        match self.is_empty() {
            true => BTreeMap::new(),
            false => prove::effects(&self.prove(When::Before), &self.prove(When::After)),
        }
    }

    /// Refuses plans after which a stolen key can do more, or a user can lift their own guard.
    pub(crate) fn check_promises(&self) -> Result<(), CliError> {
        if self.is_empty() {
            return Ok(());
        }
        let (before, after) = (self.prove(When::Before), self.prove(When::After));
        let known = |finding: &&Finding| {
            let mut findings = before.findings.iter();
            findings.any(|old| (&old.id, &old.subject) == (&finding.id, &finding.subject))
                || could_before(&before, finding)
        };
        let worse: Vec<&Finding> = after
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::High)
            .filter(|finding| {
                finding
                    .breaks
                    .is_some_and(|promise| promise != Promise::AdministratorsReadByDefault)
            })
            .filter(|finding| !known(finding))
            .collect();
        if worse.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = worse.iter().map(ToString::to_string).collect();
        Err(CliError::failed(format!(
            "the plan would break what the account promises\n{}",
            lines.join("\n")
        ))
        .hint("nothing was changed; keyward account prove FILE says more")
        .hint("to continue anyway, add --allow-worse"))
    }

    fn prove(&self, when: When) -> Proof {
        let accounts: Vec<(Option<String>, Account)> = self
            .ready()
            .map(|ready| {
                let snapshot = &ready.reached.snapshot;
                let mut account = match when {
                    When::Before => snapshot.account.clone(),
                    When::After => simulate::after(snapshot, &ready.plan),
                };
                add_aws_managed(&mut account);
                (ready.reached.name.clone(), account)
            })
            .collect();
        let accounts: Vec<ProvenAccount<'_>> = accounts
            .iter()
            .map(|(name, account)| ProvenAccount {
                name: name.clone(),
                account,
            })
            .collect();
        prove::prove(&accounts)
    }

    /// Carries all plans out. One account that fails does not stop the others.
    /// Ctrl-C does: the accounts that had not begun are named.
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

/// Whether the user of a finding could call its action before the plan. Then the plan does not make the
/// promise worse: a user who may do anything can also lift a new guard.
fn could_before(before: &Proof, finding: &Finding) -> bool {
    let Some((kind, action)) = finding.id.split_once('/') else {
        return false;
    };
    let mut users = before.users.iter();
    let Some((_, user)) = users.find(|(key, _)| key.to_string() == finding.subject) else {
        return false;
    };
    let scenarios = match finding.breaks {
        Some(Promise::NoLiftingOfOwnGuard) => Scenario::ALL.as_slice(),
        _ => Scenario::WITHOUT_MFA.as_slice(),
    };
    scenarios.iter().any(|scenario| {
        let powers = user.powers(*scenario);
        match kind {
            "others" => powers.others.contains(action),
            _ => powers.actions.contains(action),
        }
    })
}

fn ready(reached: Reached<'_>, plan: Plan) -> PlannedAccount<'_> {
    PlannedAccount::Ready(Box::new(Ready::without_secrets(reached, plan)))
}

/// Names the users who are disabled and deleted later, of whom the plan says nothing.
fn tell_leavers(desired: &Desired, reached: &Reached<'_>, ui: &Ui) {
    let Snapshot { account, taken, .. } = &reached.snapshot;
    for user in account.users.values() {
        let ours = blueprint_of(&user.tags).as_ref() == Some(&desired.blueprint);
        let described = desired.account.users.contains_key(&user.name);
        let leaver = Leaver::of(&user.tags).filter(|leaver| !leaver.is_due(*taken));
        if let Some(end) = leaver.and_then(|leaver| leaver.delete_after)
            && ours
            && !described
        {
            ui.say(format!(
                "user `{}` leaves: it is disabled, and deleted by the first apply after {end}",
                user.name
            ));
        }
    }
}

/// Asks for a yes; without a terminal, says how to go on.
pub(crate) fn agree(question: &str, verb: &str) -> Result<(), CliError> {
    let mut terminal = Terminal::required(
        "your agreement to the plan",
        format!("keyward account {verb} --yes does it without asking"),
    )?;
    match terminal.confirm(question)? {
        true => Ok(()),
        false => Err(CliError::failed("nothing was changed")),
    }
}

/// Carries one plan out, and says what people get.
pub(crate) fn carry_out(
    local: &LocalState,
    ui: &Ui,
    ready: &mut Ready<'_>,
    interrupt: &Interrupt,
) -> Result<(), CliError> {
    if ready.plan.is_empty() {
        return Ok(());
    }
    let reached = &mut ready.reached;
    let account = reached.snapshot.account.id.clone();
    let hand_over = HandOver::new(
        local,
        account.clone(),
        std::mem::take(&mut ready.recipients),
        minimum_length(&reached.snapshot.account.password_policy, &ready.plan),
    )?;
    let execution = Execution {
        account: &reached.snapshot.account,
        secrets: &hand_over,
        interrupt: interrupt.clone(),
        ui,
        paths: &local.paths,
        begun: AtomicUsize::new(0),
    };
    let outcome = execution.run(&mut reached.signer, &ready.plan)?;
    ui.say(format!(
        "{GOOD}done{GOOD:#}: {} calls in account {account}",
        outcome.done
    ));
    for place in ready.plan.operations().filter_map(deleted_stack) {
        say_what_stays(&reached.snapshot, place, ui);
    }
    for user in hand_over.written().keys() {
        ui.hint(format!(
            "keyward account invite {user} FILE prints what {user} needs to begin"
        ));
    }
    if reached.snapshot.caller.resource() == "root" {
        ui.warn("the root user's key signed this; it can do everything, and no policy limits it");
        ui.hint(format!(
            "once another person can administer the account: keyward remove {} --revoke",
            reached.signer.profile().argument()
        ));
    }
    Ok(())
}

/// The stack that an operation deletes.
fn deleted_stack(operation: &Operation) -> Option<&StackPlace> {
    match operation {
        Operation::DeleteStack(place) => Some(place),
        _ => None,
    }
}

/// Names the bucket and the key that outlive the stack of AWS Config, and how to remove them.
fn say_what_stays(before: &Snapshot, place: &StackPlace, ui: &Ui) {
    let live = before.stacks.get(place);
    let Some(live) = live.filter(|live| live.leaves_something()) else {
        return;
    };
    let region = &place.region;
    let Some(bucket) = live.bucket() else {
        ui.say(format!(
            "the bucket with what AWS Config recorded, and its key, stay in the account in {region}"
        ));
        return;
    };
    ui.say(format!(
        "the bucket `{bucket}` with what AWS Config recorded, and its key, stay in the account"
    ));
    ui.hint(format!(
        "to remove them: empty the bucket in the S3 console, with all versions, then {CODE}aws s3api delete-bucket --bucket {bucket} --region {region}{CODE:#}"
    ));
    if let Some(key) = live.outputs.get("KeyArn") {
        ui.hint(format!(
            "then the key: {CODE}aws kms schedule-key-deletion --key-id {key} --region {region}{CODE:#}"
        ));
    }
}

/// The length that passwords must have once the plan is carried out.
fn minimum_length(now: &Option<PasswordPolicy>, plan: &Plan) -> Option<u32> {
    let steps = plan.steps.iter();
    let operations = steps.flat_map(|step| &step.operations);
    let mut policies = operations.filter_map(|operation| match operation {
        Operation::UpdatePasswordPolicy(policy) => Some(policy),
        _ => None,
    });
    policies
        .next_back()
        .or(now.as_ref())
        .map(|policy| policy.minimum_length)
}
