//! Customer-managed policies: a new version for another document; deleted and created again for
//! another path, which AWS cannot change. Tags are set at creation and not compared, because IAM
//! lists policies without them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use std::collections::BTreeMap;

use keyward_core::id::{PolicyArn, PolicyName};
use keyward_iam::Policy;
use keyward_iam::model::ManagedPolicy;
use keyward_iam::size::MANAGED_POLICY;
use sha2::{Digest as _, Sha256};

use super::checks::CallerName;
use super::document::{self, Transition};
use super::gains::Loser;
use super::holders::Holders;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::simulate::quota;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::tags;
use super::versions::{delete, new_version};
use super::work::{Ownership, Work};
use crate::desired::Entity;
use crate::ownership::blueprint_of_policy;

/// The beginning of the names of stand-ins. A stand-in has the statements of a policy while a plan
/// replaces that policy.
const STAND_IN: &str = "keyward-instead-of-";
/// The longest name of a policy that fits after it: names have at most 128 characters.
const LONGEST_STOOD_IN: usize = 128 - STAND_IN.len();

impl Planner<'_> {
    pub(super) fn policies(&mut self) {
        let wanted = self.desired.account.policies.values();
        for wanted in wanted.filter(|policy| !policy.arn.is_aws_managed()) {
            let Some(document) = wanted.document.policy() else {
                continue;
            };
            let live = self.index.policy(&wanted.name).cloned();
            match live.and_then(|arn| self.now.account.policies.get(&arn).cloned()) {
                Some(live) if live.name == wanted.name => {
                    self.update_policy(&live, wanted, document)
                }
                live => {
                    let existing = live.map(|live| live.name.to_string());
                    if self.may_create(Entity::Policy(wanted.arn.clone()), existing) {
                        self.create_policy(wanted, document);
                    }
                }
            }
        }
    }

    fn create_policy(&mut self, wanted: &ManagedPolicy, document: &Policy) {
        let mut changes = document::added("document", document);
        changes.extend(tags::added(&wanted.tags));
        let work = Work {
            changes,
            operations: vec![create(wanted, document)],
        };
        let what = (ChangeAction::Create, Kind::Policy);
        self.step(Stage::Policies, what, &wanted.name, work);
    }

    fn update_policy(&mut self, live: &ManagedPolicy, wanted: &ManagedPolicy, document: &Policy) {
        let entity = Entity::Policy(wanted.arn.clone());
        let owner = blueprint_of_policy(&live.path);
        let Some(ownership) = self.ownership(entity.clone(), owner) else {
            return;
        };
        if live.path != wanted.path {
            if ownership == Ownership::Adopted {
                self.problems.push(PlanProblem::AdoptedElsewhere(entity));
            } else {
                self.replace_policy(live, wanted, document);
            }
            return;
        }
        if document::same_meaning(&live.document, &wanted.document) {
            return;
        }
        let what = (ChangeAction::Update, Kind::Policy);
        let transition = document::transition(&live.document, document);
        let loser = Loser::Managed(&live.arn);
        let permits = document::loses_denial(&live.document, document);
        let was_boundary = self.was_boundary(&live.arn);
        let waits = || {
            was_boundary || self.gains_elsewhere(loser) || (permits && self.changes_beside(loser))
        };
        let later = match (was_boundary, permits) {
            (true, _) => (Stage::FormerBoundaries, Kind::Policy),
            (false, true) => (Stage::LiftedLimits, Kind::Policy),
            (false, false) => (Stage::LiftedGrants, Kind::Policy),
        };
        match transition {
            Transition::Loss if waits() => {
                self.lift_later(later, &wanted.name, rewrite(live, document));
            }
            Transition::Both(both) if waits() && self.fits(&both) => {
                self.step(Stage::Policies, what, &wanted.name, rewrite(live, &both));
                let between = self.now.account.policies.get(&live.arn).unwrap_or(live);
                let work = rewrite(between, document);
                self.lift_later(later, &wanted.name, work);
            }
            _ => self.step(Stage::Policies, what, &wanted.name, rewrite(live, document)),
        }
    }

    /// Whether a document is short enough for a managed policy of this account.
    fn fits(&self, document: &Policy) -> bool {
        let quota = quota(&self.snapshot.summary, "PolicySizeQuota", MANAGED_POLICY);
        document::length(&document.clone().into()) <= quota
    }

    /// Deletes the policy and creates it under its new path. Its holders receive the new one in the
    /// same step. Until then a stand-in grants and forbids as much, except for the caller whose boundary it
    /// is. Former holders do not receive it: they lose the stand-in later, with all other grants
    /// that the blueprint does not list. A stand-in that is a managed policy is deleted with the
    /// policies that the blueprint does not list, once nothing has it.
    fn replace_policy(&mut self, live: &ManagedPolicy, wanted: &ManagedPolicy, document: &Policy) {
        let holders = self
            .index
            .holders
            .get(&live.arn)
            .cloned()
            .unwrap_or_default();
        let mut fine = true;
        for holder in holders.attached.iter().map(PrincipalName::entity) {
            if !self.manages(&holder) {
                fine = false;
                self.problems.push(PlanProblem::OnUnmanaged {
                    policy: live.arn.clone(),
                    holder,
                });
            }
        }
        for holder in holders.boundary.iter().map(PrincipalName::entity) {
            if !self.manages(&holder) {
                fine = false;
                self.problems.push(PlanProblem::BoundaryOfUnmanaged {
                    policy: live.arn.clone(),
                    holder,
                });
            }
        }
        if !fine {
            return;
        }
        let mut work = Work::default();
        work.changes.push(Change::alter(format!(
            "path `{}` becomes `{}`: the policy is deleted and created again",
            live.path, wanted.path
        )));
        if !document::same_meaning(&live.document, &wanted.document) {
            let changes = document::changes("document", &live.document, document);
            work.changes.extend(changes);
        }
        let holding = self.holding(live, wanted, holders);
        let managed = |it: &Holding| matches!(it.hold, Hold::Attached(StandIn::Managed(_)));
        if holding.iter().any(managed) {
            work.operations.extend(self.managed_stand_in(live, wanted));
        }
        holding.iter().for_each(|it| it.release(live, &mut work));
        work.operations.extend(delete(live));
        work.operations.push(create(wanted, document));
        holding.iter().for_each(|it| it.put_back(wanted, &mut work));
        let what = (ChangeAction::Update, Kind::Policy);
        self.step(Stage::Policies, what, &wanted.name, work);
    }

    /// The holders of a policy that is replaced by another one.
    fn holding(
        &self,
        live: &ManagedPolicy,
        wanted: &ManagedPolicy,
        holders: Holders,
    ) -> Vec<Holding> {
        let arn = &wanted.arn;
        let wants = |holder: &PrincipalName| holder.grants(&self.desired.account);
        // The caller would lose the rights that the rest of the plan needs.
        let caller = CallerName::of(&self.snapshot.caller).map(PrincipalName::from);
        let limited = holders.boundary.into_iter().map(|holder| Holding {
            stays: wants(&holder).is_some_and(|it| it.boundary.as_ref() == Some(arn)),
            hold: Hold::Boundary((caller.as_ref() != Some(&holder)).then(|| self.deny_all())),
            holder,
        });
        let attached = holders.attached.into_iter().map(|holder| {
            let stays = wants(&holder).is_some_and(|it| it.attached.contains(arn));
            Holding {
                hold: Hold::Attached(self.stand_in(live, wanted, &holder)),
                stays,
                holder,
            }
        });
        limited.chain(attached).collect()
    }

    /// The stand-in of a policy: an inline policy, or a managed one if the quota of inline policies has
    /// no room for it. What grants yields to what denies.
    fn stand_in(
        &self,
        live: &ManagedPolicy,
        wanted: &ManagedPolicy,
        holder: &PrincipalName,
    ) -> StandIn {
        let (Some(document), Some(grants)) =
            (live.document.policy(), holder.grants(&self.now.account))
        else {
            return StandIn::NotNeeded;
        };
        let denies = document::may_deny(&live.document);
        if !denies && !self.describes(&holder.entity()) {
            return StandIn::NotNeeded;
        }
        let inline = grants.inline.iter();
        let inline = inline.map(|(name, document)| (name.clone(), document::length(document)));
        let mut lengths: BTreeMap<PolicyName, usize> = inline.collect();
        // Several policies of one holder may be replaced at the same time.
        let moving = self.moving_policies().filter(|policy| {
            let holders = self.index.holders.get(&policy.arn);
            let counts = !denies || document::may_deny(&policy.document);
            counts && holders.is_some_and(|it| it.attached.contains(holder))
        });
        let moving: Vec<&ManagedPolicy> = moving.collect();
        let of_moving = moving.iter();
        lengths.extend(of_moving.map(|it| (stand_in_name(it), document::length(&it.document))));
        let limits = self.now.limits();
        let arn = self.stand_in_arn(wanted);
        if lengths.values().sum::<usize>() <= limits.inline(holder) {
            StandIn::Inline(document.clone())
        } else if grants.attached.contains(&arn)
            || grants.attached.len() + moving.len() <= limits.attached(holder)
        {
            StandIn::Managed(arn)
        } else {
            StandIn::NoRoom
        }
    }

    fn stand_in_arn(&self, wanted: &ManagedPolicy) -> PolicyArn {
        let account = &self.snapshot.account;
        account.policy_arn(&wanted.path, &stand_in_name(wanted))
    }

    /// The calls that create a managed stand-in. One that an interrupted run left gets the document.
    fn managed_stand_in(&self, live: &ManagedPolicy, wanted: &ManagedPolicy) -> Vec<Operation> {
        let Some(document) = live.document.policy() else {
            return Vec::new();
        };
        let arn = self.stand_in_arn(wanted);
        match self.now.account.policies.get(&arn) {
            Some(left) if document::same_meaning(&left.document, &live.document) => Vec::new(),
            Some(left) => new_version(left, document.clone()),
            None => vec![Operation::CreatePolicy {
                arn,
                name: stand_in_name(wanted),
                path: wanted.path.clone(),
                document: document.clone(),
                tags: wanted.tags.clone(),
            }],
        }
    }

    /// The policies of the account that get another path.
    fn moving_policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        let wanted = self.desired.account.policies.values();
        let wanted = wanted.filter(|policy| !policy.arn.is_aws_managed());
        wanted.filter_map(|wanted| {
            let live = self.index.policy(&wanted.name)?;
            let live = self.snapshot.account.policies.get(live)?;
            (live.path != wanted.path).then_some(live)
        })
    }

    /// The policy of AWS that denies everything. As a boundary, it removes every right.
    pub(super) fn deny_all(&self) -> PolicyArn {
        let partition = &self.snapshot.account.partition;
        format!("arn:{partition}:iam::aws:policy/AWSDenyAll")
            .parse()
            .expect("the ARN of an AWS-managed policy is one of a policy")
    }
}

/// The way in which something holds a policy that is deleted and created again. Meanwhile, its holders are
/// granted and forbidden the same: a run that stops in between gives no holder more rights, and leaves the
/// caller those to finish it.
struct Holding {
    holder: PrincipalName,
    hold: Hold,
    /// Whether it gets the new policy.
    stays: bool,
}

enum Hold {
    /// As its boundary; this one replaces it in the meantime. `None` for the caller of the plan,
    /// who has no boundary in the meantime.
    Boundary(Option<PolicyArn>),
    /// Attached; this replaces it in the meantime.
    Attached(StandIn),
}

/// The stand-in of an attached policy.
enum StandIn {
    /// None: the policy denies nothing, and its holder is to lose it.
    NotNeeded,
    /// None: no quota of the holder has room for one.
    NoRoom,
    /// An inline policy with this document.
    Inline(Policy),
    /// A managed policy with this ARN.
    Managed(PolicyArn),
}

impl Holding {
    fn release(&self, live: &ManagedPolicy, work: &mut Work) {
        let entity = self.holder.entity();
        match &self.hold {
            Hold::Boundary(None) => {
                let change = format!("permissions boundary of {entity}");
                let change = match self.stays {
                    true => Change::alter(format!("{change}: none until the policy exists again")),
                    false => Change::remove(change),
                };
                let on = self.holder.clone();
                work.push(change, Operation::DeleteBoundary { on });
            }
            Hold::Boundary(Some(meanwhile)) => {
                let name = meanwhile.policy_name();
                let change = format!("permissions boundary of {entity}: `{name}`");
                let change = match self.stays {
                    true => format!("{change} until the policy exists again"),
                    false => change,
                };
                let operation = Operation::PutBoundary {
                    on: self.holder.clone(),
                    policy: meanwhile.clone(),
                };
                work.push(Change::alter(change), operation);
            }
            Hold::Attached(stand_in) => {
                let detach = Operation::DetachPolicy {
                    from: self.holder.clone(),
                    policy: live.arn.clone(),
                };
                let meanwhile = match stand_in {
                    StandIn::NotNeeded => None,
                    StandIn::NoRoom => {
                        Some("nothing in its place, because its quotas leave no room".to_owned())
                    }
                    StandIn::Inline(_) => Some(format!("inline policy `{}`", stand_in_name(live))),
                    StandIn::Managed(arn) => Some(format!("policy `{}`", arn.policy_name())),
                };
                work.changes.push(match (self.stays, meanwhile) {
                    (false, None) => Change::remove(format!("detached from {entity}")),
                    (false, Some(it)) => Change::remove(format!(
                        "detached from {entity}, which has {it} in the meantime"
                    )),
                    (true, None) => Change::alter(format!("{entity}: detached and attached again")),
                    (true, Some(it)) => Change::alter(format!(
                        "{entity}: detached and attached again, with {it} in the meantime"
                    )),
                });
                let on = self.holder.clone();
                let put = match stand_in {
                    StandIn::NotNeeded | StandIn::NoRoom => None,
                    StandIn::Inline(document) => Some(Operation::PutInlinePolicy {
                        on,
                        name: stand_in_name(live),
                        document: document.clone(),
                    }),
                    StandIn::Managed(arn) => Some(Operation::AttachPolicy {
                        to: on,
                        policy: arn.clone(),
                    }),
                };
                work.operations.extend(put.into_iter().chain([detach]));
            }
        }
    }

    fn put_back(&self, wanted: &ManagedPolicy, work: &mut Work) {
        if !self.stays {
            return;
        }
        let policy = wanted.arn.clone();
        let to = self.holder.clone();
        work.operations.push(match &self.hold {
            Hold::Boundary(_) => Operation::PutBoundary { on: to, policy },
            Hold::Attached(_) => Operation::AttachPolicy { to, policy },
        });
        let holder = self.holder.clone();
        match &self.hold {
            Hold::Attached(StandIn::Inline(_)) => {
                work.operations.push(Operation::DeleteInlinePolicy {
                    on: holder,
                    name: stand_in_name(wanted),
                });
            }
            Hold::Attached(StandIn::Managed(arn)) => {
                work.operations.push(Operation::DetachPolicy {
                    from: holder,
                    policy: arn.clone(),
                });
            }
            _ => {}
        }
    }
}

/// Whether a managed policy is one that stood in for another.
pub(super) fn is_stand_in(arn: &PolicyArn) -> bool {
    arn.policy_name().starts_with(STAND_IN)
}

/// The name of a policy's stand-in. It is cut if it is too long, and a digest distinguishes it from
/// others with the same beginning.
fn stand_in_name(policy: &ManagedPolicy) -> PolicyName {
    let mut name = policy.name.to_string();
    if name.len() > LONGEST_STOOD_IN {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&name)[..4]);
        name.truncate(LONGEST_STOOD_IN - digest.len() - 1);
        name = format!("{name}-{digest}");
    }
    format!("{STAND_IN}{name}")
        .parse()
        .expect("at most 128 valid characters make the name of a policy")
}

/// Replaces the document of a policy.
fn rewrite(live: &ManagedPolicy, document: &Policy) -> Work {
    Work {
        changes: document::changes("document", &live.document, document),
        operations: new_version(live, document.clone()),
    }
}

fn create(wanted: &ManagedPolicy, document: &Policy) -> Operation {
    Operation::CreatePolicy {
        arn: wanted.arn.clone(),
        name: wanted.name.clone(),
        path: wanted.path.clone(),
        document: document.clone(),
        tags: wanted.tags.clone(),
    }
}
