//! The resource types of an action, and the ARN formats of a type.

use std::fmt;
use std::slice;

use super::{ArnFormat, Catalogue, Reference};

/// Whether a request for an action always names a resource of the type.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Necessity {
    /// Always.
    Required,
    /// A request may name a resource of another of the action's types instead, or none.
    Optional,
}

/// A type of resource that an action takes, such as `user` for `iam:GetUser`.
#[derive(Clone, Copy)]
pub struct ResourceType<'a> {
    catalogue: &'a Catalogue,
    reference: &'a Reference,
}

/// The resource types of one action. Never empty.
#[derive(Clone)]
pub struct ResourceTypes<'a> {
    catalogue: &'a Catalogue,
    references: slice::Iter<'a, Reference>,
}

impl<'a> ResourceTypes<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, references: &'a [Reference]) -> Self {
        Self {
            catalogue,
            references: references.iter(),
        }
    }
}

impl<'a> Iterator for ResourceTypes<'a> {
    type Item = ResourceType<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.references.next().map(|reference| ResourceType {
            catalogue: self.catalogue,
            reference,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.references.size_hint()
    }
}

impl ExactSizeIterator for ResourceTypes<'_> {}

impl<'a> ResourceType<'a> {
    /// AWS's name for the type. It is unique within its service.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.row().name.of(&self.catalogue.text)
    }

    /// The formats of the type's ARNs. Nearly every type has one format, some have two.
    pub fn formats(self) -> impl Iterator<Item = ArnFormat<'a>> {
        self.row()
            .formats
            .of(&self.catalogue.text)
            .split(", ")
            .map(ArnFormat::new)
    }

    /// Whether a request always names a resource of the type.
    #[must_use]
    pub fn necessity(self) -> Necessity {
        self.reference.necessity
    }

    fn row(self) -> &'a super::TypeRow {
        &self.catalogue.types[self.reference.row as usize]
    }
}

impl fmt::Debug for ResourceType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourceType").field(&self.name()).finish()
    }
}

impl fmt::Debug for ResourceTypes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
