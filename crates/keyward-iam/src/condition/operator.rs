//! Condition operators: `Bool`, `StringNotLikeIfExists`, `ForAnyValue:ArnLike`. A name is taken
//! apart into what is compared, whether the answer is turned round, and what an absent key means.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// How several values of one key are judged together.
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

/// How two ordered values stand to each other.
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

/// Whether the operator asks for a match or for its absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Some value of the policy matches.
    Match,
    /// No value of the policy matches.
    NoMatch,
}

/// Whether an absent key settles the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// As the operator itself has it: a plain one does not match, a negated one does.
    Ordinary,
    /// `…IfExists`: it matches.
    Matches,
}

/// A whole operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// `ForAnyValue:`, `ForAllValues:` or neither.
    pub quantifier: Quantifier,
    /// What is compared.
    pub comparison: Comparison,
    /// Plain or negated.
    pub sense: Sense,
    /// With or without `IfExists`.
    pub absence: Absence,
}

/// Every operator without prefix and suffix.
const NAMES: &[(&str, Comparison, Sense)] = &[
    ("StringEquals", Comparison::StringEquals, Sense::Match),
    ("StringNotEquals", Comparison::StringEquals, Sense::NoMatch),
    (
        "StringEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        Sense::Match,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Comparison::StringEqualsIgnoreCase,
        Sense::NoMatch,
    ),
    ("StringLike", Comparison::StringLike, Sense::Match),
    ("StringNotLike", Comparison::StringLike, Sense::NoMatch),
    (
        "NumericEquals",
        Comparison::Numeric(Relation::Equal),
        Sense::Match,
    ),
    (
        "NumericNotEquals",
        Comparison::Numeric(Relation::Equal),
        Sense::NoMatch,
    ),
    (
        "NumericLessThan",
        Comparison::Numeric(Relation::Less),
        Sense::Match,
    ),
    (
        "NumericLessThanEquals",
        Comparison::Numeric(Relation::LessOrEqual),
        Sense::Match,
    ),
    (
        "NumericGreaterThan",
        Comparison::Numeric(Relation::Greater),
        Sense::Match,
    ),
    (
        "NumericGreaterThanEquals",
        Comparison::Numeric(Relation::GreaterOrEqual),
        Sense::Match,
    ),
    (
        "DateEquals",
        Comparison::Date(Relation::Equal),
        Sense::Match,
    ),
    (
        "DateNotEquals",
        Comparison::Date(Relation::Equal),
        Sense::NoMatch,
    ),
    (
        "DateLessThan",
        Comparison::Date(Relation::Less),
        Sense::Match,
    ),
    (
        "DateLessThanEquals",
        Comparison::Date(Relation::LessOrEqual),
        Sense::Match,
    ),
    (
        "DateGreaterThan",
        Comparison::Date(Relation::Greater),
        Sense::Match,
    ),
    (
        "DateGreaterThanEquals",
        Comparison::Date(Relation::GreaterOrEqual),
        Sense::Match,
    ),
    ("Bool", Comparison::Bool, Sense::Match),
    ("BinaryEquals", Comparison::BinaryEquals, Sense::Match),
    ("IpAddress", Comparison::IpAddress, Sense::Match),
    ("NotIpAddress", Comparison::IpAddress, Sense::NoMatch),
    ("ArnEquals", Comparison::ArnEquals, Sense::Match),
    ("ArnNotEquals", Comparison::ArnEquals, Sense::NoMatch),
    ("ArnLike", Comparison::ArnLike, Sense::Match),
    ("ArnNotLike", Comparison::ArnLike, Sense::NoMatch),
    ("Null", Comparison::Null, Sense::Match),
];

/// Why a text is no operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OperatorMistake {
    /// A name that AWS does not have.
    #[error(
        "no condition operator has this name; names are case-sensitive, such as `StringEquals` or `BoolIfExists`"
    )]
    Unknown,
    /// `NullIfExists`, which would ask whether an absent key exists.
    #[error("`Null` takes no `IfExists`; it already answers for an absent key")]
    NullIfExists,
}

impl FromStr for Operator {
    type Err = OperatorMistake;

    fn from_str(text: &str) -> Result<Self, OperatorMistake> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (Quantifier::Single, text),
            Some(("ForAnyValue", rest)) => (Quantifier::AnyValue, rest),
            Some(("ForAllValues", rest)) => (Quantifier::AllValues, rest),
            Some(_) => return Err(OperatorMistake::Unknown),
        };
        let (name, absence) = match rest.strip_suffix("IfExists") {
            None => (rest, Absence::Ordinary),
            Some(name) => (name, Absence::Matches),
        };
        let (_, comparison, sense) = *NAMES
            .iter()
            .find(|(known, ..)| *known == name)
            .ok_or(OperatorMistake::Unknown)?;
        if comparison == Comparison::Null && absence == Absence::Matches {
            return Err(OperatorMistake::NullIfExists);
        }
        Ok(Self {
            quantifier,
            comparison,
            sense,
            absence,
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
            .find(|(_, comparison, sense)| (*comparison, *sense) == (self.comparison, self.sense))
            .map_or("", |(name, ..)| name);
        let suffix = match self.absence {
            Absence::Ordinary => "",
            Absence::Matches => "IfExists",
        };
        write!(f, "{prefix}{name}{suffix}")
    }
}

#[cfg(test)]
mod tests;
