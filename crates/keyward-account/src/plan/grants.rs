//! Grants of one user, group or role. The plan compares each grant; it removes those that the
//! blueprint does not list for an entity that it manages. Everything is compared one by one; what
//! the blueprint does not give to an entity that it manages is taken away.
//!
//! Order of the writes: limits first, then what may forbid, then what grants, then removals, of
//! those that grant first. So rights never exceed both the old and the new state by more than
//! their union, a guard is there before what it guards, and an entity is at no moment without
//! both the old and the new right. If a quota leaves no room for that, removals come first.

use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::model::Grants;

use super::document;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::step::Change;
use super::work::Work;
use crate::revoke::{is_attached_revocation, is_revocation};

/// The writes of one entity by their effect.
#[derive(Default)]
struct Parts {
    boundary: Work,
    forbid: Work,
    grant: Work,
    revoke: Work,
    permit: Work,
    /// The last removal: of the boundary.
    unbound: Work,
}

impl Planner<'_> {
    /// Adds what turns `live` into `wanted`.
    pub(super) fn grants(
        &mut self,
        on: &PrincipalName,
        live: &Grants,
        wanted: &Grants,
        work: &mut Work,
    ) {
        let lifted = self.grants_under_limits(on, live, wanted, work);
        work.append(lifted);
    }

    /// The same, but returns the removal of what limits: of what may forbid, and of the boundary. It
    /// may be done later. If a quota leaves no room for the old beside the new, it is not.
    pub(super) fn grants_under_limits(
        &mut self,
        on: &PrincipalName,
        live: &Grants,
        wanted: &Grants,
        work: &mut Work,
    ) -> Work {
        let mut parts = Parts::default();
        self.boundary(on, live, wanted, &mut parts);
        self.attachments(on, live, wanted, &mut parts);
        inline(on, live, wanted, &mut parts);
        work.append(parts.boundary);
        let mut lifted = Work::default();
        if self.has_room(on, live, wanted) {
            work.append(parts.forbid);
            work.append(parts.grant);
            work.append(parts.revoke);
            lifted.append(parts.permit);
        } else {
            work.append(parts.revoke);
            work.append(parts.permit);
            work.append(parts.forbid);
            work.append(parts.grant);
        }
        lifted.append(parts.unbound);
        lifted
    }

    fn boundary(&mut self, on: &PrincipalName, live: &Grants, wanted: &Grants, parts: &mut Parts) {
        match (&live.boundary, &wanted.boundary) {
            (live, Some(wanted)) if live.as_ref() != Some(wanted) => {
                if !self.expect_policy(on, wanted) {
                    return;
                }
                let name = wanted.policy_name();
                let change = match live {
                    None => Change::add(format!("permissions boundary `{name}`")),
                    Some(live) => Change::alter(format!(
                        "permissions boundary `{}` becomes `{name}`",
                        live.policy_name()
                    )),
                };
                let operation = Operation::PutBoundary {
                    on: on.clone(),
                    policy: wanted.clone(),
                };
                parts.boundary.push(change, operation);
            }
            (Some(live), None) => parts.unbound.push(
                Change::remove(format!("permissions boundary `{}`", live.policy_name())),
                Operation::DeleteBoundary { on: on.clone() },
            ),
            _ => {}
        }
    }

    fn attachments(
        &mut self,
        on: &PrincipalName,
        live: &Grants,
        wanted: &Grants,
        parts: &mut Parts,
    ) {
        for policy in wanted.attached.difference(&live.attached) {
            if !self.expect_policy(on, policy) {
                continue;
            }
            let part = match self.document(policy).is_some_and(document::may_deny) {
                true => &mut parts.forbid,
                false => &mut parts.grant,
            };
            part.push(
                Change::add(format!("policy `{}`: attached", policy.policy_name())),
                Operation::AttachPolicy {
                    to: on.clone(),
                    policy: policy.clone(),
                },
            );
        }
        for policy in live.attached.difference(&wanted.attached) {
            // What denies revoked sessions stays until the revocation is undone.
            let document = self.document(policy);
            if document.is_some_and(|document| is_attached_revocation(on, policy, document)) {
                continue;
            }
            let part = match self.document(policy).is_some_and(document::may_deny) {
                true => &mut parts.permit,
                false => &mut parts.revoke,
            };
            part.push(
                Change::remove(format!("policy `{}`: detached", policy.policy_name())),
                Operation::DetachPolicy {
                    from: on.clone(),
                    policy: policy.clone(),
                },
            );
        }
    }

    /// Whether a policy that an entity should have exists by then.
    pub(super) fn expect_policy(&mut self, on: &PrincipalName, policy: &PolicyArn) -> bool {
        let exists = self.will_exist(policy);
        if !exists && !self.desired.account.policies.contains_key(policy) {
            self.problems.push(PlanProblem::NoSuchPolicy {
                entity: on.entity(),
                policy: policy.clone(),
            });
        }
        exists
    }

    /// Whether the quotas allow the old and the new policies at the same time.
    fn has_room(&self, on: &PrincipalName, live: &Grants, wanted: &Grants) -> bool {
        let limits = self.now.limits();
        let attached = live.attached.union(&wanted.attached).count();
        let gone = live
            .inline
            .iter()
            .filter(|(name, _)| !wanted.inline.contains_key(*name));
        let inline: usize = gone
            .chain(&wanted.inline)
            .map(|(_, it)| document::length(it))
            .sum();
        attached <= limits.attached(on) && inline <= limits.inline(on)
    }
}

fn inline(on: &PrincipalName, live: &Grants, wanted: &Grants, parts: &mut Parts) {
    for (name, document) in &wanted.inline {
        let Some(policy) = document.policy() else {
            continue;
        };
        let old = live.inline.get(name);
        if old.is_some_and(|old| document::same_meaning(old, document)) {
            continue;
        }
        let subject = subject(name);
        let changes = match old {
            None => document::added(&subject, policy),
            Some(old) => document::changes(&subject, old, policy),
        };
        let part = match document::may_deny(document) {
            true => &mut parts.forbid,
            false => &mut parts.grant,
        };
        part.changes.extend(changes);
        part.operations.push(Operation::PutInlinePolicy {
            on: on.clone(),
            name: name.clone(),
            document: policy.clone(),
        });
    }
    for (name, document) in &live.inline {
        // A denial of revoked sessions stays until the revocation is undone.
        if wanted.inline.contains_key(name) || is_revocation(on, name, document) {
            continue;
        }
        let part = match document::may_deny(document) {
            true => &mut parts.permit,
            false => &mut parts.revoke,
        };
        part.changes
            .extend(document::removed(&subject(name), document));
        part.operations.push(Operation::DeleteInlinePolicy {
            on: on.clone(),
            name: name.clone(),
        });
    }
}

/// Whether an entity already has exactly what it should.
pub(super) fn are_same(live: &Grants, wanted: &Grants) -> bool {
    let same = |(name, document)| {
        let live = live.inline.get(name);
        live.is_some_and(|live| document::same_meaning(live, document))
    };
    live.boundary == wanted.boundary
        && live.attached == wanted.attached
        && live.inline.len() == wanted.inline.len()
        && wanted.inline.iter().all(same)
}

fn subject(name: &PolicyName) -> String {
    format!("inline policy `{name}`")
}

/// Removes inline and attached policies from an entity that the plan deletes.
pub(super) fn strip(on: &PrincipalName, grants: &Grants) -> Vec<Operation> {
    let inline = grants
        .inline
        .keys()
        .map(|name| Operation::DeleteInlinePolicy {
            on: on.clone(),
            name: name.clone(),
        });
    let attached = grants
        .attached
        .iter()
        .map(|policy| Operation::DetachPolicy {
            from: on.clone(),
            policy: policy.clone(),
        });
    inline.chain(attached).collect()
}
