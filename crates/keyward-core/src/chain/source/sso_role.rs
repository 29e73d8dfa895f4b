//! The Identity Center keys of a profile. Refuses an assignment that lacks its account, its
//! role or the place to sign in.

use serde_json::{Value, json};

use super::Source;
use crate::chain::Endpoints;
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::ResolveError;
use crate::chain::view::{LocatedValue, View, find, parse};
use crate::config::{ConfigSet, Section};
use crate::id::{AccountId, ProfileName, Region};
use crate::suggest::similar_names;

/// A role of the IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoRole {
    /// The profile that names it.
    pub profile: ProfileName,
    /// The `sso-session` section, or none for the legacy form.
    pub session: Option<String>,
    /// The start URL.
    pub start_url: String,
    /// The region of the Identity Center.
    pub sso_region: Region,
    /// The account.
    pub account_id: AccountId,
    /// The permission set's role.
    pub role_name: String,
}

impl SsoRole {
    /// The role that a profile names, or `None` if it names neither account nor role.
    pub(in crate::chain) fn read(
        view: &View<'_>,
        config: &ConfigSet,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Self>, ResolveError> {
        const ACCOUNT: &str = "sso_account_id";
        const ROLE: &str = "sso_role_name";
        let incomplete = |has, lacks, found: LocatedValue<'_>| ResolveError::IncompleteSso {
            profile: view.name.clone(),
            has,
            lacks,
            at: found.origin.clone(),
        };
        let (account, role) = match (view.get(ACCOUNT), view.get(ROLE)) {
            (None, None) => return Ok(None),
            (Some(account), None) => return Err(incomplete(ACCOUNT, ROLE, account)),
            (None, Some(role)) => return Err(incomplete(ROLE, ACCOUNT, role)),
            (Some(account), Some(role)) => (account, role),
        };
        let session = session(view, config)?;
        let setting = |key: &'static str, warnings: &mut Vec<String>| {
            let inline = view.get(key);
            let shared = session.and_then(|(_, section)| find(section, key));
            if let (Some(inline), Some(shared)) = (inline, shared) {
                if inline.value != shared.value {
                    return Err(ResolveError::SsoConflict {
                        profile: view.name.clone(),
                        key,
                        at: inline.origin.clone(),
                        session: shared.origin.clone(),
                    });
                }
                warnings.push(format!(
                    "{}: `{key}` repeats the one of the sso-session ({}); some SDKs refuse the profile",
                    inline.origin, shared.origin
                ));
            }
            shared.or(inline).ok_or_else(|| match session {
                Some((name, section)) => ResolveError::HalfSsoSession {
                    profile: view.name.clone(),
                    session: name.value.to_owned(),
                    lacks: key,
                    at: match section.iter().next() {
                        Some((_, first)) => first.origin.clone(),
                        None => name.origin.clone(),
                    },
                },
                None => incomplete(ACCOUNT, key, account),
            })
        };
        let start_url = setting("sso_start_url", warnings)?.value.to_owned();
        let sso_region = parse(setting("sso_region", warnings)?, "sso_region")?;
        Ok(Some(Self {
            profile: view.name.clone(),
            session: session.map(|(name, _)| name.value.to_owned()),
            start_url,
            sso_region,
            account_id: parse(account, ACCOUNT)?,
            role_name: role.value.to_owned(),
        }))
    }
}

impl Source for SsoRole {
    fn kind(&self) -> &'static str {
        "sso"
    }

    fn noun(&self) -> &'static str {
        "the Identity Center"
    }

    fn show(&self) -> String {
        let Self {
            profile: _,
            session,
            start_url,
            sso_region: _,
            account_id,
            role_name,
        } = self;
        let session = session
            .as_ref()
            .map(|name| format!("sso-session {name}, "))
            .unwrap_or_default();
        format!("Identity Center, {session}{start_url}: role {role_name} in account {account_id}")
    }

    fn to_json(&self) -> Value {
        let Self {
            profile,
            session,
            start_url,
            sso_region,
            account_id,
            role_name,
        } = self;
        json!({
            "profile": profile.as_str(),
            "sso_session": session,
            "sso_start_url": start_url,
            "sso_region": sso_region.as_str(),
            "sso_account_id": account_id.as_str(),
            "sso_role_name": role_name,
        })
    }

    fn fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints) {
        let Self {
            profile: _,
            session,
            start_url,
            sso_region,
            account_id,
            role_name,
        } = self;
        out.text("sso");
        out.option(session.as_deref());
        out.text(start_url);
        out.text(sso_region.as_str());
        out.text(account_id.as_str());
        out.text(role_name);
        out.option(endpoints.sso.as_deref());
        out.option(endpoints.sso_oidc.as_deref());
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }

    fn account_id(&self) -> Option<AccountId> {
        Some(self.account_id.clone())
    }
}

/// The `sso-session` section that the profile names.
fn session<'a>(
    view: &View<'a>,
    config: &'a ConfigSet,
) -> Result<Option<(LocatedValue<'a>, &'a Section)>, ResolveError> {
    let Some(name) = view.get("sso_session") else {
        return Ok(None);
    };
    let Some(section) = config.sso_session(name.value) else {
        return Err(ResolveError::UnknownSsoSession {
            profile: view.name.clone(),
            session: name.value.to_owned(),
            ignored: config.ignored_section("sso-session", name.value),
            similar: similar_sessions(name.value, config),
            at: name.origin.clone(),
        });
    };
    Ok(Some((name, section)))
}

/// The number of sections that are compared with a name that does not exist: the work for a profile
/// must not grow with the file.
const COMPARED: usize = 100;

/// Sessions whose names are nearly that name, nearest first.
fn similar_sessions(wanted: &str, config: &ConfigSet) -> Vec<String> {
    let known = config.sso_sessions().take(COMPARED);
    let similar = similar_names(wanted, known.map(|(name, _)| name));
    similar.into_iter().map(str::to_owned).collect()
}
