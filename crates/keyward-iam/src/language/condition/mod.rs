//! Conditions: one operator on one key. Every condition of a statement must hold; of the values
//! of one condition, one suffices. What an absent key means is decided here and nowhere else.

mod date;
mod network;
mod operator;
mod value;

pub use operator::{Comparison, IfExists, Negation, Operator, OperatorError, Quantifier, Relation};
pub use value::{ConditionValue, ValueError};

use keyward_core::Timestamp;

use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::{Context, Fact};

/// One operator on one key with the policy's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    operator: Operator,
    key: Box<str>,
    values: Vec<ConditionValue>,
}

impl Operator {
    /// Compiles a value of the policy for this operator.
    pub(crate) fn compile(
        self,
        value: &str,
        version: Version,
    ) -> Result<ConditionValue, ValueError> {
        ConditionValue::compile(self.comparison, value, version)
    }
}

impl Condition {
    pub(crate) fn new(operator: Operator, key: &str, values: Vec<ConditionValue>) -> Self {
        Self {
            operator,
            key: key.into(),
            values,
        }
    }

    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The context key, as the policy writes it. Keys compare without regard to case.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values of the policy.
    #[must_use]
    pub fn values(&self) -> &[ConditionValue] {
        &self.values
    }

    /// Whether the condition holds for a request with these facts.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    #[must_use]
    pub fn holds(&self, context: &Context) -> Truth {
        let fact = context.fact(&self.key);
        if self.operator.comparison == Comparison::Null {
            return match self.has_unreadable_value() {
                true => Truth::Unknown,
                false => self.null(fact),
            };
        }
        match fact {
            Fact::Values(given) => self.compares(given, context),
            Fact::NotBefore(earliest) => self.holds_from(earliest),
            Fact::Absent => self.holds_when_absent().into(),
            Fact::Unknown => Truth::Unknown,
        }
    }

    /// Whether its operator cannot compare a value of it. AWS stores such a value, and does not
    /// document its meaning.
    #[must_use]
    pub fn has_unreadable_value(&self) -> bool {
        self.values.iter().any(ConditionValue::is_void)
    }

    /// `Null`. A key whose values are all empty counts as absent: it resolves to a null data
    /// set.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    fn null(&self, fact: Fact<'_>) -> Truth {
        let (absent, present) = (Some(true), Some(false));
        let wants = |state| self.values.iter().any(|value| value.flag() == state);
        match fact {
            Fact::Absent => wants(absent).into(),
            Fact::Values(given) if given.iter().all(String::is_empty) => wants(absent).into(),
            Fact::Values(_) | Fact::NotBefore(_) => wants(present).into(),
            Fact::Unknown if wants(absent) && wants(present) => Truth::Yes,
            Fact::Unknown if !wants(absent) && !wants(present) => Truth::No,
            Fact::Unknown => Truth::Unknown,
        }
    }

    /// The request's values against the policy's. A negated operator also holds where a variable
    /// of the policy has no value, because nothing equals it.
    ///
    /// Several values need a set operator. AWS does not document a set without one; we assume that
    /// nothing matches.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    fn compares(&self, given: &[String], context: &Context) -> Truth {
        let one = |given: &String| {
            let values = self.values.iter();
            self.negate(Truth::any(
                values.map(|value| value.matches(given, context)),
            ))
        };
        match (self.operator.quantifier, given) {
            (Quantifier::Single, [only]) => one(only),
            (Quantifier::Single, _) => Truth::No,
            (Quantifier::AnyValue, given) => Truth::any(given.iter().map(one)),
            // Values that are all empty count as no values.
            (Quantifier::AllValues, given) => {
                let all_empty = given.iter().all(String::is_empty);
                Truth::all(given.iter().map(one)).max(all_empty.into())
            }
        }
    }

    /// The condition on a time that is not before another. A date in the past has passed for every such
    /// request; a later one may pass or not. `aws:EpochTime` is a number, too.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-epochtime>
    fn holds_from(&self, earliest: Timestamp) -> Truth {
        let is_compared = match self.operator.comparison {
            Comparison::Date(_) => true,
            Comparison::Numeric(_) => self.key.eq_ignore_ascii_case("aws:EpochTime"),
            _ => false,
        };
        if !is_compared {
            return Truth::Unknown;
        }
        let values = self.values.iter();
        self.negate(Truth::any(values.map(|value| value.matches_from(earliest))))
    }

    /// The answer of the whole operator, given whether some value of the policy matches.
    fn negate(&self, matched: Truth) -> Truth {
        match self.operator.negation {
            Negation::Plain => matched,
            Negation::Negated => matched.negated(),
        }
    }

    /// Whether an absent key meets the condition. `IfExists` is taken at its word with
    /// `ForAnyValue` as well: a missing key does not fail the condition.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists>
    fn holds_when_absent(&self) -> bool {
        match (self.operator.if_exists, self.operator.quantifier) {
            (IfExists::Yes, _) | (_, Quantifier::AllValues) => true,
            (_, Quantifier::AnyValue) => false,
            (_, Quantifier::Single) => self.operator.negation == Negation::Negated,
        }
    }
}

#[cfg(test)]
mod tests;
