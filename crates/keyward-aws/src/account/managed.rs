//! The documents of the policies that AWS manages, as far as the account uses them: from the
//! catalogue for a plan, from the account itself for a proof.

use std::collections::BTreeSet;

use keyward_core::Credentials;
use keyward_core::id::{EntityPath, PolicyArn, PolicyVersionId};
use keyward_iam::PolicyKind;
use keyward_iam::catalogue::managed;
use keyward_iam::model::{Account, Document, ManagedPolicy, PolicyVersion, Tags};

use crate::call::{Aws, Call};
use crate::error::{Action, CallError};
use crate::read::{parse, present};

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

impl Aws {
    /// Reads the documents in force of the AWS-managed policies that an account uses, in place
    /// of the catalogue's: two calls for each policy.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn read_managed_documents(
        &self,
        credentials: &Credentials,
        account: &mut Account,
    ) -> Result<(), CallError> {
        for arn in used(account) {
            let action = Action::iam("GetPolicy");
            let call = Call::new(action, credentials);
            let answer = self.iam(&call, |iam| {
                iam.get_policy().policy_arn(arn.as_str()).send()
            })?;
            let found = present(action, "Policy", answer.policy)?;
            let version = present(action, "DefaultVersionId", found.default_version_id)?;
            let action = Action::iam("GetPolicyVersion");
            let call = Call::new(action, credentials);
            let answer = self.iam(&call, |iam| {
                iam.get_policy_version()
                    .policy_arn(arn.as_str())
                    .version_id(&version)
                    .send()
            })?;
            let found = present(action, "PolicyVersion", answer.policy_version)?;
            let text = present(action, "Document", found.document)?;
            let version = parse(action, "VersionId", &version)?;
            let document = Document::read(PolicyKind::Identity, &text);
            account
                .policies
                .insert(arn.clone(), policy(arn, version, document));
        }
        Ok(())
    }
}
