//! Quotas between the file and the account. What a file leaves out has AWS's default.

use super::file;
use crate::state::Quotas;

pub(super) fn read_quotas(wire: file::Quotas) -> Quotas {
    let usual = Quotas::default();
    Quotas {
        users: wire.users.unwrap_or(usual.users),
        groups: wire.groups.unwrap_or(usual.groups),
        roles: wire.roles.unwrap_or(usual.roles),
        policies: wire.policies.unwrap_or(usual.policies),
        instance_profiles: wire.instance_profiles.unwrap_or(usual.instance_profiles),
        oidc_providers: wire.oidc_providers.unwrap_or(usual.oidc_providers),
        attached_per_user: wire.attached_per_user.unwrap_or(usual.attached_per_user),
        attached_per_group: wire.attached_per_group.unwrap_or(usual.attached_per_group),
        attached_per_role: wire.attached_per_role.unwrap_or(usual.attached_per_role),
        trust_size: wire.trust_size.unwrap_or(usual.trust_size),
    }
}

pub(super) fn write_quotas(quotas: &Quotas) -> file::Quotas {
    let Quotas {
        users,
        groups,
        roles,
        policies,
        instance_profiles,
        oidc_providers,
        attached_per_user,
        attached_per_group,
        attached_per_role,
        trust_size,
    } = *quotas;
    file::Quotas {
        users: Some(users),
        groups: Some(groups),
        roles: Some(roles),
        policies: Some(policies),
        instance_profiles: Some(instance_profiles),
        oidc_providers: Some(oidc_providers),
        attached_per_user: Some(attached_per_user),
        attached_per_group: Some(attached_per_group),
        attached_per_role: Some(attached_per_role),
        trust_size: Some(trust_size),
    }
}
