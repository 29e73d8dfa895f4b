//! SSH keys that open the repositories of CodeCommit.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_ssh-keys.html>

use std::collections::BTreeMap;

use keyward_core::id::UserName;

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead, ssh_users};

pub(in crate::audit) const CHECK: Check = Check {
    id: "ssh-key",
    title: "No SSH key opens repositories without MFA",
    reason: "An SSH key of CodeCommit never expires and asks for no code; a guard stops it, and nothing else does.",
    severity: Severity::Medium,
    fix: "deactivate it, then delete it: aws iam update-ssh-public-key --status Inactive",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let using = ssh_users(&input.account);
    if using.is_empty() {
        return Ok(());
    }
    let mut users: BTreeMap<&UserName, usize> = BTreeMap::new();
    for key in input.ssh_keys.get()? {
        if using.contains(&key.user) {
            *users.entry(&key.user).or_default() += 1;
        }
    }
    for (user, count) in users {
        let message = format!("has {count} active SSH key(s), which need no MFA for CodeCommit");
        found.add(Subject::User(user.clone()), message);
    }
    Ok(())
}
