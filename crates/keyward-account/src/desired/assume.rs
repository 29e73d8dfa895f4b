//! The inline policy of a group: the mark that the group is the blueprint's, and the roles that
//! its members may assume. Roles that do not fit there are in managed policies.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{GroupName, PolicyName, RoleArn};
use keyward_iam::size::MANAGED_POLICY;
use keyward_iam::{Policy, PolicyKind, Selection};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::document::{policy, with_mfa_younger_than};
use crate::ownership::BlueprintName;

/// The roles that a group may assume, by the age that the code may have.
pub(crate) type Assumable = BTreeMap<Option<Duration>, BTreeSet<RoleArn>>;

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

/// The size of a policy without its roles: this at most, and this much more for each statement.
const AROUND: usize = 64;
const STATEMENT: usize = 280;

/// The same roles in several policies, each small enough for a managed policy.
pub(super) fn managed_policies(roles: &Assumable) -> Vec<Policy> {
    let mut parts: Vec<RolePart> = Vec::new();
    for (age, arns) in roles {
        for arn in arns {
            if !parts.last_mut().is_some_and(|part| part.add(*age, arn)) {
                let mut part = RolePart::default();
                part.add(*age, arn);
                parts.push(part);
            }
        }
    }
    parts.iter().filter_map(RolePart::policy).collect()
}

/// The roles of one managed policy, as many as fit.
#[derive(Debug, Default)]
pub(crate) struct RolePart {
    roles: Assumable,
    /// The length of the policy at most, in characters.
    length: usize,
}

impl RolePart {
    /// Adds a role if it fits, and returns whether it does.
    pub(crate) fn add(&mut self, age: Option<Duration>, role: &RoleArn) -> bool {
        let statement = match self.roles.contains_key(&age) {
            true => 0,
            // The first role of this age needs a statement.
            false => STATEMENT,
        };
        let length = self.length + statement + role.as_str().len() + 3;
        let fits = length <= MANAGED_POLICY - AROUND;
        if fits {
            self.length = length;
            self.roles.entry(age).or_default().insert(role.clone());
        }
        fits
    }

    /// The policy; `None` without roles.
    pub(crate) fn policy(&self) -> Option<Policy> {
        group_policy(None, &self.roles)
    }
}

/// The roles that a policy with the roles of a group lists, by the age that the code may have.
pub(crate) fn roles_listed(policy: &Policy) -> Assumable {
    let mut listed = Assumable::new();
    for statement in policy.statements() {
        let age = statement.sid().and_then(|sid| {
            let seconds = sid.strip_prefix(WITHIN)?.strip_suffix('s')?;
            Some(Duration::from_secs(seconds.parse().ok()?))
        });
        let Some(Selection::Only(resources)) = statement.resources() else {
            continue;
        };
        let roles = resources.iter().filter_map(|it| it.as_str().parse().ok());
        listed.entry(age).or_default().extend(roles);
    }
    listed
}

/// The highest number for which a name has room. No entity can have as many policies.
const HIGHEST: usize = 9999;

/// The name of the managed policy with this number, which is [`HIGHEST`] at most. A name of a group that is too long is cut, and a
/// digest distinguishes it from others with the same beginning.
pub(crate) fn managed_name(group: &GroupName, number: usize) -> PolicyName {
    const LONGEST: usize = 128 - ASSUME_POLICY.len() - "-9999".len();
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

/// The number of a managed policy of this name; `None` if it is not one of the group's.
pub(crate) fn number_of(group: &GroupName, name: &str) -> Option<usize> {
    let number = name.rsplit_once('-')?.1.parse().ok()?;
    (number <= HIGHEST && managed_name(group, number).as_str() == name).then_some(number)
}

/// The beginning of the id of a statement with an age.
const WITHIN: &str = "AssumeWithin";

fn may_assume(age: Option<Duration>, roles: &BTreeSet<RoleArn>) -> Json {
    let seconds = age.map(|age| age.as_secs());
    let sid = match seconds {
        Some(seconds) => format!("{WITHIN}{seconds}s"),
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
