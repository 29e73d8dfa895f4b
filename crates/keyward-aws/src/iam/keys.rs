//! Access keys: listing, making, switching on and off, deleting.

use aws_sdk_iam::types::StatusType;
use keyward_core::id::{AccessKeyId, Region, UserName};
use keyward_core::secret::SecretAccessKey;
use keyward_core::{Credentials, Timestamp};

use super::named;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::{parse, present, time};

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// It does.
    Active,
    /// It does not, and can be switched on again.
    Inactive,
}

impl KeyStatus {
    /// `Expired` and whatever AWS may add do not work either.
    fn from_sdk(status: &StatusType) -> Self {
        if *status == StatusType::Active {
            Self::Active
        } else {
            Self::Inactive
        }
    }
}

/// A key of a user, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Whether it works.
    pub status: KeyStatus,
    /// The time of its creation.
    pub created_at: Option<Timestamp>,
}

/// A key just made. AWS shows the secret this once.
#[derive(Debug, Clone)]
pub struct NewAccessKey {
    /// Its id.
    pub id: AccessKeyId,
    /// Its secret.
    pub secret: SecretAccessKey,
    /// Its owner.
    pub user: UserName,
    /// The time of its creation.
    pub created_at: Option<Timestamp>,
}

/// The time and place of a key's last use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// Its owner.
    pub user: Option<UserName>,
    /// The time; none when the key never was used, or before AWS kept count.
    pub at: Option<Timestamp>,
    /// The service, such as `sts`.
    pub service: Option<String>,
    /// The region.
    pub region: Option<Region>,
}

impl Aws {
    /// `iam:ListAccessKeys`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_access_keys(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
    ) -> Result<Vec<AccessKey>, CallError> {
        let action = Action::iam("ListAccessKeys");
        let call = Call::new(action, credentials);
        let keys = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_access_keys().set_user_name(named(user));
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.access_key_metadata, next))
        })?;
        keys.into_iter()
            .map(|key| {
                Ok(AccessKey {
                    id: parse(
                        action,
                        "AccessKeyId",
                        present(action, "AccessKeyId", key.access_key_id())?,
                    )?,
                    status: KeyStatus::from_sdk(present(action, "Status", key.status())?),
                    created_at: key.create_date.map(time),
                })
            })
            .collect()
    }

    /// `iam:CreateAccessKey`.
    ///
    /// # Errors
    /// See [`CallError`]. Never sent twice when its fate is unknown: a key whose secret got lost
    /// on the way would use up one of the two a user may have.
    pub fn create_access_key(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
    ) -> Result<NewAccessKey, CallError> {
        let action = Action::iam("CreateAccessKey");
        let call = Call::new(action, credentials).once();
        let answer = self.iam(&call, |iam| {
            iam.create_access_key().set_user_name(named(user)).send()
        })?;
        let key = present(action, "AccessKey", answer.access_key)?;
        Ok(NewAccessKey {
            id: parse(action, "AccessKeyId", &key.access_key_id)?,
            secret: parse(action, "SecretAccessKey", &key.secret_access_key)?,
            user: parse(action, "UserName", &key.user_name)?,
            created_at: key.create_date.map(time),
        })
    }

    /// `iam:UpdateAccessKey`: switches a key on or off.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn update_access_key(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
        id: &AccessKeyId,
        status: KeyStatus,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("UpdateAccessKey"), credentials);
        let status = match status {
            KeyStatus::Active => StatusType::Active,
            KeyStatus::Inactive => StatusType::Inactive,
        };
        self.iam(&call, |iam| {
            iam.update_access_key()
                .set_user_name(named(user))
                .access_key_id(id.as_str())
                .status(status.clone())
                .send()
        })?;
        Ok(())
    }

    /// `iam:DeleteAccessKey`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn delete_access_key(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
        id: &AccessKeyId,
    ) -> Result<(), CallError> {
        let call = Call::new(Action::iam("DeleteAccessKey"), credentials);
        self.iam(&call, |iam| {
            iam.delete_access_key()
                .set_user_name(named(user))
                .access_key_id(id.as_str())
                .send()
        })?;
        Ok(())
    }

    /// `iam:GetAccessKeyLastUsed`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_access_key_last_used(
        &self,
        credentials: &Credentials,
        id: &AccessKeyId,
    ) -> Result<KeyUse, CallError> {
        let action = Action::iam("GetAccessKeyLastUsed");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| {
            iam.get_access_key_last_used()
                .access_key_id(id.as_str())
                .send()
        })?;
        let user = answer
            .user_name
            .as_deref()
            .map(|name| parse(action, "UserName", name))
            .transpose()?;
        let last = answer.access_key_last_used;
        // A key that was never used has `N/A` for service and region.
        let told = |text: &str| (!text.is_empty() && text != "N/A").then(|| text.to_owned());
        Ok(KeyUse {
            user,
            at: last.as_ref().and_then(|last| last.last_used_date).map(time),
            service: last.as_ref().and_then(|last| told(&last.service_name)),
            region: last
                .as_ref()
                .and_then(|last| told(&last.region))
                .and_then(|region| region.parse().ok()),
        })
    }
}
