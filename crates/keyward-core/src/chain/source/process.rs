//! `credential_process`: a program that prints credentials.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use serde_json::{Value, json};

use super::{Base, Lifetime, Own, Source};
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::{ResolveError, ValueOrigin};
use crate::chain::view::{LocatedValue, View};
use crate::chain::{Endpoints, command};
use crate::id::{AccessKeyId, AccountId, ProfileName};

/// A `credential_process` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The profile that names it.
    pub profile: ProfileName,
    /// The command line.
    pub command: String,
    /// The id of the long-lived key that the program printed, once that is known.
    pub key: Option<AccessKeyId>,
    /// `aws_account_id`, for an answer that does not say its account.
    pub account_id: Option<AccountId>,
}

impl Process {
    /// The `credential_process` line, unless it asks keyward for this very profile: that line is
    /// keyward's own hand-out to the SDKs, not a source.
    pub(in crate::chain) fn line<'a>(view: &View<'a>) -> Option<LocatedValue<'a>> {
        view.get("credential_process")
            .filter(|line| !command::asks_for(line.value, view.name.as_str()))
    }

    /// Returns the offer of such a line: its program, or the profile that it asks keyward for.
    pub(in crate::chain) fn read<'a>(
        view: &View<'a>,
        line: LocatedValue<'a>,
    ) -> Result<Own<'a>, ResolveError> {
        let other = command::plain_hand_out(line.value).and_then(|name| name.parse().ok());
        if let Some(name) = other {
            return Ok(Own::Profile { name, line });
        }
        if cfg!(not(windows)) && command::has_open_quote(line.value) {
            return Err(ResolveError::InvalidSetting {
                key: "credential_process",
                place: ValueOrigin::Line(line.origin.clone()),
                wanted: "a command line whose quotes are closed",
            });
        }
        Ok(Own::Base(Base::Process(Self {
            profile: view.name.clone(),
            command: line.value.to_owned(),
            key: None,
            // The account id is optional, so an invalid one counts as absent.
            account_id: view
                .get("aws_account_id")
                .and_then(|found| found.value.parse().ok()),
        })))
    }
}

impl Source for Process {
    fn kind(&self) -> &'static str {
        "process"
    }

    fn noun(&self) -> &'static str {
        match self.key {
            None => "a credential process",
            Some(_) => "a key that a credential process prints",
        }
    }

    fn show(&self) -> String {
        let Self {
            profile,
            command,
            key,
            account_id: _,
        } = self;
        let printed = key
            .as_ref()
            .map(|id| format!(", which prints key {id}"))
            .unwrap_or_default();
        format!("credential process of profile {profile}: {command}{printed}")
    }

    fn to_json(&self) -> Value {
        let Self {
            profile,
            command,
            key,
            account_id,
        } = self;
        let mut fields = json!({ "profile": profile.as_str(), "command": command });
        if let Some(id) = key {
            fields["access_key_id"] = id.as_str().into();
        }
        if let Some(id) = account_id {
            fields["account_id"] = id.as_str().into();
        }
        fields
    }

    fn fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints) {
        match &self.key {
            Some(id) => out.key(id),
            None => self.unanswered_fingerprint(out, endpoints),
        }
    }

    fn unanswered_fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        // The program gets `AWS_PROFILE`, so it may print something else for another profile.
        let Self {
            profile,
            command,
            key: _,
            account_id: _,
        } = self;
        out.text("process");
        out.text(profile.as_str());
        out.text(command);
    }

    fn lifetime(&self) -> Option<Lifetime> {
        self.key.as_ref().map(|_| Lifetime::LongLived)
    }

    fn key_id(&self) -> Option<&AccessKeyId> {
        self.key.as_ref()
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }

    fn account_id(&self) -> Option<AccountId> {
        self.account_id.clone()
    }
}
