//! Users.

use keyward_core::id::{PolicyArn, PolicyName, PrincipalArn, UserName};
use keyward_core::{Credentials, Timestamp};

use super::named;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::{parse, present, time};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name. Root has none that IAM would accept, and appears with the account's id.
    pub name: UserName,
    /// The ARN, path included.
    pub arn: PrincipalArn,
    /// The unique id, `AIDA…`.
    pub user_id: String,
    /// The time of its creation.
    pub created_at: Timestamp,
    /// The time of the password's last use.
    pub password_last_used: Option<Timestamp>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

impl Aws {
    /// `iam:GetUser`; without a name, the owner of the key that signs.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_user(
        &self,
        credentials: &Credentials,
        user: Option<&UserName>,
    ) -> Result<User, CallError> {
        let action = Action::iam("GetUser");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| {
            iam.get_user().set_user_name(named(user)).send()
        })?;
        let user = present(action, "User", answer.user)?;
        let tags = user.tags.unwrap_or_default();
        // For root, AWS leaves the name out or writes the account's id in its place.
        let name = if user.user_name.is_empty() {
            "root"
        } else {
            &user.user_name
        };
        Ok(User {
            name: parse(action, "UserName", name)?,
            arn: parse(action, "Arn", &user.arn)?,
            user_id: user.user_id,
            created_at: time(user.create_date),
            password_last_used: user.password_last_used.map(time),
            boundary: user
                .permissions_boundary
                .and_then(|boundary| boundary.permissions_boundary_arn),
            tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        })
    }

    /// The names of a user's inline policies, by `iam:ListUserPolicies`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_user_policies(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<Vec<PolicyName>, CallError> {
        let action = Action::iam("ListUserPolicies");
        let call = Call::new(action, credentials);
        let names = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_user_policies().user_name(user.as_str());
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.policy_names, next))
        })?;
        let names = names.iter();
        names
            .map(|name| parse(action, "PolicyName", name))
            .collect()
    }

    /// The managed policies that a user has, by `iam:ListAttachedUserPolicies`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_attached_user_policies(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<Vec<PolicyArn>, CallError> {
        let action = Action::iam("ListAttachedUserPolicies");
        let call = Call::new(action, credentials);
        let attached = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                let request = iam.list_attached_user_policies().user_name(user.as_str());
                request.set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.attached_policies.unwrap_or_default(), next))
        })?;
        let arns = attached.iter().filter_map(|policy| policy.policy_arn());
        arns.map(|arn| parse(action, "PolicyArn", arn)).collect()
    }
}
