//! The IAM Identity Center: a sign-in that is shared with the AWS CLI, and the credentials of its
//! roles. A browser opens only on request.

mod cache;
mod device;
mod pkce;
mod sign_in;
mod token;

use keyward_aws::{Aws, CallError, Settings};
use keyward_core::Credentials;
use keyward_core::chain::{Base, Chain, Endpoints, SsoRole, sign_in_endpoints};
use keyward_core::config::Section;
use keyward_core::id::{ProfileName, Region};
use keyward_core::secret::AccessToken;
use keyward_vault::SessionCall;

use super::{Obtain, SourceContext, SourceEntry};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::client::aws;
use crate::session::margin;
use crate::state::local_state::{LocalState, ManyProfiles, now};

pub(crate) use sign_in::{SignIn, SignInMethod};
// The console's sign-in is a browser's way to 127.0.0.1 too.
pub(super) use pkce::{LIMIT, random, verifier};

/// The scope without which a sign-in opens no account.
const DEFAULT_SCOPE: &str = "sso:account:access";

/// One Identity Center as the config files name it.
#[derive(Debug, Clone)]
pub(crate) struct Center {
    /// The `sso-session` section; none for the legacy form.
    session: Option<String>,
    start_url: String,
    region: Region,
    scopes: Vec<String>,
    endpoints: Endpoints,
    /// The name that people use: the session, else the profile that holds its settings.
    name: String,
    /// Warnings about how it is reached.
    notes: Vec<String>,
}

impl Center {
    /// The one that a profile's plan starts from.
    pub(crate) fn of_plan(local: &LocalState, chain: &Chain) -> Option<Self> {
        match &chain.base {
            Base::Sso(role) => Some(Self::of_role(local, chain, role)),
            _ => None,
        }
    }

    fn of_role(local: &LocalState, chain: &Chain, role: &SsoRole) -> Self {
        let SsoRole {
            profile,
            session,
            start_url,
            sso_region,
            account_id: _,
            role_name: _,
        } = role;
        Self {
            session: session.clone(),
            start_url: start_url.clone(),
            region: sso_region.clone(),
            scopes: scopes(local, session.as_deref(), Some(profile)),
            endpoints: chain.endpoints.clone(),
            name: session.clone().unwrap_or_else(|| profile.to_string()),
            notes: Vec::new(),
        }
    }

    /// The one of an `sso-session` section.
    pub(crate) fn of_session(local: &LocalState, name: &str) -> Result<Self, CliError> {
        let section = local.config.sso_session(name).ok_or_else(|| {
            CliError::usage(format!("there is no section `[sso-session {name}]`")).hint(format!(
                "keyward setup --sso {} --start-url URL --sso-region REGION",
                keyward_core::shell::quoted(name)
            ))
        })?;
        let value = |key: &str| {
            section.value(key).ok_or_else(|| {
                CliError::usage(format!("section `[sso-session {name}]` has no `{key}`"))
            })
        };
        let region = value("sso_region")?
            .parse()
            .map_err(|e: keyward_core::id::InvalidId| {
                CliError::usage(format!("the `sso_region` of `{name}` is not a region")).because(e)
            })?;
        let (endpoints, notes) = sign_in_endpoints(name, &local.config, &env::get);
        Ok(Self {
            session: Some(name.to_owned()),
            start_url: value("sso_start_url")?.to_owned(),
            region,
            scopes: scopes(local, Some(name), None),
            endpoints,
            name: name.to_owned(),
            notes,
        })
    }

    /// The one that a person names: a session, else the profile of that name.
    pub(crate) fn named(local: &LocalState, name: &str) -> Result<Self, CliError> {
        if local.config.sso_session(name).is_some() {
            return Self::of_session(local, name);
        }
        if let Ok(profile) = name.parse::<ProfileName>()
            && local.config.profile(&profile).is_some()
        {
            let chain = local.resolve(&profile, keyward_core::chain::Flags::default())?;
            return Self::of_plan(local, &chain).ok_or_else(|| {
                CliError::usage(format!(
                    "profile `{profile}` does not start from an Identity Center"
                ))
                .hint(format!("keyward explain {}", profile.argument()))
            });
        }
        Self::of_session(local, name)
    }

    /// The name of every Identity Center that has a sign-in, so that its roles need no prompt; each once.
    pub(crate) fn signed_in(local: &LocalState) -> Vec<String> {
        let signed_in = |key: &str| cache::read_of(key).is_some_and(|kept| kept.is_good(now()));
        Self::named_in_files(local)
            .into_iter()
            .filter(|(key, _)| signed_in(key))
            .map(|(_, name)| name)
            .collect()
    }

    /// The name of every Identity Center that the files name, each once.
    pub(crate) fn names(local: &LocalState) -> Vec<String> {
        let found = Self::named_in_files(local);
        found.into_iter().map(|(_, name)| name).collect()
    }

    /// The Identity Centers that the files name, each once: the key of its sign-in, and its name. Endpoints
    /// are left out: for each session, they would need every profile.
    fn named_in_files(local: &LocalState) -> Vec<(String, String)> {
        let is_whole = |section: &Section| {
            let keys = ["sso_start_url", "sso_region"];
            keys.iter().all(|key| section.value(key).is_some())
        };
        let sessions = local.config.sso_sessions();
        let of_sessions = sessions
            .filter(|(_, section)| is_whole(section))
            .map(|(name, _)| (name.to_owned(), name.to_owned()));
        let many = ManyProfiles::new();
        let of_profiles = local.config.profiles().filter_map(|profile| {
            let flags = keyward_core::chain::Flags::default();
            let chain = many.try_resolve(local, &profile.name, flags);
            let center = Self::of_plan(local, &chain.ok()?)?;
            Some((cache::key(&center).to_owned(), center.name))
        });
        let mut looked_at = std::collections::BTreeSet::new();
        of_sessions
            .chain(of_profiles)
            .filter(|(key, _)| looked_at.insert(key.clone()))
            .collect()
    }

    /// The name that people use.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The calls to it go to its own region.
    pub(crate) fn client(&self) -> Aws {
        aws(Settings {
            endpoints: self.endpoints.clone(),
            region: Some(self.region.clone()),
            partition_hint: None,
            now,
            proxy_from_env: true,
        })
    }

    /// The error of a sign-in that did not begin. AWS does not say which setting is wrong.
    fn refused(&self, error: CallError) -> CliError {
        let of_settings =
            matches!(&error, CallError::Other { code, .. } if code == "InvalidRequestException");
        let error = CliError::from(error);
        match of_settings {
            true => error.hint(format!(
                "check `sso_start_url` ({}) and `sso_region` ({}) of `{}`",
                self.start_url, self.region, self.name
            )),
            false => error,
        }
    }

    /// Makes a call with a token; one that the portal no longer accepts is renewed once.
    pub(crate) fn with_token<T>(
        &self,
        local: &LocalState,
        ui: &Ui,
        sign_in: SignIn,
        call: impl Fn(&Aws, &AccessToken) -> Result<T, CallError>,
    ) -> Result<T, CliError> {
        for note in &self.notes {
            ui.warn(note);
        }
        let aws = self.client();
        let usable = |rejected| token::usable(local, ui, self, sign_in, rejected);
        let first = usable(None)?;
        aws.end_repetitions_at(local.deadline.of_calls());
        match call(&aws, &first) {
            Err(error) if error.ends_sign_in() => {
                ui.explain(|| format!("the sign-in of `{}` was refused: {error}", self.name));
                let second = usable(Some(&first))?;
                Ok(call(&aws, &second)?)
            }
            other => Ok(other?),
        }
    }

    /// Forgets the sign-in, here and at the Identity Center. Says whether there was one.
    pub(crate) fn sign_out(&self, local: &LocalState, ui: &Ui) -> Result<bool, CliError> {
        token::forget(local, ui, self)
    }
}

impl Obtain for SsoRole {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let SourceContext {
            local,
            ui,
            chain,
            sign_in,
            ..
        } = *context;
        let center = Center::of_role(local, chain, self);
        center.with_token(local, ui, sign_in, |aws, token| {
            aws.get_role_credentials(token, &self.account_id, &self.role_name)
        })
    }

    fn cached_as(&self) -> Option<SourceEntry> {
        Some(SourceEntry {
            call: SessionCall::GetRoleCredentials,
            margin: margin::SILENT,
            what: format!(
                "role `{}` in account {} at the Identity Center",
                self.role_name, self.account_id
            ),
        })
    }
}

/// The scopes to register: the session's, else the default one. The scope makes the sign-in
/// refreshable.
fn scopes(local: &LocalState, session: Option<&str>, profile: Option<&ProfileName>) -> Vec<String> {
    const KEY: &str = "sso_registration_scopes";
    let own = session
        .and_then(|name| local.config.sso_session(name))
        .and_then(|section| section.value(KEY));
    let inline = || local.config.profile(profile?)?.section.value(KEY);
    let scopes: Vec<String> = own
        .or_else(inline)
        .unwrap_or_default()
        .split(',')
        .map(|scope| scope.trim().to_owned())
        .filter(|scope| !scope.is_empty())
        .collect();
    match scopes.is_empty() {
        true => vec![DEFAULT_SCOPE.to_owned()],
        false => scopes,
    }
}
