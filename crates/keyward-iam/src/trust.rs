//! Who may assume a role: the role's trust policy together with the caller's own policies. Only
//! `sts:AssumeRole` and what comes with it are judged; services and identity providers come in by
//! other calls.

use crate::action::Action;
use crate::context::Context;
use crate::evaluate::{Cited, Decision, Missing, Permissions, Request, Verdict, judge, limits};
use crate::policy::Policy;
use crate::principal::Principal;
use crate::statement::{Effect, Selection, Statement};

/// Who asks to assume the role.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The ARN of the user, or of the session when the caller has a role.
    pub arn: &'a str,
    /// The ARN of the role behind a session.
    pub role_arn: Option<&'a str>,
    /// The twelve digits of the caller's account.
    pub account: &'a str,
}

/// How closely a trust statement names the caller; more is closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
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
    role_arn: &str,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
) -> Decision {
    let action = "sts:AssumeRole";
    evaluate_trust(action, trust, role_arn, caller, permissions, context)
}

/// Decides an action that comes with assuming a role, by the rules of [`evaluate_assume_role`]:
/// `sts:TagSession` for session tags, `sts:SetSourceIdentity` for a source identity.
#[must_use]
pub fn evaluate_trust(
    action: &str,
    trust: &Policy,
    role_arn: &str,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
) -> Decision {
    let request = Request {
        action,
        resource: role_arn,
        context,
    };
    decide(trust, caller, permissions, &request).into()
}

fn decide<'a>(
    trust: &'a Policy,
    caller: &Caller<'_>,
    permissions: &Permissions<'a>,
    request: &Request<'_>,
) -> Verdict<'a> {
    let action = Action::new(request.action);
    let mut closest: Option<(Closeness, Cited<'a>)> = None;
    for (index, statement) in trust.statements().iter().enumerate() {
        let Some(closeness) = closeness(statement, caller, permissions) else {
            continue;
        };
        if !statement.fits(action, request.resource, request.context) {
            continue;
        }
        let cited = Cited {
            policy: "trust policy",
            index,
            statement,
        };
        match statement.effect() {
            Effect::Deny => return Verdict::Denied(cited),
            Effect::Allow if closest.is_none_or(|(best, _)| closeness > best) => {
                closest = Some((closeness, cited));
            }
            Effect::Allow => {}
        }
    }
    let own = judge(permissions, request);
    if let Verdict::Denied(_) = own {
        return own;
    }
    if is_root(caller) {
        return Verdict::Missing(Missing::RootMayNotAssume);
    }
    let Some((closeness, cited)) = closest else {
        return Verdict::Missing(Missing::Trust);
    };
    if account_of(request.resource) != Some(caller.account) {
        return own;
    }
    match closeness {
        Closeness::Caller => Verdict::Allowed(cited),
        Closeness::Role => within(limits(permissions, request).missing(), cited),
        Closeness::Everyone => within(limits(permissions, request).missing_session(), cited),
        Closeness::Account => own,
    }
}

fn within(missing: Option<Missing>, cited: Cited<'_>) -> Verdict<'_> {
    missing.map_or(Verdict::Allowed(cited), Verdict::Missing)
}

fn is_root(caller: &Caller<'_>) -> bool {
    caller.role_arn.is_none() && caller.arn.splitn(6, ':').nth(5) == Some("root")
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// How closely a statement names the caller, if it does. AWS takes no new trust policy with
/// `NotPrincipal`; what it would mean follows the resource policies that still have it.
fn closeness(
    statement: &Statement,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
) -> Option<Closeness> {
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
                        && identities(caller).all(|(text, closeness)| {
                            listed.iter().any(|p| names(p, text, closeness))
                        })
                }
            };
            (!excepted).then(|| anyone(caller))
        }
    }
}

fn named(principal: &Principal, caller: &Caller<'_>) -> Option<Closeness> {
    match principal {
        Principal::Everyone => Some(anyone(caller)),
        _ => identities(caller)
            .filter(|(text, closeness)| names(principal, text, *closeness))
            .map(|(_, closeness)| closeness)
            .max(),
    }
}

/// Everyone includes the caller: a user itself, or the role behind a session.
fn anyone(caller: &Caller<'_>) -> Closeness {
    match caller.role_arn {
        Some(_) => Closeness::Everyone,
        None => Closeness::Caller,
    }
}

/// The ways to name the caller.
fn identities<'a>(caller: &Caller<'a>) -> impl Iterator<Item = (&'a str, Closeness)> + use<'a> {
    [
        Some((caller.account, Closeness::Account)),
        caller.role_arn.map(|arn| (arn, Closeness::Role)),
        Some((caller.arn, Closeness::Caller)),
    ]
    .into_iter()
    .flatten()
}

fn names(principal: &Principal, text: &str, closeness: Closeness) -> bool {
    match principal {
        Principal::Everyone => true,
        Principal::Account { id, .. } => closeness == Closeness::Account && id == text,
        Principal::Arn(arn) => closeness != Closeness::Account && arn == text,
        Principal::UniqueId(_)
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_) => false,
    }
}

#[cfg(test)]
mod tests;
