//! Policies that hold and cannot be judged: no other check knows what they allow.

use keyward_iam::Holder;
use keyward_iam::model::{Gathered, UnknownPolicy, UnknownReason};

use super::documents::subject;
use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::Severity;
use crate::audit::input::{Input, NotRead};
use crate::audit::powers::excess;
use crate::prove::targets;

pub(in crate::audit) const CHECK: Check = Check {
    id: "unjudged-policy",
    title: "Every policy can be judged",
    reason: "What a policy allows that cannot be read is in no other finding.",
    severity: Severity::Medium,
    fix: "include the policy's text in the saved details, or correct its document",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    let account = &input.account;
    let users = account.users.values().map(|user| {
        let gathered = Gathered::of_user(account, user);
        (Holder::User(user.name.clone()), gathered.unknown().to_vec())
    });
    let roles = account.roles.values().map(|role| {
        let gathered = Gathered::of_role(account, role);
        (Holder::Role(role.name.clone()), gathered.unknown().to_vec())
    });
    for (holder, unknown) in users.chain(roles) {
        for UnknownPolicy { source, reason } in unknown {
            let why = match reason {
                UnknownReason::NoText => "its text is not known".to_owned(),
                UnknownReason::NoGroup => "the group is not known".to_owned(),
                UnknownReason::Unread(problem) => problem,
            };
            found.add(
                subject(&holder),
                format!("{source} cannot be judged: {why}"),
            );
        }
    }
    let targets = targets(account);
    for user in account.users.values() {
        if excess(account, user, &targets).is_too_complex {
            let message = "the policies combine too many resources to be judged exactly; findings \
                           count as allowed whatever they may allow";
            found.add(
                subject(&Holder::User(user.name.clone())),
                message.to_owned(),
            );
        }
    }
    let roles = account.roles.values();
    for role in roles.filter(|role| role.trust.policy().is_none()) {
        let message = "the trust policy cannot be judged".to_owned();
        found.add(subject(&Holder::Role(role.name.clone())), message);
    }
    Ok(())
}
