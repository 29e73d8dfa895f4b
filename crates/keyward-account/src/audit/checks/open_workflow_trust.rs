//! Roles that workflows of foreign repositories can assume: the trust policy accepts GitHub's
//! tokens and names no repository.

use keyward_iam::{PolicySource, StatementRef};

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};
use crate::federation::open_trusts;

pub(in crate::audit) const CHECK: Check = Check {
    id: "open-workflow-trust",
    title: "No role lets in workflows of other repositories",
    reason: "Repositories on GitHub get tokens of the same issuer; only the subject tells them apart. Severity is medium where the policy names the owner or the issuer of an enterprise.",
    severity: Severity::High,
    fix: "name owner and repository without wildcards in the condition on `ISSUER:sub`; ISSUER is `token.actions.githubusercontent.com`, or with `/ENTERPRISE` after it",
    benchmark: Benchmark::NONE,
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for role in input.account.roles.values() {
        let Some(trust) = role.trust.policy() else {
            continue;
        };
        for open in open_trusts(trust) {
            let sid = trust
                .statements()
                .get(open.statement)
                .and_then(|it| it.sid());
            let statement = StatementRef {
                policy: PolicySource::Trust,
                sid: sid.map(str::to_owned),
                index: open.statement,
            };
            let subject = Subject::Role(role.name.clone());
            let severity = match open.is_of_one_owner() {
                true => Severity::Medium,
                false => Severity::High,
            };
            found.add_as(severity, subject, Some(statement), open.to_string());
        }
    }
    Ok(())
}
