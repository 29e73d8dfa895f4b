//! Characters that AWS accepts in no policy document: it allows tab, line feed, carriage return,
//! and U+0020 to U+00FF.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>

use keyward_iam::model::{Document, Grants};

use crate::desired::{Desired, Entity};
use crate::plan::problem::PlanProblem;

pub(super) fn problems(desired: &Desired) -> Vec<PlanProblem> {
    let account = &desired.account;
    let mut found = Vec::new();
    for (name, user) in &account.users {
        inline(&Entity::User(name.clone()), &user.grants, &mut found);
    }
    for (name, group) in &account.groups {
        inline(&Entity::Group(name.clone()), &group.grants, &mut found);
    }
    for (name, role) in &account.roles {
        let entity = Entity::Role(name.clone());
        check(&entity, "trust policy", &role.trust, &mut found);
        inline(&entity, &role.grants, &mut found);
    }
    let own = account.policies.values();
    for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
        let entity = Entity::Policy(policy.arn.clone());
        check(&entity, "document", &policy.document, &mut found);
    }
    found
}

fn inline(entity: &Entity, grants: &Grants, found: &mut Vec<PlanProblem>) {
    for (name, document) in &grants.inline {
        check(entity, &format!("inline policy `{name}`"), document, found);
    }
}

fn check(entity: &Entity, what: &str, document: &Document, found: &mut Vec<PlanProblem>) {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if let Some(character) = document.to_json().chars().find(|c| !allowed(*c)) {
        found.push(PlanProblem::Character {
            document: format!("{what} of {entity}"),
            character,
        });
    }
}
