//! The state of an account after a write. The plan is made against such a copy, the proof compares
//! the account before and after, and the tests check every order of the steps. It changes the model
//! only; what AWS would refuse is in [`Simulation::refusal`].

mod grants;
mod limits;
mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{EntityPath, PolicyArn, UserName};
use keyward_iam::catalogue::managed;
use keyward_iam::model::{
    Account, Document, Group, ManagedPolicy, OidcProvider, PolicyVersion, Role, Tags, User,
};

pub(crate) use limits::{Limits, quota};
pub use refusal::Refusal;

use super::operation::{Operation, UserCredential};
use super::step::Plan;
use super::tags::is_same_key;
use super::versions::number;
use crate::desired::Entity;
use crate::hand_out::InitialSecret;
use crate::snapshot::{LastUse, Snapshot, UserCredentials};
use crate::stacks::{Drift, LiveStack, StackPlace, StackStatus};

/// An account that operations are applied to.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// The account so far.
    pub account: Account,
    /// The credentials so far, of users whose credentials are known.
    pub credentials: BTreeMap<UserName, UserCredentials>,
    /// The stacks so far.
    pub stacks: BTreeMap<StackPlace, LiveStack>,
    /// The kinds of credentials that were deleted. A user can have each kind until then.
    cleared: BTreeMap<UserName, BTreeSet<UserCredential>>,
    /// Users who exist only here, and so have no credential but those of this simulation.
    fresh: BTreeSet<UserName>,
    /// The number of access keys made, for their ids.
    keys_made: usize,
    limits: Limits,
}

/// The account as a plan leaves it, with the documents of the AWS-managed policies that it
/// attaches: what the effects on people are computed from.
#[must_use]
pub fn after(snapshot: &Snapshot, plan: &Plan) -> Account {
    let mut now = Simulation::new(snapshot);
    now.learn(plan);
    plan.operations()
        .for_each(|operation| now.perform(operation));
    now.account
}

impl Simulation {
    /// The account of a snapshot, before any write.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            account: snapshot.account.clone(),
            credentials: snapshot.credentials.clone(),
            stacks: snapshot.stacks.clone(),
            cleared: BTreeMap::new(),
            fresh: BTreeSet::new(),
            keys_made: 0,
            limits: Limits::of(&snapshot.summary),
        }
    }

    /// The snapshot with the account and the credentials so far in place of its own.
    #[must_use]
    pub fn snapshot(&self, before: &Snapshot) -> Snapshot {
        Snapshot {
            account: self.account.clone(),
            credentials: self.credentials.clone(),
            stacks: self.stacks.clone(),
            ..before.clone()
        }
    }

    /// Adds the documents of the AWS-managed policies that a plan attaches, if the
    /// account does not hold them and the catalogue does. The account itself lists such a policy
    /// once it is attached; a document that is in neither place grants nothing to an evaluator.
    pub fn learn(&mut self, plan: &Plan) {
        for operation in plan.operations() {
            let (Operation::AttachPolicy { policy: arn, .. }
            | Operation::PutBoundary { policy: arn, .. }) = operation
            else {
                continue;
            };
            if !arn.is_aws_managed() || self.account.policies.contains_key(arn) {
                continue;
            }
            if let Some(document) = managed::document(arn) {
                let policy = aws_managed(arn, &document);
                self.account.policies.insert(arn.clone(), policy);
            }
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Makes a write as AWS would, or says why AWS would refuse it.
    ///
    /// # Errors
    /// What AWS answers instead, such as a conflict with something that still uses the entity.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), Refusal> {
        match self.refusal(operation) {
            Some(refusal) => Err(refusal),
            None => {
                self.perform(operation);
                Ok(())
            }
        }
    }

    /// Makes a write without asking whether AWS would refuse it. A write on something that does
    /// not exist changes nothing.
    pub(crate) fn perform(&mut self, operation: &Operation) {
        match operation {
            Operation::UpdatePasswordPolicy(policy) => {
                self.account.password_policy = Some(policy.clone());
            }
            Operation::DeletePasswordPolicy => self.account.password_policy = None,
            Operation::CreateAlias(alias) => self.account.alias = Some(alias.clone()),
            Operation::DeleteAlias(_) => self.account.alias = None,
            Operation::CreateOidcProvider { .. }
            | Operation::AddOidcAudience { .. }
            | Operation::RemoveOidcAudience { .. }
            | Operation::UpdateOidcThumbprints { .. }
            | Operation::DeleteOidcProvider(_) => self.on_provider(operation),
            Operation::CreatePolicy { .. }
            | Operation::CreatePolicyVersion { .. }
            | Operation::DeletePolicyVersion { .. }
            | Operation::DeletePolicy(_) => self.on_policy(operation),
            Operation::CreateRole { .. }
            | Operation::UpdateRole { .. }
            | Operation::UpdateTrust { .. }
            | Operation::RemoveRoleFromInstanceProfile { .. }
            | Operation::DeleteRole(_) => self.on_role(operation),
            Operation::CreateGroup { .. }
            | Operation::MoveGroup { .. }
            | Operation::DeleteGroup(_) => self.on_group(operation),
            Operation::CreateUser { .. }
            | Operation::MoveUser { .. }
            | Operation::DeleteUser(_)
            | Operation::AddToGroup { .. }
            | Operation::RemoveFromGroup { .. } => self.on_user(operation),
            Operation::DeleteCredentials { .. }
            | Operation::DeleteAccessKey { .. }
            | Operation::HandOut { .. } => self.on_credentials(operation),
            Operation::Tag { entity, tags } => {
                if let Some(held) = self.tags(entity) {
                    set_tags(entity, held, tags);
                }
            }
            Operation::Untag { entity, keys } => {
                if let Some(held) = self.tags(entity) {
                    held.retain(|key, _| !keys.iter().any(|gone| is_same_key(entity, gone, key)));
                }
            }
            Operation::AttachPolicy { .. }
            | Operation::DetachPolicy { .. }
            | Operation::PutInlinePolicy { .. }
            | Operation::DeleteInlinePolicy { .. }
            | Operation::PutBoundary { .. }
            | Operation::DeleteBoundary { .. } => self.on_grants(operation),
            Operation::DeployStack {
                place,
                template,
                tags,
                ..
            } => {
                let stack = LiveStack {
                    status: StackStatus::new("CREATE_COMPLETE"),
                    template: Some(template.clone()),
                    tags: tags.clone(),
                    outputs: BTreeMap::new(),
                    drift: Drift::NotChecked,
                };
                self.stacks.insert(place.clone(), stack);
            }
            Operation::DeleteStack(place) => drop(self.stacks.remove(place)),
        }
    }

    fn on_provider(&mut self, operation: &Operation) {
        let providers = &mut self.account.oidc_providers;
        match operation {
            Operation::CreateOidcProvider {
                issuer,
                audiences,
                thumbprints,
                tags,
            } => {
                let provider = OidcProvider {
                    issuer: issuer.clone(),
                    audiences: audiences.clone(),
                    thumbprints: thumbprints.clone(),
                    tags: tags.clone(),
                };
                providers.insert(issuer.clone(), provider);
            }
            Operation::AddOidcAudience { issuer, audience } => {
                if let Some(provider) = providers.get_mut(issuer) {
                    provider.audiences.insert(audience.clone());
                }
            }
            Operation::RemoveOidcAudience { issuer, audience } => {
                if let Some(provider) = providers.get_mut(issuer) {
                    provider.audiences.remove(audience);
                }
            }
            Operation::UpdateOidcThumbprints {
                issuer,
                thumbprints,
            } => {
                if let Some(provider) = providers.get_mut(issuer) {
                    provider.thumbprints = thumbprints.clone();
                }
            }
            Operation::DeleteOidcProvider(issuer) => {
                providers.remove(issuer);
            }
            _ => {}
        }
    }

    fn on_policy(&mut self, operation: &Operation) {
        let policies = &mut self.account.policies;
        match operation {
            Operation::CreatePolicy {
                arn,
                name,
                path,
                document,
                tags,
            } => {
                let policy = ManagedPolicy {
                    arn: arn.clone(),
                    name: name.clone(),
                    path: path.clone(),
                    document: Document::Read(document.clone()),
                    versions: vec![version(1)],
                    tags: tags.clone(),
                };
                policies.insert(arn.clone(), policy);
            }
            Operation::CreatePolicyVersion { arn, document } => {
                if let Some(policy) = policies.get_mut(arn) {
                    let newest = policy.versions.iter().map(|v| number(&v.id)).max();
                    for old in &mut policy.versions {
                        old.is_default = false;
                    }
                    policy.versions.push(version(newest.unwrap_or(1) + 1));
                    policy.document = Document::Read(document.clone());
                }
            }
            Operation::DeletePolicyVersion { arn, version } => {
                if let Some(policy) = policies.get_mut(arn) {
                    policy.versions.retain(|held| held.id != *version);
                }
            }
            Operation::DeletePolicy(arn) => {
                policies.remove(arn);
            }
            _ => {}
        }
    }

    fn on_role(&mut self, operation: &Operation) {
        let roles = &mut self.account.roles;
        match operation {
            Operation::CreateRole {
                name,
                path,
                trust,
                max_session,
                description,
                boundary,
                tags,
            } => {
                let mut role = Role::new(name.clone(), Document::Read(trust.clone()));
                role.path = path.clone();
                role.max_session = *max_session;
                role.description = description.clone();
                role.grants.boundary = boundary.clone();
                role.tags = tags.clone();
                roles.insert(name.clone(), role);
            }
            Operation::UpdateRole {
                name,
                max_session,
                description,
            } => {
                if let Some(role) = roles.get_mut(name) {
                    role.max_session = *max_session;
                    role.description = description.clone();
                }
            }
            Operation::UpdateTrust { name, trust } => {
                if let Some(role) = roles.get_mut(name) {
                    role.trust = Document::Read(trust.clone());
                }
            }
            Operation::RemoveRoleFromInstanceProfile { name, profile } => {
                if let Some(role) = roles.get_mut(name) {
                    role.instance_profiles.retain(|held| held != profile);
                }
            }
            Operation::DeleteRole(name) => {
                roles.remove(name);
            }
            _ => {}
        }
    }

    fn on_group(&mut self, operation: &Operation) {
        let groups = &mut self.account.groups;
        match operation {
            Operation::CreateGroup { name, path } => {
                let mut group = Group::new(name.clone());
                group.path = path.clone();
                groups.insert(name.clone(), group);
            }
            Operation::MoveGroup { name, path } => {
                if let Some(group) = groups.get_mut(name) {
                    group.path = path.clone();
                }
            }
            Operation::DeleteGroup(name) => {
                groups.remove(name);
            }
            _ => {}
        }
    }

    fn on_user(&mut self, operation: &Operation) {
        let users = &mut self.account.users;
        match operation {
            Operation::CreateUser {
                name,
                path,
                boundary,
                tags,
            } => {
                let mut user = User::new(name.clone());
                user.path = path.clone();
                user.grants.boundary = boundary.clone();
                user.tags = tags.clone();
                users.insert(name.clone(), user);
                self.fresh.insert(name.clone());
                self.credentials
                    .insert(name.clone(), UserCredentials::default());
            }
            Operation::MoveUser { name, path } => {
                if let Some(user) = users.get_mut(name) {
                    user.path = path.clone();
                }
            }
            Operation::DeleteUser(name) => {
                users.remove(name);
                self.credentials.remove(name);
                self.cleared.remove(name);
                self.fresh.remove(name);
            }
            Operation::AddToGroup { user, group } => {
                if let Some(user) = users.get_mut(user) {
                    user.groups.insert(group.clone());
                }
            }
            Operation::RemoveFromGroup { user, group } => {
                if let Some(user) = users.get_mut(user) {
                    user.groups.remove(group);
                }
            }
            _ => {}
        }
    }

    fn on_credentials(&mut self, operation: &Operation) {
        match operation {
            Operation::DeleteCredentials { user, kind } => {
                self.cleared.entry(user.clone()).or_default().insert(*kind);
                if let Some(held) = self.credentials.get_mut(user) {
                    match kind {
                        UserCredential::LoginProfile => held.password = None,
                        UserCredential::AccessKeys => held.access_keys.clear(),
                        UserCredential::MfaDevices
                        | UserCredential::SshPublicKeys
                        | UserCredential::SigningCertificates
                        | UserCredential::ServiceSpecificCredentials => {}
                    }
                }
            }
            Operation::DeleteAccessKey { user, key } => {
                if let Some(held) = self.credentials.get_mut(user) {
                    held.access_keys.remove(key);
                }
            }
            Operation::HandOut { user, secret, .. } => {
                let held = self.credentials.entry(user.clone()).or_default();
                match secret {
                    InitialSecret::Password => held.password = Some(LastUse::Never),
                    InitialSecret::AccessKey => {
                        self.keys_made += 1;
                        let id = format!("AKIASIMULATED{:07}", self.keys_made);
                        let id = id
                            .parse()
                            .expect("twenty capital letters and digits are a key id");
                        held.access_keys.insert(id, LastUse::Never);
                    }
                }
            }
            _ => {}
        }
    }

    fn tags(&mut self, entity: &Entity) -> Option<&mut Tags> {
        let account = &mut self.account;
        match entity {
            Entity::User(name) => account.users.get_mut(name).map(|user| &mut user.tags),
            Entity::Role(name) => account.roles.get_mut(name).map(|role| &mut role.tags),
            Entity::Policy(arn) => account.policies.get_mut(arn).map(|it| &mut it.tags),
            Entity::OidcProvider(issuer) => account
                .oidc_providers
                .get_mut(issuer)
                .map(|provider| &mut provider.tags),
            Entity::Group(_) => None,
        }
    }

    /// Whether a customer-managed policy of this account exists. AWS's own always do.
    fn has_policy(&self, arn: &PolicyArn) -> bool {
        arn.is_aws_managed() || self.account.policies.contains_key(arn)
    }
}

/// Sets tags; each replaces the one with the same key.
fn set_tags(entity: &Entity, held: &mut Tags, tags: &Tags) {
    for (key, value) in tags {
        held.retain(|old, _| !is_same_key(entity, old, key));
        held.insert(key.clone(), value.clone());
    }
}

/// A policy of AWS's as the account lists it.
fn aws_managed(arn: &PolicyArn, document: &managed::ManagedDocument) -> ManagedPolicy {
    ManagedPolicy {
        arn: arn.clone(),
        name: arn
            .policy_name()
            .parse()
            .expect("the end of a policy ARN is a policy name"),
        path: EntityPath::root(),
        document: Document::Read(document.policy()),
        versions: vec![PolicyVersion {
            id: document.version.clone(),
            is_default: true,
            created: None,
        }],
        tags: Tags::new(),
    }
}

fn version(number: u64) -> PolicyVersion {
    PolicyVersion {
        id: format!("v{number}")
            .parse()
            .expect("`v` and a number make a version id"),
        is_default: true,
        created: None,
    }
}
