//! Decisions of AWS: requests judged by the policies of all sides. Nothing is looked up; every
//! policy and every fact is an argument.

mod bind;
mod decision;
mod elsewhere;
mod identity;
mod implicit;
mod limits;
mod permissions;
mod principal_match;
mod search;
mod trust;

pub use bind::{
    Among, Answer, ArnSet, Bound, Roles, Ruleset, Scope, Service, Statements, Targets,
    UnlistedAction,
};
pub use decision::{Decision, Holder, ImplicitDeny, PolicySource, StatementRef};
pub use identity::{evaluate, is_allowed};
pub use implicit::{Enrolment, needs_a_code, needs_no_permission};
pub use permissions::{ControlLevel, ControlPolicy, GrantedPolicy, Permissions};
pub use principal_match::Caller;
pub use trust::{evaluate_admission, evaluate_assume_role, evaluate_trust};
