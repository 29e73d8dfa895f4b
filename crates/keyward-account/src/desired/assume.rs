//! The inline policy of a group: the mark that the group is the blueprint's, and the roles that
//! its members may assume.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::RoleArn;
use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};

use super::document::{policy, with_mfa_younger_than};
use crate::ownership::BlueprintName;

/// The roles that a group may assume, by the age that the code may have.
pub(super) type Assumable = BTreeMap<Option<Duration>, BTreeSet<RoleArn>>;

/// The mark with the roles. `None` leaves out the mark, for a group that was adopted; without
/// roles, nothing is left then.
pub(super) fn group_policy(mark: Option<&BlueprintName>, roles: &Assumable) -> Option<Policy> {
    let mark = mark.map(|name| {
        json!({
            "Sid": name.as_str(),
            "Effect": "Allow",
            "Action": "sts:GetCallerIdentity",
            "Resource": "*",
        })
    });
    let statements: Vec<Json> = mark
        .into_iter()
        .chain(roles.iter().map(|(age, roles)| may_assume(*age, roles)))
        .collect();
    (!statements.is_empty()).then(|| policy(PolicyKind::Identity, statements))
}

fn may_assume(age: Option<Duration>, roles: &BTreeSet<RoleArn>) -> Json {
    let seconds = age.map(|age| age.as_secs());
    let sid = match seconds {
        Some(seconds) => format!("AssumeWithin{seconds}s"),
        None => "Assume".to_owned(),
    };
    let roles: Vec<&str> = roles.iter().map(RoleArn::as_str).collect();
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": roles,
        "Condition": with_mfa_younger_than(seconds),
    })
}
