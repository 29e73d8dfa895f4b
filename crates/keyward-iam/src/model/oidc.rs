//! OpenID Connect providers, through which CI systems assume roles without a key.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>

use std::collections::BTreeSet;

use keyward_core::id::OidcIssuer;

use super::Tags;

/// An OpenID Connect provider of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcProvider {
    /// The issuer, without `https://`.
    pub issuer: OidcIssuer,
    /// The audiences (client ids) that tokens may name.
    pub audiences: BTreeSet<String>,
    /// SHA-1 thumbprints, 40 hexadecimal digits; empty if AWS uses its own list of roots.
    pub thumbprints: BTreeSet<String>,
    /// Its tags.
    pub tags: Tags,
}
