//! Customer managed policies: made, looked at, and deleted when nothing uses them. AWS's own are
//! looked at and attached, never changed.

use keyward_core::id::PolicyName;

use super::names::{self, Longest};
use super::permit::{Target, own, own_mut, permit_all, permit_on};
use super::{Answer, description, documents, page, tag_list};
use crate::call::Call;
use crate::failure::Failure;
use crate::params::Params;
use crate::random;
use crate::state::{
    AWS_POLICIES, Account, Accounts, Document, EntityKind, ManagedPolicy, POLICY_SIZE, aws_managed,
};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "CreatePolicy" => create(call, accounts),
        "GetPolicy" => get(call, accounts),
        "ListPolicies" => list(call, accounts),
        "DeletePolicy" => delete(call, accounts),
        _ => return None,
    })
}

/// Names are unique in the account whatever their path and case.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
fn create(call: &Call, accounts: &mut Accounts) -> Answer {
    let params = &call.params;
    let name: PolicyName = names::demand(params, "PolicyName", Longest(128))?
        .parse()
        .map_err(|_| Failure::constraint("policyName", "", names::WORD))?;
    let path = names::path(params)?;
    if !path
        .bytes()
        .all(|b| b == b'/' || names::is_word(char::from(b).encode_utf8(&mut [0; 4])))
    {
        return Err(Failure::validation(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        ));
    }
    let new_tags = tag_list::read(params, tag_list::Kind::Policy)?;
    let description = description::read(params)?;
    let account = own(call, accounts);
    let target = Target {
        arn: account.arn(&format!("policy{path}{name}")),
        new_tags: Some(&new_tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    let document = document(params)?;
    if account.is_taken(EntityKind::Policy, name.as_str()) {
        return Err(Failure::exists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    if account.policies.len() >= account.quotas.policies {
        return Err(Failure::limit(
            "PoliciesPerAccount",
            account.quotas.policies,
        ));
    }
    let mut policy = ManagedPolicy::new(&account.id, &path, &name, document, call.now);
    // Unlike the file's policies, one made by a call is new each time it is made.
    policy.id = random::unique_id("ANPA");
    policy.description = description;
    policy.tags = new_tags;
    let mut xml = Xml::new();
    xml.element("Policy", |xml| {
        write_bare(xml, &policy, account);
        tag_list::write(xml, &policy.tags);
    });
    own_mut(call, accounts)
        .policies
        .insert(policy.arn.clone(), policy);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    let (policy, account) = (permitted(call, accounts)?, own(call, accounts));
    let mut xml = Xml::new();
    xml.element("Policy", |xml| {
        write_bare(xml, policy, account);
        xml.maybe("Description", policy.description.as_ref());
        tag_list::write(xml, &policy.tags);
    });
    Ok(xml)
}

/// The policies that a list shows.
struct Wanted<'a> {
    scope: &'a str,
    prefix: &'a str,
    attached: bool,
    usage: Option<&'a str>,
}

/// The list leaves descriptions and tags out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "policy path /")?;
    let params = &call.params;
    let wanted = Wanted {
        scope: choice(params, "Scope", &["All", "AWS", "Local"])?.unwrap_or("All"),
        prefix: names::prefix(params)?,
        attached: params.flag("OnlyAttached")? == Some(true),
        usage: choice(
            params,
            "PolicyUsageFilter",
            &["PermissionsPolicy", "PermissionsBoundary"],
        )?,
    };
    let account = own(call, accounts);
    let local = account.policies.values().filter(|_| wanted.scope != "AWS");
    let aws = aws_managed().values().filter(|_| wanted.scope != "Local");
    let policies = local
        .chain(aws)
        .filter(|policy| wanted.shows(policy, account));
    let page = page::cut(params, policies)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "Policies", |xml, policy| {
        write_bare(xml, policy, account)
    });
    Ok(xml)
}

impl Wanted<'_> {
    fn shows(&self, policy: &ManagedPolicy, account: &Account) -> bool {
        let attached = account.attachments(&policy.arn) > 0;
        let bounds = account.boundary_uses(&policy.arn) > 0;
        policy.path.starts_with(self.prefix)
            && (!self.attached || attached)
            && match self.usage {
                Some("PermissionsPolicy") => attached || !bounds,
                Some(_) => bounds,
                None => true,
            }
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let arn = own_policy(call, accounts)?.arn.clone();
    let account = own_mut(call, accounts);
    if account.attachments(&arn) > 0 || account.boundary_uses(&arn) > 0 {
        return Err(Failure::conflict(
            "Cannot delete a policy attached to entities.",
        ));
    }
    let policy = account.policies.get(&arn);
    if policy.is_some_and(|policy| policy.versions().count() > 1) {
        return Err(Failure::conflict(
            "This policy has more than one version. Before you delete a policy, you must delete \
             the policy's versions. The default version is deleted with the policy.",
        ));
    }
    account.policies.remove(&arn);
    Ok(Xml::new())
}

/// `PolicyArn`.
pub(super) fn arn(params: &Params) -> Result<&str, Failure> {
    let arn = params.require("PolicyArn")?;
    if arn.len() < 20 {
        let constraint = "Member must have length greater than or equal to 20";
        return Err(Failure::constraint("policyArn", arn, constraint));
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, "iam", "", _, name] if name.starts_with("policy/") => Ok(arn),
        _ => Err(Failure::invalid_input(format!("ARN {arn} is not valid."))),
    }
}

/// The managed policy that a call names and the caller may use it on.
pub(super) fn permitted<'a>(
    call: &Call,
    accounts: &'a Accounts,
) -> Result<&'a ManagedPolicy, Failure> {
    let arn = arn(&call.params)?;
    let account = own(call, accounts);
    let policy = account.managed_policy(arn);
    let target = Target {
        arn: arn.to_owned(),
        tags: policy.map(|policy| &policy.tags),
        ..Target::default()
    };
    permit_on(call, accounts, &target)?;
    policy.ok_or_else(|| not_found(arn))
}

/// The account's own managed policy that a call changes.
pub(super) fn own_policy<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
) -> Result<&'a mut ManagedPolicy, Failure> {
    let arn = arn(&call.params)?;
    permitted(call, accounts)?;
    refuse_foreign(call, arn)?;
    own_mut(call, accounts)
        .policies
        .get_mut(arn)
        .ok_or_else(|| not_found(arn))
}

/// A policy of AWS or of another account is not changed from this one, whatever the caller's own
/// policies say. The text is not AWS's, whose wording is not documented.
pub(super) fn refuse_foreign(call: &Call, arn: &str) -> Result<(), Failure> {
    let owner = arn.split(':').nth(4).unwrap_or_default();
    match owner == call.caller.account.as_str() && !arn.starts_with(AWS_POLICIES) {
        true => Ok(()),
        false => Err(Failure::denied("Policy is outside your own account.")),
    }
}

pub(super) fn not_found(arn: &str) -> Failure {
    Failure::new(404, "NoSuchEntity", format!("Policy {arn} was not found."))
}

/// `PolicyDocument` within the quota of a managed policy.
pub(super) fn document(params: &Params) -> Result<Document, Failure> {
    let document = documents::identity(params)?;
    match document.size() > POLICY_SIZE {
        true => Err(Failure::limit("PolicySize", POLICY_SIZE)),
        false => Ok(document),
    }
}

/// A parameter with one of a few values, if it is there.
pub(super) fn choice<'a>(
    params: &'a Params,
    parameter: &'static str,
    values: &[&str],
) -> Result<Option<&'a str>, Failure> {
    match params.get(parameter) {
        Some(given) if !values.contains(&given) => {
            let constraint = format!(
                "Member must satisfy enum value set: [{}]",
                values.join(", ")
            );
            let member = crate::params::member(parameter);
            Err(Failure::constraint(&member, given, &constraint))
        }
        given => Ok(given),
    }
}

/// The members of a policy that lists show.
pub(super) fn write_bare(xml: &mut Xml, policy: &ManagedPolicy, account: &Account) {
    let version = format!("v{}", policy.default_number());
    xml.text("PolicyName", &policy.name)
        .text("PolicyId", &policy.id)
        .text("Arn", &policy.arn)
        .text("Path", &policy.path)
        .text("DefaultVersionId", version)
        .text("AttachmentCount", account.attachments(&policy.arn))
        .text(
            "PermissionsBoundaryUsageCount",
            account.boundary_uses(&policy.arn),
        )
        .text("IsAttachable", true)
        .text("CreateDate", policy.created)
        .text("UpdateDate", policy.updated);
}
