//! Users: path, boundary, policies and tags. Groups and initial secrets follow in steps of their
//! own.

use std::collections::BTreeSet;

use keyward_iam::model::{Grants, User};

use super::hand_outs::Course;
use super::index::fold;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::tags;
use super::work::Work;
use crate::desired::Entity;
use crate::leaver::DELETE_AFTER_TAG;
use crate::ownership::blueprint_of;

impl Planner<'_> {
    pub(super) fn users(&mut self) {
        for wanted in self.desired.account.users.values() {
            let entity = Entity::User(wanted.name.clone());
            let live = self.index.users.get(&fold(&wanted.name)).cloned();
            match live.and_then(|name| self.now.account.users.get(&name).cloned()) {
                Some(live) if live.name == wanted.name => self.update_user(&entity, &live, wanted),
                live => {
                    let existing = live.map(|live| live.name.to_string());
                    if self.may_create(entity, existing) {
                        self.create_user(wanted);
                    }
                }
            }
        }
    }

    /// The mark and the boundary come with the creation, so that they exist from the first
    /// moment.
    fn create_user(&mut self, wanted: &User) {
        let on = PrincipalName::User(wanted.name.clone());
        let boundary = wanted.grants.boundary.clone();
        if let Some(policy) = &boundary
            && !self.expect_policy(&on, policy)
        {
            return;
        }
        let course = Course::of_new_user(self.desired, &wanted.name);
        let mut tags = wanted.tags.clone();
        tags.extend(course.first_tag());
        let mut work = Work {
            changes: appearance(wanted),
            operations: vec![Operation::CreateUser {
                name: wanted.name.clone(),
                path: wanted.path.clone(),
                boundary: boundary.clone(),
                tags,
            }],
        };
        let bare = Grants {
            boundary,
            ..Grants::default()
        };
        self.grants(&on, &bare, &wanted.grants, &mut work);
        let what = (ChangeAction::Create, Kind::User);
        self.step(Stage::Users, what, &wanted.name, work);
    }

    fn update_user(&mut self, entity: &Entity, live: &User, wanted: &User) {
        let owner = blueprint_of(&live.tags);
        let Some(ownership) = self.ownership(entity.clone(), owner) else {
            return;
        };
        let mut work = Work::default();
        if live.path != wanted.path {
            work.push(
                Change::alter(format!("path `{}` becomes `{}`", live.path, wanted.path)),
                Operation::MoveUser {
                    name: wanted.name.clone(),
                    path: wanted.path.clone(),
                },
            );
        }
        tags::compare(entity, ownership, &live.tags, &wanted.tags, &mut work);
        if live.tags.contains_key(DELETE_AFTER_TAG) {
            work.push(
                Change::remove(format!("tag `{DELETE_AFTER_TAG}`: the user stays")),
                Operation::Untag {
                    entity: entity.clone(),
                    keys: BTreeSet::from([DELETE_AFTER_TAG.to_owned()]),
                },
            );
        }
        let on = PrincipalName::User(wanted.name.clone());
        let lifted = self.grants_under_limits(&on, &live.grants, &wanted.grants, &mut work);
        self.lift_around(&on, lifted, &mut work);
        if let Some(course) = self.course(ownership, live) {
            course.records(&mut work);
        }
        let what = (ChangeAction::Update, Kind::User);
        self.step(Stage::Users, what, &wanted.name, work);
    }
}

/// The settings that a new user has from the start.
fn appearance(wanted: &User) -> Vec<Change> {
    let mut changes = Vec::new();
    if wanted.path.as_str() != "/" {
        changes.push(Change::add(format!("path `{}`", wanted.path)));
    }
    if let Some(boundary) = &wanted.grants.boundary {
        let name = boundary.policy_name();
        changes.push(Change::add(format!("permissions boundary `{name}`")));
    }
    changes.extend(tags::added(&wanted.tags));
    changes
}
