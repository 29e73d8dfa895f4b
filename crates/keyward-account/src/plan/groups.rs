//! Groups: path, reserved policy, and the grants of their members. The reserved policy of a new group
//! is written first, so that an interrupted run leaves a group that the next run recognises.

use keyward_iam::model::Group;

use super::index::fold;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::work::{Lifted, Work};
use crate::desired::Entity;
use crate::ownership::{BlueprintName, GROUP_POLICY, blueprint_of_group, group_policy};

impl Planner<'_> {
    pub(super) fn groups(&mut self) {
        for wanted in self.desired.account.groups.values() {
            let entity = Entity::Group(wanted.name.clone());
            let live = self.index.groups.get(&fold(&wanted.name)).cloned();
            match live.and_then(|name| self.now.account.groups.get(&name).cloned()) {
                Some(live) if live.name == wanted.name => self.update_group(entity, &live, wanted),
                live => {
                    let existing = live.map(|live| live.name.to_string());
                    if self.may_create(entity, existing) {
                        self.create_group(wanted);
                    }
                }
            }
        }
    }

    fn create_group(&mut self, wanted: &Group) {
        let mut work = Work::default();
        let name = wanted.name.clone();
        work.changes.extend(path_change(wanted));
        work.operations.push(Operation::CreateGroup {
            name,
            path: wanted.path.clone(),
        });
        let bare = Group::new(wanted.name.clone());
        let lifted = self.group_grants(&bare, wanted, &mut work);
        work.append(lifted.grants);
        work.append(lifted.limits);
        let what = (ChangeAction::Create, Kind::Group);
        self.step(Stage::Groups, what, &wanted.name, work);
    }

    fn update_group(&mut self, entity: Entity, live: &Group, wanted: &Group) {
        let owner = self.owner_of_group(live);
        if self.ownership(entity, owner).is_none() {
            return;
        }
        let mut work = Work::default();
        let lifted = self.group_grants(live, wanted, &mut work);
        let on = PrincipalName::Group(wanted.name.clone());
        self.lift_around(&on, lifted, &mut work);
        if live.path != wanted.path {
            work.push(
                Change::alter(format!("path `{}` becomes `{}`", live.path, wanted.path)),
                Operation::MoveGroup {
                    name: wanted.name.clone(),
                    path: wanted.path.clone(),
                },
            );
        }
        let what = (ChangeAction::Update, Kind::Group);
        self.step(Stage::Groups, what, &wanted.name, work);
    }

    /// The blueprint that made a group. A group of the blueprint's that has neither members nor
    /// policies counts as its own: `CreateGroup` has no parameter for a mark, so a run that is
    /// interrupted right after it leaves such a group.
    pub(super) fn owner_of_group(&self, live: &Group) -> Option<BlueprintName> {
        let empty = live.grants.inline.is_empty()
            && live.grants.attached.is_empty()
            && !self.index.members.contains_key(&live.name);
        let ours = || self.desired.account.groups.contains_key(&live.name);
        blueprint_of_group(live)
            .or_else(|| (empty && ours()).then(|| self.desired.blueprint.clone()))
    }

    /// Adds what makes the grants of a group right, and returns the removals.
    fn group_grants(&mut self, live: &Group, wanted: &Group, work: &mut Work) -> Lifted {
        let on = PrincipalName::Group(wanted.name.clone());
        let mut rest = Work::default();
        let mut lifted = self.grants_under_limits(&on, &live.grants, &wanted.grants, &mut rest);
        let is_mark = |operation: &Operation| match operation {
            Operation::PutInlinePolicy { name, .. } => *name == group_policy(),
            _ => false,
        };
        // The policy of a group that bears the mark may lose roles to attached policies. They come first.
        let (mark, others): (Vec<_>, Vec<_>) = match blueprint_of_group(live) {
            Some(_) => (Vec::new(), rest.operations),
            None => rest.operations.into_iter().partition(is_mark),
        };
        work.operations.extend(mark);
        work.operations.extend(others);
        let changes = rest.changes.into_iter().map(|it| self.name_mark(it));
        work.changes.extend(changes);
        for work in [&mut lifted.grants, &mut lifted.limits] {
            let changes = std::mem::take(&mut work.changes).into_iter();
            work.changes = changes.map(|it| self.name_mark(it)).collect();
        }
        lifted
    }

    /// Says in words what the statement that marks a group is.
    fn name_mark(&self, change: Change) -> Change {
        let blueprint = &self.desired.blueprint;
        let mark = format!(
            "inline policy `{GROUP_POLICY}`: statement `{blueprint}` allows \
             `sts:GetCallerIdentity` on `*`"
        );
        match change.text == mark {
            true => Change {
                text: format!("mark of blueprint `{blueprint}`, which grants nothing"),
                ..change
            },
            false => change,
        }
    }
}

fn path_change(wanted: &Group) -> Option<Change> {
    let path = &wanted.path;
    (path.as_str() != "/").then(|| Change::add(format!("path `{path}`")))
}
