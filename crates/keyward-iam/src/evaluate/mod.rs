//! What AWS decides: requests judged by the policies of all sides. Nothing is looked up; every
//! policy and every fact is an argument.

mod decision;
mod identity;
mod limits;
mod permissions;
mod search;
mod trust;

pub use decision::{Decision, Holder, ImplicitDeny, PolicySource, StatementRef};
pub use identity::{evaluate, is_allowed, needs_no_permission};
pub use permissions::{ControlLevel, GrantedPolicy, Permissions};
pub use trust::{Caller, evaluate_assume_role, evaluate_trust};
