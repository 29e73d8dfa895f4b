//! The calls of IAM that serve a person's own key, device and password.
//!
//! IAM accepts long-lived keys, roles, and sessions made with a code; a session made without one
//! fails with [`CallError::NotAuthorizedWithoutMfa`](crate::CallError).

mod devices;
mod keys;
mod passwords;
mod roles;
mod users;

pub use devices::{DeviceKind, MfaDevice, NewMfaDevice};
pub use keys::{AccessKey, KeyStatus, KeyUse, NewAccessKey};
pub use passwords::{PasswordPolicy, RequiredCharacters};
pub use roles::Role;
pub use users::User;

use keyward_core::id::UserName;

/// The user parameter: without one, IAM uses the owner of the key that signs.
fn named(user: Option<&UserName>) -> Option<String> {
    user.map(ToString::to_string)
}
