//! Whether a plan closes the way by which the caller got into its role. The caller is judged with a
//! fresh MFA code, and a condition that depends on the request counts as met. Roles of accounts that
//! were not read are ignored.

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};
use keyward_iam::model::{Account, Role};
use keyward_iam::{
    Caller, Context, Decision, GrantedPolicy, Mfa, Permissions, Policy, Request, Resource,
    evaluate, evaluate_assume_role,
};

use super::lockout::{CallerName, FRESH, Judge, Lockout, NeededFor, Reason};
use crate::plan::rights::Right;
use crate::plan::step::Plan;

/// How a caller got the session of its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// The user or the role session that it began with.
    pub start: PrincipalArn,
    /// The roles that it assumed, in order.
    pub roles: Vec<RoleArn>,
}

/// One account before and after its plan.
#[derive(Debug, Clone, Copy)]
pub struct BeforeAndAfter<'a> {
    /// The account before the plan.
    pub before: &'a Account,
    /// The account after the plan.
    pub after: &'a Account,
    /// The plan.
    pub plan: &'a Plan,
}

/// The first role on a way that can be assumed before a plan and no longer after it. `others` are
/// the other accounts that were read.
#[must_use]
pub fn closed_way(way: &WayIn, change: BeforeAndAfter<'_>, others: &[&Account]) -> Option<Lockout> {
    let all = |changed| -> Vec<&Account> {
        let others = others.iter().filter(|other| other.id != change.before.id);
        others.copied().chain([changed]).collect()
    };
    let (before, after) = (all(change.before), all(change.after));
    way.links().find_map(|link| {
        if link.refusal(&before).is_some() {
            return None;
        }
        let reason = match link.loses_credentials(&change) {
            true => Reason::Deleted,
            false => link.refusal(&after)?,
        };
        Some(Lockout {
            caller: link.from,
            right: Right {
                action: assume(),
                resource: Resource::from(link.to),
                policies: Vec::new(),
            },
            needed_for: NeededFor::NextRun,
            reason,
        })
    })
}

impl WayIn {
    /// Whether an identity or a role of the way is in an account.
    #[must_use]
    pub fn leads_through(&self, account: &AccountId) -> bool {
        let roles = self.roles.iter().map(RoleArn::account);
        let mut all = std::iter::once(self.start.account()).chain(roles);
        all.any(|of| of.as_ref() == Some(account))
    }

    fn links(&self) -> impl Iterator<Item = Link<'_>> {
        let start = (Some(self.start.clone()), None, FRESH);
        // A session that is made from a session of a role has no code of its own.
        let roles = self
            .roles
            .iter()
            .map(|role| (session_of(role), Some(role), Mfa::SessionWithout));
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
    /// Who assumes it.
    from: CallerName,
    /// The account of that identity.
    account: AccountId,
    /// Its ARN, of a session if it is a role.
    arn: PrincipalArn,
    /// The ARN of the role behind a session, where it is known.
    role: Option<RoleArn>,
    mfa: Mfa,
    to: &'a RoleArn,
}

impl Link<'_> {
    /// Whether the plan deletes the keys that begin the way.
    fn loses_credentials(&self, change: &BeforeAndAfter<'_>) -> bool {
        let is_user = matches!(self.from, CallerName::User(_));
        let mut operations = change.plan.operations();
        is_user
            && self.account == change.before.id
            && operations.any(|operation| self.from.is_deleted_by(operation))
    }

    /// Why the role cannot be assumed in this state of the accounts. What is not known allows it.
    fn refusal(&self, accounts: &[&Account]) -> Option<Reason> {
        let account = |id: &AccountId| accounts.iter().copied().find(|known| known.id == *id);
        let role = match self.to.account().as_ref().and_then(account) {
            None => None,
            Some(target) => {
                let mut roles = target.roles.values();
                match roles.find(|role| target.role_arn(role) == *self.to) {
                    None => return Some(Reason::RoleDeleted),
                    role => role,
                }
            }
        };
        let Some(home) = account(&self.account) else {
            let mut known = Context::partial();
            self.mfa.set_keys(&mut known);
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
        let caller = Caller {
            arn: arn.as_ref().unwrap_or(&self.arn),
            role: own_role.as_ref(),
            ..self.caller()
        };
        self.judged(&caller, role, &gathered.permissions(), context)
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
                evaluate_assume_role(trust, self.to, caller, permissions, context)
            }
            None => {
                let request = Request {
                    action: &assume(),
                    resource: &Resource::from(self.to),
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
