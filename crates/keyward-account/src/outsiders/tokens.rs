//! Whether the bearer of one token gets in: by the statement that admits it, and by those that deny it.

use keyward_iam::{Comparison, Effect, Mfa, Policy, Statement, Truth};

use super::{Candidate, Outsider, WITH_TOKEN, about, context, means};

/// Whether a bearer of the provider's tokens may get in by a statement. `subject` is the issuer with
/// the subject of the token, if the statement names one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
pub(super) fn may_enter(
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
