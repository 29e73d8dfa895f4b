//! The inline policy of a group: the mark that the group is the blueprint's, and the roles that
//! its members may assume. Roles that do not fit there are in managed policies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{GroupName, PolicyName, RoleArn};
use keyward_iam::{Policy, PolicyKind};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

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

/// What the names of managed policies begin with that list the roles of a group.
pub const ASSUME_POLICY: &str = "keyward-assume-";

/// The most characters of a managed policy.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MANAGED_POLICY: usize = 6144;

/// The size of a policy without its roles: this at most, and this much more for each statement.
const AROUND: usize = 64;
const STATEMENT: usize = 280;

/// The same roles in several policies, each small enough for a managed policy.
pub(super) fn managed_policies(roles: &Assumable) -> Vec<Policy> {
    let mut parts: Vec<Assumable> = Vec::new();
    let mut room = 0;
    for (age, arns) in roles {
        // The first role of this age needs a statement.
        let mut first = STATEMENT;
        for arn in arns {
            let length = arn.as_str().len() + 3;
            if room < length + first {
                parts.push(Assumable::new());
                (room, first) = (MANAGED_POLICY - AROUND, STATEMENT);
            }
            room -= length + first;
            first = 0;
            if let Some(part) = parts.last_mut() {
                part.entry(*age).or_default().insert(arn.clone());
            }
        }
    }
    let policies = parts.iter().filter_map(|part| group_policy(None, part));
    policies.collect()
}

/// The name of the managed policy with this number. A name of a group that is too long is cut, and a
/// digest distinguishes it from others with the same beginning.
pub(super) fn managed_name(group: &GroupName, number: usize) -> PolicyName {
    const LONGEST: usize = 128 - ASSUME_POLICY.len() - "-1000".len();
    let mut name = group.to_string();
    if name.len() > LONGEST {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&name)[..4]);
        name.truncate(LONGEST - digest.len() - 1);
        name = format!("{name}-{digest}");
    }
    format!("{ASSUME_POLICY}{name}-{number}")
        .parse()
        .expect("at most 128 valid characters make the name of a policy")
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
