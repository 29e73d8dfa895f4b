//! A token of an identity provider, exchanged for a role by `AssumeRoleWithWebIdentity`.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>

use std::time::Duration;

use serde_json::{Value, json};

use super::Source;
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::ResolveError;
use crate::chain::view::{LocatedValue, View, parse};
use crate::chain::{Endpoints, durations};
use crate::id::{AccountId, ProfileName, RoleArn, RoleSessionName};
use crate::time::show_duration;

/// A token exchanged by `AssumeRoleWithWebIdentity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The profile that names it.
    pub profile: ProfileName,
    /// The role.
    pub role_arn: RoleArn,
    /// The source of the token.
    pub token: TokenSource,
    /// The session's name.
    pub role_session_name: Option<RoleSessionName>,
    /// The duration.
    pub duration: Duration,
}

/// The source of a web identity token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// `web_identity_token_file`: the path of a file.
    File(String),
    /// `web_identity_token_process`: a shell command that prints it.
    Process(String),
}

impl WebIdentity {
    /// A token and a role: a base of its own, whatever `source_profile` says beside it.
    pub(in crate::chain) fn read(
        view: &View<'_>,
        role: LocatedValue<'_>,
        token: TokenSource,
        warnings: &mut Vec<String>,
    ) -> Result<Self, ResolveError> {
        if let Some(source) = view
            .get("source_profile")
            .or_else(|| view.get("credential_source"))
        {
            warnings.push(format!(
                "{}: profile `{}` has a `web_identity_token_file`, so its other source is not used, as in the SDKs",
                source.origin, view.name
            ));
        }
        let duration = durations::of_role(view, warnings)?
            .map_or(Duration::from_secs(3600), |ask| ask.duration);
        Ok(Self {
            profile: view.name.clone(),
            role_arn: parse(role, "role_arn")?,
            token,
            role_session_name: view.id("role_session_name")?,
            duration,
        })
    }
}

impl Source for WebIdentity {
    fn kind(&self) -> &'static str {
        "web_identity"
    }

    fn noun(&self) -> &'static str {
        "a web identity"
    }

    fn show(&self) -> String {
        let Self {
            profile: _,
            role_arn,
            token,
            role_session_name,
            duration,
        } = self;
        let name = role_session_name
            .as_ref()
            .map(|name| format!(" as {name}"))
            .unwrap_or_default();
        let token = match token {
            TokenSource::File(path) => path,
            TokenSource::Process(command) => command,
        };
        format!(
            "web identity from {token} for role {role_arn}{name}, {}",
            show_duration(*duration)
        )
    }

    fn to_json(&self) -> Value {
        let Self {
            profile,
            role_arn,
            token,
            role_session_name,
            duration,
        } = self;
        let (file, process) = match token {
            TokenSource::File(path) => (Some(path), None),
            TokenSource::Process(command) => (None, Some(command)),
        };
        json!({
            "profile": profile.as_str(),
            "role_arn": role_arn.as_str(),
            "token_file": file,
            "token_process": process,
            "role_session_name": role_session_name.as_ref().map(|name| name.as_str()),
            "duration_seconds": duration.as_secs(),
        })
    }

    fn fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints) {
        let Self {
            profile: _,
            role_arn,
            token,
            role_session_name,
            duration,
        } = self;
        out.text("web_identity");
        out.text(role_arn.as_str());
        match token {
            TokenSource::File(path) => {
                out.text("file");
                out.text(path);
            }
            TokenSource::Process(command) => {
                out.text("process");
                out.text(command);
            }
        }
        out.option(role_session_name.as_ref().map(|name| name.as_str()));
        out.number(duration.as_secs());
        out.option(endpoints.sts.as_deref());
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }

    fn account_id(&self) -> Option<AccountId> {
        self.role_arn.account()
    }

    fn role_arn(&self) -> Option<&RoleArn> {
        Some(&self.role_arn)
    }
}
