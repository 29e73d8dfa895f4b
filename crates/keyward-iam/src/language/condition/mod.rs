//! Conditions: one operator on one key. Every condition of a statement must hold; of the values
//! of one condition, one suffices. What an absent key means is decided here and nowhere else.

mod date;
mod network;
mod operator;
mod value;

pub use operator::{Comparison, IfExists, Negation, Operator, OperatorError, Quantifier, Relation};
pub use value::{ConditionValue, ValueError};

use crate::language::version::Version;
use crate::request::Context;

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
    #[must_use]
    pub fn holds(&self, context: &Context) -> bool {
        let given = context.get(&self.key);
        if self.operator.comparison == Comparison::Null {
            return self
                .values
                .iter()
                .any(|value| value.wants_absence() == given.is_none());
        }
        let Some(given) = given else {
            return self.holds_when_absent();
        };
        let one = |given: &String| {
            let matched = self
                .values
                .iter()
                .any(|value| value.matches(given, context));
            matched == (self.operator.negation == Negation::Plain)
        };
        match (self.operator.quantifier, self.operator.negation) {
            (Quantifier::AnyValue, _) | (Quantifier::Single, Negation::Plain) => {
                given.iter().any(one)
            }
            // Values that are all empty count as no values.
            (Quantifier::AllValues, _) => {
                given.iter().all(one) || given.iter().all(String::is_empty)
            }
            (Quantifier::Single, Negation::Negated) => given.iter().all(one),
        }
    }

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
