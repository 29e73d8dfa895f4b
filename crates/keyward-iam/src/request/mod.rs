//! Requests as policies see them: an action, a resource, and the facts that conditions look at.

mod action;
mod arn;
mod context;
mod mfa;

pub use action::{Action, ActionError};
pub use arn::{Arn, ArnError, Resource};
pub use context::{Context, Fact};
pub use mfa::Mfa;

pub(crate) use action::split;

/// One request, as far as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The action, such as `iam:CreateAccessKey`.
    pub action: &'a Action,
    /// The resource of the action.
    pub resource: &'a Resource,
    /// The facts of the request.
    pub context: &'a Context,
}
