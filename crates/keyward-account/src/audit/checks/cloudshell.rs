//! CloudShell with all its rights.

use keyward_iam::{Holder, PolicySource};

use super::documents::subject;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::Severity;
use crate::audit::input::{Input, NotRead};

const POLICY: &str = "AWSCloudShellFullAccess";

pub(in crate::audit) const CHECK: Check = Check {
    id: "cloudshell-full-access",
    title: "`AWSCloudShellFullAccess` is attached to nothing",
    reason: "The policy lets a console session move files out of the account.",
    severity: Severity::Medium,
    fix: "detach it, and allow CloudShell without `cloudshell:GetFileDownloadUrls`",
    benchmark: Benchmark(["1.22", "1.22", "1.21", "2.21", "2.20"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let account = &input.account;
    let users = account.users.values();
    let users = users.map(|user| (Holder::User(user.name.clone()), &user.grants));
    let groups = account.groups.values();
    let groups = groups.map(|group| (Holder::Group(group.name.clone()), &group.grants));
    let roles = account.roles.values();
    let roles = roles.map(|role| (Holder::Role(role.name.clone()), &role.grants));
    for (holder, grants) in users.chain(groups).chain(roles) {
        let mut attached = grants.attached.iter();
        let named = attached.find(|arn| arn.is_aws_managed() && arn.policy_name() == POLICY);
        if let Some(arn) = named {
            let source = PolicySource::Attached {
                holder: holder.clone(),
                arn: arn.clone(),
            };
            found.add(subject(&holder), format!("has {source}"));
        }
    }
    Ok(())
}
