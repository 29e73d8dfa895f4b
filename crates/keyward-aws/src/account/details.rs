//! Reads `GetAccountAuthorizationDetails` into the account's model.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use std::collections::BTreeSet;

use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, EntityType, GroupDetail, ManagedPolicyDetail,
    PolicyDetail, RoleDetail, Tag, UserDetail,
};
use keyward_core::Credentials;
use keyward_core::id::PolicyArn;
use keyward_iam::PolicyKind;
use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, PolicyVersion, Role, Tags, User,
};

use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::{parse, present, time};

const ACTION: Action = Action::iam("GetAccountAuthorizationDetails");

/// The most entities that one answer holds.
const PAGE: i32 = 1000;

impl Aws {
    /// Fills the account with its users, groups, roles and own policies. The policies that AWS
    /// manages are left out: their documents are long, and the catalogue knows the usual ones.
    pub(super) fn read_details(
        &self,
        credentials: &Credentials,
        account: &mut Account,
    ) -> Result<(), CallError> {
        let (mut pages, mut marker) = (Pages::default(), None::<String>);
        loop {
            let call = Call::new(ACTION, credentials);
            let page = self.iam(&call, |iam| {
                iam.get_account_authorization_details()
                    .filter(EntityType::User)
                    .filter(EntityType::Group)
                    .filter(EntityType::Role)
                    .filter(EntityType::LocalManagedPolicy)
                    .max_items(PAGE)
                    .set_marker(marker.clone())
                    .send()
            })?;
            for detail in page.user_detail_list.unwrap_or_default() {
                let user = user(detail)?;
                account.users.insert(user.name.clone(), user);
            }
            for detail in page.group_detail_list.unwrap_or_default() {
                let group = group(detail)?;
                account.groups.insert(group.name.clone(), group);
            }
            for detail in page.role_detail_list.unwrap_or_default() {
                let role = role(detail)?;
                account.roles.insert(role.name.clone(), role);
            }
            for detail in page.policies.unwrap_or_default() {
                let policy = managed_policy(detail)?;
                account.policies.insert(policy.arn.clone(), policy);
            }
            let next = Pages::marker(ACTION, page.marker, page.is_truncated)?;
            marker = pages.next(ACTION, next)?;
            if marker.is_none() {
                return Ok(());
            }
        }
    }
}

fn user(detail: UserDetail) -> Result<User, CallError> {
    let name = present(ACTION, "UserName", detail.user_name)?;
    Ok(User {
        name: parse(ACTION, "UserName", &name)?,
        path: parse(ACTION, "Path", detail.path.as_deref().unwrap_or("/"))?,
        id: detail.user_id,
        created: detail.create_date.map(time),
        groups: detail
            .group_list
            .unwrap_or_default()
            .iter()
            .map(|group| parse(ACTION, "GroupName", group))
            .collect::<Result<_, _>>()?,
        grants: grants(
            detail.user_policy_list,
            detail.attached_managed_policies,
            detail.permissions_boundary,
        )?,
        tags: tags(detail.tags),
    })
}

fn group(detail: GroupDetail) -> Result<Group, CallError> {
    let name = present(ACTION, "GroupName", detail.group_name)?;
    Ok(Group {
        name: parse(ACTION, "GroupName", &name)?,
        path: parse(ACTION, "Path", detail.path.as_deref().unwrap_or("/"))?,
        id: detail.group_id,
        created: detail.create_date.map(time),
        grants: grants(
            detail.group_policy_list,
            detail.attached_managed_policies,
            None,
        )?,
    })
}

fn role(detail: RoleDetail) -> Result<Role, CallError> {
    let name = present(ACTION, "RoleName", detail.role_name)?;
    let trust = present(
        ACTION,
        "AssumeRolePolicyDocument",
        detail.assume_role_policy_document,
    )?;
    Ok(Role {
        name: parse(ACTION, "RoleName", &name)?,
        path: parse(ACTION, "Path", detail.path.as_deref().unwrap_or("/"))?,
        id: detail.role_id,
        created: detail.create_date.map(time),
        description: None,
        trust: Document::read(PolicyKind::Trust, &trust),
        grants: grants(
            detail.role_policy_list,
            detail.attached_managed_policies,
            detail.permissions_boundary,
        )?,
        max_session: None,
        tags: tags(detail.tags),
        last_used: detail
            .role_last_used
            .and_then(|used| used.last_used_date)
            .map(time),
        instance_profiles: detail
            .instance_profile_list
            .unwrap_or_default()
            .into_iter()
            .map(|profile| profile.instance_profile_name)
            .collect(),
    })
}

fn managed_policy(detail: ManagedPolicyDetail) -> Result<ManagedPolicy, CallError> {
    let arn = present(ACTION, "Arn", detail.arn)?;
    let arn: PolicyArn = parse(ACTION, "Arn", &arn)?;
    let listed = detail.policy_version_list.unwrap_or_default();
    let mut versions = Vec::with_capacity(listed.len());
    let mut in_force = None;
    for version in listed {
        let id = present(ACTION, "VersionId", version.version_id)?;
        let is_default =
            version.is_default_version || detail.default_version_id.as_deref() == Some(id.as_str());
        if is_default {
            in_force = version.document;
        }
        versions.push(PolicyVersion {
            id: parse(ACTION, "VersionId", &id)?,
            is_default,
            created: version.create_date.map(time),
        });
    }
    let in_force = present(ACTION, "PolicyVersionList", in_force)?;
    Ok(ManagedPolicy {
        name: parse(ACTION, "PolicyName", arn.policy_name())?,
        path: parse(ACTION, "Path", detail.path.as_deref().unwrap_or("/"))?,
        document: Document::read(PolicyKind::Identity, &in_force),
        arn,
        versions,
        // The details leave the tags of policies out; ownership shows in their paths.
        tags: Tags::new(),
    })
}

fn grants(
    inline: Option<Vec<PolicyDetail>>,
    attached: Option<Vec<AttachedPolicy>>,
    boundary: Option<AttachedPermissionsBoundary>,
) -> Result<Grants, CallError> {
    let mut grants = Grants::default();
    for policy in inline.unwrap_or_default() {
        let name = present(ACTION, "PolicyName", policy.policy_name)?;
        let text = present(ACTION, "PolicyDocument", policy.policy_document)?;
        grants.inline.insert(
            parse(ACTION, "PolicyName", &name)?,
            Document::read(PolicyKind::Identity, &text),
        );
    }
    grants.attached = attached
        .unwrap_or_default()
        .into_iter()
        .map(|policy| {
            let arn = present(ACTION, "PolicyArn", policy.policy_arn)?;
            parse(ACTION, "PolicyArn", &arn)
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    grants.boundary = boundary
        .and_then(|boundary| boundary.permissions_boundary_arn)
        .map(|arn| parse(ACTION, "PermissionsBoundaryArn", &arn))
        .transpose()?;
    Ok(grants)
}

pub(super) fn tags(tags: Option<Vec<Tag>>) -> Tags {
    tags.unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key, tag.value))
        .collect()
}
