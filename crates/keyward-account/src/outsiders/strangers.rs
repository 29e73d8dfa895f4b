//! Strangers: AWS users whose account and organization a trust policy does not limit. MFA does not keep
//! them out, because anyone can have an AWS user with their own device. A trust policy that names an
//! account or organization relies on its rules about devices.

use keyward_iam::{
    Condition, Effect, IfExists, Negation, Policy, Principal, Quantifier, Selection, Statement,
};

use super::{ASSUME, Candidate, Outsider, account_in, compares_texts, covers, is_account};

/// Whether a statement may let in strangers who sign with a key.
pub(super) fn may_be_a_stranger(trust: &Policy, door: &Statement, candidate: &Candidate) -> bool {
    let mut conditions = door.conditions().iter();
    candidate.who == Outsider::Anyone
        && !conditions.any(|condition| is_about_home(condition, Negation::Plain))
        && !trust.statements().iter().any(denies_strangers)
}

/// Whether a statement denies everyone of other accounts or organizations.
fn denies_strangers(statement: &Statement) -> bool {
    let everyone = matches!(statement.principals(), Some(Selection::Only(listed))
        if listed.contains(&Principal::Everyone));
    let [condition] = statement.conditions() else {
        return false;
    };
    statement.effect() == Effect::Deny
        && statement.unknown_operator().is_none()
        && everyone
        && covers(statement, ASSUME)
        && is_about_home(condition, Negation::Negated)
}

/// Whether a condition separates the callers of some accounts or organizations from all others. The
/// keys of the organization are absent for callers without one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid>
fn is_about_home(condition: &Condition, negation: Negation) -> bool {
    let operator = condition.operator();
    let key = condition.key().to_ascii_lowercase();
    let names_home = |text: &str| match key.as_str() {
        "aws:principalaccount" => is_account(text),
        "aws:principalarn" => account_in(operator.comparison, text).is_some_and(is_account),
        "aws:principalorgid" | "aws:principalorgpaths" => {
            let organization = text.split('/').next().unwrap_or(text);
            organization.starts_with("o-") && !organization.contains(['*', '?', '$'])
        }
        _ => false,
    };
    // With these, an absent key is on the safe side.
    let closed = match negation {
        Negation::Plain => {
            operator.quantifier != Quantifier::AllValues
                && (operator.if_exists == IfExists::No || !key.starts_with("aws:principalorg"))
        }
        Negation::Negated => operator.quantifier != Quantifier::AnyValue,
    };
    operator.negation == negation
        && closed
        && compares_texts(operator.comparison)
        && !condition.values().is_empty()
        && condition
            .values()
            .iter()
            .all(|value| names_home(value.as_str()))
}
