//! The policy's side of a comparison, compiled for its operator. The request's side is always a
//! string; one that is no number, time or address simply does not match.

use std::cmp::Ordering;
use std::net::IpAddr;

use keyward_core::Timestamp;

use super::date;
use super::network::Network;
use super::operator::{Comparison, Relation};
use crate::language::pattern::{Case, Pattern, Scope};
use crate::language::truth::Truth;
use crate::language::variables::VariableError;
use crate::language::version::Version;
use crate::request::Context;

/// One value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionValue {
    source: Box<str>,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Text {
        pattern: Pattern,
        case: Case,
    },
    Number {
        relation: Relation,
        number: f64,
    },
    Date {
        relation: Relation,
        second: i64,
    },
    Flag(bool),
    /// `Bool` with a variable.
    FlagOf(Pattern),
    Range(Network),
    /// A value that its operator cannot compare, in a document that AWS stores.
    Void,
}

/// Numbers from here on are seconds in a policy: this one is in 2001.
const LEAST_SECONDS: i64 = 1_000_000_000;

/// The reasons why a value does not fit its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// `Numeric…` with something else.
    #[error("this operator compares numbers; write one such as `3600`")]
    Number,
    /// `Date…` with something else.
    #[error("this operator compares times; write one such as `2026-01-31T12:00:00Z`")]
    Date,
    /// `Bool` or `Null` with something else.
    #[error("this operator accepts `true` or `false`")]
    Flag,
    /// `IpAddress` with something else.
    #[error(
        "this operator accepts addresses; write one such as `203.0.113.0/24` or `2001:db8::/32`"
    )]
    Range,
    /// `Arn…` with something else.
    #[error(
        "this operator compares ARNs, which have six parts; write one such as `arn:aws:iam::123456789012:role/*`"
    )]
    Arn,
    /// A broken variable.
    #[error(transparent)]
    Variable(#[from] VariableError),
}

impl ConditionValue {
    pub(crate) fn compile(
        comparison: Comparison,
        value: &str,
        version: Version,
    ) -> Result<Self, ValueError> {
        let text = |scope, case, version| {
            Pattern::compile(value, scope, version).map(|pattern| Test::Text { pattern, case })
        };
        let test = match comparison {
            Comparison::StringEquals => text(Scope::Exact, Case::Sensitive, version)?,
            Comparison::StringEqualsIgnoreCase => text(Scope::Exact, Case::Ignored, version)?,
            Comparison::StringLike => text(Scope::Text, Case::Sensitive, version)?,
            // Variables work in string and ARN operators only.
            Comparison::BinaryEquals => text(Scope::Exact, Case::Sensitive, Version::V2008)?,
            Comparison::ArnEquals | Comparison::ArnLike => arn(value, version)?,
            Comparison::Numeric(relation) => Test::Number {
                relation,
                number: number(value).ok_or(ValueError::Number)?,
            },
            Comparison::Date(relation) => Test::Date {
                relation,
                second: date::parse(value).ok_or(ValueError::Date)?,
            },
            Comparison::Bool => boolean(value, version)?,
            Comparison::Null => Test::Flag(flag(value).ok_or(ValueError::Flag)?),
            Comparison::IpAddress => Test::Range(Network::parse(value).ok_or(ValueError::Range)?),
        };
        Ok(Self {
            source: value.into(),
            test,
        })
    }

    /// The text as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// A value that its operator cannot compare. Whether it matches is not known.
    pub(crate) fn void(value: &str) -> Self {
        Self {
            source: value.into(),
            test: Test::Void,
        }
    }

    /// Whether the value is one that its operator cannot compare.
    pub(super) fn is_void(&self) -> bool {
        self.test == Test::Void
    }

    /// Whether a time that is not before another matches, before any negation. A small number may be a year or
    /// a day, or a second long ago, so it decides nothing as a date.
    ///
    /// Source: <https://www.w3.org/TR/NOTE-datetime>
    pub(super) fn matches_from(&self, earliest: Timestamp) -> Truth {
        let earliest = earliest.as_second();
        match self.test {
            Test::Date { .. } if self.may_be_no_seconds() => Truth::Unknown,
            Test::Date { relation, second } => matches_later(relation, earliest.cmp(&second)),
            // Seconds are far below the numbers that a float rounds.
            Test::Number { relation, number } => (earliest as f64)
                .partial_cmp(&number)
                .map_or(Truth::Unknown, |ordering| matches_later(relation, ordering)),
            _ => Truth::Unknown,
        }
    }

    /// Whether the text is a number, and one too small to be seconds of this century: `2030`, `20300101`.
    fn may_be_no_seconds(&self) -> bool {
        let number = self.source.parse::<i64>();
        number.is_ok_and(|number| number < LEAST_SECONDS)
    }

    /// For `Bool` and `Null`: the value, if it is not a variable.
    pub(super) fn flag(&self) -> Option<bool> {
        match self.test {
            Test::Flag(own) => Some(own),
            _ => None,
        }
    }

    /// Whether the request's value matches, before any negation.
    pub(super) fn matches(&self, given: &str, context: &Context) -> Truth {
        match &self.test {
            Test::Text { pattern, case } => pattern.matches(given, *case, context),
            Test::Number {
                relation,
                number: own,
            } => number(given)
                .and_then(|given| given.partial_cmp(own))
                .is_some_and(|ordering| relation.holds(ordering))
                .into(),
            Test::Date { relation, second } => date::parse(given)
                .is_some_and(|given| relation.holds(given.cmp(second)))
                .into(),
            Test::Flag(own) => (flag(given) == Some(*own)).into(),
            Test::FlagOf(pattern) if flag(given).is_some() => {
                pattern.matches(given, Case::Ignored, context)
            }
            Test::Range(network) => given
                .parse::<IpAddr>()
                .is_ok_and(|address| network.contains(address))
                .into(),
            Test::FlagOf(_) => Truth::No,
            Test::Void => Truth::Unknown,
        }
    }
}

/// Whether a time matches if only its earliest value is known. `earliest` is the order of that value to
/// the policy's.
fn matches_later(relation: Relation, earliest: Ordering) -> Truth {
    let (passed, reached) = (earliest.is_gt(), earliest.is_ge());
    match relation {
        Relation::Less if reached => Truth::No,
        Relation::LessOrEqual | Relation::Equal if passed => Truth::No,
        Relation::Greater if passed => Truth::Yes,
        Relation::GreaterOrEqual if reached => Truth::Yes,
        _ => Truth::Unknown,
    }
}

/// `true`, `false`, or a variable: of the operators that compare no text, only `Bool` accepts one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean>
fn boolean(value: &str, version: Version) -> Result<Test, ValueError> {
    if let Some(own) = flag(value) {
        return Ok(Test::Flag(own));
    }
    let pattern = Pattern::compile(value, Scope::Exact, version)?;
    if pattern.has_variables() {
        Ok(Test::FlagOf(pattern))
    } else {
        Err(ValueError::Flag)
    }
}

fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A decimal number. Words such as `inf`, which the parser would accept, are not numbers.
fn number(text: &str) -> Option<f64> {
    let decimal = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    if !text.bytes().all(decimal) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// An ARN to compare part by part. With variables its parts are known only with the request.
fn arn(value: &str, version: Version) -> Result<Test, ValueError> {
    let pattern = Pattern::compile(value, Scope::Arn, version)?;
    let parts = value.split(':').count();
    if value != "*" && !pattern.has_variables() && (parts < 6 || !value.starts_with("arn:")) {
        return Err(ValueError::Arn);
    }
    Ok(Test::Text {
        pattern,
        case: Case::Sensitive,
    })
}
