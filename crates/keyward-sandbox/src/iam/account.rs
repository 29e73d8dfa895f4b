//! The account as a whole: how much it holds and how much it may.

use super::Answer;
use super::permit::{own, permit_all};
use crate::call::Call;
use crate::state::{
    Account, Accounts, CERTIFICATES_PER_USER, GROUP_INLINE_SIZE, GROUPS_PER_USER, KEYS_PER_USER,
    POLICY_SIZE, ROLE_INLINE_SIZE, USER_INLINE_SIZE, VERSIONS_PER_POLICY,
};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "GetAccountSummary" => summary(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>
fn summary(call: &Call, accounts: &mut Accounts) -> Answer {
    permit_all(call, accounts, "*")?;
    let account = own(call, accounts);
    let mut entries = counts(account).to_vec();
    entries.extend(quotas(account));
    entries.sort_unstable();
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

/// The counts. The root user always has a password.
fn counts(account: &Account) -> [(&'static str, usize); 16] {
    let devices = account.devices.values();
    let keys = usize::from(!account.root.keys.is_empty());
    let mfa = usize::from(account.root_has_mfa());
    let versions = account.policies.values().map(|p| p.versions().count());
    [
        ("AccountAccessKeysPresent", keys),
        ("AccountMFAEnabled", mfa),
        ("AccountPasswordPresent", 1),
        ("AccountSigningCertificatesPresent", 0),
        ("Groups", account.groups.len()),
        ("InstanceProfiles", account.instance_profiles.len()),
        ("MFADevices", account.devices.len()),
        (
            "MFADevicesInUse",
            devices.filter(|device| device.owner.is_some()).count(),
        ),
        ("Policies", account.policies.len()),
        ("PolicyVersionsInUse", versions.sum()),
        ("Providers", account.oidc_providers.len()),
        ("Roles", account.roles.len()),
        ("ServerCertificates", 0),
        ("Users", account.users.len()),
        ("GlobalEndpointTokenVersion", 1),
        ("AccessKeysPerUserQuota", KEYS_PER_USER),
    ]
}

/// Returns the quotas of an account.
fn quotas(account: &Account) -> [(&'static str, usize); 18] {
    let quotas = &account.quotas;
    [
        ("AssumeRolePolicySizeQuota", quotas.trust_size),
        ("AttachedPoliciesPerGroupQuota", quotas.attached_per_group),
        ("AttachedPoliciesPerRoleQuota", quotas.attached_per_role),
        ("AttachedPoliciesPerUserQuota", quotas.attached_per_user),
        ("GroupPolicySizeQuota", GROUP_INLINE_SIZE),
        ("GroupsPerUserQuota", GROUPS_PER_USER),
        ("GroupsQuota", quotas.groups),
        ("InstanceProfilesQuota", quotas.instance_profiles),
        ("PoliciesQuota", quotas.policies),
        ("PolicySizeQuota", POLICY_SIZE),
        ("PolicyVersionsInUseQuota", 10_000),
        ("RolePolicySizeQuota", ROLE_INLINE_SIZE),
        ("RolesQuota", quotas.roles),
        ("ServerCertificatesQuota", 20),
        ("SigningCertificatesPerUserQuota", CERTIFICATES_PER_USER),
        ("UserPolicySizeQuota", USER_INLINE_SIZE),
        ("UsersQuota", quotas.users),
        ("VersionsPerPolicyQuota", VERSIONS_PER_POLICY),
    ]
}
