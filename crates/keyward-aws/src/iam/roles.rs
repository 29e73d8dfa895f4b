//! Roles of the account, for choosing one.

use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::id::RoleArn;
use keyward_iam::model::percent_decode;

use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::parse;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN, path included.
    pub arn: RoleArn,
    /// Its owner's description.
    pub description: Option<String>,
    /// The longest session of the role.
    pub max_session: Duration,
    /// The trust policy as AWS sends it: percent-encoded JSON, decoded.
    pub trust_policy: Option<String>,
}

impl Aws {
    /// `iam:ListRoles`, all pages.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_roles(&self, credentials: &Credentials) -> Result<Vec<Role>, CallError> {
        let action = Action::iam("ListRoles");
        let call = Call::new(action, credentials);
        let roles = Pages::all(action, |marker| {
            let answer = self.iam(&call, |iam| {
                iam.list_roles().set_marker(marker.clone()).send()
            })?;
            let next = Pages::marker(action, answer.marker, answer.is_truncated)?;
            Ok((answer.roles, next))
        })?;
        roles
            .into_iter()
            .map(|role| {
                let seconds = role
                    .max_session_duration
                    .and_then(|seconds| u64::try_from(seconds).ok());
                Ok(Role {
                    arn: parse(action, "Arn", &role.arn)?,
                    description: role.description.filter(|text| !text.is_empty()),
                    // IAM's default is one hour.
                    max_session: Duration::from_secs(seconds.unwrap_or(3600)),
                    trust_policy: role
                        .assume_role_policy_document
                        .as_deref()
                        .map(percent_decode),
                })
            })
            .collect()
    }
}
