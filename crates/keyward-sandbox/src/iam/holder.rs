//! The holder of policies: a user, a group or a role, named by a call.

use super::names::{self, Longest};
use super::permit::Target;
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, GROUP_INLINE_SIZE, Grants, ROLE_INLINE_SIZE, USER_INLINE_SIZE};

/// The three kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// The member that names one.
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
        }
    }

    /// Returns the number of characters that all inline policies together may have.
    pub(super) fn inline_size(self) -> usize {
        match self {
            Self::User => USER_INLINE_SIZE,
            Self::Group => GROUP_INLINE_SIZE,
            Self::Role => ROLE_INLINE_SIZE,
        }
    }
}

/// A user, group or role by name. It need not exist.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
}

impl<'a> Holder<'a> {
    pub(super) fn read(call: &'a Call, kind: Kind) -> Result<Self, Failure> {
        let longest = match kind {
            Kind::User | Kind::Group => Longest(128),
            Kind::Role => Longest(64),
        };
        let name = names::demand(&call.params, kind.parameter(), longest)?;
        Ok(Self { kind, name })
    }

    /// The resource that policies are matched against. A missing entity has the ARN that it would have without
    /// a path.
    pub(super) fn target<'t>(&self, account: &'t Account) -> Target<'t> {
        let name = self.name;
        let bare = || account.arn(&format!("{}/{name}", self.kind.noun()));
        match self.kind {
            Kind::User => {
                let user = account.user(name);
                Target {
                    arn: user.map_or_else(bare, |user| user.arn(&account.id)),
                    tags: user.map(|user| &user.tags),
                    boundary: user.and_then(|user| user.boundary.as_deref()),
                    ..Target::default()
                }
            }
            Kind::Group => {
                let group = account.groups.get(name);
                Target {
                    arn: group.map_or_else(bare, |group| group.arn(&account.id)),
                    ..Target::default()
                }
            }
            Kind::Role => {
                let role = account.roles.get(name);
                Target {
                    arn: role.map_or_else(bare, |role| role.arn(&account.id).to_string()),
                    tags: role.map(|role| &role.tags),
                    boundary: role.and_then(|role| role.boundary.as_deref()),
                    ..Target::default()
                }
            }
        }
    }

    pub(super) fn grants<'t>(&self, account: &'t Account) -> Result<&'t Grants, Failure> {
        let name = self.name;
        let grants = match self.kind {
            Kind::User => account.user(name).map(|user| &user.grants),
            Kind::Group => account.groups.get(name).map(|group| &group.grants),
            Kind::Role => account.roles.get(name).map(|role| &role.grants),
        };
        grants.ok_or_else(|| self.missing())
    }

    /// The grants, to be changed. Those of a role that a service made are not.
    pub(super) fn grants_mut<'t>(
        &self,
        account: &'t mut Account,
    ) -> Result<&'t mut Grants, Failure> {
        self.refuse_protected(account)?;
        let name = self.name;
        let grants = match self.kind {
            Kind::User => account.user_mut(name).map(|user| &mut user.grants),
            Kind::Group => account.groups.get_mut(name).map(|group| &mut group.grants),
            Kind::Role => account.roles.get_mut(name).map(|role| &mut role.grants),
        };
        grants.ok_or_else(|| self.missing())
    }

    /// The boundary of a user or role, to be changed; groups have none.
    pub(super) fn boundary_mut<'t>(
        &self,
        account: &'t mut Account,
    ) -> Result<&'t mut Option<String>, Failure> {
        self.refuse_protected(account)?;
        let name = self.name;
        let boundary = match self.kind {
            Kind::User => account.user_mut(name).map(|user| &mut user.boundary),
            Kind::Group => None,
            Kind::Role => account.roles.get_mut(name).map(|role| &mut role.boundary),
        };
        boundary.ok_or_else(|| self.missing())
    }

    fn refuse_protected(&self, account: &Account) -> Result<(), Failure> {
        match self.kind {
            Kind::User | Kind::Group => Ok(()),
            Kind::Role => refuse_protected(account, self.name),
        }
    }

    pub(super) fn missing(&self) -> Failure {
        Failure::no_such(format!("{} with name {}", self.kind.noun(), self.name))
    }
}

/// Refuses a role that a service made for itself.
pub(super) fn refuse_protected(account: &Account, name: &str) -> Result<(), Failure> {
    match account
        .roles
        .get(name)
        .filter(|role| names::is_reserved(&role.path))
    {
        Some(role) => Err(Failure::protected_role(&role.name)),
        None => Ok(()),
    }
}
