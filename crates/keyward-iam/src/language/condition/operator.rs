//! Condition operators: `Bool`, `StringNotLikeIfExists`, `ForAnyValue:ArnLike`. A name is taken
//! apart into what is compared, whether the answer is turned round, and what an absent key means.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The rule by which several values of one key are judged together.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// No prefix: meant for keys with one value.
    Single,
    /// `ForAnyValue:`; one value suffices, and an absent key does not match.
    AnyValue,
    /// `ForAllValues:`; every value must match, and an absent key matches.
    AllValues,
}

/// The kind of comparison, without its negation.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `StringEquals`, `StringNotEquals`.
    StringEquals,
    /// `StringEqualsIgnoreCase`, `StringNotEqualsIgnoreCase`.
    StringEqualsIgnoreCase,
    /// `StringLike`, `StringNotLike`.
    StringLike,
    /// `Numeric…`; the request's number against the policy's.
    Numeric(Relation),
    /// `Date…`; the request's time against the policy's.
    Date(Relation),
    /// `Bool`.
    Bool,
    /// `BinaryEquals`.
    BinaryEquals,
    /// `IpAddress`, `NotIpAddress`.
    IpAddress,
    /// `ArnEquals`, `ArnNotEquals`; wildcards work as in `ArnLike`.
    ArnEquals,
    /// `ArnLike`, `ArnNotLike`.
    ArnLike,
    /// `Null`.
    Null,
}

/// The relation of two ordered values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `…Equals` and, negated, `…NotEquals`.
    Equal,
    /// `…LessThan`.
    Less,
    /// `…LessThanEquals`.
    LessOrEqual,
    /// `…GreaterThan`.
    Greater,
    /// `…GreaterThanEquals`.
    GreaterOrEqual,
}

impl Relation {
    pub(crate) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Whether the operator turns its comparison round.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negation {
    /// Some value of the policy matches.
    Plain,
    /// No value of the policy matches: `StringNotEquals` and its like.
    Negated,
}

/// Whether the operator has the suffix `IfExists`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// Without it, an absent key fails a plain operator and satisfies a negated one.
    No,
    /// With it, an absent key satisfies every operator.
    Yes,
}

/// A whole operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// `ForAnyValue:`, `ForAllValues:` or neither.
    pub quantifier: Quantifier,
    /// The type that is compared.
    pub comparison: Comparison,
    /// Plain or negated.
    pub negation: Negation,
    /// With or without `IfExists`.
    pub if_exists: IfExists,
}

/// Every operator without prefix and suffix.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const NAMES: &[(&str, Comparison, Negation)] = &[
    ("StringEquals", Comparison::StringEquals, Negation::Plain),
    (
        "StringNotEquals",
        Comparison::StringEquals,
        Negation::Negated,
    ),
    (
        "StringEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        Negation::Plain,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        Negation::Negated,
    ),
    ("StringLike", Comparison::StringLike, Negation::Plain),
    ("StringNotLike", Comparison::StringLike, Negation::Negated),
    (
        "NumericEquals",
        Comparison::Numeric(Relation::Equal),
        Negation::Plain,
    ),
    (
        "NumericNotEquals",
        Comparison::Numeric(Relation::Equal),
        Negation::Negated,
    ),
    (
        "NumericLessThan",
        Comparison::Numeric(Relation::Less),
        Negation::Plain,
    ),
    (
        "NumericLessThanEquals",
        Comparison::Numeric(Relation::LessOrEqual),
        Negation::Plain,
    ),
    (
        "NumericGreaterThan",
        Comparison::Numeric(Relation::Greater),
        Negation::Plain,
    ),
    (
        "NumericGreaterThanEquals",
        Comparison::Numeric(Relation::GreaterOrEqual),
        Negation::Plain,
    ),
    (
        "DateEquals",
        Comparison::Date(Relation::Equal),
        Negation::Plain,
    ),
    (
        "DateNotEquals",
        Comparison::Date(Relation::Equal),
        Negation::Negated,
    ),
    (
        "DateLessThan",
        Comparison::Date(Relation::Less),
        Negation::Plain,
    ),
    (
        "DateLessThanEquals",
        Comparison::Date(Relation::LessOrEqual),
        Negation::Plain,
    ),
    (
        "DateGreaterThan",
        Comparison::Date(Relation::Greater),
        Negation::Plain,
    ),
    (
        "DateGreaterThanEquals",
        Comparison::Date(Relation::GreaterOrEqual),
        Negation::Plain,
    ),
    ("Bool", Comparison::Bool, Negation::Plain),
    ("BinaryEquals", Comparison::BinaryEquals, Negation::Plain),
    ("IpAddress", Comparison::IpAddress, Negation::Plain),
    ("NotIpAddress", Comparison::IpAddress, Negation::Negated),
    ("ArnEquals", Comparison::ArnEquals, Negation::Plain),
    ("ArnNotEquals", Comparison::ArnEquals, Negation::Negated),
    ("ArnLike", Comparison::ArnLike, Negation::Plain),
    ("ArnNotLike", Comparison::ArnLike, Negation::Negated),
    ("Null", Comparison::Null, Negation::Plain),
];

/// The reasons why a text is not an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// A name that AWS does not have.
    #[error(
        "no condition operator has this name; names are case-sensitive, such as `StringEquals` or `BoolIfExists`"
    )]
    Unknown,
    /// `NullIfExists`, which would ask whether an absent key exists.
    #[error("`Null` accepts no `IfExists`; it already answers for an absent key")]
    NullIfExists,
}

impl FromStr for Operator {
    type Err = OperatorError;

    fn from_str(text: &str) -> Result<Self, OperatorError> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (Quantifier::Single, text),
            Some(("ForAnyValue", rest)) => (Quantifier::AnyValue, rest),
            Some(("ForAllValues", rest)) => (Quantifier::AllValues, rest),
            Some(_) => return Err(OperatorError::Unknown),
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            None => (rest, IfExists::No),
            Some(name) => (name, IfExists::Yes),
        };
        let (_, comparison, negation) = *NAMES
            .iter()
            .find(|(known, ..)| *known == name)
            .ok_or(OperatorError::Unknown)?;
        if comparison == Comparison::Null && if_exists == IfExists::Yes {
            return Err(OperatorError::NullIfExists);
        }
        Ok(Self {
            quantifier,
            comparison,
            negation,
            if_exists,
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.quantifier {
            Quantifier::Single => "",
            Quantifier::AnyValue => "ForAnyValue:",
            Quantifier::AllValues => "ForAllValues:",
        };
        let name = NAMES
            .iter()
            .find(|(_, comparison, negation)| {
                (*comparison, *negation) == (self.comparison, self.negation)
            })
            .map_or("", |(name, ..)| name);
        let suffix = match self.if_exists {
            IfExists::No => "",
            IfExists::Yes => "IfExists",
        };
        write!(f, "{prefix}{name}{suffix}")
    }
}

#[cfg(test)]
mod tests;
