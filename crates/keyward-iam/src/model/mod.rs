//! An AWS account as IAM lists it: users, groups, roles, policies, password policy. The practice
//! account, the blueprint, the plan and the proof all speak of this one model. It holds no
//! secret, and it decides nothing.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod account;
mod document;
mod gather;
mod grants;
mod group;
mod managed_policy;
mod oidc;
mod password_policy;
mod role;
mod user;

pub use account::Account;
pub use document::{Document, percent_decode};
pub use gather::{Boundary, Gathered, PolicyText, UnknownPolicy, UnknownReason};
pub use grants::{Grants, Tags};
pub use group::Group;
pub use managed_policy::{ManagedPolicy, PolicyVersion};
pub use oidc::OidcProvider;
pub use password_policy::{PasswordPolicy, Requirement};
pub use role::Role;
pub use user::User;
