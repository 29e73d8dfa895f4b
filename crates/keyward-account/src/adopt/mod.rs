//! An account as it is, as a blueprint whose plan is empty. Everything in it is `adopted`: it is
//! kept as described, never marked and never destroyed. What a blueprint cannot hold is left out
//! and listed with the reason, in the file itself.

mod toml;
mod unmanaged;
mod write;

use keyward_core::id::ProfileName;
use keyward_iam::model::Account;

use unmanaged::LeftOut;

/// What the account was read from, which decides about what is absent from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The account itself: what is absent does not exist.
    Live,
    /// Saved authorization details, which hold neither password policy nor alias nor the length
    /// of sessions.
    Details,
}

/// The blueprint of an account as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The blueprint, with comments.
    pub text: String,
    /// What it leaves out, in the order in which the file lists it.
    pub unmanaged: Vec<Unmanaged>,
}

/// Something of the account that the blueprint does not manage.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmanaged {
    /// The entity or setting, such as `role AWSServiceRoleForSupport`.
    pub what: String,
    /// Why the blueprint does not manage it.
    pub why: String,
}

/// Writes the blueprint of an account, which keyward reaches through `profile`.
#[must_use]
pub fn adopt(account: &Account, source: Source, profile: Option<&ProfileName>) -> Adoption {
    let left_out = LeftOut::of(account);
    let unmanaged = left_out.list(account, source);
    Adoption {
        text: write::blueprint(account, profile, &left_out, &unmanaged),
        unmanaged,
    }
}

#[cfg(test)]
mod tests;
