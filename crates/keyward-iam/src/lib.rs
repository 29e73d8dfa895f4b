//! IAM policies as data: documents, statements, conditions and what follows from them together.
//! Pure: no I/O, no clock, no environment; everything a decision depends on is an argument.
//!
//! ```
//! use keyward_iam::{Context, GrantedPolicy, Permissions, Policy, Request, evaluate};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iam:Get*",
//!         "Resource": "arn:aws:iam::*:user/${aws:username}"}}"#,
//! )?;
//! let identity = [GrantedPolicy::named("own-user", policy)];
//! let permissions = Permissions { identity: &identity, ..Permissions::default() };
//! let mut context = Context::new();
//! context.set("aws:username", "alice");
//! let request = Request {
//!     action: &"iam:GetUser".parse()?,
//!     resource: &"arn:aws:iam::123456789012:user/alice".parse()?,
//!     context: &context,
//! };
//! assert!(evaluate(&permissions, &request).is_allowed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod catalogue;
pub mod model;
pub mod size;

mod evaluate;
mod language;
mod request;
#[cfg(test)]
mod testing;

pub use evaluate::{
    Among, Answer, ArnSet, Bound, Caller, ControlLevel, ControlPolicy, Decision, Enrolment,
    GrantedPolicy, Holder, ImplicitDeny, Permissions, PolicySource, Roles, Ruleset, Scope, Service,
    StatementRef, Statements, Targets, UnlistedAction, evaluate, evaluate_admission,
    evaluate_assume_role, evaluate_trust, is_allowed, needs_a_code, needs_no_permission,
};
pub use language::{
    ActionPattern, Comparison, Condition, ConditionValue, Effect, IfExists, JsonPath, Negation,
    Operator, OperatorError, Policy, PolicyKind, PolicyProblem, PolicyProblems, Principal,
    PrincipalError, Quantifier, Relation, ResourceError, ResourcePattern, Selection, Statement,
    Truth, ValueError, VariableError, Version,
};
pub use request::{Action, ActionError, Arn, ArnError, Context, Fact, Mfa, Request, Resource};
