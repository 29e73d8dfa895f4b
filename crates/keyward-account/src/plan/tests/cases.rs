//! Small worlds, spelled out. Each check compares the text that people see.

use std::collections::BTreeSet;

use keyward_iam::Policy;
use keyward_iam::model::{Document, Group, ManagedPolicy, PolicyVersion, Role, User};

use super::world::{bare_desired, empty, observed, snapshot};
use crate::desired::{Desired, Entity};
use crate::hand_out::{HandOut, InitialSecret};
use crate::ownership::{group_policy, policy_path};
use crate::plan::simulate::Simulation;
use crate::plan::{Plan, PlanProblems, plan, show::show};
use crate::snapshot::Snapshot;

/// A blueprint, and the account that it meets.
pub(crate) struct Case {
    pub(crate) desired: Desired,
    pub(crate) live: Snapshot,
}

pub(crate) const READ: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
pub(crate) const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
pub(crate) const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Guard","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#;
pub(crate) const MARK: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"main","Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}]}"#;

pub(crate) fn document(json: &str) -> Document {
    Policy::parse(json).unwrap().into()
}

impl Case {
    /// A blueprint of nothing, in an account of nothing.
    pub(crate) fn new() -> Self {
        Self {
            desired: bare_desired(),
            live: snapshot(empty()),
        }
    }

    /// A user of the blueprint.
    pub(crate) fn user(&mut self, name: &str) -> &mut User {
        let mut user = User::new(name.parse().unwrap());
        user.tags.extend([self.desired.blueprint.tag()]);
        self.desired
            .account
            .users
            .entry(user.name.clone())
            .or_insert(user)
    }

    /// A group of the blueprint.
    pub(crate) fn group(&mut self, name: &str) -> &mut Group {
        let mut group = Group::new(name.parse().unwrap());
        group.grants.inline.insert(group_policy(), document(MARK));
        self.desired
            .account
            .groups
            .entry(group.name.clone())
            .or_insert(group)
    }

    /// A role of the blueprint, which trusts the account.
    pub(crate) fn role(&mut self, name: &str) -> &mut Role {
        let mut role = Role::new(name.parse().unwrap(), document(TRUST));
        role.tags.extend([self.desired.blueprint.tag()]);
        self.desired
            .account
            .roles
            .entry(role.name.clone())
            .or_insert(role)
    }

    /// A managed policy of the blueprint below this path.
    pub(crate) fn policy(&mut self, path: &str, name: &str, json: &str) -> &mut ManagedPolicy {
        let path = policy_path(&self.desired.blueprint, &path.parse().unwrap());
        let policy = managed(path, name, json);
        self.desired
            .account
            .policies
            .entry(policy.arn.clone())
            .or_insert(policy)
    }

    /// Initial secrets for a user of the blueprint.
    pub(crate) fn hand_out(&mut self, user: &str, secrets: &[InitialSecret]) {
        let hand_out = HandOut {
            secrets: secrets.iter().copied().collect(),
            recipients: Vec::new(),
        };
        self.desired
            .hand_outs
            .insert(user.parse().unwrap(), hand_out);
    }

    pub(crate) fn adopt(&mut self, entity: Entity) {
        if let Entity::User(name) = &entity {
            let user = self.desired.account.users.get_mut(name).unwrap();
            user.tags.clear();
        }
        if let Entity::Group(name) = &entity {
            let group = self.desired.account.groups.get_mut(name).unwrap();
            group.grants.inline.remove(&group_policy());
        }
        self.desired.adopted.insert(entity);
    }

    pub(crate) fn plan(&self) -> Result<Plan, PlanProblems> {
        plan(&self.desired, &observed(&self.desired, self.live.clone()))
    }

    /// Carries out the plan, so that the account is as the blueprint says.
    pub(crate) fn apply(mut self) -> Self {
        let live = observed(&self.desired, self.live.clone());
        let plan = self.plan().unwrap();
        let mut now = Simulation::new(&live);
        for operation in plan.operations() {
            now.apply(operation).unwrap();
        }
        self.live = now.snapshot(&live);
        self
    }

    /// The plan as people see it, without its sums.
    pub(crate) fn shown(&self) -> String {
        shown(&self.plan().unwrap())
    }

    /// The case after this number of the plan's calls.
    pub(crate) fn stopped_after(&self, plan: &Plan, calls: usize) -> Self {
        let mut now = Simulation::new(&self.live);
        plan.operations().take(calls).for_each(|it| now.perform(it));
        Self {
            desired: self.desired.clone(),
            live: now.snapshot(&self.live),
        }
    }

    #[track_caller]
    pub(crate) fn check(&self, expected: &str) {
        let lines = expected.lines().map(str::trim_end);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        assert_eq!(self.shown(), lines.join("\n"), "\n{}", self.shown());
    }

    #[track_caller]
    pub(crate) fn check_problems(&self, expected: &[&str]) {
        let problems: BTreeSet<String> = match self.plan() {
            Ok(plan) => panic!("a plan:\n{}", shown(&plan)),
            Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
        };
        let problems: Vec<&str> = problems.iter().map(String::as_str).collect();
        assert_eq!(problems, expected);
    }
}

pub(crate) fn shown(plan: &Plan) -> String {
    let mut lines: Vec<String> = show(plan).iter().map(ToString::to_string).collect();
    lines.pop();
    lines.join("\n")
}

pub(crate) fn managed(path: keyward_core::id::EntityPath, name: &str, json: &str) -> ManagedPolicy {
    let name = name.parse().unwrap();
    ManagedPolicy {
        arn: empty().policy_arn(&path, &name),
        name,
        path,
        document: document(json),
        versions: vec![version(1, true)],
        tags: Default::default(),
    }
}

pub(crate) fn version(number: u32, is_default: bool) -> PolicyVersion {
    PolicyVersion {
        id: format!("v{number}").parse().unwrap(),
        is_default,
        created: None,
    }
}
