//! The credentials of users: making initial ones, and deleting all of one kind. A user cannot be
//! deleted while it has any of these.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>

use keyward_account::plan::UserCredential;
use keyward_core::Credentials;
use keyward_core::id::UserName;
use keyward_core::secret::ConsolePassword;

use super::apply::send;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

/// Runs a call that deletes something. A thing that is already gone counts as deleted.
fn gone_is_fine(result: Result<(), CallError>) -> Result<(), CallError> {
    match result {
        Err(CallError::NoSuchEntity { .. }) => Ok(()),
        result => result,
    }
}

impl Aws {
    /// `iam:CreateLoginProfile`: gives a user a console password that must be changed at the
    /// first sign-in.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::AlreadyExists`] where the user has a password.
    pub fn create_login_profile(
        &self,
        credentials: &Credentials,
        user: &UserName,
        password: &ConsolePassword,
    ) -> Result<(), CallError> {
        // Exposed because the request carries it, and to be struck out of answers.
        let password = password.expose();
        let call = Call::new(Action::iam("CreateLoginProfile"), credentials)
            .once()
            .hiding(password);
        self.iam(&call, |iam| {
            iam.create_login_profile()
                .user_name(user.as_str())
                .password(password)
                .password_reset_required(true)
                .send()
        })
        .map(drop)
    }

    /// Deletes all credentials of one kind. Service-specific ones count as none if the server
    /// does not know the call: AWS refuses to delete a user who has any.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn delete_credentials(
        &self,
        credentials: &Credentials,
        user: &UserName,
        kind: UserCredential,
    ) -> Result<(), CallError> {
        match kind {
            UserCredential::LoginProfile => self.delete_login_profile(credentials, user),
            UserCredential::AccessKeys => {
                for key in self.list_access_keys(credentials, Some(user))? {
                    gone_is_fine(self.delete_access_key(credentials, Some(user), &key.id))?;
                }
                Ok(())
            }
            UserCredential::MfaDevices => self.delete_devices(credentials, user),
            UserCredential::SshPublicKeys => self.delete_ssh_keys(credentials, user),
            UserCredential::SigningCertificates => self.delete_certificates(credentials, user),
            UserCredential::ServiceSpecificCredentials => {
                self.delete_service_credentials(credentials, user)
            }
        }
    }

    fn delete_login_profile(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<(), CallError> {
        gone_is_fine(send!(self, credentials, "DeleteLoginProfile", |iam| iam
            .delete_login_profile()
            .user_name(user.as_str())))
    }

    fn delete_devices(&self, credentials: &Credentials, user: &UserName) -> Result<(), CallError> {
        for device in self.list_mfa_devices(credentials, Some(user))? {
            gone_is_fine(self.deactivate_mfa_device(credentials, Some(user), &device.serial))?;
            // Only virtual devices are entities of their own, and they are ARNs.
            if device.serial.as_str().contains(":mfa/") {
                gone_is_fine(self.delete_virtual_mfa_device(credentials, &device.serial))?;
            }
        }
        Ok(())
    }

    fn delete_ssh_keys(&self, credentials: &Credentials, user: &UserName) -> Result<(), CallError> {
        let call = Call::new(Action::iam("ListSSHPublicKeys"), credentials);
        let listed = self.iam(&call, |iam| {
            iam.list_ssh_public_keys().user_name(user.as_str()).send()
        })?;
        for key in listed.ssh_public_keys.unwrap_or_default() {
            gone_is_fine(send!(self, credentials, "DeleteSSHPublicKey", |iam| iam
                .delete_ssh_public_key()
                .user_name(user.as_str())
                .ssh_public_key_id(&key.ssh_public_key_id)))?;
        }
        Ok(())
    }

    fn delete_certificates(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("ListSigningCertificates"), credentials);
        let listed = self.iam(&call, |iam| {
            iam.list_signing_certificates()
                .user_name(user.as_str())
                .send()
        })?;
        for certificate in listed.certificates {
            gone_is_fine(send!(
                self,
                credentials,
                "DeleteSigningCertificate",
                |iam| iam
                    .delete_signing_certificate()
                    .user_name(user.as_str())
                    .certificate_id(&certificate.certificate_id)
            ))?;
        }
        Ok(())
    }

    fn delete_service_credentials(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("ListServiceSpecificCredentials"), credentials);
        let listed = self.iam(&call, |iam| {
            iam.list_service_specific_credentials()
                .user_name(user.as_str())
                .send()
        });
        let listed = match listed {
            // A test server without this call. AWS itself refuses to delete a user who has any.
            Err(CallError::Unreadable { .. }) => return Ok(()),
            listed => listed?,
        };
        for credential in listed.service_specific_credentials.unwrap_or_default() {
            let id = &credential.service_specific_credential_id;
            gone_is_fine(send!(
                self,
                credentials,
                "DeleteServiceSpecificCredential",
                |iam| iam
                    .delete_service_specific_credential()
                    .user_name(user.as_str())
                    .service_specific_credential_id(id)
            ))?;
        }
        Ok(())
    }
}
