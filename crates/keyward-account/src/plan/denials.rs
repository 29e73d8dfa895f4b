//! The policies by which a revocation denies old sessions of a role. Once their user is
//! gone and no session is old enough to be denied, they are left over, and go first, because they need
//! room that the rest of the plan may need. A managed policy of a revocation is deleted once its user
//! is gone and no entity has it.

use keyward_core::id::PolicyArn;
use keyward_iam::model::{Document, Role};

use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::versions::delete;
use super::work::Work;
use crate::revoke::{LONGEST_ROLE_SESSION, RevokedUser, denied_until};

impl Planner<'_> {
    pub(super) fn old_denials(&mut self) {
        let roles: Vec<_> = self.now.account.roles.values().cloned().collect();
        for role in roles.iter().filter(|role| !role.is_aws_owned()) {
            let work = self.old_denials_of(role);
            let what = (ChangeAction::Update, Kind::Role);
            self.step(Stage::Policies, what, &role.name, work);
        }
        let policies: Vec<_> = self.now.account.policies.values().cloned().collect();
        for policy in &policies {
            let user = RevokedUser::of_managed(&policy.arn);
            let gone = user.is_some_and(|user| self.is_gone(&user));
            if gone && !self.is_held(&policy.arn) {
                let work = Work {
                    changes: vec![Change::remove("no entity has it, and its user is gone")],
                    operations: delete(policy),
                };
                let what = (ChangeAction::Delete, Kind::Policy);
                self.step(Stage::DeletePolicies, what, &policy.name, work);
            }
        }
    }

    /// The calls that remove the denials of ended sessions from a role.
    fn old_denials_of(&self, role: &Role) -> Work {
        let mut work = Work::default();
        let mut push = |what: String, operation| {
            let text = format!("{what}: the user is gone, and the sessions have ended");
            work.push(Change::remove(text), operation);
        };
        for (name, document) in &role.grants.inline {
            let user = RevokedUser::of(name);
            if user.is_some_and(|user| self.is_over(&user, document)) {
                let on = PrincipalName::Role(role.name.clone());
                let name = name.clone();
                let what = format!("inline policy `{name}`");
                push(what, Operation::DeleteInlinePolicy { on, name });
            }
        }
        for arn in &role.grants.attached {
            let user = RevokedUser::of_managed(arn);
            let document = self.document(arn);
            let both = user.zip(document);
            if both.is_some_and(|(user, document)| self.is_over(&user, document)) {
                let from = PrincipalName::Role(role.name.clone());
                let policy = arn.clone();
                let what = format!("policy `{}`", arn.policy_name());
                push(what, Operation::DetachPolicy { from, policy });
            }
        }
        work
    }

    /// Whether a denial denies nothing any more, and its user does not come back.
    fn is_over(&self, user: &RevokedUser, document: &Document) -> bool {
        let over = denied_until(document)
            .is_some_and(|until| until.after(LONGEST_ROLE_SESSION) <= self.snapshot.taken);
        over && self.is_gone(user)
    }

    fn is_held(&self, arn: &PolicyArn) -> bool {
        let account = &self.now.account;
        let users = account.users.values().map(|it| &it.grants);
        let groups = account.groups.values().map(|it| &it.grants);
        let roles = account.roles.values().map(|it| &it.grants);
        let mut all = users.chain(groups).chain(roles);
        all.any(|grants| grants.attached.contains(arn) || grants.boundary.as_ref() == Some(arn))
    }

    /// Whether a user does not exist. For a user of another account, the blueprint decides.
    fn is_gone(&self, user: &RevokedUser) -> bool {
        match user.account {
            None => !self.now.account.users.contains_key(&user.name),
            Some(_) => !self.desired.people.contains(&user.name),
        }
    }
}
