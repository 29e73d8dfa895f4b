//! What the practice account knows: accounts with their users, groups, roles and devices, and
//! the sessions it has given out. It decides nothing; the actions do.

mod account;
mod device;
mod ids;
mod managed;
mod password;
mod practice;
mod role;
mod session;
mod user;
mod wire;

pub use account::{Account, Accounts};
pub use device::{Device, InvalidSeed, Seed};
pub use managed::ManagedPolicy;
pub use password::{PasswordPolicy, Rule};
pub use role::Role;
pub use user::{AccessKey, Grants, Group, KeyStatus, LastUsed, LoginProfile, PasswordReset, User};
pub use wire::AccountsError;

pub(crate) use password::check as check_password;
pub(crate) use session::{Chained, Mfa, Principal, RoleSession, Session, SessionTags, Sessions};
