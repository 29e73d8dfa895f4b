//! The Identity Center keys of a profile. Refuses an assignment that lacks its account, its
//! role or the place to sign in.

use super::Base;
use super::error::ResolveError;
use super::view::{Found, View, find, parse};
use crate::config::{ConfigSet, Section};

/// The Identity Center base of a profile, or `None` when it names neither account nor role.
pub(super) fn read(
    view: &View<'_>,
    config: &ConfigSet,
    warnings: &mut Vec<String>,
) -> Result<Option<Base>, ResolveError> {
    const ACCOUNT: &str = "sso_account_id";
    const ROLE: &str = "sso_role_name";
    let incomplete = |has, lacks, found: Found<'_>| ResolveError::IncompleteSso {
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
    Ok(Some(Base::Sso {
        profile: view.name.clone(),
        session: session.map(|(name, _)| name.value.to_owned()),
        start_url,
        sso_region,
        account_id: parse(account, ACCOUNT)?,
        role_name: role.value.to_owned(),
    }))
}

/// The `sso-session` section that the profile names.
fn session<'a>(
    view: &View<'a>,
    config: &'a ConfigSet,
) -> Result<Option<(Found<'a>, &'a Section)>, ResolveError> {
    let Some(name) = view.get("sso_session") else {
        return Ok(None);
    };
    let Some(section) = config.sso_session(name.value) else {
        return Err(ResolveError::UnknownSsoSession {
            profile: view.name.clone(),
            session: name.value.to_owned(),
            ignored: config.ignored_section("sso-session", name.value),
            at: name.origin.clone(),
        });
    };
    Ok(Some((name, section)))
}
