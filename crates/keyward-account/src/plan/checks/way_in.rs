//! Whether a plan closes the way by which the caller got into its role. The caller is judged with a
//! fresh MFA code, and a condition that depends on the request counts as met. Roles of accounts that
//! were not read are ignored.
//!
//! A role that asks for another external id, or allows only shorter sessions, is not closed: the caller
//! can edit the profile. [`outdated_settings`] finds these.

use std::time::Duration;

use keyward_core::id::{AccountId, ExternalId, PrincipalArn, ProfileName, RoleArn};
use keyward_iam::model::{Account, Role};
use keyward_iam::{
    Caller, Context, Decision, GrantedPolicy, Mfa, Permissions, Policy, Request, Resource,
    evaluate, evaluate_assume_role,
};

use super::lockout::{CallerName, FRESH, Judge, Lockout, NeededFor, Reason};
use crate::plan::operation::Operation;
use crate::plan::rights::Right;
use crate::plan::simulate::Simulation;
use crate::plan::step::Plan;
use crate::prove::{earliest, set_issued, set_session_time, set_time};
use crate::snapshot::Snapshot;

/// The way in which a caller got the session of its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// The user or the role session that it began with.
    pub start: PrincipalArn,
    /// The roles that it assumed, in order.
    pub roles: Vec<RoleRequest>,
}

/// The request by which a profile assumes a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRequest {
    /// The role.
    pub role: RoleArn,
    /// The profile.
    pub profile: ProfileName,
    /// Its `external_id`.
    pub external_id: Option<ExternalId>,
    /// The wanted lifetime of the session.
    pub duration: Duration,
}

/// A setting of a profile with which the role can be assumed before a plan and no longer after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedSetting {
    /// The role.
    pub role: RoleArn,
    /// The profile.
    pub profile: ProfileName,
    /// The setting.
    pub setting: Setting,
}

/// A setting of a profile that a role may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// `external_id`.
    ExternalId,
    /// `duration_seconds`, which is above the longest session of the role.
    Duration {
        /// The longest session after the plan.
        longest: Duration,
    },
}

/// The longest session of a role for which nothing else is set.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
const LONGEST_BY_DEFAULT: Duration = Duration::from_secs(3600);

/// One account before and after its plan.
#[derive(Debug, Clone, Copy)]
pub struct BeforeAndAfter<'a> {
    /// The account before the plan.
    pub before: &'a Snapshot,
    /// The account after the plan.
    pub after: &'a Account,
    /// The plan.
    pub plan: &'a Plan,
}

/// The first role on a way that can be assumed before a plan, and no longer after it or for a while in
/// between: a run that stops there could not be continued. `others` are the other accounts that were read.
#[must_use]
pub fn closed_way(way: &WayIn, change: BeforeAndAfter<'_>, others: &[&Account]) -> Option<Lockout> {
    let (before, after) = change.with(others);
    let is_open = |link: &Link<'_>| link.refusal(&before, RequestKind::Anything).is_none();
    let open: Vec<Link<'_>> = way.links().filter(is_open).collect();
    let at_the_end = open.iter().find_map(|link| {
        let reason = match link.loses_credentials(&change) {
            true => Reason::Deleted,
            false => link.refusal(&after, RequestKind::Anything)?,
        };
        Some(link.lockout(NeededFor::NextRun, reason))
    });
    at_the_end.or_else(|| closed_between(&open, change, others))
}

/// The first of these roles that cannot be assumed between two calls of a plan.
fn closed_between(
    open: &[Link<'_>],
    change: BeforeAndAfter<'_>,
    others: &[&Account],
) -> Option<Lockout> {
    if open.is_empty() {
        return None;
    }
    let mut now = Simulation::new(change.before);
    now.learn(change.plan);
    for step in &change.plan.steps {
        for operation in &step.operations {
            now.perform(operation);
            if matches!(operation, Operation::HandOut { .. }) || operation.stack().is_some() {
                continue;
            }
            let accounts = change.beside(others, &now.account);
            let closed = open.iter().find_map(|link| {
                // IAM changes the ARN in trust policies when a user gets another path, before the plan does.
                let _ = link.refusal_to(&accounts, RequestKind::Anything, KnownBy::FormerArn)?;
                let reason = link.refusal(&accounts, RequestKind::Anything)?;
                Some(link.lockout(NeededFor::RunStoppedAt(step.subject()), reason))
            });
            if closed.is_some() {
                return closed;
            }
        }
    }
    None
}

/// The settings of profiles on a way that a plan makes useless. `others` are the other accounts that
/// were read.
#[must_use]
pub fn outdated_settings(
    way: &WayIn,
    change: BeforeAndAfter<'_>,
    others: &[&Account],
) -> Vec<OutdatedSetting> {
    let (before, after) = change.with(others);
    let mut outdated = Vec::new();
    for link in way.links() {
        let open = |accounts: &[&Account], asked| link.refusal(accounts, asked).is_none();
        if !open(&before, RequestKind::ByProfile) || !open(&after, RequestKind::Anything) {
            continue;
        }
        let mut add = |setting| {
            outdated.push(OutdatedSetting {
                role: link.to.role.clone(),
                profile: link.to.profile.clone(),
                setting,
            });
        };
        if !open(&after, RequestKind::ByProfile) {
            add(Setting::ExternalId);
        }
        let longest = |accounts: &[&Account]| {
            let role = link.target(accounts).ok().flatten()?;
            Some(role.max_session.unwrap_or(LONGEST_BY_DEFAULT))
        };
        if let (Some(was), Some(longest)) = (longest(&before), longest(&after))
            && (longest < link.to.duration && link.to.duration <= was)
        {
            add(Setting::Duration { longest });
        }
    }
    outdated
}

impl<'a> BeforeAndAfter<'a> {
    /// Both states, each with the other accounts.
    fn with(&self, others: &[&'a Account]) -> (Vec<&'a Account>, Vec<&'a Account>) {
        let before = self.beside(others, &self.before.account);
        (before, self.beside(others, self.after))
    }

    /// The account in one state, with the other accounts.
    fn beside<'b>(&self, others: &[&'b Account], state: &'b Account) -> Vec<&'b Account> {
        let others = others.iter().filter(|other| other.id != state.id);
        others.copied().chain([state]).collect()
    }
}

impl WayIn {
    /// Whether an identity or a role of the way is in an account.
    #[must_use]
    pub fn leads_through(&self, account: &AccountId) -> bool {
        let roles = self.roles.iter().map(|it| it.role.account());
        let mut all = std::iter::once(self.start.account()).chain(roles);
        all.any(|of| of.as_ref() == Some(account))
    }

    fn links(&self) -> impl Iterator<Item = Link<'_>> {
        let start = (Some(self.start.clone()), None, FRESH);
        // A session that is made from a session of a role has no code of its own.
        let roles = self
            .roles
            .iter()
            .map(|it| (session_of(&it.role), Some(&it.role), Mfa::SessionWithout));
        let from = std::iter::once(start).chain(roles);
        from.zip(&self.roles).filter_map(|((arn, role, mfa), to)| {
            let arn = arn?;
            Some(Link {
                from: CallerName::of(&arn)?,
                account: arn.account()?,
                arn,
                role: role.cloned(),
                mfa,
                to,
            })
        })
    }
}

/// The ARN of a session of a role, whose name matters to no rule here.
fn session_of(role: &RoleArn) -> Option<PrincipalArn> {
    let (partition, account) = (role.partition(), role.account()?);
    let name = role.role_name();
    format!("arn:{partition}:sts::{account}:assumed-role/{name}/session")
        .parse()
        .ok()
}

/// One role that is assumed.
struct Link<'a> {
    /// The identity that assumes it.
    from: CallerName,
    /// The account of that identity.
    account: AccountId,
    /// Its ARN, of a session if it is a role.
    arn: PrincipalArn,
    /// The ARN of the role behind a session, where it is known.
    role: Option<RoleArn>,
    mfa: Mfa,
    to: &'a RoleRequest,
}

/// The content of a request for a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestKind {
    /// The request that the settings of the profile make.
    ByProfile,
    /// Any request that the role accepts.
    Anything,
}

/// The ARN of a user by which trust policies know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KnownBy {
    /// The one of the state.
    PresentArn,
    /// The one before the plan.
    FormerArn,
}

impl Link<'_> {
    /// The lockout of the caller from the role.
    fn lockout(&self, needed_for: NeededFor, reason: Reason) -> Lockout {
        Lockout {
            caller: self.from.clone(),
            right: Right {
                action: assume(),
                resource: Resource::from(&self.to.role),
                policies: Vec::new(),
            },
            needed_for,
            reason,
        }
    }

    /// Whether the plan deletes the keys that begin the way.
    fn loses_credentials(&self, change: &BeforeAndAfter<'_>) -> bool {
        let is_user = matches!(self.from, CallerName::User(_));
        let mut operations = change.plan.operations();
        is_user
            && self.account == change.before.account.id
            && operations.any(|operation| self.from.is_deleted_by(operation))
    }

    /// The role, if it is there; `None` if its account was not read.
    fn target<'b>(&self, accounts: &[&'b Account]) -> Result<Option<&'b Role>, Reason> {
        let account = self.to.role.account();
        let account = account.and_then(|id| accounts.iter().copied().find(|it| it.id == id));
        let Some(account) = account else {
            return Ok(None);
        };
        let mut roles = account.roles.values();
        let found = roles.find(|role| account.role_arn(role) == self.to.role);
        found.map(Some).ok_or(Reason::RoleDeleted)
    }

    /// Returns why the role cannot be assumed in this state of the accounts. What is not known
    /// allows it.
    fn refusal(&self, accounts: &[&Account], asked: RequestKind) -> Option<Reason> {
        self.refusal_to(accounts, asked, KnownBy::PresentArn)
    }

    fn refusal_to(&self, accounts: &[&Account], asked: RequestKind, by: KnownBy) -> Option<Reason> {
        let account = |id: &AccountId| accounts.iter().copied().find(|known| known.id == *id);
        let role = match self.target(accounts) {
            Ok(role) => role,
            Err(reason) => return Some(reason),
        };
        let Some(home) = account(&self.account) else {
            let mut known = Context::partial();
            self.mfa.set_keys(&mut known);
            let earliest = earliest(None);
            set_time(&mut known, earliest);
            match self.from {
                CallerName::User(_) => set_issued(&mut known, self.mfa, earliest),
                CallerName::Role(_) => {
                    set_session_time(&mut known, earliest);
                }
            }
            self.set_asked(asked, &mut known);
            let everything = [GrantedPolicy::named("all", everything())];
            let permissions = Permissions {
                identity: &everything,
                ..Permissions::default()
            };
            return self.judged(&self.caller(), role, &permissions, &known);
        };
        let judge = Judge::new(home, &self.from, self.mfa);
        let Some((gathered, context)) = &judge.identity else {
            return Some(Reason::Deleted);
        };
        // A plan may move the user to another path.
        let (arn, own_role) = self.arns_in(home);
        let arn = arn.filter(|_| by == KnownBy::PresentArn);
        let caller = Caller {
            arn: arn.as_ref().unwrap_or(&self.arn),
            role: own_role.as_ref(),
            ..self.caller()
        };
        let mut context = context.clone();
        self.set_asked(asked, &mut context);
        self.judged(&caller, role, &gathered.permissions(), &context)
    }

    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_ExternalId>
    fn set_asked(&self, asked: RequestKind, context: &mut Context) {
        const EXTERNAL_ID: &str = "sts:ExternalId";
        match (asked, &self.to.external_id) {
            (RequestKind::Anything, _) => {}
            (RequestKind::ByProfile, Some(id)) => {
                context.set(EXTERNAL_ID, id.as_str());
            }
            (RequestKind::ByProfile, None) => {
                context.remove(EXTERNAL_ID);
            }
        }
    }

    fn caller(&self) -> Caller<'_> {
        Caller {
            arn: &self.arn,
            role: self.role.as_ref(),
            account: &self.account,
        }
    }

    /// The ARN of the user, and the ARN of the role behind a session.
    fn arns_in(&self, home: &Account) -> (Option<PrincipalArn>, Option<RoleArn>) {
        match &self.from {
            CallerName::User(name) => {
                let user = home.users.get(name);
                let arn = user.and_then(|user| home.user_arn(user).parse().ok());
                (arn, None)
            }
            CallerName::Role(name) => {
                let role = home.roles.get(name);
                (None, role.map(|role| home.role_arn(role)))
            }
        }
    }

    fn judged(
        &self,
        caller: &Caller<'_>,
        role: Option<&Role>,
        permissions: &Permissions<'_>,
        context: &Context,
    ) -> Option<Reason> {
        let decision = match role {
            Some(role) => {
                let trust = role.trust.policy()?;
                evaluate_assume_role(trust, &self.to.role, caller, permissions, context)
            }
            None => {
                let request = Request {
                    action: &assume(),
                    resource: &Resource::from(&self.to.role),
                    context,
                };
                evaluate(permissions, &request)
            }
        };
        match decision {
            Decision::Allowed { .. } | Decision::NeedsNoPermission => None,
            decision => Some(Reason::Policies(decision)),
        }
    }
}

fn assume() -> keyward_iam::Action {
    "sts:AssumeRole".parse().expect("this is an action")
}

fn everything() -> Policy {
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        .parse()
        .expect("the text is a policy")
}

#[cfg(test)]
mod tests;
