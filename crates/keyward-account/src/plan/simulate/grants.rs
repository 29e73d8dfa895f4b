//! Changes to the grants of users, groups and roles.

use keyward_iam::model::{Document, Grants};

use super::Simulation;
use crate::plan::operation::{Operation, PrincipalName};

impl Simulation {
    fn grants_mut(&mut self, principal: &PrincipalName) -> Option<&mut Grants> {
        let account = &mut self.account;
        match principal {
            PrincipalName::User(name) => account.users.get_mut(name).map(|user| &mut user.grants),
            PrincipalName::Group(name) => {
                account.groups.get_mut(name).map(|group| &mut group.grants)
            }
            PrincipalName::Role(name) => account.roles.get_mut(name).map(|role| &mut role.grants),
        }
    }

    pub(super) fn on_grants(&mut self, operation: &Operation) {
        let principal = match operation {
            Operation::AttachPolicy { to, .. } => to,
            Operation::DetachPolicy { from, .. } => from,
            Operation::PutInlinePolicy { on, .. }
            | Operation::DeleteInlinePolicy { on, .. }
            | Operation::PutBoundary { on, .. }
            | Operation::DeleteBoundary { on } => on,
            _ => return,
        };
        let Some(grants) = self.grants_mut(principal) else {
            return;
        };
        match operation {
            Operation::AttachPolicy { policy, .. } => {
                grants.attached.insert(policy.clone());
            }
            Operation::DetachPolicy { policy, .. } => {
                grants.attached.remove(policy);
            }
            Operation::PutInlinePolicy { name, document, .. } => {
                let document = Document::Read(document.clone());
                grants.inline.insert(name.clone(), document);
            }
            Operation::DeleteInlinePolicy { name, .. } => {
                grants.inline.remove(name);
            }
            Operation::PutBoundary { policy, .. } => grants.boundary = Some(policy.clone()),
            Operation::DeleteBoundary { .. } => grants.boundary = None,
            _ => {}
        }
    }
}
