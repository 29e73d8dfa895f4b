//! Grants of one user, group or role. The plan compares each grant; it removes those that the
//! blueprint does not list for an entity that it manages. Everything is compared one by one; what
//! the blueprint does not give to an entity that it manages is taken away.
//!
//! Order of the writes: limits first, then what may forbid, then what grants, then removals, of
//! those that grant first. A boundary that only widens comes last if something goes. So a guard is
//! there before what it guards, and an entity is at no moment without both the old and the new
//! right. If a quota leaves no room for that, removals come first.

use std::collections::BTreeMap;

use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::Policy;
use keyward_iam::model::{Document, Grants};

use super::document::{self, Transition};
use super::gains::Loser;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::step::Change;
use super::work::{Lifted, Work};
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

impl Parts {
    /// The part with a document that comes.
    fn gaining(&mut self, document: &Document) -> &mut Work {
        match document::may_deny(document) {
            true => &mut self.forbid,
            false => &mut self.grant,
        }
    }

    /// The part with a document that goes.
    fn losing(&mut self, document: &Document) -> &mut Work {
        match document::may_deny(document) {
            true => &mut self.permit,
            false => &mut self.revoke,
        }
    }
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
        work.append(lifted.grants);
        work.append(lifted.limits);
    }

    /// The same, but returns the removals, which may be done later. If a quota leaves no room for the old
    /// beside the new, only the removal of the boundary is returned.
    pub(super) fn grants_under_limits(
        &mut self,
        on: &PrincipalName,
        live: &Grants,
        wanted: &Grants,
        work: &mut Work,
    ) -> Lifted {
        let mut parts = Parts::default();
        self.boundary(on, live, wanted, &mut parts);
        self.attachments(on, live, wanted, &mut parts);
        let between = self.inline_between(on, live, wanted);
        let room = self.has_room(on, live, wanted, &between);
        let between = if room { between } else { Between::new() };
        inline(on, (live, &between, wanted), &mut parts);
        let goes = !(parts.revoke.operations.is_empty() && parts.permit.operations.is_empty());
        let late = match room && goes && self.boundary_widens(live, wanted) {
            true => std::mem::take(&mut parts.boundary),
            false => Work::default(),
        };
        work.append(parts.boundary);
        let mut lifted = Lifted::default();
        if room {
            work.append(parts.forbid);
            work.append(parts.grant);
            lifted.grants.append(parts.revoke);
            lifted.limits.append(parts.permit);
        } else {
            work.append(parts.revoke);
            work.append(parts.permit);
            work.append(parts.forbid);
            work.append(parts.grant);
        }
        lifted.limits.append(late);
        lifted.limits.append(parts.unbound);
        lifted
    }

    /// Whether an entity gets another boundary, which allows all that the old one does.
    fn boundary_widens(&self, live: &Grants, wanted: &Grants) -> bool {
        let documents = live.boundary.as_ref().zip(wanted.boundary.as_ref());
        documents.is_some_and(|(old, new)| {
            let old = self.snapshot.account.policies.get(old);
            let old = old.map(|policy| &policy.document);
            let new = self.document(new).and_then(Document::policy);
            old.zip(new)
                .is_some_and(|(old, new)| document::transition(old, new) == Transition::Gain)
        })
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

    /// The documents that inline policies have until the other grants are there: statements that go may
    /// appear in these.
    fn inline_between(&self, on: &PrincipalName, live: &Grants, wanted: &Grants) -> Between {
        let mut between = Between::new();
        for (name, document) in &wanted.inline {
            let (Some(old), Some(new)) = (live.inline.get(name), document.policy()) else {
                continue;
            };
            let meanwhile = match document::transition(old, new) {
                Transition::Loss => old.policy().cloned(),
                Transition::Both(both) => Some(both),
                Transition::Gain | Transition::Unknown => None,
            };
            let loser = Loser::Inline(on, name);
            let waits = || {
                self.gains_elsewhere(loser)
                    || (document::loses_denial(old, new) && self.changes_beside(loser))
            };
            if let Some(meanwhile) = meanwhile.filter(|_| waits()) {
                between.insert(name.clone(), meanwhile);
            }
        }
        between
    }

    /// Whether the quotas allow the old and the new policies at the same time.
    fn has_room(
        &self,
        on: &PrincipalName,
        live: &Grants,
        wanted: &Grants,
        between: &Between,
    ) -> bool {
        let limits = self.now.limits();
        let attached = live.attached.union(&wanted.attached).count();
        let gone = live
            .inline
            .iter()
            .filter(|(name, _)| !wanted.inline.contains_key(*name));
        let length = |(name, document): (&PolicyName, &Document)| match between.get(name) {
            Some(between) => document::length(&between.clone().into()),
            None => document::length(document),
        };
        let inline: usize = gone.chain(&wanted.inline).map(length).sum();
        attached <= limits.attached(on) && inline <= limits.inline(on)
    }
}

/// Documents of inline policies for a while.
type Between = BTreeMap<PolicyName, Policy>;

fn inline(
    on: &PrincipalName,
    (live, between, wanted): (&Grants, &Between, &Grants),
    parts: &mut Parts,
) {
    for (name, document) in &wanted.inline {
        let Some(policy) = document.policy() else {
            continue;
        };
        let old = live.inline.get(name);
        if old.is_some_and(|old| document::same_meaning(old, document)) {
            continue;
        }
        let Some(between) = between.get(name) else {
            put(on, name, (old, policy), parts.gaining(document));
            continue;
        };
        let meanwhile = Document::from(between.clone());
        if !old.is_some_and(|old| document::same_meaning(old, &meanwhile)) {
            put(on, name, (old, between), parts.gaining(document));
        }
        put(
            on,
            name,
            (Some(&meanwhile), policy),
            parts.losing(&meanwhile),
        );
    }
    for (name, document) in &live.inline {
        // A denial of revoked sessions stays until the revocation is undone.
        if wanted.inline.contains_key(name) || is_revocation(on, name, document) {
            continue;
        }
        let part = parts.losing(document);
        part.changes
            .extend(document::removed(&subject(name), document));
        part.operations.push(Operation::DeleteInlinePolicy {
            on: on.clone(),
            name: name.clone(),
        });
    }
}

/// Writes a document in place of another one, if there is one.
fn put(
    on: &PrincipalName,
    name: &PolicyName,
    (old, new): (Option<&Document>, &Policy),
    part: &mut Work,
) {
    let subject = subject(name);
    part.changes.extend(match old {
        None => document::added(&subject, new),
        Some(old) => document::changes(&subject, old, new),
    });
    part.operations.push(Operation::PutInlinePolicy {
        on: on.clone(),
        name: name.clone(),
        document: new.clone(),
    });
}

fn subject(name: &PolicyName) -> String {
    format!("inline policy `{name}`")
}

/// The removal of all policies of an entity that the plan deletes. Those that only deny come last: a run
/// may stop in between, and a revoked session must not live again.
#[derive(Default)]
pub(super) struct Stripped {
    /// The policies that grant something.
    pub(super) grants: Vec<Operation>,
    /// Those that only deny.
    pub(super) denials: Vec<Operation>,
}

impl Planner<'_> {
    /// Removes inline and attached policies from an entity that the plan deletes.
    pub(super) fn strip(&self, on: &PrincipalName, grants: &Grants) -> Stripped {
        let inline = grants.inline.iter().map(|(name, document)| {
            let (on, name) = (on.clone(), name.clone());
            (Some(document), Operation::DeleteInlinePolicy { on, name })
        });
        let attached = grants.attached.iter().map(|policy| {
            let (from, policy) = (on.clone(), policy.clone());
            (
                self.document(&policy),
                Operation::DetachPolicy { from, policy },
            )
        });
        let mut stripped = Stripped::default();
        for (document, operation) in inline.chain(attached) {
            match document.is_some_and(document::only_denies) {
                true => stripped.denials.push(operation),
                false => stripped.grants.push(operation),
            }
        }
        stripped
    }
}
