//! From a blueprint to the desired state of each of its accounts. It cannot fail: reading the
//! blueprint has found everything that could be wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{EntityPath, GroupName, PolicyArn, PolicyName, RoleName, UserName};
use keyward_iam::Policy;
use keyward_iam::catalogue::managed;
use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, OidcProvider, PolicyVersion, Role, Tags, User,
};
use keyward_iam::size::{INLINE_OF_A_GROUP, non_whitespace_chars};

use super::assume::{Assumable, group_policy, managed_name, managed_policies};
use super::secrets::{NO_SECRETS_POLICY, no_secrets};
use super::self_service::{GUARD_POLICY, SELF_SERVICE_POLICY, guard, policy_name, self_service};
use super::trust::{Callers, GITHUB_AUDIENCE, People, github_issuer, trust};
use super::{Desired, Entity};
use crate::blueprint::{
    AccountSpec, AssumeTarget, At, Blueprint, GrantSpec, GroupSpec, Guard, Holds, ManagedRef,
    Origin, PolicySpec, RoleSpec, Secrets, SelfService, UserSpec,
};
use crate::ownership::{GROUP_POLICY, policy_path};
use crate::stacks::stacks;

/// The inline policy with the roles that the members of an adopted group may assume. It has a
/// name of its own, because [`GROUP_POLICY`] would mark the group as the blueprint's.
pub const ADOPTED_GROUP_POLICY: &str = "keyward-assume";

/// The longest session of a role that states none, which is also AWS's default.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>
const DEFAULT_SESSION: Duration = Duration::from_secs(3600);

/// The desired state of every account, in the order of [`Blueprint::accounts`].
#[must_use]
pub fn render(blueprint: &Blueprint) -> Vec<Desired> {
    let mut accounts = render_own(blueprint);
    for (spec, desired) in blueprint.accounts.iter().zip(&mut accounts) {
        add_aws_managed(&mut desired.account);
        desired.stacks = stacks(blueprint, spec);
    }
    accounts
}

/// The identity of the desired state, without the documents of AWS's policies. The checks of a
/// blueprint use it, so it must not fail where they would find a problem.
pub(crate) fn render_own(blueprint: &Blueprint) -> Vec<Desired> {
    let accounts = blueprint.accounts.iter();
    accounts.map(|spec| account(blueprint, spec)).collect()
}

fn account(blueprint: &Blueprint, spec: &AccountSpec) -> Desired {
    let mut account = Account::empty(spec.id.value.clone());
    account.partition.clone_from(&spec.partition);
    account.alias = spec.alias.as_ref().map(|alias| alias.value.clone());
    account
        .password_policy
        .clone_from(&blueprint.password_policy);
    let mut rendering = Rendering {
        blueprint,
        spec,
        desired: Desired {
            blueprint: blueprint.name.clone(),
            account,
            adopted: BTreeSet::new(),
            settings: spec.settings,
            people: blueprint.users.keys().cloned().collect(),
            hand_outs: BTreeMap::new(),
            stacks: Vec::new(),
        },
    };
    rendering.providers();
    rendering.roles();
    if spec.holds == Holds::Users {
        rendering.groups();
        rendering.users();
        rendering.self_service();
    }
    rendering.policies();
    rendering.desired
}

struct Rendering<'b> {
    blueprint: &'b Blueprint,
    spec: &'b AccountSpec,
    desired: Desired,
}

impl Rendering<'_> {
    fn providers(&mut self) {
        for (issuer, spec) in &self.blueprint.oidc_providers {
            let mut having = self.blueprint.accounts_of(&spec.accounts);
            if !having.any(|account| account.id == self.spec.id) {
                continue;
            }
            let thumbprints = spec.thumbprints.iter();
            let provider = OidcProvider {
                issuer: issuer.clone(),
                audiences: spec
                    .audiences
                    .iter()
                    .map(|it| it.value.to_string())
                    .collect(),
                thumbprints: thumbprints.map(|it| it.value.to_string()).collect(),
                tags: self.tags(&spec.tags, spec.origin),
            };
            self.note(Entity::OidcProvider(issuer.clone()), spec.origin);
            let providers = &mut self.desired.account.oidc_providers;
            providers.insert(issuer.clone(), provider);
        }
    }

    fn roles(&mut self) {
        for (name, spec) in &self.blueprint.roles {
            let mut having = self.blueprint.accounts_of(&spec.accounts);
            if having.any(|account| account.id == self.spec.id) {
                let role = self.role(name, spec);
                self.note(Entity::Role(name.clone()), spec.origin);
                self.desired.account.roles.insert(name.clone(), role);
            }
        }
    }

    fn role(&mut self, name: &RoleName, spec: &RoleSpec) -> Role {
        let trust = match &spec.trust {
            Some(own) => own.value.clone(),
            None => self.trust(name, spec),
        };
        let mut role = Role::new(name.clone(), Document::Read(trust));
        role.path = spec.path.clone();
        role.description.clone_from(&spec.description);
        role.max_session = match (&spec.max_session, spec.origin) {
            (Some(stated), _) => Some(stated.value),
            (None, Origin::Made) => Some(DEFAULT_SESSION),
            (None, Origin::Adopted) => None,
        };
        role.tags = self.tags(&spec.tags, spec.origin);
        role.grants = self.grants(&spec.grants);
        if denies_secrets(spec) {
            let name = fixed_name(NO_SECRETS_POLICY);
            let deny = no_secrets(&self.desired.account);
            role.grants.inline.insert(name, deny.into());
        }
        role
    }

    fn trust(&mut self, name: &RoleName, spec: &RoleSpec) -> Policy {
        let issuer = github_issuer();
        if !spec.github.is_empty() {
            let tags = self.tags(&Tags::new(), Origin::Made);
            let providers = &mut self.desired.account.oidc_providers;
            providers
                .entry(issuer.clone())
                .or_insert_with(|| OidcProvider {
                    issuer: issuer.clone(),
                    audiences: BTreeSet::from([GITHUB_AUDIENCE.to_owned()]),
                    thumbprints: BTreeSet::new(),
                    tags,
                });
        }
        let for_people =
            self.is_assumed(name) || spec.github.is_empty() && spec.services.is_empty();
        let age = spec.mfa_max_age.as_ref().map(|age| age.value);
        trust(&Callers {
            users_account: self.blueprint.users_account(),
            people: if for_people {
                People::WithMfa(age)
            } else {
                People::None
            },
            github_provider: self.desired.account.oidc_provider_arn(&issuer),
            github: &spec.github,
            services: &spec.services,
        })
    }

    /// Whether a group of the blueprint may assume the role in this account.
    fn is_assumed(&self, role: &RoleName) -> bool {
        let groups = self.blueprint.groups.values();
        groups.flat_map(|group| &group.assume).any(|target| {
            let AssumeTarget {
                account,
                role: wanted,
            } = &target.value;
            let here = account.is_none() || *account == self.spec.name;
            here && wanted == role
        })
    }

    fn groups(&mut self) {
        for (name, spec) in &self.blueprint.groups {
            let group = self.group(name, spec);
            self.note(Entity::Group(name.clone()), spec.origin);
            self.desired.account.groups.insert(name.clone(), group);
        }
    }

    fn group(&mut self, name: &GroupName, spec: &GroupSpec) -> Group {
        let mut group = Group::new(name.clone());
        group.path = spec.path.clone();
        group.grants = self.grants(&spec.grants);
        let (policy, mark) = match spec.origin {
            Origin::Made => (GROUP_POLICY, Some(&self.blueprint.name)),
            Origin::Adopted => (ADOPTED_GROUP_POLICY, None),
        };
        let roles = assumable(self.blueprint, &spec.assume);
        let whole = group_policy(mark, &roles);
        let fits = fits_inline(&group.grants, whole.as_ref());
        let document = match spec.origin {
            Origin::Made if !fits => group_policy(mark, &Assumable::new()),
            _ => whole,
        };
        if let Some(document) = document {
            let name = fixed_name(policy);
            group.grants.inline.insert(name, document.into());
        }
        if spec.origin == Origin::Made && !fits {
            let policies = managed_policies(&roles).into_iter().zip(1..);
            let arns = policies
                .map(|(document, number)| self.own_policy(&managed_name(name, number), document));
            group.grants.attached.extend(arns);
        }
        group
    }

    /// Makes a managed policy of keyward's own.
    fn own_policy(&mut self, name: &PolicyName, document: Policy) -> PolicyArn {
        let tags = self.tags(&Tags::new(), Origin::Made);
        let path = policy_path(&self.blueprint.name, &EntityPath::root());
        let account = &mut self.desired.account;
        let policy = managed_policy(account, name, path, document, tags);
        let arn = policy.arn.clone();
        account.policies.insert(arn.clone(), policy);
        arn
    }

    fn users(&mut self) {
        for (name, spec) in &self.blueprint.users {
            let user = self.user(name, spec);
            self.note(Entity::User(name.clone()), spec.origin);
            self.desired.account.users.insert(name.clone(), user);
            if !spec.hand_out.secrets.is_empty() {
                let hand_out = spec.hand_out.clone();
                self.desired.hand_outs.insert(name.clone(), hand_out);
            }
        }
    }

    fn user(&self, name: &UserName, spec: &UserSpec) -> User {
        let mut user = User::new(name.clone());
        user.path = spec.path.clone();
        user.groups = spec
            .groups
            .iter()
            .map(|group| group.value.clone())
            .collect();
        user.grants = self.grants(&spec.grants);
        user.tags = self.tags(&spec.tags, spec.origin);
        user
    }

    /// Puts self-service and guard on every group, and on the users without a group.
    fn self_service(&mut self) {
        let SelfService::On(guarded) = self.blueprint.self_service else {
            return;
        };
        if self.blueprint.users.is_empty() && self.blueprint.groups.is_empty() {
            return;
        }
        let mut policies = vec![(SELF_SERVICE_POLICY, self_service(&self.desired.account))];
        if guarded == Guard::On {
            policies.push((GUARD_POLICY, guard(&self.desired.account)));
        }
        for (beginning, document) in policies {
            let name = policy_name(beginning, &self.blueprint.name);
            let arn = self.own_policy(&name, document);
            let account = &mut self.desired.account;
            let groups = account.groups.values_mut().map(|group| &mut group.grants);
            let users = account.users.values_mut();
            let users = users.filter(|user| user.groups.is_empty());
            for grants in groups.chain(users.map(|user| &mut user.grants)) {
                grants.attached.insert(arn.clone());
            }
        }
    }

    /// The blueprint's own policies: where the blueprint says, or where something uses them.
    fn policies(&mut self) {
        let used = used(&self.desired.account);
        for (name, spec) in &self.blueprint.policies {
            let account = &self.desired.account;
            let arn = account.policy_arn(&self.policy_path(spec), name);
            let wanted = if spec.accounts.is_empty() {
                self.blueprint.accounts.len() == 1 || used.contains(&arn)
            } else {
                let mut having = self.blueprint.accounts_of(&spec.accounts);
                having.any(|account| account.id == self.spec.id)
            };
            if wanted {
                let policy = self.policy(name, spec);
                self.note(Entity::Policy(arn.clone()), spec.origin);
                self.desired.account.policies.insert(arn, policy);
            }
        }
    }

    fn policy(&self, name: &PolicyName, spec: &PolicySpec) -> ManagedPolicy {
        let account = &self.desired.account;
        let tags = self.tags(&spec.tags, spec.origin);
        let document = spec.document.value.clone();
        managed_policy(account, name, self.policy_path(spec), document, tags)
    }

    /// The path of a policy that the blueprint makes marks it; an adopted one keeps its own.
    fn policy_path(&self, spec: &PolicySpec) -> EntityPath {
        match spec.origin {
            Origin::Made => policy_path(&self.blueprint.name, &spec.path),
            Origin::Adopted => spec.path.clone(),
        }
    }

    fn grants(&self, spec: &GrantSpec) -> Grants {
        let inline = spec.inline.iter();
        Grants {
            inline: inline
                .map(|(name, document)| (name.clone(), document.value.clone().into()))
                .collect(),
            attached: spec
                .managed
                .iter()
                .map(|managed| self.policy_arn(&managed.value))
                .collect(),
            boundary: spec
                .boundary
                .as_ref()
                .map(|boundary| self.policy_arn(&boundary.value)),
        }
    }

    fn policy_arn(&self, managed: &ManagedRef) -> PolicyArn {
        match managed {
            ManagedRef::Arn(arn) => arn.clone(),
            ManagedRef::Own(name) => {
                let own = self.blueprint.policies.get(name);
                let path = own.map(|own| self.policy_path(own)).unwrap_or_default();
                self.desired.account.policy_arn(&path, name)
            }
            ManagedRef::Aws(name) => format!("arn:{}:iam::aws:policy/{name}", self.spec.partition)
                .parse()
                .expect("a partition and the name of a policy make a policy ARN"),
        }
    }

    fn tags(&self, own: &Tags, origin: Origin) -> Tags {
        let mut tags = own.clone();
        if origin == Origin::Made {
            tags.extend([self.blueprint.name.tag()]);
        }
        tags
    }

    fn note(&mut self, entity: Entity, origin: Origin) {
        if origin == Origin::Adopted {
            self.desired.adopted.insert(entity);
        }
    }
}

/// Whether a policy fits beside the other inline policies of a group.
fn fits_inline(grants: &Grants, policy: Option<&Policy>) -> bool {
    let others = grants.inline.values().map(Document::to_json);
    let all = others.chain(policy.map(Policy::to_json));
    let sizes = all.map(|text| non_whitespace_chars(&text));
    sizes.sum::<usize>() <= INLINE_OF_A_GROUP
}

/// The ARNs of the roles that targets mean, by the age that the code may have.
fn assumable(blueprint: &Blueprint, targets: &[At<AssumeTarget>]) -> Assumable {
    let mut assumable = Assumable::new();
    for AssumeTarget { account, role } in targets.iter().map(|target| &target.value) {
        let Some(spec) = blueprint.roles.get(role) else {
            continue;
        };
        let age = spec.mfa_max_age.as_ref().map(|age| age.value);
        let having = blueprint.accounts_of(&spec.accounts);
        for holder in having.filter(|holder| account.is_none() || *account == holder.name) {
            let AccountSpec { id, partition, .. } = holder;
            let arn = format!("arn:{partition}:iam::{}:role{}{role}", id.value, spec.path);
            let arn = arn
                .parse()
                .expect("a partition, an account id, a path and a role name make a role ARN");
            assumable.entry(age).or_default().insert(arn);
        }
    }
    assumable
}

/// Whether a role gets the policy that denies reading secrets: where the blueprint says so, and
/// by default where `ReadOnlyAccess` is all the role has.
fn denies_secrets(spec: &RoleSpec) -> bool {
    match (spec.secrets, spec.origin) {
        (Secrets::Denied, _) => true,
        (Secrets::Readable, _) | (Secrets::Default, Origin::Adopted) => false,
        (Secrets::Default, Origin::Made) => {
            spec.grants.reads_everything() && !spec.grants.is_broad()
        }
    }
}

/// Adds the policies of AWS that something in the account uses, if the account does not hold
/// them and their documents are known.
pub fn add_aws_managed(account: &mut Account) {
    for arn in used(account).into_iter().filter(PolicyArn::is_aws_managed) {
        if account.policies.contains_key(&arn) {
            continue;
        }
        let Some(known) = managed::document(&arn) else {
            continue;
        };
        let (path, name) = path_and_name(&arn);
        let policy = ManagedPolicy {
            name,
            path,
            document: Document::Read(known.policy()),
            versions: vec![PolicyVersion {
                id: known.version,
                is_default: true,
                created: None,
            }],
            tags: Tags::new(),
            arn: arn.clone(),
        };
        account.policies.insert(arn, policy);
    }
}

/// The path and the name in the ARN of a policy.
fn path_and_name(arn: &PolicyArn) -> (EntityPath, PolicyName) {
    let (_, resource) = arn
        .as_str()
        .split_once(":policy")
        .expect("the ARN of a policy names one");
    let (path, name) = resource.split_at(resource.rfind('/').map_or(0, |slash| slash + 1));
    let path = path.parse().expect("AWS's policies have paths");
    let name = name.parse().expect("AWS's policies have names");
    (path, name)
}

/// The managed policies that something in the account uses.
fn used(account: &Account) -> BTreeSet<PolicyArn> {
    let users = account.users.values().map(|user| &user.grants);
    let groups = account.groups.values().map(|group| &group.grants);
    let roles = account.roles.values().map(|role| &role.grants);
    let grants = users.chain(groups).chain(roles);
    grants
        .flat_map(|grants| grants.attached.iter().chain(&grants.boundary))
        .cloned()
        .collect()
}

fn managed_policy(
    account: &Account,
    name: &PolicyName,
    path: EntityPath,
    document: Policy,
    tags: Tags,
) -> ManagedPolicy {
    ManagedPolicy {
        arn: account.policy_arn(&path, name),
        name: name.clone(),
        path,
        document: Document::Read(document),
        versions: Vec::new(),
        tags,
    }
}

fn fixed_name(name: &str) -> PolicyName {
    name.parse()
        .expect("the names that keyward gives are policy names")
}
