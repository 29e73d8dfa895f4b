//! The users whose SSH keys matter. IAM lists them one user at a time, and a key opens something
//! only for a user who may use CodeCommit without a code: an SSH connection carries none.

use std::time::Duration;

use keyward_core::id::UserName;
use keyward_iam::model::{Account, Gathered};

use crate::prove::{Rules, Scenario, targets, user_context};

/// The actions for which an SSH key is used.
///
/// Source: <https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html>
const USES: [&str; 2] = ["codecommit:GitPull", "codecommit:GitPush"];

/// The users whose SSH keys open a repository. A user with a policy that cannot be judged counts.
#[must_use]
pub fn ssh_users(account: &Account) -> Vec<UserName> {
    let targets = targets(account);
    let users = account.users.values().filter(|user| {
        let gathered = Gathered::of_user(account, user);
        let permissions = gathered.permissions();
        let rules = Rules::new(&permissions, &targets);
        // The age of a code does not matter in a request without a code.
        let context = user_context(account, user, Scenario::LongTermKey, Duration::ZERO);
        let context = rules.settled(context);
        let sweep = rules.bind(&context);
        !gathered.unknown().is_empty() || USES.iter().any(|name| sweep.grant(name).is_some())
    });
    users.map(|user| user.name.clone()).collect()
}

#[cfg(test)]
mod tests;
