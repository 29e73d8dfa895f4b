//! Names of the blueprint that are the same to AWS, because they differ in case only.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>

use std::collections::BTreeMap;

use crate::desired::{Desired, Entity};
use crate::plan::index::fold;
use crate::plan::problem::PlanProblem;

pub(super) fn problems(desired: &Desired) -> Vec<PlanProblem> {
    let account = &desired.account;
    let users = account.users.keys().cloned();
    let groups = account.groups.keys().cloned();
    let roles = account.roles.keys().cloned();
    let policies = account.policies.values();
    let policies = policies.filter(|policy| !policy.arn.is_aws_managed());
    let mut problems = clashes(users.map(|it| (it.to_string(), Entity::User(it))));
    problems.extend(clashes(
        groups.map(|it| (it.to_string(), Entity::Group(it))),
    ));
    problems.extend(clashes(roles.map(|it| (it.to_string(), Entity::Role(it)))));
    problems.extend(clashes(
        policies.map(|it| (it.name.to_string(), Entity::Policy(it.arn.clone()))),
    ));
    problems
}

fn clashes(entities: impl Iterator<Item = (String, Entity)>) -> Vec<PlanProblem> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, wanted) in entities {
        match known.get(&fold(&name)) {
            Some(existing) => problems.push(PlanProblem::CaseClash {
                wanted,
                existing: existing.clone(),
            }),
            None => {
                known.insert(fold(&name), name);
            }
        }
    }
    problems
}
