//! Holders of an identity provider's tokens whom a condition narrows, such as the workflows of one
//! repository. They do not count as outsiders. A holder whom a statement denies does not get in.

use std::collections::BTreeSet;

use keyward_iam::{Comparison, Effect, Mfa, Policy, Principal, Selection, Statement, Truth};

use super::{Candidate, Entry, Outsider, WITH_TOKEN, about, context, covers, means, providers};

/// Bearers of a provider's tokens whom a trust policy admits, and whom a condition narrows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bearers {
    /// The provider's name.
    pub issuer: String,
    /// The subjects that the policy names; empty where it names none.
    pub subjects: BTreeSet<String>,
}

/// The bearers of tokens who can assume a role and are not among its [`entries`](super::entries). One whom a statement
/// surely denies is not among them; a subject with a wildcard counts as several bearers, of whom some
/// may not be denied.
#[must_use]
pub fn bearers(trust: &Policy, entries: &[Entry]) -> BTreeSet<Bearers> {
    let statements = trust.statements().iter();
    let allowing = statements
        .filter(|statement| statement.effect() == Effect::Allow && covers(statement, WITH_TOKEN));
    let mut found = BTreeSet::new();
    for statement in allowing {
        let Some(Selection::Only(listed)) = statement.principals() else {
            continue;
        };
        for principal in listed {
            let Principal::Federated(provider) = principal else {
                continue;
            };
            let Some(issuer) = providers::issuer_of(provider) else {
                continue;
            };
            let is_entry = entries.iter().any(|entry| match &entry.who {
                Outsider::AnyoneWithToken(name) => name == issuer,
                Outsider::Provider(arn) => arn == provider,
                _ => false,
            });
            if is_entry {
                continue;
            }
            let mut subjects = providers::subjects(statement, issuer);
            let may_enter = match subjects.is_empty() {
                true => may_enter(trust, statement, provider, None),
                false => {
                    subjects.retain(|subject| {
                        may_enter(trust, statement, provider, Some((issuer, subject)))
                    });
                    !subjects.is_empty()
                }
            };
            if may_enter {
                found.insert(Bearers {
                    issuer: issuer.to_owned(),
                    subjects,
                });
            }
        }
    }
    found
}

/// Whether a bearer of the provider's tokens may get in by a statement. `subject` is the issuer with
/// the subject of the token, if the statement names one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
fn may_enter(
    trust: &Policy,
    door: &Statement,
    provider: &str,
    subject: Option<(&str, &str)>,
) -> bool {
    let bearer = Candidate {
        who: Outsider::Provider(provider.to_owned()),
        call: WITH_TOKEN,
        certain: true,
    };
    // A token shows no MFA.
    let mut context = context(&bearer, Mfa::LongTermKey);
    if let Some((issuer, subject)) = subject.filter(|(_, subject)| is_one(door, subject)) {
        context.set(&format!("{issuer}:sub"), subject);
    }
    let denies = |statement: &Statement| {
        let about = about(statement, bearer.call);
        let means = means(statement, &bearer.who, &[]);
        let holds = statement.conditions_hold(&context);
        about.min(means).min(holds) == Truth::Yes
    };
    let mut denying = trust.statements().iter();
    door.conditions_hold(&context) != Truth::No
        && !denying.any(|statement| statement.effect() == Effect::Deny && denies(statement))
}

/// Whether a text in the conditions of a statement stands for one subject.
fn is_one(door: &Statement, subject: &str) -> bool {
    let mut conditions = door.conditions().iter();
    !subject.contains(['*', '?', '$'])
        && conditions.all(|it| it.operator().comparison != Comparison::StringEqualsIgnoreCase)
}
