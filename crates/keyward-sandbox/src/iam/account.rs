//! The account as a whole: its numbers and its alias.

use super::{own, page, permit_all};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;

/// Counts and quotas. The root user is taken to have MFA and no keys, since the practice
/// account has no root.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
pub(super) fn summary(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    permit_all(call, accounts, "*")?;
    let account = own(call, accounts);
    let in_use = account
        .devices
        .values()
        .filter(|device| device.owner.is_some())
        .count();
    let entries = [
        ("Users", account.users.len()),
        ("UsersQuota", 5000),
        ("Groups", account.groups.len()),
        ("GroupsQuota", 300),
        ("GroupsPerUserQuota", 10),
        ("Roles", account.roles.len()),
        ("RolesQuota", 1000),
        ("Policies", account.policies.len()),
        ("PoliciesQuota", 1500),
        ("PolicySizeQuota", 6144),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("RolePolicySizeQuota", 10_240),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("VersionsPerPolicyQuota", 5),
        ("AccessKeysPerUserQuota", 2),
        ("MFADevices", account.devices.len()),
        ("MFADevicesInUse", in_use),
        ("AccountMFAEnabled", 1),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 1),
    ];
    let mut xml = Xml::new();
    xml.element("SummaryMap", |xml| {
        for (key, value) in entries {
            xml.element("entry", |xml| {
                xml.text("key", key).text("value", value);
            });
        }
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
pub(super) fn aliases(call: &Call, accounts: &Accounts) -> Result<Xml, Failure> {
    permit_all(call, accounts, "*")?;
    let mut xml = Xml::new();
    let page = page::cut(&call.params, &own(call, accounts).alias)?;
    xml.element("AccountAliases", |xml| {
        for alias in &page.items {
            xml.text("member", alias);
        }
    })
    .text("IsTruncated", false);
    Ok(xml)
}
