//! Policy documents as data: statements and their elements, and the JSON they are written in.
//! A statement says whether it applies to a request; decisions belong to `evaluate`.

mod action;
mod condition;
mod json;
mod pattern;
mod policy;
mod principal;
mod resource;
mod rules;
mod statement;
mod truth;
mod variables;
mod version;

pub use action::ActionPattern;
pub(crate) use pattern::{Glob, Known, Names, Placeholder};

pub use condition::{
    Comparison, Condition, ConditionValue, IfExists, Negation, Operator, OperatorError, Quantifier,
    Relation, ValueError,
};
pub use json::{JsonPath, PolicyProblem, PolicyProblems};
pub use policy::Policy;
pub use principal::{Principal, PrincipalError};
pub use resource::{ResourceError, ResourcePattern};
pub use rules::PolicyKind;
pub use statement::{Effect, Selection, Statement};
pub use truth::Truth;
pub use variables::VariableError;
pub use version::Version;
