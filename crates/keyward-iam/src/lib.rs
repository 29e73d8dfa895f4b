//! IAM policies as data: documents, statements, conditions and what follows from them together.
//! Pure: no I/O, no clock, no environment; everything a decision depends on is an argument.
//!
//! ```
//! use keyward_iam::{Context, NamedPolicy, Permissions, Policy, Request, evaluate};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Get*",
//!         "Resource": "arn:aws:iam::*:user/${aws:username}"}}"#,
//! )?;
//! let identity = [NamedPolicy { name: "own-user".into(), policy }];
//! let permissions = Permissions { identity: &identity, boundary: None, session: &[] };
//! let mut context = Context::new();
//! context.set("aws:username", "alice");
//! let request = Request {
//!     action: "iam:GetUser",
//!     resource: "arn:aws:iam::123456789012:user/alice",
//!     context: &context,
//! };
//! assert!(evaluate(&permissions, &request).is_allowed());
//! # Ok::<(), keyward_iam::PolicyError>(())
//! ```

pub mod model;
pub mod size;

mod action;
mod condition;
mod context;
mod error;
mod evaluate;
mod pattern;
mod policy;
mod principal;
mod resource;
mod statement;
#[cfg(test)]
mod testing;
mod trust;
mod variables;
mod wire;

pub use action::{ActionMistake, ActionPattern};
pub use condition::{
    Absence, Comparison, Condition, ConditionValue, Operator, OperatorMistake, Quantifier,
    Relation, Sense, ValueMistake,
};
pub use context::Context;
pub use error::{Place, PolicyError};
pub use evaluate::{
    Decision, Missing, NamedPolicy, Permissions, Request, StatementRef, evaluate, is_allowed,
    needs_no_permission,
};
pub use policy::{Policy, PolicyKind, Version};
pub use principal::{Principal, PrincipalMistake};
pub use resource::{ResourceMistake, ResourcePattern};
pub use statement::{Effect, Selection, Statement};
pub use trust::{Caller, evaluate_assume_role, evaluate_trust};
pub use variables::VariableMistake;
