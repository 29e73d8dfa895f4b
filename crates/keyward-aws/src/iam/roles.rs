//! Roles of the account, for choosing one.

use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::id::RoleArn;

use crate::call::{Aws, Call};
use crate::error::{Action, CallError};
use crate::read::parse;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN, path included.
    pub arn: RoleArn,
    /// What its owner wrote about it.
    pub description: Option<String>,
    /// The longest session it gives.
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
        let roles = self.iam(&call, |iam| async move {
            iam.list_roles()
                .into_paginator()
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>()
                .await
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
                    // An hour is what IAM gives a role that names none.
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

/// Undoes the percent-encoding of policy documents. What is no valid escape stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|d| bytes[at] == b'%' && d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests;
