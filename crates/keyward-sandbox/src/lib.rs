//! The practice account: an AWS on loopback that speaks STS, IAM, the console's sign-in (for
//! federation and for programs), an Identity Center, and as much of CloudFormation and EC2 as the
//! stacks of a blueprint need. It refuses what AWS refuses. It verifies signatures, one-time codes,
//! trust policies and expiry; it keeps everything in memory and reaches nothing outside.
//!
//! ```
//! use keyward_sandbox::{Accounts, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Accounts::practice(), Options::default())?;
//! let phone = "arn:aws:iam::123456789012:mfa/alice".parse().unwrap();
//! assert!(sandbox.code(&phone).is_some());
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), keyward_sandbox::StartError>(())
//! ```

mod authenticate;
mod authorize;
mod call;
mod clock;
mod cloudformation;
mod control;
mod ec2;
mod failure;
mod faults;
mod federation;
mod iam;
mod identity_center;
mod inbound;
mod journal;
mod params;
mod phone;
mod practice_state;
mod random;
mod reply;
mod server;
mod signin;
mod sigv4;
mod state;
mod sts;
mod totp;
mod xml;

pub use clock::Clock;
pub use cloudformation::StackPace;
pub use faults::{Effect, Fault};
pub use identity_center::{Approval, Assignment, IdentityCenter};
pub use journal::Entry;
pub use keyward_loopback::StartError;
pub use phone::{PhoneError, Shown, has_phone, phone_code};
pub use server::{Options, Sandbox};
pub use signin::ConsoleSignIn;
pub use state::{
    AccessKey, Account, Accounts, AccountsError, Device, Document, Grants, Group, HardwareMfa,
    HiddenFor, InForce, InlinePolicy, InstanceProfile, InvalidSeed, KeyStatus, LastUsed,
    LoginProfile, ManagedPolicy, OidcProvider, Owner, PasswordPolicy, PasswordReset, PolicyVersion,
    Quotas, Role, Root, Rule, Seed, ServiceCredential, SigningCertificate, SshKey, User,
};
pub use totp::Step;
