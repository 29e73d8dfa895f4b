//! Accounts and how to find things in them.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId, MfaSerial, RoleArn, UserName};
use keyward_iam::Policy;

use super::{
    AccessKey, Device, EntityKind, Grants, Group, HardwareMfa, InstanceProfile, ManagedPolicy,
    OidcProvider, Owner, PasswordPolicy, Quotas, Report, Role, Root, User, aws_managed,
};

/// The date of an entity without a date in the file, 2026-01-01. It is fixed, so that two readings
/// of a file are equal.
pub(super) const EPOCH: i64 = 1_767_225_600;

/// All accounts that one practice server holds.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    pub(super) accounts: BTreeMap<AccountId, Account>,
}

/// One AWS account: its IAM entities. Names are unique without regard to case, as in IAM; the
/// maps are by the name as it was given.
#[derive(Debug, Clone)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// The alias in the sign-in URL.
    pub alias: Option<String>,
    /// The rules for console passwords; `None` if the account has none of its own.
    pub password_policy: Option<PasswordPolicy>,
    /// The root user.
    pub root: Root,
    /// The users.
    pub users: BTreeMap<UserName, User>,
    /// The groups, by name.
    pub groups: BTreeMap<String, Group>,
    /// The roles, by name.
    pub roles: BTreeMap<String, Role>,
    /// Virtual MFA devices, assigned or not.
    pub devices: BTreeMap<MfaSerial, Device>,
    /// Customer managed policies, by ARN.
    pub policies: BTreeMap<String, ManagedPolicy>,
    /// OpenID Connect providers, by ARN.
    pub oidc_providers: BTreeMap<String, OidcProvider>,
    /// Instance profiles, by name.
    pub instance_profiles: BTreeMap<String, InstanceProfile>,
    /// Its quotas.
    pub quotas: Quotas,
    pub(crate) report: Report,
    /// Names of entities that exist and have not propagated yet.
    pub(crate) reserved: BTreeSet<(EntityKind, String)>,
}

impl Account {
    /// An account without anything in it.
    #[must_use]
    pub fn empty(id: AccountId) -> Self {
        Self {
            id,
            alias: None,
            password_policy: None,
            root: Root::guarded(Timestamp::from_second(EPOCH)),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            roles: BTreeMap::new(),
            devices: BTreeMap::new(),
            policies: BTreeMap::new(),
            oidc_providers: BTreeMap::new(),
            instance_profiles: BTreeMap::new(),
            quotas: Quotas::default(),
            report: Report::default(),
            reserved: BTreeSet::new(),
        }
    }

    /// The document of a managed policy: the account's own, or one of AWS's that the practice
    /// account knows.
    pub(crate) fn managed(&self, arn: &str) -> Option<&Policy> {
        self.managed_policy(arn).map(ManagedPolicy::policy)
    }

    /// A managed policy: the account's own, or one of AWS's that the practice account knows.
    pub(crate) fn managed_policy(&self, arn: &str) -> Option<&ManagedPolicy> {
        self.policies
            .get(arn)
            .or_else(|| aws_managed::all().get(arn))
    }

    /// Whether a name is taken among its kind, whatever its case.
    pub(crate) fn is_taken(&self, kind: EntityKind, name: &str) -> bool {
        let taken = |other: &str| other.eq_ignore_ascii_case(name);
        let mut reserved = self.reserved.iter();
        let known = match kind {
            EntityKind::User => self.users.keys().any(|other| taken(other.as_str())),
            EntityKind::Group => self.groups.keys().any(|other| taken(other)),
            EntityKind::Role => self.roles.keys().any(|other| taken(other)),
            EntityKind::Policy => self.policies.values().any(|other| taken(&other.name)),
            EntityKind::OidcProvider => self.oidc_providers.contains_key(name),
            EntityKind::InstanceProfile => self.instance_profiles.keys().any(|other| taken(other)),
        };
        known || reserved.any(|(other_kind, other)| *other_kind == kind && taken(other))
    }

    /// Every long-lived key with its owner.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Owner, &AccessKey)> {
        let root = self.root.keys.iter().map(|key| (Owner::Root, key));
        let users = self.users.values().flat_map(|user| {
            let owned = user.keys.iter();
            owned.map(|key| (Owner::User(user.name.clone()), key))
        });
        root.chain(users)
    }

    fn keys_mut(&mut self) -> impl Iterator<Item = &mut AccessKey> {
        let users = self.users.values_mut();
        self.root
            .keys
            .iter_mut()
            .chain(users.flat_map(|user| user.keys.iter_mut()))
    }

    /// The user with this name, if the text is one.
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(&name.parse().ok()?)
    }

    /// The user with this name, to be changed.
    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        self.users.get_mut(&name.parse().ok()?)
    }

    /// The grants of every user, group and role.
    pub(crate) fn all_grants(&self) -> impl Iterator<Item = &Grants> {
        let users = self.users.values().map(|user| &user.grants);
        let groups = self.groups.values().map(|group| &group.grants);
        let roles = self.roles.values().map(|role| &role.grants);
        users.chain(groups).chain(roles)
    }

    /// Returns the number of users, groups and roles to which a managed policy is attached.
    pub(crate) fn attachments(&self, arn: &str) -> usize {
        self.all_grants()
            .filter(|grants| grants.attached.iter().any(|other| other == arn))
            .count()
    }

    /// Returns the number of users and roles whose boundary is a managed policy.
    pub(crate) fn boundary_uses(&self, arn: &str) -> usize {
        let users = self.users.values().map(|user| &user.boundary);
        let roles = self.roles.values().map(|role| &role.boundary);
        users
            .chain(roles)
            .filter(|boundary| boundary.as_deref() == Some(arn))
            .count()
    }

    /// The instance profiles that hold a role.
    pub(crate) fn profiles_of<'a>(
        &'a self,
        role: &'a str,
    ) -> impl Iterator<Item = &'a InstanceProfile> {
        let profiles = self.instance_profiles.values();
        profiles.filter(move |profile| profile.role.as_deref() == Some(role))
    }

    /// Whether the root user has an MFA device, virtual or not.
    pub(crate) fn root_has_mfa(&self) -> bool {
        let mut devices = self.devices.values();
        self.root.hardware_mfa == HardwareMfa::Present
            || devices.any(|device| device.owner == Some(Owner::Root))
    }

    /// The devices that a user has enabled.
    pub(crate) fn devices_of<'a>(&'a self, user: &'a UserName) -> impl Iterator<Item = &'a Device> {
        self.devices
            .values()
            .filter(move |device| device.is_of(user))
    }

    /// The ARN of an IAM resource of this account.
    pub(crate) fn arn(&self, resource: &str) -> String {
        format!("arn:aws:iam::{}:{resource}", self.id)
    }
}

impl Accounts {
    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// The account with this id, to be changed.
    pub fn account_mut(&mut self, id: &AccountId) -> Option<&mut Account> {
        self.accounts.get_mut(id)
    }

    /// Adds an account, in place of one with the same id.
    pub fn insert(&mut self, account: Account) {
        self.accounts.insert(account.id.clone(), account);
    }

    /// All accounts, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// The role with this ARN, path included.
    #[must_use]
    pub fn role(&self, arn: &RoleArn) -> Option<&Role> {
        let account = self.account(&arn.account()?)?;
        account
            .roles
            .get(arn.role_name())
            .filter(|role| role.arn(&account.id) == *arn)
    }

    /// The role with this ARN, to be changed.
    pub(crate) fn role_mut(&mut self, arn: &RoleArn) -> Option<&mut Role> {
        let id = arn.account()?;
        self.account_mut(&id)?
            .roles
            .get_mut(arn.role_name())
            .filter(|role| role.arn(&id) == *arn)
    }

    /// The device with this serial.
    #[must_use]
    pub fn device(&self, serial: &MfaSerial) -> Option<&Device> {
        self.accounts
            .values()
            .find_map(|account| account.devices.get(serial))
    }

    /// The serials of all devices.
    pub(crate) fn serials(&self) -> impl Iterator<Item = &MfaSerial> {
        self.accounts
            .values()
            .flat_map(|account| account.devices.keys())
    }

    /// A long-lived key with the account and the one that own it.
    pub(crate) fn key(&self, id: &AccessKeyId) -> Option<(&Account, Owner, &AccessKey)> {
        self.accounts.values().find_map(|account| {
            let (owner, key) = account.keys().find(|(_, key)| key.id == *id)?;
            Some((account, owner, key))
        })
    }

    pub(crate) fn key_mut(&mut self, id: &AccessKeyId) -> Option<&mut AccessKey> {
        self.accounts
            .values_mut()
            .flat_map(Account::keys_mut)
            .find(|key| key.id == *id)
    }
}

impl Accounts {
    /// Makes the keys that were created at one instant unknown until another.
    pub(crate) fn hide_keys_made_at(&mut self, made: Timestamp, until: Timestamp) {
        let keys = self.accounts.values_mut().flat_map(Account::keys_mut);
        for key in keys.filter(|key| key.created == made) {
            key.known_from = until;
        }
    }
}
