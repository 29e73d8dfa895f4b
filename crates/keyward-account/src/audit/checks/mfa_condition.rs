//! Conditions on MFA that do not hold what they seem to promise. A long-term key has no
//! `aws:MultiFactorAuthPresent` at all, so an operator's answer for an absent key decides.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>

use keyward_iam::{Condition, Context, Effect, Mfa, PolicySource, Statement, StatementRef, Truth};

use super::documents::held;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, Found};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const ALLOW: Check = Check {
    id: "mfa-if-exists",
    title: "No statement that allows has an MFA condition that an absent key satisfies",
    reason: "`IfExists` in an Allow lets a long-term key through, which says nothing about MFA.",
    severity: Severity::Medium,
    fix: "write `Bool` instead of `BoolIfExists` in the statement that allows",
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

fn allow(input: &Input, found: &mut Found) -> Result<(), NotRead> {
    let message = "allows requests with MFA, and those of a long-term key as well";
    report(input, found, message, |effect, key, session| {
        effect == Effect::Allow && key == Truth::Yes && session == Truth::No
    });
    Ok(())
}

fn deny(input: &Input, found: &mut Found) -> Result<(), NotRead> {
    let message = "denies sessions without MFA, and lets a long-term key through";
    report(input, found, message, |effect, key, session| {
        effect == Effect::Deny && key == Truth::No && session == Truth::Yes
    });
    Ok(())
}

/// Reports the statements with a condition on MFA whose answers for a long-term key and for a
/// session without MFA are as described.
fn report(
    input: &Input,
    found: &mut Found,
    message: &str,
    is_wrong: impl Fn(Effect, Truth, Truth) -> bool,
) {
    let is_bad = |statement: &Statement| {
        let mut conditions = statement.conditions().iter().filter(|c| is_about_mfa(c));
        conditions.any(|condition| {
            let key = holds(condition, Mfa::LongTermKey);
            let session = holds(condition, Mfa::SessionWithout);
            is_wrong(statement.effect(), key, session)
        })
    };
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

fn is_about_mfa(condition: &Condition) -> bool {
    condition
        .key()
        .eq_ignore_ascii_case("aws:MultiFactorAuthPresent")
}

fn holds(condition: &Condition, mfa: Mfa) -> Truth {
    let mut context = Context::partial();
    mfa.set_keys(&mut context);
    condition.holds(&context)
}
