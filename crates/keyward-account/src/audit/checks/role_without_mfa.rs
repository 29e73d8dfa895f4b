//! Roles that can be assumed without MFA: the trust policy of each role is asked with MFA absent
//! and false. Users of the account are judged by their policies. The check assumes that anyone and
//! other accounts are allowed everything on their side.
//!
//! A session of a role never says that MFA was used. A role that trusts another role of the account
//! is thus as open as that one, through every chain. Services are left out. Identity providers have
//! checks of their own.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{AccountId, PrincipalArn, RoleArn, RoleName, UserName};
use keyward_iam::model::{Account, Role};
use keyward_iam::{
    Caller, Context, Decision, Effect, Mfa, Permissions, Policy, Principal, Selection,
    StatementRef, evaluate_assume_role,
};

use super::examples;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::outsiders::{Entry, Outsider, entries};
use crate::prove::{DOUBT, Path, earliest, everything, openness, set_time};

pub(in crate::audit) const CHECK: Check = Check {
    id: "role-without-mfa",
    title: "No role can be assumed without MFA",
    reason: "Severity is medium where a further policy, a condition on the request or another account may still prevent it.",
    severity: Severity::High,
    fix: "name in the trust policy only the principals that need it, and add the condition `\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}`, without `IfExists`",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for (name, ways) in ways_in(&input.account) {
        for way in ways.into_iter().filter(|way| way.kind == Kind::Judged) {
            let subject = Subject::Role(name.clone());
            found.add_as(way.severity, subject, Some(way.by), way.message);
        }
    }
    Ok(())
}

/// A way into a role without MFA.
pub(super) struct Entrance {
    severity: Severity,
    by: StatementRef,
    message: String,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// This check reports it.
    Judged,
    /// Another check reports it: a token of an identity provider is needed.
    Federated,
}

/// One way into a role, as its trust policy alone describes it.
struct Door<'a> {
    role: &'a Role,
    arn: RoleArn,
    outsiders: Vec<Entry>,
    later: Option<Later>,
}

/// The roles that can be entered without MFA, directly or through other roles. Roles that AWS owns
/// are left out.
pub(super) fn ways_in(account: &Account) -> BTreeMap<RoleName, Vec<Entrance>> {
    let own = account.roles.values().filter(|role| !role.is_aws_owned());
    let doors: Vec<Door<'_>> = own
        .filter_map(|role| {
            let trust = role.trust.policy()?;
            Some(Door {
                role,
                arn: account.role_arn(role),
                outsiders: entries(trust, &[&account.id]),
                later: later_users_who_assume(account, role, trust),
            })
        })
        .collect();
    let open = doors.iter();
    let open = open.filter(|door| !door.outsiders.is_empty() || door.later.is_some());
    let openness = openness(account, &open.map(|door| door.arn.clone()).collect());
    let ways = doors.iter().map(|door| {
        let mut ways: Vec<Entrance> = door.outsiders.iter().map(outsider).collect();
        if let Some(users) = openness.users.get(&door.arn) {
            ways.extend(users_in(users));
        } else {
            ways.extend(door.later.iter().map(|later| Entrance {
                severity: Severity::Medium,
                by: later.by.clone(),
                message: format!("can be assumed {}", later.how),
                kind: Kind::Judged,
            }));
        }
        let known = ways.iter().map(|way| way.severity).max();
        let through = doors.iter().filter_map(|first| {
            let path = openness.beyond.get(&first.arn)?.get(&door.arn)?;
            through(first, path)
        });
        let worst = through.max_by_key(|way| way.severity);
        ways.extend(worst.filter(|way| known.is_none_or(|known| known < way.severity)));
        (door.role.name.clone(), ways)
    });
    ways.filter(|(_, ways)| !ways.is_empty()).collect()
}

/// An outsider who gets into a role by its trust policy.
fn outsider(entry: &Entry) -> Entrance {
    Entrance {
        severity: severity_of(entry),
        by: entry.by.clone(),
        message: format!("can be assumed {}", entry.how()),
        kind: match asks_by_key(&entry.who) {
            true => Kind::Judged,
            false => Kind::Federated,
        },
    }
}

/// Another account may require a code itself. A trust policy for everyone implies no such check.
fn severity_of(entry: &Entry) -> Severity {
    match entry.certain && entry.who.is_anyone() {
        true => Severity::High,
        false => Severity::Medium,
    }
}

/// The users who get into a role, as one way: the most certain one, and the shortest of those.
fn users_in(users: &BTreeMap<UserName, Path>) -> Option<Entrance> {
    let is_direct = |path: &Path| path.roles.len() == 1;
    let (_, first) = users
        .iter()
        .max_by_key(|(_, path)| (path.certain, is_direct(path)))?;
    let mut alike = users
        .iter()
        .filter(|(_, path)| is_direct(path) == is_direct(first));
    let who = match is_direct(first) {
        true => examples(&alike.map(|(name, _)| name.to_string()).collect::<Vec<_>>()),
        false => {
            let (name, path) = alike.find(|(_, path)| path.certain == first.certain)?;
            let others = match users.len() {
                1 => "",
                _ => ", and by others",
            };
            format!("`{name}`{}{others}", through_roles(&path.roles))
        }
    };
    let (severity, doubt) = match first.certain {
        true => (Severity::High, ""),
        false => (Severity::Medium, DOUBT),
    };
    Some(Entrance {
        severity,
        by: first.by.clone(),
        message: format!("can be assumed without MFA by {who}{doubt}"),
        kind: Kind::Judged,
    })
}

/// The way from a role that is open by its own trust policy, through the sessions of roles.
fn through(first: &Door<'_>, path: &Path) -> Option<Entrance> {
    let outsider = first
        .outsiders
        .iter()
        .max_by_key(|entry| severity_of(entry));
    let (severity, how) = match (outsider, &first.later) {
        (Some(entry), _) => (severity_of(entry), entry.how()),
        (None, Some(later)) => (Severity::Medium, later.how.clone()),
        (None, None) => return None,
    };
    let (severity, doubt) = match path.certain {
        true => (severity, ""),
        false => (Severity::Medium, DOUBT),
    };
    let name = &first.role.name;
    Some(Entrance {
        severity,
        by: path.by.clone(),
        message: format!(
            "can be assumed by sessions of the role `{name}`{}{doubt}; `{name}` can be assumed {how}",
            through_roles(&path.roles)
        ),
        kind: Kind::Judged,
    })
}

/// The roles on a way before the last.
fn through_roles(way: &[RoleArn]) -> String {
    match way {
        [between @ .., _] if !between.is_empty() => {
            let names = between.iter().map(|arn| format!("`{}`", arn.role_name()));
            format!(" through {}", names.collect::<Vec<_>>().join(" and "))
        }
        _ => String::new(),
    }
}

/// Whether an outsider signs with credentials of an account, and not with a token.
fn asks_by_key(who: &Outsider) -> bool {
    match who {
        Outsider::Anyone | Outsider::Account(_) | Outsider::Principal(_) => true,
        Outsider::AnyoneWithToken(_) | Outsider::Provider(_) => false,
    }
}

/// Users who may get in by a policy that they lack today.
struct Later {
    how: String,
    by: StatementRef,
}

/// A user of the account who may do everything, if the trust policy names the account: another
/// user may receive such a policy later. Trust in everyone is judged elsewhere.
fn later_users_who_assume(account: &Account, role: &Role, trust: &Policy) -> Option<Later> {
    let allowing = trust.statements().iter();
    let allowing = allowing.filter(|statement| statement.effect() == Effect::Allow);
    let principals = allowing
        .filter_map(|statement| statement.principals())
        .flat_map(Selection::listed);
    let callers: BTreeSet<(AccountId, String)> = principals
        .flat_map(|principal| callers_for(account, trust, principal))
        .collect();
    let identity = [everything()];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    callers.into_iter().find_map(|(id, arn)| {
        let arn: PrincipalArn = arn.parse().ok()?;
        let contexts = [Mfa::LongTermKey, Mfa::SessionWithout].map(|mfa| {
            let mut context = Context::partial();
            context
                .set("aws:PrincipalArn", arn.as_str())
                .set("aws:PrincipalAccount", id.as_str())
                .set("aws:PrincipalType", "User");
            set_time(&mut context, earliest(Some(account)));
            mfa.set_keys(&mut context);
            context
        });
        let caller = Caller {
            arn: &arn,
            role: None,
            account: &id,
        };
        let target = account.role_arn(role);
        let by = contexts.iter().find_map(|context| {
            match evaluate_assume_role(trust, &target, &caller, &permissions, context) {
                Decision::Allowed { by, .. } => Some(by),
                _ => None,
            }
        })?;
        Some(Later {
            how: format!("without MFA by users of account {id} whose own policies allow it"),
            by,
        })
    })
}

/// Users whom a principal of a trust policy names. A policy that looks at the ARN of the caller may mean some
/// users of the account and not others.
fn callers_for(
    account: &Account,
    trust: &Policy,
    principal: &Principal,
) -> Vec<(AccountId, String)> {
    let (partition, id) = (&account.partition, &account.id);
    match principal {
        Principal::Account { id: named, .. } if named == id.as_str() => {
            let users = account.users.values().filter(|_| looks_at_arn(trust));
            let users = users.map(|user| account.user_arn(user));
            let anyone = format!("arn:{partition}:iam::{id}:user/anyone");
            let arns = users.chain([anyone]);
            arns.map(|arn| (id.clone(), arn)).collect()
        }
        Principal::Arn(arn) => {
            let is_own = arn.split(':').nth(4) == Some(id.as_str());
            let is_user = is_own && arn.contains(":user/");
            is_user
                .then(|| (id.clone(), arn.clone()))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether some condition is about the caller's ARN.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
fn looks_at_arn(trust: &Policy) -> bool {
    let conditions = trust.statements().iter().flat_map(|one| one.conditions());
    let mut keys = conditions.map(|condition| condition.key());
    keys.any(|key| key.eq_ignore_ascii_case("aws:PrincipalArn"))
}
