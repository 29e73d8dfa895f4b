//! The cache keys of a chain: of its base, and of each hop after what comes before. Refuses to leave
//! a field out: every struct that goes in is taken apart field by field, so that a new field must be
//! thought of.

use std::time::Duration;

use super::cache_key::{CacheKey, Fingerprint};
use super::{AssumeRole, Base, Call, Chain, Endpoints, Hop, LastCacheKeys};
use crate::id::MfaSerial;

impl Chain {
    /// Names the base's own temporary credentials in the session cache, which come from a process, the
    /// Identity Center or a web identity. For a key, the result is its fingerprint, under which nothing
    /// is cached.
    #[must_use]
    pub fn base_cache_key(&self) -> CacheKey {
        self.base.cache_key(&self.endpoints)
    }

    /// Names the source by the files alone, regardless of what its program has answered.
    #[must_use]
    pub fn source_cache_key(&self) -> CacheKey {
        self.base.unanswered_cache_key(&self.endpoints)
    }
}

/// The fingerprint of a base. A key is known by its id alone.
pub(super) fn base(base: &Base, endpoints: &Endpoints, last: &LastCacheKeys) -> CacheKey {
    let digest = || base.cache_key(endpoints);
    match base.key_id().filter(|_| base.is_long_lived_key()) {
        Some(id) => last.key(id, digest),
        None => digest(),
    }
}

/// The cache key of a hop, whose own is still that of the step before.
pub(super) fn next(step: &Hop, endpoints: &Endpoints, last: &LastCacheKeys) -> CacheKey {
    let digest = || hop(&step.cache_key, step, endpoints);
    match step.call {
        Call::GetSessionToken => last.session(step, endpoints, digest),
        Call::AssumeRole(_) => digest(),
    }
}

/// Sets the cache keys that hops have after this base.
pub(super) fn path(start: &Base, hops: &mut [Hop], endpoints: &Endpoints) {
    let mut before = start.cache_key(endpoints);
    for step in hops {
        step.cache_key = hop(&before, step, endpoints);
        before = step.cache_key;
    }
}

/// The cache key of a hop that follows `before` (the base's fingerprint or the previous hop's
/// key). The cache key omits the region: credentials are valid in the whole partition, which the role's
/// ARN names.
pub(super) fn hop(before: &CacheKey, hop: &Hop, endpoints: &Endpoints) -> CacheKey {
    // The cache key omits the profile, so that every profile with the same settings shares the session,
    // and the reason, which is only for people.
    let Hop {
        profile: _,
        call,
        mfa_serial,
        duration,
        is_shortened: _,
        reason: _,
        cache_key: _,
    } = hop;
    // The connection settings change the answer of STS only when another service answers.
    let Endpoints {
        sts,
        iam: _,
        sso: _,
        sso_oidc: _,
        signin: _,
        cloudformation: _,
        ec2: _,
        fips: _,
        dual_stack: _,
        ca_bundle: _,
    } = endpoints;
    let mut out = Fingerprint::new();
    out.before(before);
    out.option(mfa_serial.as_ref().map(MfaSerial::as_str));
    out.number(seconds(*duration));
    out.option(sts.as_deref());
    match call {
        Call::GetSessionToken => out.text("session"),
        Call::AssumeRole(role) => assume_role(&mut out, role),
    }
    out.finish()
}

fn assume_role(out: &mut Fingerprint, role: &AssumeRole) {
    let AssumeRole {
        role_arn,
        role_session_name,
        external_id,
        tags,
        transitive_tag_keys,
        source_identity,
        policy,
        policy_arns,
    } = role;
    out.text("role");
    out.text(role_arn.as_str());
    out.option(role_session_name.as_ref().map(|name| name.as_str()));
    out.option(external_id.as_ref().map(|id| id.as_str()));
    out.list(tags.iter().map(|(key, _)| key.as_str()));
    out.list(tags.iter().map(|(_, value)| value.as_str()));
    out.list(transitive_tag_keys.iter().map(String::as_str));
    out.option(source_identity.as_ref().map(|identity| identity.as_str()));
    out.option(policy.as_deref());
    out.list(policy_arns.iter().map(String::as_str));
}

/// The duration class: exact seconds, so that a longer session is never answered with a
/// shorter one.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}
