//! The quotas of an account. Tests lower a quota to reach it; no call changes one.

/// The quotas that a test may lower. AWS raises them on request, except those for users and for
/// policies attached to one group.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
/// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Users in the account.
    pub users: usize,
    /// Groups in the account.
    pub groups: usize,
    /// Roles in the account.
    pub roles: usize,
    /// Customer managed policies in the account.
    pub policies: usize,
    /// Instance profiles in the account.
    pub instance_profiles: usize,
    /// OpenID Connect providers in the account.
    pub oidc_providers: usize,
    /// Managed policies attached to one user.
    pub attached_per_user: usize,
    /// Managed policies attached to one group.
    pub attached_per_group: usize,
    /// Managed policies attached to one role.
    pub attached_per_role: usize,
    /// Characters of a trust policy, white space left out.
    pub trust_size: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            users: 5000,
            groups: 300,
            roles: 1000,
            policies: 1500,
            instance_profiles: 1000,
            oidc_providers: 100,
            attached_per_user: 10,
            attached_per_group: 10,
            attached_per_role: 10,
            trust_size: 2048,
        }
    }
}

/// Groups that one user may be in.
pub(crate) const GROUPS_PER_USER: usize = 10;
/// Access keys of one user, or of the root user.
pub(crate) const KEYS_PER_USER: usize = 2;
/// Signing certificates of one user.
pub(crate) const CERTIFICATES_PER_USER: usize = 2;
/// SSH public keys of one user.
pub(crate) const SSH_KEYS_PER_USER: usize = 5;
/// Service-specific credentials of one user for one service.
pub(crate) const CREDENTIALS_PER_SERVICE: usize = 2;
/// MFA devices of one user.
pub(crate) const DEVICES_PER_USER: usize = 8;
/// Versions of one managed policy.
pub(crate) const VERSIONS_PER_POLICY: usize = 5;
/// Tags of one resource.
pub(crate) const TAGS_PER_RESOURCE: usize = 50;
/// Characters of a managed policy, white space left out.
pub(crate) const POLICY_SIZE: usize = 6144;
/// Characters of all inline policies of a user together.
pub(crate) const USER_INLINE_SIZE: usize = 2048;
/// Characters of all inline policies of a group together.
pub(crate) const GROUP_INLINE_SIZE: usize = 5120;
/// Characters of all inline policies of a role together.
pub(crate) const ROLE_INLINE_SIZE: usize = 10_240;
