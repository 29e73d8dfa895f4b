//! Resolves one profile to credentials or to another profile. Refuses a profile with two sources, or
//! with a role and no source.

use super::base;
use super::error::ResolveError;
use super::source::Own;
use super::view::{LocatedValue, Reached, View, parse};
use super::{Base, Inputs, StaticKey, StoredKey, TokenSource, VaultKey, WebIdentity, command};
use crate::id::ProfileName;

const TOKEN_FILE: &str = "web_identity_token_file";

/// The result of resolving one profile.
pub(super) enum Next<'a> {
    /// Credentials.
    Base(Base, Step),
    /// Another profile.
    Profile {
        next: ProfileName,
        key: &'static str,
        line: LocatedValue<'a>,
        step: Step,
    },
}

/// The step that a profile adds to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Its role.
    AssumesRole,
    /// Nothing: it starts the chain, or only refers to another profile.
    PassesOn,
}

/// Resolves the profile by one step. A key in the vault takes precedence over the files.
pub(super) fn of<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    reached: Reached,
    stored: Option<&StoredKey>,
    warnings: &mut Vec<String>,
) -> Result<Next<'a>, ResolveError> {
    if let Some(key) = stored {
        warnings.extend(displaced(view));
        let StoredKey {
            profile,
            access_key_id,
            account_id: _,
            mfa_serial: _,
            owner: _,
        } = key;
        let base = Base::VaultKey(VaultKey {
            profile: profile.clone(),
            access_key_id: access_key_id.clone(),
        });
        let step = if view.has("role_arn") {
            Step::AssumesRole
        } else {
            Step::PassesOn
        };
        return Ok(Next::Base(base, step));
    }
    // The SDKs end a chain at the first source that has keys of its own.
    if reached == Reached::AsSource
        && let Some(key) = StaticKey::read(view, warnings)?
    {
        return Ok(Next::Base(Base::Static(key), Step::PassesOn));
    }
    if let (Some(source), Some(other)) = (view.get("source_profile"), view.get("credential_source"))
    {
        return Err(ResolveError::TwoSources {
            profile: view.name.clone(),
            at: source.origin.clone(),
            other: other.origin.clone(),
        });
    }
    match view.get("role_arn") {
        Some(role) => next_of_role(inputs, view, role, warnings),
        None => plain_leads(inputs, view, warnings),
    }
}

/// Returns what a key in the vault puts out of use: easily done by storing a key under a role's
/// name.
fn displaced(view: &View<'_>) -> Option<String> {
    view.get("role_arn")?;
    let source = view
        .get("source_profile")
        .filter(|source| source.value != view.name.as_str())
        .or_else(|| view.get("credential_source"))?;
    Some(format!(
        "{}: the key that is stored as `{}` assumes its role, in place of `{}`; without that key the profile is what the files say: `keyward remove {}`",
        source.origin,
        view.name,
        source.value,
        view.name.argument()
    ))
}

/// Returns the next link of a profile with a role.
fn next_of_role<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    role: LocatedValue<'a>,
    warnings: &mut Vec<String>,
) -> Result<Next<'a>, ResolveError> {
    if let Some(path) = view.text(TOKEN_FILE) {
        let web = WebIdentity::read(view, role, TokenSource::File(path), warnings)?;
        return Ok(Next::Base(Base::WebIdentity(web), Step::PassesOn));
    }
    if let Some(line) = view.get("source_profile") {
        let next: ProfileName = parse(line, "source_profile")?;
        if next != view.name {
            return Ok(Next::Profile {
                next,
                key: "source_profile",
                line,
                step: Step::AssumesRole,
            });
        }
        // A profile that names itself: its own credentials, then its own role.
        return own_leads(inputs, view, Step::AssumesRole, warnings)?
            .ok_or_else(|| no_source(view, role));
    }
    if let Some(source) = view.get("credential_source") {
        return Ok(Next::Base(
            base::credential_source(view, source, inputs)?,
            Step::AssumesRole,
        ));
    }
    if let Some(key) = StaticKey::read(view, warnings)? {
        return Ok(Next::Base(Base::Static(key), Step::AssumesRole));
    }
    // No AWS tool knows this key, so it comes last.
    if let Some(command) = view.text("web_identity_token_process") {
        let web = WebIdentity::read(view, role, TokenSource::Process(command), warnings)?;
        return Ok(Next::Base(Base::WebIdentity(web), Step::PassesOn));
    }
    Err(no_source(view, role))
}

/// Returns the next link of a profile without a role.
fn plain_leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    warnings: &mut Vec<String>,
) -> Result<Next<'a>, ResolveError> {
    if let Some(found) = own_leads(inputs, view, Step::PassesOn, warnings)? {
        return Ok(found);
    }
    if let Some(line) = view.get("source_profile") {
        let next: ProfileName = parse(line, "source_profile")?;
        if next != view.name {
            return Ok(Next::Profile {
                next,
                key: "source_profile",
                line,
                step: Step::PassesOn,
            });
        }
    }
    if let Some(source) = view.get("credential_source") {
        return Ok(Next::Base(
            base::credential_source(view, source, inputs)?,
            Step::PassesOn,
        ));
    }
    Err(nothing(view))
}

/// Returns the next link if the profile has credentials of its own.
fn own_leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    step: Step,
    warnings: &mut Vec<String>,
) -> Result<Option<Next<'a>>, ResolveError> {
    Ok(base::own(view, inputs, warnings)?.map(|own| match own {
        Own::Base(base) => Next::Base(base, step),
        Own::Profile { name, line } => Next::Profile {
            next: name,
            key: "credential_process",
            line,
            step,
        },
    }))
}

fn no_source(view: &View<'_>, role: LocatedValue<'_>) -> ResolveError {
    match asks_itself(view) {
        Some(error) => error,
        None => ResolveError::RoleWithoutSource {
            profile: view.name.clone(),
            at: role.origin.clone(),
        },
    }
}

fn nothing(view: &View<'_>) -> ResolveError {
    if let Some(error) = asks_itself(view) {
        return error;
    }
    if let Some(token) = view.get(TOKEN_FILE) {
        return ResolveError::HalfKey {
            profile: view.name.clone(),
            has: TOKEN_FILE,
            lacks: "role_arn",
            at: token.origin.clone(),
        };
    }
    match view
        .get("sso_session")
        .or_else(|| view.get("sso_start_url"))
    {
        Some(found) => ResolveError::IncompleteSso {
            profile: view.name.clone(),
            has: if view.has("sso_session") {
                "sso_session"
            } else {
                "sso_start_url"
            },
            lacks: "sso_account_id",
            at: found.origin.clone(),
        },
        None => ResolveError::NoCredentials {
            profile: view.name.clone(),
        },
    }
}

/// The profile's `credential_process` line asks keyward for the profile itself, and the profile has
/// no other source.
fn asks_itself(view: &View<'_>) -> Option<ResolveError> {
    let line = view.get("credential_process")?;
    command::asks_for(line.value, view.name.as_str()).then(|| ResolveError::AsksItself {
        profile: view.name.clone(),
        at: line.origin.clone(),
    })
}
