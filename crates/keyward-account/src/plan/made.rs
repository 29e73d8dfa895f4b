//! Whether an existing entity is the same as the one that a creation would make. Tags decide
//! between owners: every entity of keyward that can have tags has the blueprint's. A group has
//! none, so it must have nothing in it, as for [`super::plan`].

use std::time::Duration;

use keyward_core::id::{AccountAlias, EntityPath, PolicyArn};
use keyward_iam::model::{Document, OidcProvider, Tags, User};

use super::document::same_meaning;
use super::operation::Operation;

/// An entity as AWS describes it by its name.
#[derive(Debug, Clone, PartialEq)]
pub enum Existing {
    /// A user with path, boundary and tags.
    User(User),
    /// A group.
    Group {
        /// The path.
        path: EntityPath,
        /// The number of its members and policies.
        content: usize,
    },
    /// A role.
    Role {
        /// The path.
        path: EntityPath,
        /// The trust policy.
        trust: Document,
        /// The longest session.
        max_session: Option<Duration>,
        /// The text for people.
        description: Option<String>,
        /// The permissions boundary.
        boundary: Option<PolicyArn>,
        /// The tags.
        tags: Tags,
    },
    /// A customer-managed policy. Its ARN holds the path.
    Policy {
        /// The document in force.
        document: Document,
        /// The tags.
        tags: Tags,
    },
    /// An OpenID Connect provider.
    OidcProvider(OidcProvider),
    /// The alias of the account.
    Alias(Option<AccountAlias>),
}

impl Operation {
    /// Whether the operation makes exactly what exists. `false` for an operation that creates
    /// nothing.
    #[must_use]
    pub fn made(&self, existing: &Existing) -> bool {
        match (self, existing) {
            (
                Self::CreateUser {
                    name,
                    path,
                    boundary,
                    tags,
                },
                Existing::User(user),
            ) => {
                (name, path, boundary, tags)
                    == (&user.name, &user.path, &user.grants.boundary, &user.tags)
            }
            (Self::CreateGroup { name: _, path }, Existing::Group { path: own, content }) => {
                path == own && *content == 0
            }
            (
                Self::CreateRole {
                    name: _,
                    path,
                    trust,
                    max_session,
                    description,
                    boundary,
                    tags,
                },
                Existing::Role {
                    path: own,
                    trust: live,
                    max_session: longest,
                    description: text,
                    boundary: limit,
                    tags: marks,
                },
            ) => {
                let described = description.as_ref().filter(|text| !text.is_empty());
                (path, boundary, tags) == (own, limit, marks)
                    && described == text.as_ref()
                    // AWS chooses a length that the blueprint does not state.
                    && (max_session.is_none() || max_session == longest)
                    && same_meaning(live, &Document::Read(trust.clone()))
            }
            (
                Self::CreatePolicy { document, tags, .. },
                Existing::Policy {
                    document: live,
                    tags: marks,
                },
            ) => tags == marks && same_meaning(live, &Document::Read(document.clone())),
            (
                Self::CreatePolicyVersion { document, .. },
                Existing::Policy { document: live, .. },
            ) => same_meaning(live, &Document::Read(document.clone())),
            (
                Self::CreateOidcProvider {
                    issuer,
                    audiences,
                    thumbprints,
                    tags,
                },
                Existing::OidcProvider(provider),
            ) => {
                (issuer, audiences, tags) == (&provider.issuer, &provider.audiences, &provider.tags)
                    // AWS fills in thumbprints that the blueprint leaves out.
                    && (thumbprints.is_empty() || *thumbprints == provider.thumbprints)
            }
            (Self::CreateAlias(alias), Existing::Alias(live)) => Some(alias) == live.as_ref(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
