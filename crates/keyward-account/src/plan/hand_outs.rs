//! Initial secrets: made once, never drift. The tags of the user say what was handed out and
//! what a run began; see [`HANDED_OUT_TAG`] and [`HANDING_OUT_TAG`].
//!
//! A kind of secret that the user already has is recorded as handed out, and none is made. After
//! an interrupted run, a password or key that was never used is deleted and made again, because
//! it was not delivered. One that was used was delivered, and is recorded. A user who is revoked
//! gets no secret until the revocation is undone.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{AccessKeyId, UserName};
use keyward_iam::model::{Tags, User};

use super::open_secrets::{open, wanted};
use super::operation::{Operation, UserCredential};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::step::{Change, ChangeAction, Kind, Plan, Stage};
use super::work::{Ownership, Work};
use crate::desired::{Desired, Entity};
use crate::hand_out::InitialSecret;
use crate::ownership::{HANDED_OUT_TAG, HANDING_OUT_TAG, handed_out, handing_out, secrets_value};
use crate::revoke::is_revoked;
use crate::snapshot::{LastUse, UserCredentials};

/// The beginning of the lines that [`Plan::name_keys`] adds.
const ENCRYPTED_TO: &str = "encrypted to ";

/// Whether a line names a public key that a secret is encrypted to.
pub(super) fn names_key(change: &Change) -> bool {
    change.text.starts_with(ENCRYPTED_TO)
}

/// The course of one user's initial secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Course {
    user: Option<UserName>,
    /// The secrets that the tag lists as begun before this plan.
    begun: BTreeSet<InitialSecret>,
    /// The secrets that the tag lists as handed out before this plan.
    done: BTreeSet<InitialSecret>,
    /// The secrets to make.
    make: BTreeSet<InitialSecret>,
    /// The secrets that the user has anyhow, which the plan records.
    present: BTreeSet<InitialSecret>,
    /// Whether the password was not delivered.
    lost_password: bool,
    /// The keys that were not delivered.
    lost_keys: BTreeSet<AccessKeyId>,
}

impl Course {
    /// All wanted secrets of a user who does not exist yet.
    pub(super) fn of_new_user(desired: &Desired, user: &UserName) -> Self {
        Self {
            user: Some(user.clone()),
            make: wanted(desired, user),
            ..Self::default()
        }
    }

    /// The tag that a new user gets at its creation.
    pub(super) fn first_tag(&self) -> Option<(String, String)> {
        (!self.make.is_empty()).then(|| (HANDING_OUT_TAG.to_owned(), secrets_value(&self.make)))
    }

    fn of_user(desired: &Desired, live: &User, held: &UserCredentials) -> Self {
        let wanted = wanted(desired, &live.name);
        let begun = handing_out(&live.tags);
        let mut course = Self {
            user: Some(live.name.clone()),
            begun: begun.clone(),
            done: handed_out(&live.tags),
            ..Self::default()
        };
        for secret in open(desired, live) {
            let uses: Vec<LastUse> = match secret {
                InitialSecret::Password => held.password.iter().copied().collect(),
                InitialSecret::AccessKey => held.access_keys.values().copied().collect(),
            };
            let received = uses.iter().any(|it| *it != LastUse::Never);
            if begun.contains(&secret) && !uses.is_empty() {
                course.lose(secret, held);
            }
            let kept = received || (!uses.is_empty() && !begun.contains(&secret));
            if kept {
                course.present.insert(secret);
            } else if wanted.contains(&secret) {
                course.make.insert(secret);
            }
        }
        course
    }

    /// Notes what was not delivered.
    fn lose(&mut self, secret: InitialSecret, held: &UserCredentials) {
        match secret {
            InitialSecret::Password => self.lost_password = held.password == Some(LastUse::Never),
            InitialSecret::AccessKey => {
                let keys = held.access_keys.iter();
                let unused = keys.filter(|(_, used)| **used == LastUse::Never);
                self.lost_keys = unused.map(|(key, _)| key.clone()).collect();
            }
        }
    }

    /// Adds the deletions and records that need no new secret.
    pub(super) fn records(&self, work: &mut Work) {
        let Some(user) = &self.user else {
            return;
        };
        if self.lost_password && !self.make.contains(&InitialSecret::Password) {
            work.push(lost("console password"), delete_password(user));
        }
        if !self.make.contains(&InitialSecret::AccessKey) {
            for key in &self.lost_keys {
                work.push(lost(&format!("access key `{key}`")), delete_key(user, key));
            }
        }
        if !self.present.is_empty() {
            for secret in &self.present {
                let name = secret.name();
                work.changes.push(Change::alter(format!(
                    "{name}: the user has one, so none is handed out"
                )));
            }
            let done: BTreeSet<InitialSecret> = self.done.union(&self.present).copied().collect();
            work.operations.push(tag(user, &done, None));
        }
        if self.make.is_empty() && !self.begun.is_empty() {
            work.push(Change::alter("hand-out: recorded as finished"), untag(user));
        }
    }
}

impl Plan {
    /// Adds the public keys that secrets are encrypted to, in words, once they were read.
    pub fn name_keys(&mut self, keys: &BTreeMap<UserName, Vec<String>>) {
        for step in &mut self.steps {
            let receives = |operation: &Operation| match operation {
                Operation::HandOut { user, .. } => keys.get(user),
                _ => None,
            };
            let keys = step.operations.iter().find_map(receives);
            let keys = keys.into_iter().flatten();
            let lines = keys.map(|key| Change::add(format!("{ENCRYPTED_TO}{key}")));
            step.changes.extend(lines);
        }
    }
}

impl Planner<'_> {
    /// Returns the course of the initial secrets of a user who exists.
    pub(super) fn course(&mut self, ownership: Ownership, live: &User) -> Option<Course> {
        if ownership == Ownership::Adopted {
            if !wanted(self.desired, &live.name).is_empty() {
                let problem = PlanProblem::HandOutToAdopted(live.name.clone());
                self.problems.push(problem);
            }
            return None;
        }
        let nothing = open(self.desired, live).is_empty() && handing_out(&live.tags).is_empty();
        if nothing || is_revoked(live) {
            return None;
        }
        let none = UserCredentials::default();
        let held = match self.snapshot.credentials.get(&live.name) {
            Some(held) => held,
            None if open(self.desired, live).is_empty() => &none,
            None => {
                let problem = PlanProblem::CredentialsUnknown(live.name.clone());
                self.problems.push(problem);
                return None;
            }
        };
        Some(Course::of_user(self.desired, live, held))
    }

    /// Plans the secrets themselves, in two stages, because both change the same tags.
    pub(super) fn hand_outs(&mut self) {
        let mut courses = Vec::new();
        for user in self.desired.hand_outs.keys() {
            if let Some(course) = self.course_before(user) {
                courses.push(course);
            }
        }
        for secret in [InitialSecret::Password, InitialSecret::AccessKey] {
            for course in &courses {
                if course.make.contains(&secret) {
                    self.hand_out(course, secret);
                }
            }
        }
    }

    fn course_before(&self, user: &UserName) -> Option<Course> {
        self.now.account.users.get(user)?;
        let entity = Entity::User(user.clone());
        if self.desired.adopted.contains(&entity) {
            return None;
        }
        match self.snapshot.account.users.get(user) {
            None => {
                let mut course = Course::of_new_user(self.desired, user);
                course.begun.clone_from(&course.make);
                Some(course)
            }
            Some(live) if is_revoked(live) => None,
            Some(live) => {
                let none = UserCredentials::default();
                let held = self.snapshot.credentials.get(user).unwrap_or(&none);
                Some(Course::of_user(self.desired, live, held))
            }
        }
    }

    fn hand_out(&mut self, course: &Course, secret: InitialSecret) {
        let Some(user) = &course.user else {
            return;
        };
        let mut work = Work::default();
        let left: BTreeSet<InitialSecret> = course
            .make
            .iter()
            .copied()
            .filter(|it| *it > secret)
            .collect();
        let mut done: BTreeSet<InitialSecret> =
            course.done.union(&course.present).copied().collect();
        done.extend(course.make.iter().copied().filter(|it| *it <= secret));
        let is_first = course.make.first() == Some(&secret);
        if is_first && course.begun != course.make {
            let mut tags = Tags::new();
            tags.insert(HANDING_OUT_TAG.to_owned(), secrets_value(&course.make));
            let entity = Entity::User(user.clone());
            work.operations.push(Operation::Tag { entity, tags });
        }
        self.leftovers(course, secret, user, &mut work);
        let hand_out = self.desired.hand_outs.get(user);
        let recipients = hand_out.map(|it| it.recipients.clone()).unwrap_or_default();
        let name = secret.name();
        work.push(
            Change::add(format!("{name}: handed out once, encrypted")),
            Operation::HandOut {
                user: user.clone(),
                secret,
                recipients,
            },
        );
        work.operations.push(tag(user, &done, Some(&left)));
        if left.is_empty() {
            work.operations.push(untag(user));
        }
        let (stage, kind) = match secret {
            InitialSecret::Password => (Stage::Passwords, Kind::LoginProfile),
            InitialSecret::AccessKey => (Stage::AccessKeys, Kind::AccessKey),
        };
        self.step(stage, (ChangeAction::Create, kind), user, work);
    }

    fn leftovers(&self, course: &Course, secret: InitialSecret, user: &UserName, work: &mut Work) {
        match secret {
            InitialSecret::Password if course.lost_password => {
                work.push(lost("console password"), delete_password(user));
            }
            InitialSecret::Password => {}
            InitialSecret::AccessKey => {
                for key in &course.lost_keys {
                    work.push(lost(&format!("access key `{key}`")), delete_key(user, key));
                }
            }
        }
    }
}

fn lost(what: &str) -> Change {
    Change::remove(format!(
        "{what}: left by an interrupted run, never delivered"
    ))
}

fn delete_password(user: &UserName) -> Operation {
    Operation::DeleteCredentials {
        user: user.clone(),
        kind: UserCredential::LoginProfile,
    }
}

fn delete_key(user: &UserName, key: &AccessKeyId) -> Operation {
    Operation::DeleteAccessKey {
        user: user.clone(),
        key: key.clone(),
    }
}

/// Records what was handed out and, if any is left, what is still to come.
fn tag(
    user: &UserName,
    done: &BTreeSet<InitialSecret>,
    left: Option<&BTreeSet<InitialSecret>>,
) -> Operation {
    let mut tags = Tags::new();
    tags.insert(HANDED_OUT_TAG.to_owned(), secrets_value(done));
    if let Some(left) = left.filter(|left| !left.is_empty()) {
        tags.insert(HANDING_OUT_TAG.to_owned(), secrets_value(left));
    }
    Operation::Tag {
        entity: Entity::User(user.clone()),
        tags,
    }
}

fn untag(user: &UserName) -> Operation {
    Operation::Untag {
        entity: Entity::User(user.clone()),
        keys: BTreeSet::from([HANDING_OUT_TAG.to_owned()]),
    }
}
