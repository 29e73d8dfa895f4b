//! The documents of the policies that AWS manages, as far as the account uses them: those of the
//! catalogue.

use std::collections::BTreeSet;

use keyward_core::id::{EntityPath, PolicyArn, PolicyVersionId};
use keyward_iam::catalogue::managed;
use keyward_iam::model::{Account, Document, ManagedPolicy, PolicyVersion, Tags};

/// The AWS-managed policies that are attached or used as boundaries.
fn used(account: &Account) -> BTreeSet<PolicyArn> {
    let users = account.users.values().map(|user| &user.grants);
    let groups = account.groups.values().map(|group| &group.grants);
    let roles = account.roles.values().map(|role| &role.grants);
    users
        .chain(groups)
        .chain(roles)
        .flat_map(|grants| grants.attached.iter().chain(&grants.boundary))
        .filter(|arn| arn.is_aws_managed())
        .cloned()
        .collect()
}

/// Adds the documents that the catalogue knows.
pub(super) fn add_known(account: &mut Account) {
    for arn in used(account) {
        if let Some(known) = managed::document(&arn) {
            let version = known.version.clone();
            let document = Document::Read(known.policy());
            account
                .policies
                .insert(arn.clone(), policy(arn, version, document));
        }
    }
}

fn policy(arn: PolicyArn, version: PolicyVersionId, document: Document) -> ManagedPolicy {
    let name = arn.policy_name().parse();
    ManagedPolicy {
        name: name.expect("the last part of a policy ARN is the name of a policy"),
        path: EntityPath::root(),
        document,
        versions: vec![PolicyVersion {
            id: version,
            is_default: true,
            created: None,
        }],
        tags: Tags::new(),
        arn,
    }
}
