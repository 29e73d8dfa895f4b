//! The calls of a revocation that failed in one account, and the later calls that build on them. A
//! denial goes only once the newer one is there: old sessions would live again without both.

use std::collections::BTreeSet;

use keyward_core::id::PolicyArn;
use keyward_iam::model::Account;

use super::{Measure, document};
use crate::plan::{Operation, PrincipalName};

/// The calls that failed so far.
#[derive(Debug, Clone, Default)]
pub struct Failures {
    /// The holders that did not get a policy.
    holders: BTreeSet<PrincipalName>,
    /// The managed policies that did not get a document.
    policies: BTreeSet<PolicyArn>,
    /// Those among them that deny nothing, or do not exist.
    useless: BTreeSet<PolicyArn>,
}

/// The knowledge about a call that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// AWS did not do it.
    Refused,
    /// AWS may have done it: the answer was lost or cannot be read.
    Unknown,
}

/// The reason why a call is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped<'a> {
    /// It attaches this managed policy, which denies nothing.
    Useless(&'a PolicyArn),
    /// It removes an older denial, and the newer one may be missing.
    NotReplaced,
}

impl Failures {
    /// Notes that a call failed or was not made. The account is as it was before the run.
    pub fn note(&mut self, account: &Account, measure: &Measure, fate: Fate) {
        let Measure::Call(operation) = measure else {
            return;
        };
        match operation {
            Operation::PutInlinePolicy { on: holder, .. }
            | Operation::AttachPolicy { to: holder, .. } => {
                self.holders.insert(holder.clone());
            }
            Operation::CreatePolicy { arn, .. } => {
                self.policies.insert(arn.clone());
                if fate == Fate::Refused {
                    self.useless.insert(arn.clone());
                }
            }
            Operation::CreatePolicyVersion { arn, .. } => {
                self.policies.insert(arn.clone());
                let live = account.policies.get(arn);
                if !live.is_some_and(|it| document::only_denies_old_sessions(&it.document)) {
                    self.useless.insert(arn.clone());
                }
            }
            _ => {}
        }
    }

    /// The reason why a call must not follow those that failed; `None` if it may.
    #[must_use]
    pub fn skip<'m>(&self, measure: &'m Measure) -> Option<Skipped<'m>> {
        match measure {
            Measure::Call(Operation::AttachPolicy { policy, .. }) => self
                .useless
                .contains(policy)
                .then_some(Skipped::Useless(policy)),
            Measure::Replaced(Operation::DetachPolicy { from: holder, .. }) => self
                .holders
                .contains(holder)
                .then_some(Skipped::NotReplaced),
            // The holder may have the managed policy already, so that no call of the run names both.
            Measure::Replaced(Operation::DeleteInlinePolicy { on: holder, .. }) => {
                let kept = self.holders.contains(holder) || !self.policies.is_empty();
                kept.then_some(Skipped::NotReplaced)
            }
            _ => None,
        }
    }
}
