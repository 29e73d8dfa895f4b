//! OpenID Connect providers.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;

/// An OpenID Connect provider that roles can trust.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcProvider {
    /// Its ARN, which ends in the issuer.
    pub arn: String,
    /// The issuer without `https://`.
    pub issuer: String,
    /// The audiences that tokens may name.
    pub audiences: BTreeSet<String>,
    /// SHA-1 digests of the issuer's certificates, 40 hexadecimal digits each.
    pub thumbprints: Vec<String>,
    /// The time of its creation.
    pub created: Timestamp,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}
