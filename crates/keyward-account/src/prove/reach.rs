//! The roles that an identity reaches, through every chain. Roles that lead to other roles are
//! found once; each user then needs only its own first steps.
//!
//! Services and identity providers enter roles by other calls and are not part of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};
use keyward_iam::{
    Action, Caller, Context, Decision, Effect, Permissions, Policy, Principal, Selection,
    Statement, StatementRef, Truth,
};

use super::chosen::assumes;
use super::people::Position;
use super::scenario::Scenario;

/// The way to a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The roles on the way, the reached one last.
    pub roles: Vec<RoleArn>,
    /// Whether a step depends on a condition that cannot be decided.
    pub certain: bool,
    /// The statement that grants the last step.
    pub by: StatementRef,
    /// The statement of the role's trust policy that lets the caller in.
    pub trust: StatementRef,
}

/// All roles, and which leads to which.
pub(super) struct Roles<'a> {
    pub(super) positions: &'a [Position<'a>],
    next: Vec<Vec<Step>>,
    /// The ARNs of users that trust policies name.
    named: BTreeSet<&'a str>,
    /// Whether a trust policy looks at who the caller is.
    personal: bool,
    /// The first steps of users with the same policies, which do not depend on who they are.
    shared: RefCell<HashMap<Kind, Rc<Vec<Step>>>>,
}

/// Users with the same policies in the same scenario. Policies are known by their place.
#[derive(PartialEq, Eq, Hash)]
struct Kind {
    scenario: Scenario,
    account: AccountId,
    policies: Vec<*const Policy>,
    boundary: Option<*const Policy>,
}

#[derive(Debug, Clone)]
struct Step {
    to: usize,
    certain: bool,
    by: StatementRef,
    trust: StatementRef,
}

impl<'a> Roles<'a> {
    pub(super) fn new(positions: &'a [Position<'a>]) -> Self {
        let trusts = || positions.iter().filter_map(|p| p.role.trust.policy());
        let principals = trusts()
            .flat_map(Policy::statements)
            .filter_map(Statement::principals)
            .flat_map(Selection::listed);
        let mut roles = Self {
            positions,
            next: Vec::new(),
            named: principals
                .filter_map(|principal| match principal {
                    Principal::Arn(arn) => Some(arn.as_str()),
                    _ => None,
                })
                .collect(),
            personal: trusts().any(is_personal),
            shared: RefCell::new(HashMap::new()),
        };
        roles.next = positions.iter().map(|from| roles.steps_of(from)).collect();
        roles
    }

    /// Every role that a user reaches, each by a shortest way; a certain way comes first.
    pub(super) fn of_user(
        &self,
        scenario: Scenario,
        caller: &Caller<'_>,
        permissions: &Permissions<'_>,
        context: &Context,
    ) -> BTreeMap<RoleArn, Path> {
        self.follow(&self.first(scenario, caller, permissions, context))
    }

    /// The roles that the sessions of a role lead to, each by a shortest way.
    pub(super) fn beyond(&self, from: usize) -> BTreeMap<RoleArn, Path> {
        let mut found = self.follow(&self.next[from]);
        found.remove(&self.positions[from].arn);
        found
    }

    /// The roles that the sessions of a role can assume, and whether each is certain.
    pub(super) fn next(&self, from: usize) -> impl Iterator<Item = (usize, bool)> {
        self.next[from].iter().map(|step| (step.to, step.certain))
    }

    fn follow(&self, first: &[Step]) -> BTreeMap<RoleArn, Path> {
        let mut found: BTreeMap<RoleArn, Path> = BTreeMap::new();
        let first = first.iter().map(|step| (Vec::new(), true, step.clone()));
        let mut queue: VecDeque<_> = first.collect();
        while let Some((mut way, certain, step)) = queue.pop_front() {
            let arn = &self.positions[step.to].arn;
            let certain = certain && step.certain;
            let known = found.get(arn);
            if known.is_some_and(|known| known.certain || !certain) {
                continue;
            }
            way.push(arn.clone());
            let path = Path {
                roles: way.clone(),
                certain,
                by: step.by,
                trust: step.trust,
            };
            found.insert(arn.clone(), path);
            for next in &self.next[step.to] {
                queue.push_back((way.clone(), certain, next.clone()));
            }
        }
        found
    }

    /// The first steps of a user. They are the same for all users with the same policies, unless
    /// a statement looks at who the caller is.
    fn first(
        &self,
        scenario: Scenario,
        caller: &Caller<'_>,
        permissions: &Permissions<'_>,
        context: &Context,
    ) -> Rc<Vec<Step>> {
        let granted = permissions.identity.iter();
        let mut policies = granted.clone().map(|granted| granted.policy.as_ref());
        let boundary = permissions.boundary;
        let levels = permissions.service_control.into_iter().flatten();
        let mut above = levels.flat_map(|level| &level.policies);
        let own = self.personal
            || self.named.contains(caller.arn.as_str())
            || policies.any(is_personal)
            || boundary.is_some_and(is_personal)
            || above.any(|control| is_personal(&control.policy));
        if own {
            return Rc::new(self.steps(caller, permissions, context));
        }
        let kind = Kind {
            scenario,
            account: caller.account.clone(),
            policies: granted
                .map(|granted| std::ptr::from_ref(granted.policy.as_ref()))
                .collect(),
            boundary: boundary.map(std::ptr::from_ref),
        };
        if let Some(known) = self.shared.borrow().get(&kind) {
            return Rc::clone(known);
        }
        let steps = Rc::new(self.steps(caller, permissions, context));
        self.shared.borrow_mut().insert(kind, Rc::clone(&steps));
        steps
    }

    fn steps_of(&self, from: &Position<'_>) -> Vec<Step> {
        let permissions = from.gathered.permissions();
        let mut steps: BTreeMap<usize, Step> = BTreeMap::new();
        for session in self.sessions(from) {
            let caller = Caller {
                arn: &session,
                role: Some(&from.arn),
                account: &from.account.id,
            };
            for context in &from.contexts {
                for step in self.steps(&caller, &permissions, context) {
                    if step.to == self.number(&from.arn) {
                        continue;
                    }
                    let known = steps.entry(step.to).or_insert_with(|| step.clone());
                    known.certain |= step.certain;
                }
            }
        }
        steps.into_values().collect()
    }

    fn number(&self, arn: &RoleArn) -> usize {
        let mut positions = self.positions.iter();
        positions
            .position(|position| position.arn == *arn)
            .unwrap_or(usize::MAX)
    }

    /// The sessions of a role that trust policies name, and one more, because the caller chooses
    /// the session's name.
    fn sessions(&self, from: &Position<'_>) -> Vec<PrincipalArn> {
        let (partition, id) = (&from.account.partition, &from.account.id);
        let prefix = format!("arn:{partition}:sts::{id}:assumed-role/{}/", from.role.name);
        let any = format!("{prefix}session");
        let trusts = self.positions.iter().filter_map(|p| p.role.trust.policy());
        let principals = trusts
            .flat_map(|trust| trust.statements())
            .filter_map(|statement| statement.principals())
            .flat_map(Selection::listed);
        let named: BTreeSet<&str> = principals
            .filter_map(|principal| match principal {
                Principal::Arn(arn) if arn.starts_with(&prefix) => Some(arn.as_str()),
                _ => None,
            })
            .collect();
        let sessions = named.into_iter().chain([any.as_str()]);
        sessions
            .filter_map(|session| session.parse().ok())
            .collect()
    }

    fn steps(
        &self,
        caller: &Caller<'_>,
        permissions: &Permissions<'_>,
        context: &Context,
    ) -> Vec<Step> {
        let assume: Action = "sts:AssumeRole".parse().expect("this is an action");
        let mut steps = Vec::new();
        for (to, position) in self.positions.iter().enumerate() {
            let Some(trust) = position.role.trust.policy() else {
                continue;
            };
            // Most roles are closed by their trust policy alone, which is cheap to see.
            let mut statements = trust.statements().iter();
            let is_open = statements.any(|statement| {
                statement.effect() == Effect::Allow
                    && statement.covers(&assume) != Truth::No
                    && may_name(statement, caller)
                    && statement.conditions_hold(context) != Truth::No
            });
            if !is_open {
                continue;
            }
            let (decision, door) = assumes(trust, &position.arn, caller, permissions, context);
            if let (Decision::Allowed { by, doubt }, Some(trust)) = (decision, door) {
                steps.push(Step {
                    to,
                    certain: doubt.is_none(),
                    by,
                    trust,
                });
            }
        }
        steps
    }
}

/// Whether a statement about assuming roles looks at who the caller is, beyond its account.
fn is_personal(policy: &Policy) -> bool {
    let assume: Action = "sts:AssumeRole".parse().expect("this is an action");
    policy.statements().iter().any(|statement| {
        if statement.covers(&assume) == Truth::No {
            return false;
        }
        let resources = statement.resources().map_or(&[][..], Selection::listed);
        let mut conditions = statement.conditions().iter();
        resources
            .iter()
            .any(|pattern| pattern.as_str().contains("${"))
            || conditions.any(|condition| {
                let key = condition.key().to_ascii_lowercase();
                let mut values = condition.values().iter();
                key.starts_with("aws:principal")
                    || key.starts_with("aws:user")
                    || values.any(|value| value.as_str().contains("${"))
            })
    })
}

/// Whether a trust statement may mean the caller; the evaluator has the last word.
fn may_name(statement: &Statement, caller: &Caller<'_>) -> bool {
    let Some(Selection::Only(listed)) = statement.principals() else {
        return true;
    };
    listed.iter().any(|principal| match principal {
        Principal::Everyone => true,
        Principal::Account { id, .. } => id == caller.account.as_str(),
        Principal::Arn(arn) => {
            arn == caller.arn.as_str() || caller.role.is_some_and(|role| arn == role.as_str())
        }
        Principal::UniqueId(_)
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_) => false,
    })
}

#[cfg(test)]
mod tests;
