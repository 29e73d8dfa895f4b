//! The whole account in one list: users, groups, roles and policies with their documents. It
//! knows no keys, devices or passwords, and leaves out what AWS leaves out: a role's description
//! and longest session, and a policy's description and tags.

use super::permit::{own, permit_all};
use super::{Answer, attachments, boundaries, groups, inline, instance_profiles, page};
use super::{policies, policy_versions, roles, tag_list, users};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Account, Accounts, Grants, Group, ManagedPolicy, Role, User, aws_managed};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "GetAccountAuthorizationDetails" => get(call, accounts),
        _ => return None,
    })
}

/// One thing of the account.
enum Detail<'a> {
    User(&'a User),
    Group(&'a Group),
    Role(&'a Role),
    Policy(&'a ManagedPolicy),
}

/// Pages run through users, groups, roles and policies in this order. Of AWS's policies only those
/// in use are shown.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let account = own(call, accounts);
    let filter = filter(call)?;
    let page = page::cut(&call.params, details(account, &filter))?;
    let mut xml = Xml::new();
    xml.list("UserDetailList", users_of(&page.items), |xml, user| {
        write_user(xml, user, account)
    })
    .list("GroupDetailList", groups_of(&page.items), |xml, group| {
        groups::write(xml, group, &account.id);
        xml.list("GroupPolicyList", &group.grants.inline, inline::write);
        write_attached(xml, &group.grants);
    })
    .list("RoleDetailList", roles_of(&page.items), |xml, role| {
        write_role(xml, role, account)
    })
    .list("Policies", policies_of(&page.items), |xml, policy| {
        policies::write_bare(xml, policy, account);
        let versions = policy_versions::all(policy);
        xml.list("PolicyVersionList", versions, |xml, version| {
            policy_versions::write(xml, &version)
        });
    });
    page.write_end(&mut xml);
    Ok(xml)
}

const KINDS: [&str; 5] = [
    "User",
    "Role",
    "Group",
    "LocalManagedPolicy",
    "AWSManagedPolicy",
];

/// The kinds that are asked for; all if none is named.
fn filter(call: &Call) -> Result<Vec<&str>, Failure> {
    let asked = call.params.list("Filter");
    if let Some(unknown) = asked.iter().find(|kind| !KINDS.contains(kind)) {
        let constraint = format!("Member must satisfy enum value set: [{}]", KINDS.join(", "));
        return Err(Failure::constraint("filter", unknown, &constraint));
    }
    match asked.is_empty() {
        true => Ok(KINDS.to_vec()),
        false => Ok(asked),
    }
}

fn details<'a>(account: &'a Account, filter: &[&str]) -> Vec<Detail<'a>> {
    let wants = |kind: &str| filter.contains(&kind);
    let mut details = Vec::new();
    if wants("User") {
        details.extend(account.users.values().map(Detail::User));
    }
    if wants("Group") {
        details.extend(account.groups.values().map(Detail::Group));
    }
    if wants("Role") {
        details.extend(account.roles.values().map(Detail::Role));
    }
    if wants("LocalManagedPolicy") {
        details.extend(account.policies.values().map(Detail::Policy));
    }
    if wants("AWSManagedPolicy") {
        let in_use = aws_managed().values().filter(|policy| {
            account.attachments(&policy.arn) + account.boundary_uses(&policy.arn) > 0
        });
        details.extend(in_use.map(Detail::Policy));
    }
    details
}

fn users_of<'a>(items: &'a [Detail<'a>]) -> impl Iterator<Item = &'a User> {
    items.iter().filter_map(|item| match item {
        Detail::User(user) => Some(*user),
        _ => None,
    })
}

fn groups_of<'a>(items: &'a [Detail<'a>]) -> impl Iterator<Item = &'a Group> {
    items.iter().filter_map(|item| match item {
        Detail::Group(group) => Some(*group),
        _ => None,
    })
}

fn roles_of<'a>(items: &'a [Detail<'a>]) -> impl Iterator<Item = &'a Role> {
    items.iter().filter_map(|item| match item {
        Detail::Role(role) => Some(*role),
        _ => None,
    })
}

fn policies_of<'a>(items: &'a [Detail<'a>]) -> impl Iterator<Item = &'a ManagedPolicy> {
    items.iter().filter_map(|item| match item {
        Detail::Policy(policy) => Some(*policy),
        _ => None,
    })
}

fn write_user(xml: &mut Xml, user: &User, account: &Account) {
    users::write_bare(xml, user, &account.id);
    if !user.grants.inline.is_empty() {
        xml.list("UserPolicyList", &user.grants.inline, inline::write);
    }
    xml.texts("GroupList", &user.groups);
    write_attached(xml, &user.grants);
    boundaries::write(xml, user.boundary.as_ref());
    tag_list::write(xml, &user.tags);
}

fn write_role(xml: &mut Xml, role: &Role, account: &Account) {
    roles::write_core(xml, role, &account.id);
    let profiles = account.profiles_of(&role.name);
    xml.list("InstanceProfileList", profiles, |xml, profile| {
        instance_profiles::write(xml, profile, account)
    })
    .list("RolePolicyList", &role.grants.inline, inline::write);
    write_attached(xml, &role.grants);
    boundaries::write(xml, role.boundary.as_ref());
    tag_list::write(xml, &role.tags);
    roles::write_last_used(xml, role);
}

fn write_attached(xml: &mut Xml, grants: &Grants) {
    xml.list("AttachedManagedPolicies", &grants.attached, |xml, arn| {
        attachments::write(xml, arn)
    });
}
