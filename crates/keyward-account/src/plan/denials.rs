//! The inline policies by which a revocation denies old sessions of a role. Once their user is
//! gone and no session is old enough to be denied, they are left over, and go.

use std::time::Duration;

use super::operation::{Operation, PrincipalName};
use super::planner::{Planner, Work};
use super::step::{Change, ChangeAction, Kind, Stage};
use crate::revoke::{denied_until, revoked_user};

/// The longest session of a role.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const LONGEST_SESSION: Duration = Duration::from_secs(12 * 3600);

impl Planner<'_> {
    pub(super) fn old_denials(&mut self) {
        // In an account without people, the users of its denials are in another account.
        let account = &self.now.account;
        if account.users.is_empty() && account.groups.is_empty() {
            return;
        }
        let roles: Vec<_> = self.now.account.roles.values().cloned().collect();
        for role in roles.iter().filter(|role| !role.is_aws_owned()) {
            let mut work = Work::default();
            for (name, document) in &role.grants.inline {
                let Some(user) = revoked_user(name) else {
                    continue;
                };
                let over = denied_until(document)
                    .is_some_and(|until| until.after(LONGEST_SESSION) <= self.snapshot.taken);
                if over && !self.now.account.users.contains_key(&user) {
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
}
