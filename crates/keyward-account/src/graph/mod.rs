//! A graph of who can reach which role: users, groups, roles, chained roles, accounts. It judges by
//! `keyward_iam` alone and draws without a layout library, because the columns have a meaning.

pub mod draw;
mod fold;
mod layout;
mod reach;

pub use reach::{graph, graph_of, roles_in_reach_across};

/// The kind of a node. The variants have the order of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// Anyone, another account, an identity provider, or bearers of its tokens.
    Outsiders,
    /// A user, or several with the same edges.
    Users,
    /// A group.
    Groups,
    /// A role.
    Roles,
    /// A role that only other roles may assume.
    ChainedRoles,
    /// An account.
    Accounts,
}

impl Column {
    /// The heading of the column.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Outsiders => "From outside",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Roles => "Roles",
            Self::ChainedRoles => "Chained roles",
            Self::Accounts => "Accounts",
        }
    }
}

/// A box of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its kind.
    pub column: Column,
    /// Its name or names, and notes about it. Never empty.
    pub lines: Vec<String>,
}

/// The meaning of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// The user is a member of the group.
    Member,
    /// May assume the role, with MFA only.
    WithMfa,
    /// May assume the role without MFA.
    WithoutMfa,
    /// May assume the role with certain tokens of an identity provider, as a workflow does.
    ByToken,
    /// The role is in the account.
    InAccount,
}

impl EdgeKind {
    /// Returns the text of the legend.
    #[must_use]
    pub fn legend(self) -> &'static str {
        match self {
            Self::Member => "is a member",
            Self::WithMfa => "may assume, with MFA only",
            Self::WithoutMfa => "may assume without MFA",
            Self::ByToken => "may assume, with such a token",
            Self::InAccount => "is in the account",
        }
    }

    /// All kinds, in the order of the legend.
    pub const ALL: [Self; 5] = [
        Self::Member,
        Self::WithMfa,
        Self::WithoutMfa,
        Self::ByToken,
        Self::InAccount,
    ];
}

/// A line from one box to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The number of the box where it begins.
    pub from: usize,
    /// The number of the box where it ends.
    pub to: usize,
    /// The meaning.
    pub kind: EdgeKind,
}

/// Boxes and lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The lines between them, each once.
    pub edges: Vec<Edge>,
}

#[cfg(test)]
mod tests;
