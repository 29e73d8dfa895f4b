//! `credential_source = Environment`: the key of the variables. Refuses halves, and a token that does
//! not belong to the key.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>

use serde_json::{Value, json};

use super::written::{key_id, kind_of, usable_secret};
use super::{Lifetime, Source};
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::{ResolveError, ValueOrigin};
use crate::chain::view::{LocatedValue, View};
use crate::chain::{Endpoints, Inputs};
use crate::credentials::KeyKind;
use crate::id::AccessKeyId;

/// The variables of the token of temporary credentials. boto3 also reads the second as the token.
pub const TOKEN_VARIABLES: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

/// `AWS_ACCESS_KEY_ID` and its companions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentKey {
    /// Its id.
    pub access_key_id: AccessKeyId,
    /// Whether a session token belongs to it.
    pub temporary: bool,
}

impl EnvironmentKey {
    /// The key of the environment, for a profile whose `credential_source` says so.
    pub(in crate::chain) fn read(
        view: &View<'_>,
        source: LocatedValue<'_>,
        inputs: &Inputs<'_>,
    ) -> Result<Self, ResolveError> {
        let token = TOKEN_VARIABLES
            .into_iter()
            .find_map(|name| Some((name, inputs.env(name)?)));
        let variable = |name: &'static str| {
            inputs
                .env(name)
                .ok_or_else(|| ResolveError::NoEnvironmentKey {
                    profile: view.name.clone(),
                    variable: name,
                    at: source.origin.clone(),
                })
        };
        let id = variable("AWS_ACCESS_KEY_ID")?;
        // The executor reads it; here it only shows whether the two are swapped.
        let secret = variable("AWS_SECRET_ACCESS_KEY")?;
        let access_key_id = key_id((&id, &secret), ValueOrigin::Variable("AWS_ACCESS_KEY_ID"))?;
        const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
        usable_secret(SECRET, &secret, || ValueOrigin::Variable(SECRET))?;
        let (name, text) = token.map_or((TOKEN_VARIABLES[0], None), |(name, text)| {
            (name, Some(text))
        });
        if let Some(text) = &text {
            usable_secret(name, text, || ValueOrigin::Variable(name))?;
        }
        let temporary = match KeyKind::of(&access_key_id, text.as_deref()) {
            KeyKind::TokenMissing => {
                return Err(ResolveError::NoEnvironmentKey {
                    profile: view.name.clone(),
                    variable: name,
                    at: source.origin.clone(),
                });
            }
            KeyKind::TokenLeftBehind => {
                return Err(ResolveError::TokenLeftBehind {
                    token: name,
                    place: ValueOrigin::Variable(name),
                    id: ValueOrigin::Variable("AWS_ACCESS_KEY_ID"),
                });
            }
            kind => kind == KeyKind::Temporary,
        };
        Ok(Self {
            access_key_id,
            temporary,
        })
    }
}

impl Source for EnvironmentKey {
    fn kind(&self) -> &'static str {
        "environment"
    }

    fn noun(&self) -> &'static str {
        match self.temporary {
            true => "temporary credentials in the environment",
            false => "a key in the environment",
        }
    }

    fn show(&self) -> String {
        let Self {
            access_key_id,
            temporary,
        } = self;
        format!("{} {access_key_id} in the environment", kind_of(*temporary))
    }

    fn to_json(&self) -> Value {
        let Self {
            access_key_id,
            temporary,
        } = self;
        json!({ "access_key_id": access_key_id.as_str(), "temporary": temporary })
    }

    fn fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        let Self {
            access_key_id,
            temporary: _,
        } = self;
        out.key(access_key_id);
    }

    fn lifetime(&self) -> Option<Lifetime> {
        Some(Lifetime::of_key(self.temporary))
    }

    fn key_id(&self) -> Option<&AccessKeyId> {
        Some(&self.access_key_id)
    }
}
