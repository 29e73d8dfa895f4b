//! Roles that can be assumed without MFA: the trust policy of each role is asked with MFA absent
//! and false. Users of the account are judged by their policies. The check assumes that anyone and
//! other accounts are allowed everything on their side.
//!
//! Roles that trust other roles of the account or services are left out: a session of a role never
//! says that MFA was used. Identity providers have checks of their own.

use std::collections::BTreeSet;

use keyward_core::id::{AccountId, PrincipalArn, RoleName};
use keyward_iam::model::{Account, Gathered, Role};
use keyward_iam::{
    Caller, Context, Decision, Effect, Mfa, Permissions, Policy, Principal, Selection,
    StatementRef, evaluate_assume_role,
};

use super::examples;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, Found};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::audit::powers::contexts_without_mfa;
use crate::outsiders::{Outsider, entries};
use crate::prove::everything;

pub(in crate::audit) const CHECK: Check = Check {
    id: "role-without-mfa",
    title: "No role can be assumed without MFA",
    reason: "Severity is medium where a further policy, a condition on the request or another account may still prevent it.",
    severity: Severity::High,
    fix: "add the condition `\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}` to the trust policy, without `IfExists`",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut Found) -> Result<(), NotRead> {
    let account = &input.account;
    for (role, trust) in input.trusts() {
        for entry in entries(trust, &[&account.id]) {
            if !asks_by_key(&entry.who) {
                continue;
            }
            // Another account may require a code itself. A trust policy for everyone implies no
            // such check.
            let severity = match entry.certain && entry.who.is_anyone() {
                true => Severity::High,
                false => Severity::Medium,
            };
            let message = format!("can be assumed {}", entry.how());
            let subject = Subject::Role(role.name.clone());
            found.add_as(severity, subject, Some(entry.by), message);
        }
        let users = users_who_assume(account, role, trust);
        let names: Vec<String> = users.iter().map(|way| way.who.clone()).collect();
        let subject = Subject::Role(role.name.clone());
        if let Some(first) = users.iter().find(|way| way.certain).or(users.first()) {
            let severity = match first.certain {
                true => Severity::High,
                false => Severity::Medium,
            };
            let message = format!("can be assumed without MFA by {}", examples(&names));
            found.add_as(severity, subject, Some(first.by.clone()), message);
        } else if let Some(way) = later_users_who_assume(account, role, trust) {
            let message = format!(
                "can be assumed without MFA by users of {} whose own policies allow it",
                way.who
            );
            found.add_as(Severity::Medium, subject, Some(way.by), message);
        }
    }
    Ok(())
}

/// Whether anyone gets into a role without MFA.
pub(super) fn is_open(account: &Account, name: &RoleName) -> bool {
    let role = account.roles.get(name);
    role.is_some_and(|role| {
        role.trust.policy().is_some_and(|trust| {
            !users_who_assume(account, role, trust).is_empty()
                || later_users_who_assume(account, role, trust).is_some()
                || !entries(trust, &[&account.id]).is_empty()
        })
    })
}

/// One caller who gets in.
struct Way {
    who: String,
    certain: bool,
    by: StatementRef,
}

fn users_who_assume(account: &Account, role: &Role, trust: &Policy) -> Vec<Way> {
    let users = account.users.values().filter_map(|user| {
        let arn: PrincipalArn = account.user_arn(user).parse().ok()?;
        let gathered = Gathered::of_user(account, user);
        let contexts = contexts_without_mfa(account, user);
        let (certain, by) = way_in(
            account,
            role,
            trust,
            &arn,
            &account.id,
            &gathered.permissions(),
            &contexts,
        )?;
        Some(Way {
            who: user.name.to_string(),
            certain,
            by,
        })
    });
    users.collect()
}

/// Whether an outsider signs with credentials of an account, and not with a token.
fn asks_by_key(who: &Outsider) -> bool {
    match who {
        Outsider::Anyone | Outsider::Account(_) | Outsider::Principal(_) => true,
        Outsider::AnyoneWithToken(_) | Outsider::Provider(_) => false,
    }
}

/// A user of the account who may do everything, where the trust policy names the account: someone
/// may get such a policy later. Trust in everyone is judged elsewhere.
fn later_users_who_assume(account: &Account, role: &Role, trust: &Policy) -> Option<Way> {
    let allowing = trust.statements().iter();
    let allowing = allowing.filter(|statement| statement.effect() == Effect::Allow);
    let principals = allowing
        .filter_map(|statement| statement.principals())
        .flat_map(Selection::listed);
    let callers: BTreeSet<(AccountId, String)> = principals
        .filter_map(|principal| caller_for(account, principal))
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
            mfa.set_keys(&mut context);
            context
        });
        let (certain, by) = way_in(account, role, trust, &arn, &id, &permissions, &contexts)?;
        Some(Way {
            who: format!("account {id}"),
            certain,
            by,
        })
    })
}

/// A user whom a principal of a trust policy names.
fn caller_for(account: &Account, principal: &Principal) -> Option<(AccountId, String)> {
    let partition = &account.partition;
    match principal {
        Principal::Account { id, .. } if id == account.id.as_str() => {
            let arn = format!("arn:{partition}:iam::{id}:user/anyone");
            Some((id.parse().ok()?, arn))
        }
        Principal::Arn(arn) => {
            let id: AccountId = arn.split(':').nth(4)?.parse().ok()?;
            (id == account.id && arn.contains(":user/")).then(|| (id, arn.clone()))
        }
        _ => None,
    }
}

fn way_in(
    account: &Account,
    role: &Role,
    trust: &Policy,
    arn: &PrincipalArn,
    home: &AccountId,
    permissions: &Permissions<'_>,
    contexts: &[Context],
) -> Option<(bool, StatementRef)> {
    let caller = Caller {
        arn,
        role: None,
        account: home,
    };
    let target = account.role_arn(role);
    let ways = contexts.iter().filter_map(|context| {
        match evaluate_assume_role(trust, &target, &caller, permissions, context) {
            Decision::Allowed { by, doubt } => Some((doubt.is_none(), by)),
            _ => None,
        }
    });
    ways.max_by_key(|(certain, _)| *certain)
}
