//! The checks between a plan and its first write: recipients, lockout and promises; and the effects on
//! people. They read the plans and change nothing at AWS.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::thread;

use keyward_account::desired::add_aws_managed;
use keyward_account::plan::checks::{
    BeforeAndAfter, Lockout, NeededFor, OutdatedSetting, Setting, WayIn, closed_way,
    outdated_settings,
};
use keyward_account::plan::effect::Effects;
use keyward_account::plan::{self, Operation, simulate};
use keyward_account::prove::{self, Finding, Promise, Proof, ProvenAccount, Scenario};
use keyward_core::chain::Base;
use keyward_core::id::PrincipalArn;
use keyward_core::time::exact_duration;
use keyward_iam::model::Account;
use keyward_recipients::Recipient;

use super::{Goal, Planned, PlannedAccount, Ready};
use crate::account::{BlueprintFile, recipients};
use crate::screen::error::CliError;
use crate::state::local_state::now;

/// The proofs of the accounts with a plan, before and after it.
pub(super) struct Proofs {
    before: Proof,
    after: Proof,
}

impl Planned<'_> {
    /// Reads the keys of everyone who is to receive a secret, and refuses unusable ones. The plans name
    /// them afterwards.
    pub(crate) fn check_recipients(&mut self, file: &BlueprintFile) -> Result<(), CliError> {
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
                ready.recipients = recipients::read(receiving, &ready.reached.signer.aws, now())
                    .map_err(|problems| recipients::refused(&problems, file))?;
                let in_words =
                    |keys: &Vec<Recipient>| keys.iter().map(ToString::to_string).collect();
                let named = ready.recipients.iter();
                let named = named.map(|(user, keys)| (user.clone(), in_words(keys)));
                ready.plan.name_keys(&named.collect());
                ready.blueprint = Some(file.path.clone());
            }
        }
        Ok(())
    }

    /// Refuses plans that would remove the caller's rights to finish. Of an apply, also those that
    /// would remove its rights to apply again, or its way into its role. If one account fails, the
    /// others continue.
    pub(crate) fn check_lockout(&mut self, goal: Goal) -> Result<(), CliError> {
        if self.is_empty() {
            return Ok(());
        }
        let found: Vec<Option<Lockout>> = {
            let ways = match goal {
                Goal::Apply => self.ways(),
                Goal::Destroy => Vec::new(),
            };
            self.tell_outdated_settings(&ways);
            let account = |account: &PlannedAccount<'_>| match account {
                PlannedAccount::Ready(ready) => self.lockout(ready, goal, &ways),
                PlannedAccount::Failed { .. } => None,
            };
            self.accounts.iter().map(account).collect()
        };
        let locked = self.accounts.iter_mut().zip(found);
        for (account, lockout) in locked.filter_map(|(it, found)| Some((it, found?))) {
            let error = locked_out(lockout, goal);
            match account.name() {
                "" => return Err(error),
                name => {
                    *account = PlannedAccount::Failed {
                        name: Some(name.to_owned()),
                        error,
                    }
                }
            }
            // The proofs are of the accounts with a plan.
            self.proofs = OnceCell::new();
        }
        Ok(())
    }

    /// Returns the ways in which the callers of the accounts got into their roles, if known.
    fn ways(&self) -> Vec<WayIn> {
        let mut starts: Vec<(&Base, Option<PrincipalArn>)> = Vec::new();
        let mut ways = Vec::new();
        for ready in self.ready() {
            let signer = &ready.reached.signer;
            let roles = signer.roles();
            if roles.is_empty() {
                continue;
            }
            let known = starts.iter().find(|(base, _)| *base == signer.base());
            let start = match known {
                Some((_, start)) => start.clone(),
                None => {
                    let start = signer.start();
                    starts.push((signer.base(), start.clone()));
                    start
                }
            };
            ways.extend(start.map(|start| WayIn { start, roles }));
        }
        ways
    }

    /// The first right that a plan removes from its caller, or the first role that it closes on a
    /// caller's way.
    fn lockout(&self, ready: &Ready<'_>, goal: Goal, ways: &[WayIn]) -> Option<Lockout> {
        let (snapshot, plan) = (&ready.reached.snapshot, &ready.plan);
        let lockout = plan::checks::lockout(snapshot, plan);
        if goal == Goal::Destroy {
            // Nothing of the blueprint is left for a next run.
            return lockout.filter(|it| it.needed_for != NeededFor::NextRun);
        }
        if lockout.is_some() {
            return lockout;
        }
        self.along_ways(ready, ways, closed_way)
            .into_iter()
            .flatten()
            .next()
    }

    /// Names the settings of profiles with which a role can no longer be assumed after the plans. The
    /// caller can change a setting at any time, so this does not lock the caller out.
    fn tell_outdated_settings(&self, ways: &[WayIn]) {
        for ready in self.ready() {
            let ui = ready.reached.signer.ui;
            let found = self.along_ways(ready, ways, outdated_settings);
            let mut found: Vec<OutdatedSetting> = found.into_iter().flatten().collect();
            found.dedup();
            for OutdatedSetting {
                role,
                profile,
                setting,
            } in found
            {
                let (what, fix) = match setting {
                    Setting::ExternalId => (
                        "the new trust policy asks for another `external_id`".to_owned(),
                        "set its `external_id` to that of the role".to_owned(),
                    ),
                    Setting::Duration { longest } => (
                        format!("sessions end after {} then", exact_duration(longest)),
                        format!(
                            "set its `duration_seconds` to {} or less",
                            longest.as_secs()
                        ),
                    ),
                };
                ui.warn(format!(
                    "after this plan, profile `{profile}` cannot assume `{role}` as it does now: {what}"
                ));
                ui.hint(format!(
                    "once the plan is carried out, edit the profile: {fix}"
                ));
            }
        }
    }

    /// Returns the results of a check for every way that leads through an account which its plan
    /// changes.
    fn along_ways<T>(
        &self,
        ready: &Ready<'_>,
        ways: &[WayIn],
        check: impl Fn(&WayIn, BeforeAndAfter<'_>, &[&Account]) -> T,
    ) -> Vec<T> {
        let (snapshot, plan) = (&ready.reached.snapshot, &ready.plan);
        let id = &snapshot.account.id;
        let mut ways = ways.iter().filter(|way| way.leads_through(id)).peekable();
        if plan.is_empty() || ways.peek().is_none() {
            return Vec::new();
        }
        let change = BeforeAndAfter {
            before: snapshot,
            after: &simulate::after(snapshot, plan),
            plan,
        };
        let all: Vec<&Account> = self
            .ready()
            .map(|ready| &ready.reached.snapshot.account)
            .collect();
        ways.map(|way| check(way, change, &all)).collect()
    }

    /// Returns the effects of the plans on people, account by account under the accounts' names.
    pub(crate) fn effects(&self) -> BTreeMap<Option<String>, Effects> {
        match self.is_empty() {
            true => BTreeMap::new(),
            false => {
                let Proofs { before, after } = self.proofs();
                prove::effects(before, after)
            }
        }
    }

    /// Refuses plans after which a stolen key can do more, or a user can lift their own guard.
    pub(crate) fn check_promises(&self) -> Result<(), CliError> {
        if self.is_empty() {
            return Ok(());
        }
        let Proofs { before, after } = self.proofs();
        let known = |finding: &&Finding| {
            let mut findings = before.findings.iter();
            let is_known = findings.any(|old| finding.is_no_worse_than(old));
            (is_known && !prove::has_grown(before, after, finding)) || could_before(before, finding)
        };
        let worse: Vec<&Finding> = after
            .findings
            .iter()
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

    /// The proofs, made at the first query: both at the same time, because each keeps one processor
    /// busy.
    fn proofs(&self) -> &Proofs {
        self.proofs.get_or_init(|| {
            let before = self.accounts_as(|ready| ready.reached.snapshot.account.clone());
            let after =
                self.accounts_as(|ready| simulate::after(&ready.reached.snapshot, &ready.plan));
            thread::scope(|scope| {
                let before = scope.spawn(|| prove_all(&before));
                let after = prove_all(&after);
                let before = before.join().unwrap_or_else(|e| resume_unwind(e));
                Proofs { before, after }
            })
        })
    }

    fn accounts_as(&self, state: impl Fn(&Ready<'_>) -> Account) -> Vec<(Option<String>, Account)> {
        let accounts = self.ready().map(|ready| {
            let mut account = state(ready);
            add_aws_managed(&mut account);
            (ready.reached.name.clone(), account)
        });
        accounts.collect()
    }
}

fn locked_out(lockout: Lockout, goal: Goal) -> CliError {
    match goal {
        Goal::Apply if !matches!(lockout.needed_for, NeededFor::Step(_)) => {
            CliError::failed("the plan would take away the caller's own means to apply")
                .because(lockout)
                .hint("nothing was changed; apply as another identity, or add --allow-lockout")
        }
        // With the flag, such a run would end in the middle.
        Goal::Apply => CliError::failed("the plan would take away the caller's own means to apply")
            .because(lockout)
            .hint("nothing was changed; apply as another identity"),
        Goal::Destroy => {
            CliError::failed("the plan would take away the caller's own means to finish it")
                .because(lockout)
                .hint("nothing was changed; sign with root or a user outside the blueprint")
                .hint("name its profile: --profile P")
        }
    }
}

fn prove_all(accounts: &[(Option<String>, Account)]) -> Proof {
    let accounts: Vec<ProvenAccount<'_>> = accounts
        .iter()
        .map(|(name, account)| ProvenAccount {
            name: name.clone(),
            account,
        })
        .collect();
    prove::prove(&accounts)
}

/// Whether the user of a finding could call its action before the plan, and as certainly. Then the plan
/// does not make the promise worse: a user who may do anything can also lift a new guard.
fn could_before(before: &Proof, finding: &Finding) -> bool {
    // A way through a role has the role's name at the end.
    let mut parts = finding.id.split('/');
    let (Some(kind), Some(action)) = (parts.next(), parts.next()) else {
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
        let (allowed, undecided) = match kind {
            "others" => (&powers.others, &powers.undecided_others),
            _ => (&powers.actions, &powers.undecided),
        };
        allowed.contains(action) && (!finding.certain || !undecided.contains(action))
    })
}
