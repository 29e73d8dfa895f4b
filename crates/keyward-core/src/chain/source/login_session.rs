//! `login_session`: a console sign-in.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>

use serde_json::{Value, json};

use super::Source;
use crate::chain::Endpoints;
use crate::chain::cache_key::Fingerprint;
use crate::chain::view::View;
use crate::id::{AccountId, ProfileName};

/// A console sign-in kept by `aws login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// The profile that names it.
    pub profile: ProfileName,
    /// The `login_session` value.
    pub session: String,
}

impl LoginSession {
    /// The sign-in that a profile names.
    pub(in crate::chain) fn read(view: &View<'_>) -> Option<Self> {
        Some(Self {
            profile: view.name.clone(),
            session: view.text("login_session")?,
        })
    }
}

impl Source for LoginSession {
    fn kind(&self) -> &'static str {
        "login_session"
    }

    fn noun(&self) -> &'static str {
        "a console sign-in"
    }

    fn show(&self) -> String {
        let Self {
            profile: _,
            session,
        } = self;
        format!("console sign-in {session}")
    }

    fn to_json(&self) -> Value {
        let Self { profile, session } = self;
        json!({ "profile": profile.as_str(), "login_session": session })
    }

    fn fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints) {
        let Self {
            profile: _,
            session,
        } = self;
        out.text("login_session");
        out.text(session);
        out.option(endpoints.signin.as_deref());
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }

    fn account_id(&self) -> Option<AccountId> {
        self.session.split(':').nth(4)?.parse().ok()
    }
}
