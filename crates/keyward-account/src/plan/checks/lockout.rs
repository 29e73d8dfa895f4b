//! Checks whether a plan removes rights that the caller needs, to carry out the rest of it or to
//! plan again. Only rights that the caller has before count. The caller is judged with a fresh MFA
//! code, because a guard that asks for one locks out no caller. A condition on a fact of the
//! request that is not known, such as its address, counts as met. A date that has passed does not.
//! Root is exempt: policies do not bind it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use keyward_core::id::{PrincipalArn, RoleName, UserName};
use keyward_iam::model::{Account, Gathered, Tags};
use keyward_iam::{Context, Decision, Mfa, Request, Resource, evaluate};

use crate::plan::operation::{Operation, PrincipalName, UserCredential};
use crate::plan::rights::{BOUNDARY, POLICY_ARN, Right, rights};
use crate::plan::simulate::Simulation;
use crate::plan::step::Plan;
use crate::prove::{earliest, set_issued, set_session_time, set_time};
use crate::snapshot::Snapshot;

/// The actions that every plan needs for reading.
pub(super) const READS: [&str; 6] = [
    "GetAccountAuthorizationDetails",
    "GetAccountSummary",
    "GetAccountPasswordPolicy",
    "ListAccountAliases",
    "ListOpenIDConnectProviders",
    "ListRoles",
];

/// A session with a fresh code.
pub(super) const FRESH: Mfa = Mfa::Session {
    age: Duration::ZERO,
};

/// The right that the caller would lose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{caller} would lose the right {right}, which {needed_for}: {reason}")]
pub struct Lockout {
    /// The user or role that carries out the plan.
    pub caller: CallerName,
    /// The first right that is lost.
    pub right: Right,
    /// The part of the plan that needs it.
    pub needed_for: NeededFor,
    /// The reason for the loss.
    pub reason: Reason,
}

/// The identity that carries out a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerName {
    /// A user.
    User(UserName),
    /// A role.
    Role(RoleName),
}

/// The part of a plan that needs a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NeededFor {
    /// A later step of the same plan, such as ``group `admins` ``.
    Step(String),
    /// The next run.
    NextRun,
    /// The next run, if this one stops at a step, such as ``group `admins` ``.
    RunStoppedAt(String),
}

/// The reasons for the loss of a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The user or role is deleted.
    Deleted,
    /// The role that it assumes is deleted.
    RoleDeleted,
    /// A policy decides so.
    Policies(Decision),
}

/// The first right that the caller of the snapshot would lose by the plan. `None` if it loses
/// none, where it is root, and where it is no user or role of the account. An AWS-managed policy
/// whose document is not known grants nothing here.
#[must_use]
pub fn lockout(snapshot: &Snapshot, plan: &Plan) -> Option<Lockout> {
    let caller = CallerName::of(&snapshot.caller)?;
    let mut now = Simulation::new(snapshot);
    now.learn(plan);
    let start = now.account.clone();
    let before = Judge::new(&start, &caller, FRESH);
    let lost = |judge: &Judge<'_>, right: &Right, needed_for: &dyn Fn() -> NeededFor| {
        let reason = judge.refuses(right)?;
        let had = before.refuses(right).is_none();
        had.then(|| Lockout {
            caller: caller.clone(),
            right: right.clone(),
            needed_for: needed_for(),
            reason,
        })
    };
    let reads = READS.map(|action| Right::new(action, Resource::Unspecified));
    let mut needed: BTreeSet<Right> = reads.into_iter().collect();
    for step in &plan.steps {
        for operation in &step.operations {
            if caller.is_deleted_by(operation) {
                // Its credentials go first, so it cannot even finish this step.
                return rights(&now.account, operation).pop().map(|right| Lockout {
                    caller: caller.clone(),
                    right,
                    needed_for: NeededFor::Step(step.subject()),
                    reason: Reason::Deleted,
                });
            }
            let judge = Judge::new(&now.account, &caller, FRESH);
            for right in rights(&now.account, operation) {
                let found = lost(&judge, &right, &|| NeededFor::Step(step.subject()));
                if found.is_some() {
                    return found;
                }
                needed.insert(right);
            }
            now.perform(operation);
        }
    }
    let after = Judge::new(&now.account, &caller, FRESH);
    // keyward signs with a session as soon as the user has a device, so a right of the key alone does
    // not count.
    needed
        .iter()
        .find_map(|right| lost(&after, right, &|| NeededFor::NextRun))
}

/// An identity in one state of the account, ready to be judged.
pub(super) struct Judge<'a> {
    /// `None` if the identity does not exist.
    pub(super) identity: Option<(Gathered<'a>, Context)>,
}

impl<'a> Judge<'a> {
    /// The identity with credentials that say this about MFA.
    pub(super) fn new(account: &'a Account, caller: &CallerName, mfa: Mfa) -> Self {
        let facts = |arn: &str, kind: &str, tags: &Tags| {
            let mut context = Context::partial();
            set_facts(&mut context, account, (arn, kind), tags);
            mfa.set_keys(&mut context);
            context
        };
        let identity = match caller {
            CallerName::User(name) => account.users.get(name).map(|user| {
                let mut context = facts(&account.user_arn(user), "User", &user.tags);
                context.set("aws:username", name.as_str());
                set_issued(&mut context, mfa, earliest(Some(account)));
                // Tags of a user come from the account; a session of a role can bring more along.
                context.remove_prefix("aws:PrincipalTag/");
                if let Some(id) = &user.id {
                    context.set("aws:userid", id);
                }
                (Gathered::of_user(account, user), context)
            }),
            CallerName::Role(name) => account.roles.get(name).map(|role| {
                let arn = account.role_arn(role);
                let mut context = facts(arn.as_str(), "AssumedRole", &role.tags);
                context.remove("aws:username");
                set_session_time(&mut context, earliest(Some(account)));
                (Gathered::of_role(account, role), context)
            }),
        };
        Self { identity }
    }

    /// Returns why the identity lacks the right; `None` if it has it.
    pub(super) fn refuses(&self, right: &Right) -> Option<Reason> {
        let Some((gathered, context)) = &self.identity else {
            return Some(Reason::Deleted);
        };
        let mut context = context.clone();
        context.remove(POLICY_ARN).remove(BOUNDARY);
        for (key, policy) in &right.policies {
            context.set(key, policy.as_str());
        }
        let request = Request {
            action: &right.action,
            resource: &right.resource,
            context: &context,
        };
        match evaluate(&gathered.permissions(), &request) {
            Decision::Allowed { .. } | Decision::NeedsNoPermission => None,
            decision => Some(Reason::Policies(decision)),
        }
    }
}

/// Sets the facts that hold for every request of an identity with this ARN and principal type.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn set_facts(context: &mut Context, account: &Account, (arn, kind): (&str, &str), tags: &Tags) {
    context
        .set("aws:PrincipalArn", arn)
        .set("aws:PrincipalAccount", account.id.as_str())
        .set("aws:PrincipalType", kind)
        .set("aws:PrincipalIsAWSService", "false")
        .set("aws:ViaAWSService", "false")
        .set("aws:SecureTransport", "true");
    set_time(context, earliest(Some(account)));
    for (key, value) in tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
}

impl CallerName {
    pub(super) fn is_deleted_by(&self, operation: &Operation) -> bool {
        match (self, operation) {
            (Self::User(name), Operation::DeleteUser(gone)) => name == gone,
            (
                Self::User(name),
                Operation::DeleteCredentials {
                    user,
                    kind: UserCredential::AccessKeys,
                },
            ) => name == user,
            (Self::Role(name), Operation::DeleteRole(gone)) => name == gone,
            _ => false,
        }
    }

    /// The user or role behind an ARN of `GetCallerIdentity`.
    pub(in crate::plan) fn of(caller: &PrincipalArn) -> Option<Self> {
        if let Some(name) = caller.user_name() {
            return name.parse().ok().map(Self::User);
        }
        let session = caller.resource().strip_prefix("assumed-role/")?;
        let (role, _) = session.split_once('/')?;
        role.parse().ok().map(Self::Role)
    }
}

impl From<CallerName> for PrincipalName {
    fn from(caller: CallerName) -> Self {
        match caller {
            CallerName::User(name) => Self::User(name),
            CallerName::Role(name) => Self::Role(name),
        }
    }
}

impl fmt::Display for CallerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user `{name}`"),
            Self::Role(name) => write!(f, "role `{name}`"),
        }
    }
}

impl fmt::Display for NeededFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(title) => write!(f, "this plan needs for {title}"),
            Self::NextRun => f.write_str("the next run needs"),
            Self::RunStoppedAt(title) => {
                write!(f, "the next run needs if this one stops at {title}")
            }
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deleted => f.write_str("this plan deletes the caller"),
            Self::RoleDeleted => f.write_str("this plan deletes the role"),
            Self::Policies(Decision::ExplicitlyDenied { by }) => write!(f, "{by} denies it"),
            Self::Policies(Decision::ImplicitlyDenied { because }) => write!(f, "{because}"),
            Self::Policies(Decision::Allowed { by, .. }) => write!(f, "{by} allows it"),
            Self::Policies(Decision::NeedsNoPermission) => f.write_str("it needs no permission"),
        }
    }
}

#[cfg(test)]
mod tests;
