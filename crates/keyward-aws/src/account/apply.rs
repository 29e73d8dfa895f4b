//! Carries out one operation of a plan. Each operation is one call of IAM, except the deletion of
//! a user's credentials, which lists them first.

mod grants;
mod made;
mod people;
mod policies;
mod providers;
mod roles;
mod settings;
mod tags;

use keyward_account::plan::Operation;
use keyward_core::Credentials;
use keyward_iam::model::Account;

use crate::aws::Aws;
use std::cell::Cell;

use crate::error::{CallError, Earlier};

/// The result of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// AWS has done it.
    Done,
    /// It makes a secret, which the program must encrypt and write down itself, or it takes
    /// minutes, in which the program shows progress.
    LeftToCaller,
}

/// Sends one call and ignores the content of its answer.
macro_rules! send {
    ($aws:expr, $credentials:expr, $name:literal, |$iam:ident| $request:expr) => {
        $aws.iam(&Call::new(Action::iam($name), $credentials), |$iam| {
            $request.send()
        })
        .map(drop)
    };
}
pub(super) use send;

impl Aws {
    /// Carries out one operation in an account, whose partition and id appear in ARNs. `earlier` holds
    /// what the caller knows about its earlier attempts at this operation. The call updates it for the
    /// next attempt.
    ///
    /// A creation may find its own entity, because the answer to an earlier attempt was lost. It
    /// succeeds if the entity is as the operation would make it. An entity of another owner is an
    /// error.
    ///
    /// # Errors
    /// See [`CallError`]. [`CallError::settling`] says whether waiting may help.
    pub fn apply(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
        earlier: &Cell<Earlier>,
    ) -> Result<Applied, CallError> {
        let is_left = matches!(
            operation,
            Operation::HandOut { .. } | Operation::DeployStack { .. } | Operation::DeleteStack(_)
        );
        if is_left {
            return Ok(Applied::LeftToCaller);
        }
        match self.send_operation(credentials, account, operation) {
            // An answer was lost, or another run deleted it: an absent entity counts as deleted.
            Err(CallError::NoSuchEntity { .. }) if operation.takes_away() => {}
            Err(refusal) if may_be_own(&refusal, earlier.get()) => {
                // The read may have to be repeated, and the next refusal does not mention this one.
                earlier.set(Earlier::Unknown);
                self.find_own(credentials, account, operation, refusal)?;
            }
            result => result?,
        }
        Ok(Applied::Done)
    }

    fn send_operation(
        &self,
        credentials: &Credentials,
        account: &Account,
        operation: &Operation,
    ) -> Result<(), CallError> {
        use Operation as O;
        match operation {
            O::UpdatePasswordPolicy(_)
            | O::DeletePasswordPolicy
            | O::CreateAlias(_)
            | O::DeleteAlias(_) => self.apply_settings(credentials, operation)?,
            O::CreateOidcProvider { .. }
            | O::AddOidcAudience { .. }
            | O::RemoveOidcAudience { .. }
            | O::UpdateOidcThumbprints { .. }
            | O::DeleteOidcProvider(_) => self.apply_oidc(credentials, account, operation)?,
            O::CreatePolicy { .. }
            | O::CreatePolicyVersion { .. }
            | O::DeletePolicyVersion { .. }
            | O::DeletePolicy(_) => self.apply_policy(credentials, operation)?,
            O::CreateRole { .. }
            | O::UpdateRole { .. }
            | O::UpdateTrust { .. }
            | O::RemoveRoleFromInstanceProfile { .. }
            | O::DeleteRole(_) => self.apply_role(credentials, operation)?,
            O::CreateGroup { .. } | O::MoveGroup { .. } | O::DeleteGroup(_) => {
                self.apply_group(credentials, operation)?;
            }
            O::CreateUser { .. }
            | O::MoveUser { .. }
            | O::DeleteUser(_)
            | O::AddToGroup { .. }
            | O::RemoveFromGroup { .. } => self.apply_user(credentials, operation)?,
            O::DeleteCredentials { user, kind } => {
                self.delete_credentials(credentials, user, *kind)?;
            }
            O::DeleteAccessKey { user, key } => {
                self.delete_access_key(credentials, Some(user), key)?;
            }
            O::Tag { entity, tags } => self.tag(credentials, account, entity, tags)?,
            O::Untag { entity, keys } => self.untag(credentials, account, entity, keys)?,
            O::AttachPolicy { to, policy } => self.attach(credentials, to, policy)?,
            O::DetachPolicy { from, policy } => self.detach(credentials, from, policy)?,
            O::PutInlinePolicy { on, name, document } => {
                self.put_inline(credentials, on, name, document)?;
            }
            O::DeleteInlinePolicy { on, name } => self.delete_inline(credentials, on, name)?,
            O::PutBoundary { on, policy } => self.put_boundary(credentials, on, policy)?,
            O::DeleteBoundary { on } => self.delete_boundary(credentials, on)?,
            O::HandOut { .. } | O::DeployStack { .. } | O::DeleteStack(_) => {}
        }
        Ok(())
    }
}

/// Whether the refusal may be due to an earlier attempt of the same operation: its result blocks
/// the operation, or it used the last free version of a policy.
fn may_be_own(refusal: &CallError, earlier: Earlier) -> bool {
    let of_call = match refusal {
        CallError::AlreadyExists { earlier, .. } | CallError::Limit { earlier, .. } => *earlier,
        _ => return false,
    };
    of_call == Earlier::Unknown || earlier == Earlier::Unknown
}
