//! Writes the details. Documents are JSON objects, as the AWS CLI prints them.

use keyward_core::Timestamp;
use keyward_core::id::PolicyArn;
use keyward_iam::model::{Account, Document, Grants, Group, ManagedPolicy, Role, Tags, User};
use serde_json::Value;

use super::{
    Attached, Boundary, Details, GroupDetail, InlinePolicy, InstanceProfile, LastUsed,
    PolicyDetail, RoleDetail, Tag, UserDetail, Version,
};

/// The account as JSON. Ids and dates are there where the account has them.
#[must_use]
pub fn details(account: &Account) -> Value {
    let details = Details {
        user_detail_list: account.users.values().map(|u| user(account, u)).collect(),
        group_detail_list: account.groups.values().map(|g| group(account, g)).collect(),
        role_detail_list: account.roles.values().map(|r| role(account, r)).collect(),
        policies: account.policies.values().map(policy).collect(),
    };
    serde_json::to_value(details).expect("texts and lists are JSON")
}

fn user(account: &Account, user: &User) -> UserDetail {
    // Every part is named, so that a new one cannot be forgotten here.
    let User {
        name,
        path,
        id,
        created,
        groups,
        grants,
        tags,
    } = user;
    UserDetail {
        path: path.to_string(),
        user_name: name.to_string(),
        user_id: id.clone(),
        arn: account.user_arn(user),
        create_date: created.map(time),
        user_policy_list: inline(grants),
        group_list: groups.iter().map(ToString::to_string).collect(),
        attached_managed_policies: attached(grants),
        permissions_boundary: boundary(grants),
        tags: tag_list(tags),
    }
}

fn group(account: &Account, group: &Group) -> GroupDetail {
    let Group {
        name,
        path,
        id,
        created,
        grants,
    } = group;
    GroupDetail {
        path: path.to_string(),
        group_name: name.to_string(),
        group_id: id.clone(),
        arn: account.group_arn(group),
        create_date: created.map(time),
        group_policy_list: inline(grants),
        attached_managed_policies: attached(grants),
    }
}

fn role(account: &Account, role: &Role) -> RoleDetail {
    let Role {
        name,
        path,
        id,
        created,
        description: _,
        trust,
        grants,
        max_session: _,
        tags,
        last_used,
        instance_profiles,
    } = role;
    let profiles = instance_profiles.iter().cloned();
    RoleDetail {
        path: path.to_string(),
        role_name: name.to_string(),
        role_id: id.clone(),
        arn: account.role_arn(role).to_string(),
        create_date: created.map(time),
        assume_role_policy_document: document(trust),
        instance_profile_list: profiles
            .map(|instance_profile_name| InstanceProfile {
                instance_profile_name,
            })
            .collect(),
        role_policy_list: inline(grants),
        attached_managed_policies: attached(grants),
        permissions_boundary: boundary(grants),
        tags: tag_list(tags),
        role_last_used: last_used.map(|used| LastUsed {
            last_used_date: Some(time(used)),
        }),
    }
}

fn policy(policy: &ManagedPolicy) -> PolicyDetail {
    let ManagedPolicy {
        arn,
        name,
        path,
        document: in_force,
        versions,
        tags: _,
    } = policy;
    let default = versions.iter().find(|version| version.is_default);
    let id = default.map_or_else(|| "v1".to_owned(), |version| version.id.to_string());
    // The documents of the other versions are not known.
    let listed = vec![Version {
        document: document(in_force),
        version_id: id.clone(),
        is_default_version: true,
        create_date: default.and_then(|version| version.created).map(time),
    }];
    PolicyDetail {
        policy_name: Some(name.to_string()),
        arn: arn.to_string(),
        path: path.to_string(),
        default_version_id: Some(id),
        policy_version_list: listed,
    }
}

fn inline(grants: &Grants) -> Vec<InlinePolicy> {
    let inline = grants.inline.iter();
    inline
        .map(|(name, text)| InlinePolicy {
            policy_name: name.to_string(),
            policy_document: document(text),
        })
        .collect()
}

fn attached(grants: &Grants) -> Vec<Attached> {
    let attached = grants.attached.iter();
    attached
        .map(|arn| Attached {
            policy_name: arn.policy_name().to_owned(),
            policy_arn: arn.to_string(),
        })
        .collect()
}

fn boundary(grants: &Grants) -> Option<Boundary> {
    let arn: &PolicyArn = grants.boundary.as_ref()?;
    Some(Boundary {
        permissions_boundary_type: "PermissionsBoundaryPolicy".to_owned(),
        permissions_boundary_arn: arn.to_string(),
    })
}

fn tag_list(tags: &Tags) -> Vec<Tag> {
    let tags = tags.iter();
    tags.map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    })
    .collect()
}

/// A document as an object; one that is not JSON stays text.
fn document(document: &Document) -> Value {
    let text = document.to_json();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn time(time: Timestamp) -> Value {
    Value::String(time.to_string())
}
