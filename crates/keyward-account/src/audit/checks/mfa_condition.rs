//! Conditions on MFA that do not hold what they seem to promise. A long-term key has no
//! `aws:MultiFactorAuthPresent` and no `aws:MultiFactorAuthAge` at all, so an operator's answer for
//! an absent key decides.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>

use std::time::Duration;

use keyward_iam::{Condition, Context, Effect, Mfa, PolicySource, Statement, StatementRef, Truth};

use super::documents::held;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::prove::misses_keys;

pub(in crate::audit) const ALLOW: Check = Check {
    id: "mfa-if-exists",
    title: "No statement that allows has an MFA condition that an absent key satisfies",
    reason: "`IfExists` in an Allow lets a long-term key through, which says nothing about MFA.",
    severity: Severity::Medium,
    fix: "write the operator without `IfExists` in the statement that allows, such as `Bool` and `NumericLessThan`",
    benchmark: Benchmark::NONE,
    look: allow,
};

pub(in crate::audit) const DENY: Check = Check {
    id: "guard-misses-keys",
    title: "No statement that denies without MFA leaves long-term keys out",
    reason: "`Bool` in a Deny does not apply to a long-term key, which says nothing about MFA.",
    severity: Severity::Medium,
    fix: "write `BoolIfExists` instead of `Bool` in the statement that denies",
    benchmark: Benchmark::NONE,
    look: deny,
};

fn allow(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let message = "allows requests with MFA, and those of a long-term key as well";
    report(input, found, message, |statement| {
        statement.effect() == Effect::Allow
            && (is_loose(statement) || is_loose_about_age(statement))
    });
    Ok(())
}

/// Whether a condition asks for MFA of sessions and lets a key without MFA through.
fn is_loose(statement: &Statement) -> bool {
    let mut present = about(statement, PRESENT);
    present.any(|condition| {
        holds(condition, Mfa::LongTermKey) == Truth::Yes
            && holds(condition, Mfa::SessionWithout) == Truth::No
    })
}

/// Whether a condition on the age of a code holds without a code as well, and no other condition on
/// MFA keeps a key without MFA out. A session without MFA has no age either.
fn is_loose_about_age(statement: &Statement) -> bool {
    let with_mfa = [Duration::ZERO, OLD].map(|age| Mfa::Session { age });
    let loose = about(statement, AGE).any(|condition| {
        let mut with_mfa = with_mfa.iter();
        holds(condition, Mfa::LongTermKey) == Truth::Yes
            && with_mfa.any(|mfa| holds(condition, *mfa) != Truth::No)
    });
    let mut all = about(statement, PRESENT).chain(about(statement, AGE));
    loose && all.all(|condition| holds(condition, Mfa::LongTermKey) != Truth::No)
}

fn deny(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let message = "denies sessions without MFA, and lets a long-term key through";
    report(input, found, message, misses_keys);
    Ok(())
}

/// Reports these statements of identities and of trust policies.
fn report(
    input: &Input,
    found: &mut CheckFindings,
    message: &str,
    is_bad: impl Fn(&Statement) -> bool,
) {
    for held in held(&input.account) {
        let statements = held.document.policy().into_iter();
        let statements = statements.flat_map(|policy| policy.statements().iter().enumerate());
        for (index, statement) in statements.filter(|(_, statement)| is_bad(statement)) {
            let cited = Some(held.cite(index, statement));
            found.add_as(Severity::Medium, held.subject(), cited, message.to_owned());
        }
    }
    for role in input.account.roles.values().filter(|r| !r.is_aws_owned()) {
        let statements = role.trust.policy().into_iter();
        let statements = statements.flat_map(|policy| policy.statements().iter().enumerate());
        for (index, statement) in statements.filter(|(_, statement)| is_bad(statement)) {
            let cited = StatementRef {
                policy: PolicySource::Trust,
                sid: statement.sid().map(str::to_owned),
                index,
            };
            let subject = Subject::Role(role.name.clone());
            found.add_as(Severity::Medium, subject, Some(cited), message.to_owned());
        }
    }
}

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";

/// The longest that a session of a user lasts.
const OLD: Duration = Duration::from_secs(36 * 3600);

/// The conditions of a statement on a key.
fn about<'s>(statement: &'s Statement, key: &'s str) -> impl Iterator<Item = &'s Condition> {
    let conditions = statement.conditions().iter();
    conditions.filter(move |condition| condition.key().eq_ignore_ascii_case(key))
}

fn holds(condition: &Condition, mfa: Mfa) -> Truth {
    let mut context = Context::partial();
    mfa.set_keys(&mut context);
    condition.holds(&context)
}
