//! Outsiders who can assume a role: anyone, other accounts, identity providers. Their own policies
//! are unknown, so each of them counts as allowed everything on its side.
//!
//! Requests are judged without MFA: a session from elsewhere shows MFA only if the trust policy
//! asks for it. Anyone may also bring a device of their own, so MFA keeps no stranger out, and neither
//! does a condition on a value that strangers choose. An
//! outsider whose admission depends on the request counts as admitted and is marked. Services are
//! excluded, because they assume roles by their own calls. Identity providers are not judged if a
//! condition on their claims narrows them.

mod bearers;
mod own_choice;
mod providers;
mod strangers;

use std::fmt;
use std::time::Duration;

use keyward_core::id::AccountId;
use keyward_iam::{
    Action, Comparison, Condition, Context, Effect, Mfa, Negation, Policy, PolicySource, Principal,
    Quantifier, Selection, Statement, StatementRef, Truth,
};

pub use self::bearers::{Bearers, bearers};
use self::own_choice::hold;
use self::providers::of_provider;
use self::strangers::may_be_a_stranger;
use crate::prove::{earliest, set_time};

/// A caller who is not a user or role of the known accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outsider {
    /// Any caller who signs a request with credentials of an AWS account.
    Anyone,
    /// Any bearer of a provider's token, by the provider's name. The provider issues tokens to
    /// everyone.
    AnyoneWithToken(String),
    /// Every identity of one provider, by its ARN.
    Provider(String),
    /// Any principal that another account permits, by the account's twelve digits.
    Account(String),
    /// A user, role or session of another account, by its ARN.
    Principal(String),
}

impl Outsider {
    /// The last part of a finding's id, without slashes.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::Account(id) => format!("account-{id}"),
            Self::AnyoneWithToken(text) | Self::Provider(text) | Self::Principal(text) => {
                text.replace('/', ":").replace(' ', "-")
            }
        }
    }

    /// Whether the outsider is everyone.
    #[must_use]
    pub fn is_anyone(&self) -> bool {
        matches!(self, Self::Anyone | Self::AnyoneWithToken(_))
    }

    /// The label in a drawing.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::AnyoneWithToken(provider) => format!("anyone, by {provider}"),
            Self::Account(id) => format!("account {id}"),
            Self::Provider(text) | Self::Principal(text) => text.clone(),
        }
    }
}

impl fmt::Display for Outsider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone with an AWS account"),
            Self::AnyoneWithToken(provider) => {
                write!(f, "anyone with a token of {provider}")
            }
            Self::Provider(provider) => write!(f, "every identity of `{provider}`"),
            Self::Account(id) => write!(f, "any principal that account {id} permits"),
            Self::Principal(arn) => write!(f, "`{arn}`"),
        }
    }
}

/// The MFA that a trust policy demands of an outsider. The weaker demand is the greater value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// A session with MFA, for which any device of the outsider's own suffices.
    OwnDevice,
    /// No MFA.
    Nothing,
}

/// The way of an outsider into a role without a device that the account knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The outsider.
    pub who: Outsider,
    /// Whether no condition can still keep the outsider out.
    pub certain: bool,
    /// Whether the provider decides who gets such a token. That is unknown of guests of an identity
    /// pool of Cognito.
    pub by_provider: bool,
    /// The MFA that the trust policy demands.
    pub demand: Demand,
    /// The statement of the trust policy.
    pub by: StatementRef,
}

impl Entry {
    /// Returns how and by whom the role is assumed: the end of `can be assumed …`.
    #[must_use]
    pub fn how(&self) -> String {
        let doubt = match self.certain {
            true => "",
            false => ", if a condition holds that depends on the request",
        };
        match self.demand {
            Demand::Nothing => format!("without MFA by {}{doubt}", self.who),
            Demand::OwnDevice => format!(
                "by {}: the policy asks for MFA, and any device of their own suffices{doubt}",
                self.who
            ),
        }
    }
}

/// The outsiders that a trust policy admits without MFA, or with a device that anyone has. Principals of
/// the known accounts are not outsiders: their own policies decide.
///
/// `*` means every account. A named account decides by its own policies who may assume the role.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[must_use]
pub fn entries(trust: &Policy, known: &[&AccountId]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for (index, statement) in trust.statements().iter().enumerate() {
        if statement.effect() != Effect::Allow {
            continue;
        }
        for candidate in candidates(statement, known) {
            let Some((certain, demand)) = admitted(trust, statement, &candidate, known) else {
                continue;
            };
            let by = StatementRef {
                policy: PolicySource::Trust,
                sid: statement.sid().map(str::to_owned),
                index,
            };
            match found.iter_mut().find(|entry| entry.who == candidate.who) {
                Some(entry) => {
                    entry.by_provider &= !candidate.certain;
                    if (entry.certain, entry.demand) < (certain, demand) {
                        (entry.certain, entry.demand, entry.by) = (certain, demand, by);
                    }
                }
                None => found.push(Entry {
                    who: candidate.who,
                    certain,
                    by_provider: !candidate.certain,
                    demand,
                    by,
                }),
            }
        }
    }
    // Anyone includes the bearers of tokens, unless they get in more easily.
    let anyone = found.iter().find(|entry| entry.who == Outsider::Anyone);
    let anyone = anyone.map(|entry| (entry.certain, entry.demand));
    found.retain(|entry| {
        entry.who != any_provider()
            || anyone.is_none_or(|anyone| anyone < (entry.certain, entry.demand))
    });
    found
}

/// An outsider that a statement names, and the call that the outsider would make.
struct Candidate {
    who: Outsider,
    call: &'static str,
    /// Whether the outsider has what the call needs.
    certain: bool,
}

fn any_provider() -> Outsider {
    Outsider::AnyoneWithToken("any provider".to_owned())
}

const ASSUME: &str = "sts:AssumeRole";
const WITH_TOKEN: &str = "sts:AssumeRoleWithWebIdentity";
const WITH_SAML: &str = "sts:AssumeRoleWithSAML";

fn candidates(statement: &Statement, known: &[&AccountId]) -> Vec<Candidate> {
    let anyone = || -> Vec<Candidate> {
        let calls = [ASSUME, WITH_TOKEN, WITH_SAML].into_iter();
        let calls = calls.filter(|call| covers(statement, call));
        let candidate = |call| Candidate {
            who: match call {
                ASSUME => Outsider::Anyone,
                _ => any_provider(),
            },
            call,
            certain: true,
        };
        calls.map(candidate).collect()
    };
    let listed = match statement.principals() {
        None => return Vec::new(),
        // Everyone except these principals.
        Some(Selection::Except(_)) => return anyone(),
        Some(Selection::Only(listed)) => listed,
    };
    let by_key = |who: Option<Outsider>| {
        let who = who.filter(|_| covers(statement, ASSUME))?;
        Some(Candidate {
            who,
            call: ASSUME,
            certain: true,
        })
    };
    let is_known = |id: &str| known.iter().any(|own| own.as_str() == id);
    let one = |candidate: Option<Candidate>| candidate.into_iter().collect::<Vec<_>>();
    listed
        .iter()
        .flat_map(|principal| match principal {
            Principal::Everyone => anyone(),
            Principal::Account { id, .. } => one(by_key(
                (!is_known(id)).then(|| Outsider::Account(id.clone())),
            )),
            Principal::Arn(arn) => {
                let own = account_of(arn).is_some_and(is_known);
                one(by_key((!own).then(|| Outsider::Principal(arn.clone()))))
            }
            Principal::Federated(provider) => one(of_provider(statement, provider)),
            // The principal of a unique id was deleted.
            Principal::UniqueId(_) | Principal::Service(_) | Principal::CanonicalUser(_) => {
                Vec::new()
            }
        })
        .collect()
}

/// Whether an outsider gets in by a statement, whether that is certain, and what it needs.
fn admitted(
    trust: &Policy,
    door: &Statement,
    candidate: &Candidate,
    known: &[&AccountId],
) -> Option<(bool, Demand)> {
    if is_closed_to(door, &candidate.who, known) {
        return None;
    }
    let own_device = Mfa::Session {
        age: Duration::ZERO,
    };
    let own_device = may_be_a_stranger(trust, door, candidate).then_some(own_device);
    let without = [Mfa::LongTermKey, Mfa::SessionWithout].map(|mfa| (mfa, Demand::Nothing));
    let cases = without
        .into_iter()
        .chain(own_device.map(|mfa| (mfa, Demand::OwnDevice)));
    let ways = cases.filter_map(|(mfa, demand)| {
        let context = &context(candidate, mfa);
        let mut certain = match hold(door, &candidate.who, context) {
            Truth::No => return None,
            truth => truth == Truth::Yes && candidate.certain,
        };
        for statement in trust.statements() {
            if statement.effect() != Effect::Deny {
                continue;
            }
            let about = about(statement, candidate.call);
            let means = means(statement, &candidate.who, known);
            let holds = match is_denied_to_others(statement, &candidate.who, known) {
                true => Truth::Yes,
                false => statement.conditions_hold(context),
            };
            match about.min(means).min(holds) {
                Truth::Yes => return None,
                Truth::Unknown => certain = false,
                Truth::No => {}
            }
        }
        Some((certain, demand))
    });
    ways.max()
}

/// The condition keys that are known of every request of an outsider.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn context(candidate: &Candidate, mfa: Mfa) -> Context {
    let mut context = Context::partial();
    context.set("aws:PrincipalIsAWSService", "false");
    // STS accepts no call without TLS.
    context.set("aws:SecureTransport", "true");
    set_time(&mut context, earliest(None));
    // Only calls of AWS services have these.
    for key in [
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
    ] {
        context.remove(key);
    }
    match &candidate.who {
        Outsider::Account(id) => {
            context.set("aws:PrincipalAccount", id.as_str());
        }
        Outsider::Principal(arn) => {
            if let Some(id) = account_of(arn) {
                context.set("aws:PrincipalAccount", id);
            }
            // The session of a role has the role's ARN there.
            if !arn.contains(":assumed-role/") {
                context.set("aws:PrincipalArn", arn.as_str());
            }
        }
        Outsider::Anyone | Outsider::AnyoneWithToken(_) | Outsider::Provider(_) => {}
    }
    mfa.set_keys(&mut context);
    context
}

/// Whether a statement covers a call, or may cover it.
fn covers(statement: &Statement, call: &str) -> bool {
    about(statement, call) != Truth::No
}

fn about(statement: &Statement, call: &str) -> Truth {
    let action: Action = call.parse().expect("this is an action");
    statement.covers(&action)
}

/// Whether a deny statement covers an outsider. A statement that names some principals does not
/// cover everyone.
fn means(statement: &Statement, who: &Outsider, known: &[&AccountId]) -> Truth {
    let is_foreign = |id: &str| !known.iter().any(|own| own.as_str() == id);
    // Of everyone, an outsider may be one of these.
    let may_be = |principal: &Principal| match principal {
        Principal::Account { id, .. } => is_foreign(id),
        Principal::Arn(arn) => account_of(arn).is_some_and(is_foreign),
        _ => false,
    };
    let names = |principal: &Principal| match (principal, who) {
        (Principal::Everyone, _) => true,
        (Principal::Account { id, .. }, Outsider::Account(own)) => id == own,
        (Principal::Account { id, .. }, Outsider::Principal(arn)) => {
            account_of(arn) == Some(id.as_str())
        }
        (Principal::Arn(named), Outsider::Principal(arn)) => named == arn,
        (Principal::Federated(named), Outsider::Provider(own) | Outsider::AnyoneWithToken(own)) => {
            named == own || named.ends_with(&format!(":oidc-provider/{own}"))
        }
        _ => false,
    };
    match statement.principals() {
        None => Truth::No,
        Some(Selection::Only(listed)) => listed.iter().any(names).into(),
        Some(Selection::Except(listed)) => {
            let is_excepted = *who == Outsider::Anyone && listed.iter().any(may_be);
            match is_excepted || listed.iter().any(names) {
                true => Truth::Unknown,
                false => Truth::Yes,
            }
        }
    }
}

/// Whether a condition holds only for principals of accounts other than the outsider's.
fn is_closed_to(statement: &Statement, who: &Outsider, known: &[&AccountId]) -> bool {
    statement.conditions().iter().any(|condition| {
        condition.operator().negation == Negation::Plain && names_others(condition, who, known)
    })
}

/// Whether a deny statement has one condition, which holds for everyone outside accounts that are
/// not the outsider's.
fn is_denied_to_others(statement: &Statement, who: &Outsider, known: &[&AccountId]) -> bool {
    let [condition] = statement.conditions() else {
        return false;
    };
    statement.unknown_operator().is_none()
        && condition.operator().negation == Negation::Negated
        && names_others(condition, who, known)
}

/// Whether a condition on the caller's account or ARN names only accounts that are not the
/// outsider's. Every signed request has both keys.
fn names_others(condition: &Condition, who: &Outsider, known: &[&AccountId]) -> bool {
    let operator = condition.operator();
    let key = condition.key().to_ascii_lowercase();
    let account = |text: &str| match key.as_str() {
        "aws:principalaccount" => Some(text.to_owned()),
        "aws:principalarn" => account_in(operator.comparison, text).map(str::to_owned),
        _ => None,
    };
    let is_other = |text: &str| {
        let Some(id) = account(text).filter(|id| is_account(id)) else {
            return false;
        };
        let own = match who {
            Outsider::Account(own) => id == *own,
            Outsider::Principal(arn) => account_of(arn) == Some(id.as_str()),
            _ => !known.iter().any(|known| known.as_str() == id),
        };
        !own
    };
    compares_texts(operator.comparison)
        && operator.quantifier == Quantifier::Single
        && !condition.values().is_empty()
        && condition
            .values()
            .iter()
            .all(|value| is_other(value.as_str()))
}

fn compares_texts(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::ArnEquals
            | Comparison::ArnLike
    )
}

fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// The account of an ARN in a condition. A wildcard of `StringLike` also matches colons, so that
/// the parts after it may be anywhere.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
fn account_in(comparison: Comparison, arn: &str) -> Option<&str> {
    let id = account_of(arn)?;
    let mut before = arn.split(':').take(4);
    let is_open = before.any(|part| part.contains(['*', '?']));
    (comparison != Comparison::StringLike || !is_open).then_some(id)
}

#[cfg(test)]
mod tests;
