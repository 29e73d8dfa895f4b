//! Many questions under the same circumstances. The statements whose conditions can hold in a
//! context are picked once; then each of AWS's 22,000 actions is a cheap question.
//!
//! ```
//! use keyward_iam::catalogue::Catalogue;
//! use keyward_iam::{Context, GrantedPolicy, Mfa, Permissions, Policy, Ruleset, Scope, Targets};
//!
//! let policy = Policy::parse(
//!     r#"{"Version": "2012-10-17", "Statement": [
//!         {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/alice"},
//!         {"Effect": "Deny", "NotAction": "iam:Get*", "Resource": "*",
//!          "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]}"#,
//! )?;
//! let identity = [GrantedPolicy::named("example", policy)];
//! let rules = Ruleset::new(&Permissions { identity: &identity, ..Permissions::default() });
//! let account = "123456789012".parse()?;
//! let targets = Targets::new(Catalogue::built_in(), "aws", Scope::Account(&account));
//!
//! let mut context = Context::partial();
//! Mfa::LongTermKey.set_keys(&mut context);
//! let bound = rules.bind(&context);
//! let allowed = |name| bound.allows_some(Catalogue::built_in().find(name).unwrap(), &targets);
//! assert!(allowed("iam:GetUser").is_allowed());
//! assert!(!allowed("iam:GetRole").is_allowed(), "it takes a role, and only a user is granted");
//! assert!(!allowed("iam:CreateAccessKey").is_allowed(), "the guard denies it");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod arn_set;
mod assume;
mod bound;
mod index;
mod reach;
mod resources;
mod ruleset;
mod service;
mod target;

pub use answer::{Answer, Statements};
pub use arn_set::{Among, ArnSet};
pub use assume::Roles;
pub use bound::Bound;
pub use ruleset::{Ruleset, UnlistedAction};
pub use service::Service;
pub use target::{Scope, Targets};

#[cfg(test)]
mod tests;
