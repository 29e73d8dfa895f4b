//! The inline policies by which a revocation denies old sessions of a role. Once their user is gone
//! and no session is old enough to be denied, the plan removes them.

use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::work::Work;
use crate::revoke::{LONGEST_ROLE_SESSION, RevokedUser, denied_until};

impl Planner<'_> {
    pub(super) fn old_denials(&mut self) {
        let roles: Vec<_> = self.now.account.roles.values().cloned().collect();
        for role in roles.iter().filter(|role| !role.is_aws_owned()) {
            let mut work = Work::default();
            for (name, document) in &role.grants.inline {
                let Some(user) = RevokedUser::of(name) else {
                    continue;
                };
                let over = denied_until(document)
                    .is_some_and(|until| until.after(LONGEST_ROLE_SESSION) <= self.snapshot.taken);
                if over && self.is_gone(&user) {
                    work.push(
                        Change::remove(format!(
                            "inline policy `{name}`: the user is gone, and the sessions have ended"
                        )),
                        Operation::DeleteInlinePolicy {
                            on: PrincipalName::Role(role.name.clone()),
                            name: name.clone(),
                        },
                    );
                }
            }
            let what = (ChangeAction::Update, Kind::Role);
            self.step(Stage::DeleteRoles, what, &role.name, work);
        }
    }

    /// Whether a user does not exist. For a user of another account, the blueprint decides.
    fn is_gone(&self, user: &RevokedUser) -> bool {
        match user.account {
            None => !self.now.account.users.contains_key(&user.name),
            Some(_) => !self.desired.people.contains(&user.name),
        }
    }
}
