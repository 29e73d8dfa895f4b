//! The kinds of entity whose names an account keeps apart.

/// One kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EntityKind {
    User,
    Group,
    Role,
    Policy,
    OidcProvider,
    InstanceProfile,
}
