//! Who may assume a role: the role's trust policy together with the caller's own policies. Only
//! `sts:AssumeRole` and what comes with it are judged; services and identity providers come in by
//! other calls.

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};

use super::decision::{Cited, Decision, ImplicitDeny, Source, Verdict};
use super::identity::judge;
use super::limits::Limits;
use super::permissions::Permissions;
use crate::language::{Effect, Policy, Principal, Selection, Statement};
use crate::request::{Action, Context, Request, Resource};

/// Who asks to assume the role.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The ARN of the user, or of the session when the caller has a role.
    pub arn: &'a PrincipalArn,
    /// The ARN of the role behind a session.
    pub role: Option<&'a RoleArn>,
    /// The caller's account.
    pub account: &'a AccountId,
}

/// How closely a trust statement names the caller; more is closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PrincipalMatch {
    /// Its account, which then decides for itself.
    Account,
    /// The role behind its session: enough in the same account, within boundary and session
    /// policies.
    Role,
    /// Everyone, and so the role behind its session without naming it: enough in the same
    /// account, within session policies. That no boundary limits it is not written down anywhere,
    /// and assumed because a proof must rather report too much than too little.
    Everyone,
    /// The caller itself: enough in the same account.
    Caller,
}

/// Decides whether a caller may assume a role.
///
/// An explicit deny on either side decides. In one account, a trust policy that names the caller,
/// its role or `*` suffices; one that names the account leaves the decision to the caller's own
/// policies. Across accounts both sides must allow. The context must hold what both sides look
/// at; nothing is added to it.
#[must_use]
pub fn evaluate_assume_role(
    trust: &Policy,
    role: &RoleArn,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
) -> Decision {
    let action: Action = "sts:AssumeRole".parse().expect("this is an action");
    evaluate_trust(&action, trust, role, caller, permissions, context)
}

/// Decides an action that comes with assuming a role, by the rules of [`evaluate_assume_role`]:
/// `sts:TagSession` for session tags, `sts:SetSourceIdentity` for a source identity.
#[must_use]
pub fn evaluate_trust(
    action: &Action,
    trust: &Policy,
    role: &RoleArn,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
) -> Decision {
    let request = Request {
        action,
        resource: &Resource::from(role),
        context,
    };
    let home = match role.account() {
        Some(account) if account == *caller.account => Home::Same,
        _ => Home::Other,
    };
    decide(trust, home, caller, permissions, &request).into()
}

/// Whether the role is in the caller's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Same,
    Other,
}

fn decide<'a>(
    trust: &'a Policy,
    home: Home,
    caller: &Caller<'_>,
    permissions: &Permissions<'a>,
    request: &Request<'_>,
) -> Verdict<'a> {
    let mut closest: Option<(PrincipalMatch, Cited<'a>)> = None;
    for (index, statement) in trust.statements().iter().enumerate() {
        let Some(matched) = matched(statement, caller, permissions) else {
            continue;
        };
        if !statement.applies_to(request) {
            continue;
        }
        let cited = Cited {
            source: Source::Trust,
            index,
            statement,
        };
        match statement.effect() {
            Effect::Deny => return Verdict::Denied(cited),
            Effect::Allow if closest.is_none_or(|(best, _)| matched > best) => {
                closest = Some((matched, cited));
            }
            Effect::Allow => {}
        }
    }
    let own = judge(permissions, request);
    if let Verdict::Denied(_) = own {
        return own;
    }
    if is_root(caller) {
        return Verdict::Missing(ImplicitDeny::RootMayNotAssume);
    }
    let Some((matched, cited)) = closest else {
        return Verdict::Missing(ImplicitDeny::Trust);
    };
    if home == Home::Other {
        return own;
    }
    let limits = Limits::new(permissions, request);
    let missing = match matched {
        PrincipalMatch::Account => return own,
        PrincipalMatch::Role => limits.missing(),
        PrincipalMatch::Everyone => limits
            .missing_service_control()
            .or(limits.missing_session()),
        PrincipalMatch::Caller => limits.missing_service_control(),
    };
    missing.map_or(Verdict::Allowed(cited), Verdict::Missing)
}

fn is_root(caller: &Caller<'_>) -> bool {
    caller.role.is_none() && caller.arn.resource() == "root"
}

/// How closely a statement names the caller, if it does. AWS takes no new trust policy with
/// `NotPrincipal`; what it would mean follows the resource policies that still have it.
fn matched(
    statement: &Statement,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
) -> Option<PrincipalMatch> {
    match statement.principals()? {
        Selection::Only(listed) => listed.iter().filter_map(|p| named(p, caller)).max(),
        Selection::Except(listed) => {
            let excepted = match statement.effect() {
                // Granting to everyone else leaves out whoever is named in any way.
                Effect::Allow => listed.iter().any(|p| named(p, caller).is_some()),
                // Denying everyone else spares only who is named in every way: the account, the
                // role and the caller, as AWS asks for. It never spares who has a boundary.
                Effect::Deny => {
                    permissions.boundary.is_none()
                        && identities(caller)
                            .all(|(text, matched)| listed.iter().any(|p| names(p, text, matched)))
                }
            };
            (!excepted).then(|| anyone(caller))
        }
    }
}

fn named(principal: &Principal, caller: &Caller<'_>) -> Option<PrincipalMatch> {
    match principal {
        Principal::Everyone => Some(anyone(caller)),
        _ => identities(caller)
            .filter(|(text, matched)| names(principal, text, *matched))
            .map(|(_, matched)| matched)
            .max(),
    }
}

/// Everyone includes the caller: a user itself, or the role behind a session.
fn anyone(caller: &Caller<'_>) -> PrincipalMatch {
    match caller.role {
        Some(_) => PrincipalMatch::Everyone,
        None => PrincipalMatch::Caller,
    }
}

/// The ways to name the caller.
fn identities<'a>(
    caller: &Caller<'a>,
) -> impl Iterator<Item = (&'a str, PrincipalMatch)> + use<'a> {
    [
        Some((caller.account.as_str(), PrincipalMatch::Account)),
        caller
            .role
            .map(|role| (role.as_str(), PrincipalMatch::Role)),
        Some((caller.arn.as_str(), PrincipalMatch::Caller)),
    ]
    .into_iter()
    .flatten()
}

fn names(principal: &Principal, text: &str, matched: PrincipalMatch) -> bool {
    match principal {
        Principal::Everyone => true,
        Principal::Account { id, .. } => matched == PrincipalMatch::Account && id == text,
        Principal::Arn(arn) => matched != PrincipalMatch::Account && arn == text,
        Principal::UniqueId(_)
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_) => false,
    }
}

#[cfg(test)]
mod tests;
