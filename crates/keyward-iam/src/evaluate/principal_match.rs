//! The match between a statement of a trust policy and a caller. Services, identity providers and
//! canonical users never name one that signs with AWS credentials.

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};

use crate::language::{Comparison, Effect, Negation, Principal, Selection, Statement};

/// The identity that asks to assume the role.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The ARN of the user, or of the session when the caller has a role.
    pub arn: &'a PrincipalArn,
    /// The ARN of the role behind a session.
    pub role: Option<&'a RoleArn>,
    /// The caller's account.
    pub account: &'a AccountId,
}

/// The closeness with which a trust statement names the caller; more is closer.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PrincipalMatch {
    /// Its account, which then decides for itself.
    Account,
    /// The role behind its session: enough in the same account, within boundary and session
    /// policies.
    Role,
    /// Everyone, and so the role behind its session without naming it: enough in the same
    /// account. AWS does not document what limits it. It is taken to be limited by session policies,
    /// and not by a boundary.
    Everyone,
    /// Everyone whose ARN fits a condition on `aws:PrincipalArn`: enough in the same account. AWS
    /// says that neither a boundary nor session policies limit it.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>
    EveryoneByArn,
    /// The caller itself: enough in the same account.
    Caller,
}

/// Whether the caller has a permissions boundary, which a deny of everyone else never spares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bounded {
    Yes,
    No,
}

/// Returns how closely a statement names the caller; `None` if it does not. AWS accepts no new trust
/// policy with `NotPrincipal`; what it would mean follows the resource policies that still have it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
pub(crate) fn matched(
    statement: &Statement,
    caller: &Caller<'_>,
    bounded: Bounded,
) -> Option<PrincipalMatch> {
    match statement.principals()? {
        Selection::Only(listed) => {
            let closest = listed.iter().filter_map(|p| named(p, caller)).max();
            closest.map(|closest| match closest {
                PrincipalMatch::Everyone if asks_for_arn(statement) => {
                    PrincipalMatch::EveryoneByArn
                }
                closest => closest,
            })
        }
        Selection::Except(listed) => {
            let excepted = match statement.effect() {
                // A grant to everyone else leaves out each named caller.
                Effect::Allow => listed.iter().any(|p| named(p, caller).is_some()),
                // Denying everyone else spares only who is named in every way: the account, the
                // role and the caller, as AWS asks for. It never spares who has a boundary.
                Effect::Deny => {
                    bounded == Bounded::No
                        && identities(caller)
                            .all(|(text, matched)| listed.iter().any(|p| names(p, text, matched)))
                }
            };
            (!excepted).then(|| anyone(caller))
        }
    }
}

fn asks_for_arn(statement: &Statement) -> bool {
    statement.conditions().iter().any(|condition| {
        let operator = condition.operator();
        condition.key().eq_ignore_ascii_case("aws:PrincipalArn")
            && operator.negation == Negation::Plain
            && operator.comparison != Comparison::Null
    })
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
