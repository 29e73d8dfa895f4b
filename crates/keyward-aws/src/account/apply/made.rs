//! Reads the entity that already exists when AWS refuses a creation, with as few calls as the
//! comparison needs. The plan decides whether it is the one that the operation makes.

use keyward_account::plan::{Existing, Operation};
use keyward_core::Credentials;
use keyward_core::id::{GroupName, PolicyArn, RoleName, UserName};
use keyward_iam::PolicyKind;
use keyward_iam::model::{Account, Document, Grants, User};

use crate::account::details::tags;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::read::{parse, present};

impl Aws {
    /// Reads the entity that an operation could not create because it exists. Succeeds if the
    /// operation itself made it, with an answer that was lost. Returns the refusal if another
    /// made it, or if the caller may not read it.
    pub(super) fn find_own(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
        refusal: CallError,
    ) -> Result<(), CallError> {
        match self.existing(credentials, account, operation) {
            Ok(Some(existing)) if operation.made(&existing) => Ok(()),
            // A quota caused the refusal, not an existing entity.
            Err(CallError::NoSuchEntity { .. }) if matches!(refusal, CallError::Limit { .. }) => {
                Err(refusal)
            }
            // Not every copy of IAM knows it yet, or AWS is busy: the caller tries again.
            Err(error) if error.settling().is_some() => Err(error),
            _ => Err(refusal),
        }
    }

    fn existing(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
    ) -> Result<Option<Existing>, CallError> {
        let existing = match operation {
            Operation::CreateUser { name, .. } => self.existing_user(credentials, name)?,
            Operation::CreateGroup { name, .. } => self.existing_group(credentials, name)?,
            Operation::CreateRole { name, .. } => self.existing_role(credentials, name)?,
            Operation::CreatePolicy { arn, .. } | Operation::CreatePolicyVersion { arn, .. } => {
                self.existing_policy(credentials, arn)?
            }
            Operation::CreateOidcProvider { issuer, .. } => {
                let arn = account.oidc_provider_arn(issuer);
                Existing::OidcProvider(self.get_oidc_provider(credentials, &arn)?)
            }
            Operation::CreateAlias(_) => Existing::Alias(self.get_account_alias(credentials)?),
            _ => return Ok(None),
        };
        Ok(Some(existing))
    }

    fn existing_user(
        &self,
        credentials: &Credentials,
        name: &UserName,
    ) -> Result<Existing, CallError> {
        let action = Action::iam("GetUser");
        let found = self.get_user(credentials, Some(name))?;
        let boundary = found.boundary.as_deref();
        Ok(Existing::User(User {
            path: parse(action, "Path", path_of(found.arn.resource()))?,
            grants: Grants {
                boundary: boundary
                    .map(|arn| parse(action, "PermissionsBoundaryArn", arn))
                    .transpose()?,
                ..Grants::default()
            },
            tags: found.tags.into_iter().collect(),
            ..User::new(found.name)
        }))
    }

    fn existing_group(
        &self,
        credentials: &Credentials,
        name: &GroupName,
    ) -> Result<Existing, CallError> {
        let action = Action::iam("GetGroup");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| {
            iam.get_group().group_name(name.as_str()).send()
        })?;
        let group = present(action, "Group", answer.group)?;
        let call = Call::new(Action::iam("ListGroupPolicies"), credentials);
        let inline = self.iam(&call, |iam| {
            iam.list_group_policies().group_name(name.as_str()).send()
        })?;
        let call = Call::new(Action::iam("ListAttachedGroupPolicies"), credentials);
        let attached = self.iam(&call, |iam| {
            let list = iam.list_attached_group_policies();
            list.group_name(name.as_str()).send()
        })?;
        // A group whose first page is empty has content on a further one.
        let further = [
            answer.is_truncated,
            inline.is_truncated,
            attached.is_truncated,
        ];
        let further = further.into_iter().filter(|more| *more).count();
        let attached = attached.attached_policies.unwrap_or_default();
        Ok(Existing::Group {
            path: parse(action, "Path", &group.path)?,
            content: answer.users.len() + inline.policy_names.len() + attached.len() + further,
        })
    }

    fn existing_role(
        &self,
        credentials: &Credentials,
        name: &RoleName,
    ) -> Result<Existing, CallError> {
        let action = Action::iam("GetRole");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| iam.get_role().role_name(name.as_str()).send())?;
        let found = present(action, "Role", answer.role)?;
        let trust = present(
            action,
            "AssumeRolePolicyDocument",
            found.assume_role_policy_document,
        )?;
        let seconds = found.max_session_duration;
        let boundary = found.permissions_boundary;
        let boundary = boundary.and_then(|boundary| boundary.permissions_boundary_arn);
        Ok(Existing::Role {
            path: parse(action, "Path", &found.path)?,
            trust: Document::read(PolicyKind::Trust, &trust),
            max_session: seconds
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(std::time::Duration::from_secs),
            description: found.description.filter(|text| !text.is_empty()),
            boundary: boundary
                .map(|arn| parse(action, "PermissionsBoundaryArn", &arn))
                .transpose()?,
            tags: tags(found.tags),
        })
    }

    fn existing_policy(
        &self,
        credentials: &Credentials,
        arn: &PolicyArn,
    ) -> Result<Existing, CallError> {
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
        let in_force = present(action, "PolicyVersion", answer.policy_version)?;
        let text = present(action, "Document", in_force.document)?;
        Ok(Existing::Policy {
            document: Document::read(PolicyKind::Identity, &text),
            tags: tags(found.tags),
        })
    }
}

/// The path in the resource of a user's ARN, such as `user/team/zoe`.
fn path_of(resource: &str) -> &str {
    let start = resource.find('/').unwrap_or(0);
    let end = resource.rfind('/').map_or(0, |at| at + 1);
    &resource[start..end]
}
