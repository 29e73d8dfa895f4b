//! Conditions: one operator on one key. Every condition of a statement must hold; of the values
//! of one condition, one suffices. What an absent key means is decided here and nowhere else.

mod moment;
mod network;
mod operator;
mod value;

pub use operator::{Absence, Comparison, Operator, OperatorMistake, Quantifier, Relation, Sense};
pub use value::{ConditionValue, ValueMistake};

use crate::context::Context;
use crate::policy::Version;

/// One operator on one key with the policy's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    operator: Operator,
    key: Box<str>,
    values: Vec<ConditionValue>,
}

impl Condition {
    /// Compiles the values for their operator; a mistake comes with the index of its value.
    pub(crate) fn new(
        operator: Operator,
        key: &str,
        values: Vec<String>,
        version: Version,
    ) -> Result<Self, (usize, ValueMistake)> {
        let values = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| {
                ConditionValue::compile(operator.comparison, value, version)
                    .map_err(|mistake| (index, mistake))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            operator,
            key: key.into(),
            values,
        })
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
            matched == (self.operator.sense == Sense::Match)
        };
        match (self.operator.quantifier, self.operator.sense) {
            (Quantifier::AnyValue, _) | (Quantifier::Single, Sense::Match) => given.iter().any(one),
            // Values that are all empty count as no values.
            (Quantifier::AllValues, _) => {
                given.iter().all(one) || given.iter().all(String::is_empty)
            }
            (Quantifier::Single, Sense::NoMatch) => given.iter().all(one),
        }
    }

    fn holds_when_absent(&self) -> bool {
        match (self.operator.absence, self.operator.quantifier) {
            (Absence::Matches, _) | (_, Quantifier::AllValues) => true,
            (_, Quantifier::AnyValue) => false,
            (_, Quantifier::Single) => self.operator.sense == Sense::NoMatch,
        }
    }
}

#[cfg(test)]
mod tests;
