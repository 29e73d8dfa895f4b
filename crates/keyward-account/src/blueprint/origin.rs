//! Whether the blueprint made something, or found it.

/// The owner of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The blueprint makes it, marks it, and may destroy it.
    Made,
    /// It existed before: it is kept as described, never marked and never destroyed.
    Adopted,
}
