//! The versions of a managed policy: at most five, one of them in force.

use super::permit::own_mut;
use super::{Answer, documents, page, policies};
use crate::call::Call;
use crate::failure::Failure;
use crate::params::Params;
use crate::state::{Accounts, InForce, ManagedPolicy, PolicyVersion, VERSIONS_PER_POLICY};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreatePolicyVersion" => create(call, accounts),
        "GetPolicyVersion" => get(call, accounts),
        "ListPolicyVersions" => list(call, accounts),
        "SetDefaultPolicyVersion" => set_default(call, accounts),
        "DeletePolicyVersion" => delete(call, accounts),
        _ => return None,
    })
}

/// A version in its policy.
pub(super) struct Numbered<'a> {
    pub(super) number: u32,
    pub(super) version: &'a PolicyVersion,
    pub(super) default: u32,
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let in_force = match call.params.flag("SetAsDefault")? {
        Some(true) => InForce::Now,
        Some(false) | None => InForce::Later,
    };
    let arn = policies::own_policy(call, accounts)?.arn.clone();
    let document = policies::document(&call.params)?;
    let policy = own_mut(call, accounts)
        .policies
        .get_mut(&arn)
        .ok_or_else(|| policies::not_found(&arn))?;
    if policy.versions().count() >= VERSIONS_PER_POLICY {
        return Err(Failure::new(
            409,
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you \
             must delete an existing version.",
        ));
    }
    let created = call.now;
    let number = policy.add(PolicyVersion { document, created }, in_force);
    let mut xml = Xml::new();
    xml.element("PolicyVersion", |xml| {
        write_bare(xml, &numbered(policy, number))
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let number = read_number(&call.params)?;
    let policy = policies::permitted(call, accounts)?;
    if policy.version(number).is_none() {
        return Err(no_version(policy, number));
    }
    let mut xml = Xml::new();
    xml.element("PolicyVersion", |xml| {
        write(xml, &numbered(policy, number));
    });
    Ok(xml)
}

/// The newest version comes first; documents are left out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let policy = policies::permitted(call, accounts)?;
    let page = page::cut(&call.params, all(policy))?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Versions", |xml, version| {
        write_bare(xml, &version)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html>
fn set_default(call: &Call, accounts: &mut Accounts) -> Answer {
    let number = read_number(&call.params)?;
    let policy = policies::own_policy(call, accounts)?;
    match policy.choose(number, call.now) {
        true => Ok(Xml::new()),
        false => Err(no_version(policy, number)),
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let number = read_number(&call.params)?;
    let policy = policies::own_policy(call, accounts)?;
    if number == policy.default_number() {
        return Err(Failure::conflict(
            "Cannot delete the default version of a policy.",
        ));
    }
    match policy.remove(number) {
        Some(_) => Ok(Xml::new()),
        None => Err(no_version(policy, number)),
    }
}

/// All versions, newest first.
pub(super) fn all(policy: &ManagedPolicy) -> impl Iterator<Item = Numbered<'_>> {
    policy.versions().rev().map(|(number, version)| Numbered {
        number,
        version,
        default: policy.default_number(),
    })
}

fn numbered(policy: &ManagedPolicy, number: u32) -> Numbered<'_> {
    Numbered {
        number,
        version: policy
            .version(number)
            .expect("the caller has looked the version up"),
        default: policy.default_number(),
    }
}

/// `VersionId`: `v1`, `v2` and so on.
fn read_number(params: &Params) -> Result<u32, Failure> {
    let id = params.require("VersionId")?;
    let number = id.strip_prefix('v').filter(|n| !n.starts_with('0'));
    number.and_then(|n| n.parse().ok()).ok_or_else(|| {
        let constraint = "Member must satisfy regular expression pattern: \
                          v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?";
        Failure::constraint("versionId", id, constraint)
    })
}

fn no_version(policy: &ManagedPolicy, number: u32) -> Failure {
    let message = format!(
        "Policy {} version v{number} does not exist or is not attachable.",
        policy.arn
    );
    Failure::new(404, "NoSuchEntity", message)
}

/// The members of a version that lists show.
fn write_bare(xml: &mut Xml, version: &Numbered<'_>) {
    xml.text("VersionId", format!("v{}", version.number))
        .text("IsDefaultVersion", version.number == version.default)
        .text("CreateDate", version.version.created);
}

/// All members of a version.
pub(super) fn write(xml: &mut Xml, version: &Numbered<'_>) {
    let document = version.version.document.as_str();
    xml.text("Document", documents::encode(document));
    write_bare(xml, version);
}
