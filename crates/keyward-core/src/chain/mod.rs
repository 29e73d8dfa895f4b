//! The chain: how a profile becomes credentials.
//!
//! A [`Chain`] is a base source and a list of hops, each with its reason, its duration, its need
//! of a code and its cache key. Resolving is a pure function of config text, environment and
//! flags; executing a chain contains no policy.

mod answer;
mod base;
mod cache_key;
mod command;
mod durations;
mod endpoints;
mod error;
mod hop_keys;
mod hops;
mod inputs;
mod last_cache_keys;
mod mfa;
mod next;
mod profile_path;
mod reasons;
mod resolve;
mod role;
mod show;
mod sign_in;
mod similar;
mod source;
mod stored_keys;
mod tags;
mod view;
mod wire;

use std::time::Duration;

use smol_str::SmolStr;

pub use answer::{Answer, ByAnswer, Likely, Steps};
pub use cache_key::{CacheKey, InvalidCacheKey};
pub use command::has_open_quote;
pub use error::{ResolveError, ValueOrigin};
pub use inputs::{Flags, Inputs, SimilarNames};
pub use last_cache_keys::LastCacheKeys;
pub use resolve::resolve;
pub use sign_in::sign_in_endpoints;
pub use similar::bare_name;
use source::Lifetime;
pub use source::{
    Base, Container, ContainerEndpoint, ContainerToken, END_KEYS, EnvironmentKey, LoginSession,
    MetadataService, Process, SsoRole, StaticKey, TOKEN_KEYS, TOKEN_VARIABLES, TokenSource,
    VaultKey, WebIdentity, key_section, session_token, stated_end, usable_secret,
};
pub use stored_keys::StoredKeys;
pub use tags::InvalidTags;

use crate::id::{
    AccessKeyId, AccountId, ExternalId, MfaSerial, ProfileName, Region, RoleArn, RoleSessionName,
    SourceIdentity,
};

/// The way from a profile to credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The profile that was asked for.
    pub profile: ProfileName,
    /// The region that programs should use.
    pub region: Option<Region>,
    /// The connection settings for the calls of this chain.
    pub endpoints: Endpoints,
    /// The start of the chain.
    pub base: Base,
    /// The calls, in order; none means that the base's own credentials are handed out.
    pub hops: Vec<Hop>,
    /// A command that prints one-time codes (`mfa_process`), from the profile or its source.
    pub mfa_process: Option<String>,
    /// Notes about this chain for the person.
    pub warnings: Vec<String>,
    /// The steps after each kind of answer, if only the answer of the base's program shows whether
    /// it is a long-lived key. `hops` are then those of the likely kind, and
    /// [`settle`](Chain::settle) returns those of the real one.
    pub by_answer: Option<Box<ByAnswer>>,
}

/// One call that turns credentials into other credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The profile whose settings it carries.
    pub profile: ProfileName,
    /// The call.
    pub call: Call,
    /// The device whose code this very call needs.
    pub mfa_serial: Option<MfaSerial>,
    /// The requested life of the result.
    pub duration: Duration,
    /// Whether the profile or a flag asks for a longer life than the call can give. Only then may the
    /// chain depend on [`HandOut`].
    pub is_shortened: bool,
    /// The reason for the hop and for its length, for people.
    pub reason: String,
    /// Names the result in the session cache.
    pub cache_key: CacheKey,
}

/// The call, with its own parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `sts:GetSessionToken`.
    GetSessionToken,
    /// `sts:AssumeRole`.
    AssumeRole(Box<AssumeRole>),
}

/// The request fields of `sts:AssumeRole` that a profile can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: RoleArn,
    /// `role_session_name`; without one the executor makes one from the person's name.
    pub role_session_name: Option<RoleSessionName>,
    /// `external_id`.
    pub external_id: Option<ExternalId>,
    /// `session_tags`, in order.
    pub tags: Vec<(String, String)>,
    /// `transitive_session_tags`.
    pub transitive_tag_keys: Vec<String>,
    /// `source_identity`.
    pub source_identity: Option<SourceIdentity>,
    /// A session policy document (JSON), from `--policy` or `--read-only`.
    pub policy: Option<String>,
    /// Managed session policies, from `--policy-arn`.
    pub policy_arns: Vec<String>,
}

/// Connection settings: what the profile and the environment say of endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// For STS.
    pub sts: Option<SmolStr>,
    /// For IAM.
    pub iam: Option<SmolStr>,
    /// For the Identity Center portal.
    pub sso: Option<SmolStr>,
    /// For the Identity Center's token service.
    pub sso_oidc: Option<SmolStr>,
    /// For the sign-in service.
    pub signin: Option<SmolStr>,
    /// For CloudFormation.
    pub cloudformation: Option<SmolStr>,
    /// For EC2.
    pub ec2: Option<SmolStr>,
    /// `use_fips_endpoint`.
    pub fips: bool,
    /// `use_dualstack_endpoint`.
    pub dual_stack: bool,
    /// `AWS_CA_BUNDLE`, `ca_bundle` or `REQUESTS_CA_BUNDLE`: a PEM file.
    pub ca_bundle: Option<String>,
}

/// The most profiles that a chain of `source_profile` lines, or of `include_profile` lines, may
/// have. Chains in use have a handful. Without a limit a chain of thousands would exhaust the
/// stack, and resolving every profile of such a file would cost the square of its length.
pub const LONGEST_CHAIN: usize = 64;

/// A long-lived key as the vault's index lists it: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The name it is stored under.
    pub profile: ProfileName,
    /// Its id.
    pub access_key_id: AccessKeyId,
    /// The account, if known.
    pub account_id: Option<AccountId>,
    /// The device recorded with the key.
    pub mfa_serial: Option<MfaSerial>,
    /// The owner of the key, as far as that limits its sessions.
    pub owner: KeyHolder,
}

/// The owner of a key, as far as that limits its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyHolder {
    /// A user, or unknown.
    #[default]
    User,
    /// The root user, whose sessions live at most an hour.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
    Root,
}

/// Whether what is handed out can be renewed behind the program's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HandOut {
    /// Written once into an environment or a file: it lives as long as it lives.
    #[default]
    Static,
    /// Asked for again whenever it runs out (`credential_process`, a credentials server).
    Refreshing,
}

/// Whether keys are exchanged for a session first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sessions {
    /// Yes, wherever the rules want one.
    #[default]
    Use,
    /// `--no-session`: the key itself.
    Skip,
}

#[cfg(test)]
mod tests;
