//! Reads saved details. Documents may be objects, as the AWS CLI prints them, or text, plain or
//! percent-encoded, as the API returns them. Keys that this program does not use are skipped.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Display;
use std::str::FromStr;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, PolicyArn, PrincipalArn};
use keyward_iam::PolicyKind;
use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, PolicyVersion, Role, Tags, User,
};
use serde_json::{Map, Value};

use super::GroupDetail;
use super::{Attached, Boundary, Details, InlinePolicy, PolicyDetail, RoleDetail, Tag, UserDetail};

/// The reasons why a text is not the details of an account.
#[derive(Debug, thiserror::Error)]
pub enum DetailsError {
    /// Not JSON, or JSON of another shape.
    #[error(
        "the text is not what `aws iam get-account-authorization-details` prints; save its whole output"
    )]
    Shape(#[source] serde_json::Error),
    /// No user, group, role or policy of an account is in it.
    #[error(
        "the details name no account, because no user, group, role or policy of one is in them"
    )]
    NoAccount,
    /// Entities of two accounts.
    #[error("the details mix the accounts `{first}` and `{second}`; save each in its own file")]
    SeveralAccounts {
        /// The account of the first entity.
        first: AccountId,
        /// Another account.
        second: AccountId,
    },
    /// A value that AWS would not return.
    #[error("`{field}` of `{entity}`: {problem}")]
    Value {
        /// The name of the user, group, role or policy.
        entity: String,
        /// The field.
        field: &'static str,
        /// The problem.
        problem: String,
    },
    /// A page of a longer answer.
    #[error(
        "the details are not complete: `{0}` says that there is more; save the whole output, without `--max-items` and `--no-paginate`"
    )]
    Incomplete(&'static str),
    /// A group of a user that the details lack.
    #[error(
        "the details are not complete: `{user}` is in the group `{group}`, which they lack; save the whole output, without `--filter`"
    )]
    NoGroup {
        /// The user.
        user: String,
        /// The group.
        group: String,
    },
    /// Two entities of one name, or two policies of one name in an entity.
    #[error("`{0}` is in the details twice; save the whole output of one call")]
    Twice(String),
    /// A managed policy without a version in force.
    #[error("the policy `{0}` has no default version")]
    NoDefaultVersion(PolicyArn),
}

/// Reads an account from its saved details. What they do not hold, such as the password policy,
/// is absent from the result.
///
/// # Errors
/// See [`DetailsError`].
pub fn read_details(json: &str) -> Result<Account, DetailsError> {
    // A derived reader would read a list as an object.
    let object: Map<String, Value> = serde_json::from_str(json).map_err(DetailsError::Shape)?;
    if let Some(sign) = sign_of_more(&object) {
        return Err(DetailsError::Incomplete(sign));
    }
    // Read from the text, so that a duplicate list is refused.
    let details: Details = serde_json::from_str(json).map_err(DetailsError::Shape)?;
    let (id, partition) = account_of(&details)?;
    let mut account = Account::empty(id);
    account.partition = partition;
    for detail in details.user_detail_list {
        let user = user(detail)?;
        insert(&mut account.users, user.name.clone(), user)?;
    }
    for detail in details.group_detail_list {
        let group = group(detail)?;
        insert(&mut account.groups, group.name.clone(), group)?;
    }
    for detail in details.role_detail_list {
        let role = role(detail)?;
        insert(&mut account.roles, role.name.clone(), role)?;
    }
    for detail in details.policies {
        let policy = policy(detail)?;
        insert(&mut account.policies, policy.arn.clone(), policy)?;
    }
    groups_are_there(&account)?;
    Ok(account)
}

/// The key by which AWS or its CLI reports that an answer has further pages. An audit of one page
/// would miss the others.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
/// Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-pagination.html>
pub(crate) fn sign_of_more(object: &Map<String, Value>) -> Option<&'static str> {
    let says = |key: &str| match object.get(key) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty() && !text.eq_ignore_ascii_case("false"),
        Some(_) => true,
    };
    ["IsTruncated", "Marker", "NextToken"]
        .into_iter()
        .find(|key| says(key))
}

/// Adds an entity, unless one of that name exists.
fn insert<K: Ord + Display, V>(
    entities: &mut BTreeMap<K, V>,
    name: K,
    entity: V,
) -> Result<(), DetailsError> {
    match entities.entry(name) {
        Entry::Vacant(free) => {
            free.insert(entity);
            Ok(())
        }
        Entry::Occupied(taken) => Err(DetailsError::Twice(taken.key().to_string())),
    }
}

/// Refuses details without a group of a user, because the group's policies apply to the user.
fn groups_are_there(account: &Account) -> Result<(), DetailsError> {
    for user in account.users.values() {
        let mut groups = user.groups.iter();
        if let Some(group) = groups.find(|name| !account.groups.contains_key(*name)) {
            return Err(DetailsError::NoGroup {
                user: user.name.to_string(),
                group: group.to_string(),
            });
        }
    }
    Ok(())
}

/// The account and partition that all ARNs share. Policies that AWS manages belong to none.
fn account_of(details: &Details) -> Result<(AccountId, String), DetailsError> {
    let users = details.user_detail_list.iter().map(|user| &user.arn);
    let groups = details.group_detail_list.iter().map(|group| &group.arn);
    let roles = details.role_detail_list.iter().map(|role| &role.arn);
    let policies = details.policies.iter().map(|policy| &policy.arn);
    let mut found: Option<(AccountId, String)> = None;
    for arn in users.chain(groups).chain(roles).chain(policies) {
        let principal: PrincipalArn = parse(arn, "Arn", arn)?;
        let id = arn.split(':').nth(4).unwrap_or_default();
        if id == "aws" {
            continue;
        }
        let id: AccountId = parse(arn, "Arn", id)?;
        match &found {
            Some((first, _)) if *first != id => {
                return Err(DetailsError::SeveralAccounts {
                    first: first.clone(),
                    second: id,
                });
            }
            Some(_) => {}
            None => found = Some((id, principal.partition().to_owned())),
        }
    }
    found.ok_or(DetailsError::NoAccount)
}

fn user(detail: UserDetail) -> Result<User, DetailsError> {
    let entity = &detail.user_name;
    Ok(User {
        name: parse(entity, "UserName", entity)?,
        path: parse(entity, "Path", &detail.path)?,
        id: detail.user_id,
        created: detail.create_date.as_ref().and_then(time),
        groups: detail
            .group_list
            .iter()
            .map(|group| parse(entity, "GroupList", group))
            .collect::<Result<_, _>>()?,
        grants: grants(
            entity,
            &detail.user_policy_list,
            &detail.attached_managed_policies,
            detail.permissions_boundary.as_ref(),
        )?,
        tags: tags(detail.tags),
    })
}

fn group(detail: GroupDetail) -> Result<Group, DetailsError> {
    let entity = &detail.group_name;
    Ok(Group {
        name: parse(entity, "GroupName", entity)?,
        path: parse(entity, "Path", &detail.path)?,
        id: detail.group_id,
        created: detail.create_date.as_ref().and_then(time),
        grants: grants(
            entity,
            &detail.group_policy_list,
            &detail.attached_managed_policies,
            None,
        )?,
    })
}

fn role(detail: RoleDetail) -> Result<Role, DetailsError> {
    let entity = &detail.role_name;
    let used = detail.role_last_used.and_then(|used| used.last_used_date);
    Ok(Role {
        name: parse(entity, "RoleName", entity)?,
        path: parse(entity, "Path", &detail.path)?,
        id: detail.role_id,
        created: detail.create_date.as_ref().and_then(time),
        description: None,
        trust: document(PolicyKind::Trust, &detail.assume_role_policy_document),
        grants: grants(
            entity,
            &detail.role_policy_list,
            &detail.attached_managed_policies,
            detail.permissions_boundary.as_ref(),
        )?,
        max_session: None,
        tags: tags(detail.tags),
        last_used: used.as_ref().and_then(time),
        instance_profiles: detail
            .instance_profile_list
            .into_iter()
            .map(|profile| profile.instance_profile_name)
            .collect(),
    })
}

fn policy(detail: PolicyDetail) -> Result<ManagedPolicy, DetailsError> {
    let arn: PolicyArn = parse(&detail.arn, "Arn", &detail.arn)?;
    let name = detail.policy_name.as_deref();
    let name = name.unwrap_or_else(|| arn.policy_name());
    let mut versions = Vec::new();
    let mut in_force = None;
    for version in &detail.policy_version_list {
        let is_default = version.is_default_version
            || detail.default_version_id.as_ref() == Some(&version.version_id);
        if is_default {
            in_force = Some(document(PolicyKind::Identity, &version.document));
        }
        versions.push(PolicyVersion {
            id: parse(&detail.arn, "VersionId", &version.version_id)?,
            is_default,
            created: version.create_date.as_ref().and_then(time),
        });
    }
    let document = in_force.ok_or_else(|| DetailsError::NoDefaultVersion(arn.clone()))?;
    Ok(ManagedPolicy {
        name: parse(&detail.arn, "PolicyName", name)?,
        path: parse(&detail.arn, "Path", &detail.path)?,
        document,
        versions,
        tags: Tags::new(),
        arn,
    })
}

fn grants(
    entity: &str,
    inline: &[InlinePolicy],
    attached: &[Attached],
    boundary: Option<&Boundary>,
) -> Result<Grants, DetailsError> {
    let mut grants = Grants::default();
    for policy in inline {
        let name = parse(entity, "PolicyName", &policy.policy_name)?;
        let document = document(PolicyKind::Identity, &policy.policy_document);
        insert(&mut grants.inline, name, document)?;
    }
    for policy in attached {
        let arn = parse(entity, "PolicyArn", &policy.policy_arn)?;
        grants.attached.insert(arn);
    }
    grants.boundary = boundary
        .map(|boundary| {
            let arn = &boundary.permissions_boundary_arn;
            parse(entity, "PermissionsBoundaryArn", arn)
        })
        .transpose()?;
    Ok(grants)
}

fn tags(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

fn document(kind: PolicyKind, value: &Value) -> Document {
    match value {
        Value::String(text) => Document::read(kind, text),
        object => Document::read(kind, &object.to_string()),
    }
}

/// A time as text, or as seconds since the epoch. A tag of another form is ignored.
fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(seconds) => {
            let whole = seconds.as_i64();
            // Fractions of a second do not matter for a date.
            let whole = whole.or_else(|| seconds.as_f64().map(|seconds| seconds as i64));
            whole.map(Timestamp::from_second)
        }
        _ => None,
    }
}

fn parse<T>(entity: &str, field: &'static str, text: &str) -> Result<T, DetailsError>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|problem: T::Err| DetailsError::Value {
        entity: entity.to_owned(),
        field,
        problem: problem.to_string(),
    })
}
