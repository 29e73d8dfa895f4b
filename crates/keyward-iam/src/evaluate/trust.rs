//! Decides whether a caller may assume a role, by the role's trust policy and the caller's own
//! policies. Only `sts:AssumeRole` and what comes with it are judged; services and identity
//! providers come in by other calls.

use keyward_core::id::RoleArn;

use super::decision::{Cited, Decision, Grant, ImplicitDeny, Source, StatementRef, Verdict};
use super::identity::judge;
use super::limits::Limits;
use super::permissions::Permissions;
use super::principal_match::{Bounded, Caller, PrincipalMatch, matched};
use super::search::search;
use crate::language::{Effect, Policy, Truth};
use crate::request::{Action, Context, Request, Resource};

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

/// Decides as [`evaluate_assume_role`], and names the statement of the trust policy that lets the caller in,
/// if one does.
#[must_use]
pub fn evaluate_admission(
    trust: &Policy,
    role: &RoleArn,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    context: &Context,
) -> (Decision, Option<StatementRef>) {
    let action: Action = "sts:AssumeRole".parse().expect("this is an action");
    let request = Request {
        action: &action,
        resource: &Resource::from(role),
        context,
    };
    let own = OwnSide::new(permissions, &request);
    let (verdict, door) = admit(trust, caller, Home::of(role, caller), own, &request);
    (verdict.into(), door.map(Into::into))
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
    let home = Home::of(role, caller);
    let own = OwnSide::new(permissions, &request);
    decide(trust, caller, home, own, &request).into()
}

/// Whether the role is in the caller's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    Same,
    Other,
}

impl Home {
    pub(crate) fn of(role: &RoleArn, caller: &Caller<'_>) -> Self {
        match role.account() {
            Some(account) if account == *caller.account => Self::Same,
            _ => Self::Other,
        }
    }
}

/// The answer of the caller's own policies to the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnSide<'a> {
    /// All of them together.
    pub(crate) verdict: Verdict<'a>,
    /// The first limit that does not allow.
    pub(crate) missing: Option<ImplicitDeny>,
    /// The session policies, if they do not allow.
    pub(crate) missing_session: Option<ImplicitDeny>,
    /// The service control policies, if they do not allow.
    pub(crate) missing_service_control: Option<ImplicitDeny>,
    /// A statement that may deny the request, or a limit that may not allow it.
    pub(crate) doubt: Option<Cited<'a>>,
    pub(crate) bounded: Bounded,
}

impl<'a> OwnSide<'a> {
    fn new(permissions: &Permissions<'a>, request: &Request<'_>) -> Self {
        let limits = Limits::new(permissions, request);
        let verdict = judge(permissions, request);
        Self {
            verdict,
            missing: limits.missing(),
            missing_session: limits.missing_session(),
            missing_service_control: limits.missing_service_control(),
            doubt: denial_doubt(permissions, request).or(limits.doubt()),
            bounded: match permissions.boundary {
                Some(_) => Bounded::Yes,
                None => Bounded::No,
            },
        }
    }

    /// The limit that stops a caller whom the trust policy names in this way, if one does. A
    /// grant to a user or to a session itself is not limited by boundary and session policies,
    /// one to a role is.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic>
    fn stops(self, named: PrincipalMatch) -> Option<ImplicitDeny> {
        match named {
            PrincipalMatch::Account | PrincipalMatch::Role => self.missing,
            PrincipalMatch::Everyone => self.missing_service_control.or(self.missing_session),
            PrincipalMatch::EveryoneByArn | PrincipalMatch::Caller => self.missing_service_control,
        }
    }
}

/// A statement of the identity that may deny the request.
fn denial_doubt<'a>(permissions: &Permissions<'a>, request: &Request<'_>) -> Option<Cited<'a>> {
    search(
        permissions
            .identity
            .iter()
            .map(|p| (Source::Known(&p.source), p.policy.as_ref())),
        request,
    )
    .doubt
}

/// Decides from both sides. Of the statements that let the caller in, the one counts that is
/// most certain, and of these the one that names the caller most closely.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
pub(crate) fn decide<'a>(
    trust: &'a Policy,
    caller: &Caller<'_>,
    home: Home,
    own: OwnSide<'a>,
    request: &Request<'_>,
) -> Verdict<'a> {
    admit(trust, caller, home, own, request).0
}

/// The decision, with the statement of the trust policy that lets the caller in.
fn admit<'a>(
    trust: &'a Policy,
    caller: &Caller<'_>,
    home: Home,
    own: OwnSide<'a>,
    request: &Request<'_>,
) -> (Verdict<'a>, Option<Cited<'a>>) {
    let mut doors: Vec<(PrincipalMatch, Grant<'a>)> = Vec::new();
    let mut doubt = None;
    for (index, statement) in trust.statements().iter().enumerate() {
        let Some(named) = matched(statement, caller, own.bounded) else {
            continue;
        };
        let cited = Cited {
            source: Source::Trust,
            index,
            statement,
        };
        match (statement.effect(), statement.applies_to(request)) {
            (_, Truth::No) => {}
            (Effect::Deny, Truth::Yes) => return (Verdict::Denied(cited), None),
            (Effect::Deny, Truth::Unknown) => doubt = doubt.or(Some(cited)),
            (Effect::Allow, Truth::Yes) => doors.push((named, Grant::certain(cited))),
            (Effect::Allow, Truth::Unknown) => doors.push((named, Grant::doubtful(cited))),
        }
    }
    if let Verdict::Denied(_) = own.verdict {
        return (own.verdict, None);
    }
    if is_root(caller) {
        return (Verdict::Missing(ImplicitDeny::RootMayNotAssume), None);
    }
    let entered = doors.into_iter().map(|(named, grant)| {
        let verdict = enter(named, grant.doubted(doubt), home, own);
        (named, grant.by, verdict)
    });
    let best = entered.max_by_key(|(named, _, verdict)| (certainty(verdict), *named));
    match best {
        Some((_, door, verdict)) => {
            let is_open = certainty(&verdict) != Truth::No;
            (verdict, is_open.then_some(door))
        }
        None => (Verdict::Missing(ImplicitDeny::Trust), None),
    }
}

/// Decides for a caller whom the trust policy lets in by one of its statements.
fn enter<'a>(named: PrincipalMatch, grant: Grant<'a>, home: Home, own: OwnSide<'a>) -> Verdict<'a> {
    match (home, named) {
        (Home::Other, _) | (_, PrincipalMatch::Account) => match own.verdict {
            Verdict::Allowed(own) => Verdict::Allowed(own.doubted(grant.doubt)),
            other => other,
        },
        (Home::Same, named) => match own.stops(named) {
            Some(missing) => Verdict::Missing(missing),
            None => Verdict::Allowed(grant.doubted(own.doubt)),
        },
    }
}

fn certainty(verdict: &Verdict<'_>) -> Truth {
    match verdict {
        Verdict::Free | Verdict::Allowed(Grant { doubt: None, .. }) => Truth::Yes,
        Verdict::Allowed(_) => Truth::Unknown,
        Verdict::Denied(_) | Verdict::Missing(_) => Truth::No,
    }
}

fn is_root(caller: &Caller<'_>) -> bool {
    caller.role.is_none() && caller.arn.resource() == "root"
}

#[cfg(test)]
mod tests;
