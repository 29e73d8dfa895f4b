//! The state of the practice account: accounts with their users, groups, roles and devices, and the
//! sessions that it issued. It decides nothing; the actions do.

mod account;
mod aws_managed;
mod device;
mod document;
mod entity_kind;
mod ids;
mod instance_profile;
mod key_status;
mod managed;
mod password;
mod practice;
mod principals;
mod propagation;
mod provider;
mod quota;
mod report;
mod role;
mod root;
mod seed;
mod session;
mod user;
mod user_credentials;
mod wire;

pub use account::{Account, Accounts};
pub use device::Device;
pub use document::{Document, InlinePolicy};
pub use instance_profile::InstanceProfile;
pub use key_status::KeyStatus;
pub use managed::{InForce, ManagedPolicy, PolicyVersion};
pub use password::{PasswordPolicy, Rule};
pub use propagation::HiddenFor;
pub use provider::OidcProvider;
pub use quota::Quotas;
pub use role::Role;
pub use root::{HardwareMfa, Owner, Root};
pub use seed::{InvalidSeed, Seed};
pub use user::{AccessKey, Grants, Group, LastUsed, LoginProfile, PasswordReset, User};
pub use user_credentials::{ServiceCredential, SigningCertificate, SshKey};
pub use wire::AccountsError;

pub(crate) use aws_managed::{PREFIX as AWS_POLICIES, all as aws_managed};
pub(crate) use entity_kind::EntityKind;
pub(crate) use ids::derived as derived_id;
pub(crate) use password::check as check_password;
pub(crate) use principals::PrincipalText;
pub(crate) use propagation::{Propagation, keys as entity_keys};
pub(crate) use quota::{
    CERTIFICATES_PER_USER, CREDENTIALS_PER_SERVICE, DEVICES_PER_USER, GROUP_INLINE_SIZE,
    GROUPS_PER_USER, KEYS_PER_USER, POLICY_SIZE, ROLE_INLINE_SIZE, SSH_KEYS_PER_USER,
    TAGS_PER_RESOURCE, USER_INLINE_SIZE, VERSIONS_PER_POLICY,
};
pub(crate) use report::Report;
pub(crate) use session::{Chained, Mfa, Principal, RoleSession, Session, SessionTags, Sessions};
