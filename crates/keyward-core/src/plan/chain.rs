//! Walks from the profile asked for to the credentials at the bottom: which profile follows
//! which, which of them assume a role, and where it all starts. Refuses circles and dead ends.

use std::time::Duration;

use super::base::{self, Own};
use super::error::ResolveError;
use super::view::{Found, Reached, View, unknown};
use super::{Base, Inputs, StoredKey, command, durations, near};
use crate::id::ProfileName;

/// A profile on the way.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) view: View<'a>,
    pub(super) step: Step,
}

/// What a profile adds to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Its role.
    AssumesRole,
    /// Nothing: it starts the chain, or only points on.
    PassesOn,
}

/// The way from the profile asked for (first) to the one at the bottom (last).
#[derive(Debug)]
pub(super) struct Chain<'a> {
    pub(super) links: Vec<Link<'a>>,
    pub(super) base: Base,
    /// The vault's key at the bottom.
    pub(super) stored: Option<&'a StoredKey>,
}

/// Where one profile leads.
enum Leads<'a> {
    /// To credentials.
    To(Base, Step),
    /// To another profile.
    On {
        next: ProfileName,
        key: &'static str,
        line: Found<'a>,
        step: Step,
    },
}

impl<'a> Chain<'a> {
    pub(super) fn walk(
        inputs: &Inputs<'a>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, ResolveError> {
        let mut links: Vec<Link<'a>> = Vec::new();
        let mut view = open_first(inputs, warnings)?;
        loop {
            let reached = if links.is_empty() {
                Reached::Asked
            } else {
                Reached::AsSource
            };
            let stored = stored(inputs, &view.name);
            match leads(inputs, &view, reached, stored, warnings)? {
                Leads::To(base, step) => {
                    links.push(Link { view, step });
                    let stored = stored.filter(|_| matches!(base, Base::VaultKey { .. }));
                    return Ok(Self {
                        links,
                        base,
                        stored,
                    });
                }
                Leads::On {
                    next,
                    key,
                    line,
                    step,
                } => {
                    let from = view.name.clone();
                    links.push(Link { view, step });
                    refuse_circle(&links, &next, key, line)?;
                    view = open_source(inputs, &from, next, key, line, warnings)?;
                }
            }
        }
    }

    /// The profiles whose roles are assumed, first call first.
    pub(super) fn roles(&self) -> Vec<&View<'a>> {
        self.links
            .iter()
            .rev()
            .filter(|link| link.step == Step::AssumesRole)
            .map(|link| &link.view)
            .collect()
    }

    /// The views, the profile asked for first.
    pub(super) fn views(&self) -> impl DoubleEndedIterator<Item = &View<'a>> {
        self.links.iter().map(|link| &link.view)
    }
}

fn stored<'a>(inputs: &Inputs<'a>, name: &ProfileName) -> Option<&'a StoredKey> {
    inputs.stored_keys.iter().find(|key| key.profile == *name)
}

fn open_first<'a>(
    inputs: &Inputs<'a>,
    warnings: &mut Vec<String>,
) -> Result<View<'a>, ResolveError> {
    let name = inputs.profile;
    if let Some(view) = View::open(inputs, name, Reached::Asked, warnings)? {
        return Ok(view);
    }
    if stored(inputs, name).is_some() {
        return Ok(View::empty(name));
    }
    let unprefixed = inputs
        .config
        .ignored(name.as_str())
        .and_then(|section| section.iter().next());
    Err(ResolveError::UnknownProfile {
        profile: name.clone(),
        near: near::misses(name.as_str(), inputs.config, inputs.stored_keys),
        unprefixed: unprefixed.map(|(_, first)| first.origin.clone()),
    })
}

fn open_source<'a>(
    inputs: &Inputs<'a>,
    from: &ProfileName,
    name: ProfileName,
    key: &'static str,
    line: Found<'a>,
    warnings: &mut Vec<String>,
) -> Result<View<'a>, ResolveError> {
    match View::open(inputs, &name, Reached::AsSource, warnings)? {
        Some(view) => Ok(view),
        None if stored(inputs, &name).is_some() => Ok(View::empty(&name)),
        None => Err(unknown(key, from, name, line.origin, inputs)),
    }
}

fn refuse_circle(
    links: &[Link<'_>],
    next: &ProfileName,
    key: &'static str,
    line: Found<'_>,
) -> Result<(), ResolveError> {
    let Some(start) = links.iter().position(|link| link.view.name == *next) else {
        return Ok(());
    };
    let mut path: Vec<ProfileName> = links[start..]
        .iter()
        .map(|link| link.view.name.clone())
        .collect();
    path.push(next.clone());
    Err(ResolveError::Loop {
        key,
        path,
        at: line.origin.clone(),
    })
}

fn leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    reached: Reached,
    stored: Option<&StoredKey>,
    warnings: &mut Vec<String>,
) -> Result<Leads<'a>, ResolveError> {
    if let Some(key) = stored {
        let StoredKey {
            profile,
            access_key_id,
            account_id: _,
            mfa_serial: _,
        } = key;
        let base = Base::VaultKey {
            profile: profile.clone(),
            access_key_id: access_key_id.clone(),
        };
        let step = if view.has("role_arn") {
            Step::AssumesRole
        } else {
            Step::PassesOn
        };
        return Ok(Leads::To(base, step));
    }
    // The SDKs end a chain at the first source that has keys of its own.
    if reached == Reached::AsSource
        && let Some(base) = base::static_key(view, warnings)?
    {
        return Ok(Leads::To(base, Step::PassesOn));
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
        Some(role) => role_leads(inputs, view, role, warnings),
        None => plain_leads(inputs, view, warnings),
    }
}

/// Where a profile with a role leads.
fn role_leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    role: Found<'a>,
    warnings: &mut Vec<String>,
) -> Result<Leads<'a>, ResolveError> {
    if view.has("web_identity_token_file") {
        return Ok(Leads::To(
            web_identity(view, role, warnings)?,
            Step::PassesOn,
        ));
    }
    if let Some(line) = view.get("source_profile") {
        let next: ProfileName = super::view::parse(line, "source_profile")?;
        if next != view.name {
            return Ok(Leads::On {
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
        return Ok(Leads::To(
            base::credential_source(view, source, inputs)?,
            Step::AssumesRole,
        ));
    }
    if let Some(base) = base::static_key(view, warnings)? {
        return Ok(Leads::To(base, Step::AssumesRole));
    }
    if let Some(line) = view.get("web_identity_token_process") {
        return Err(ResolveError::Unsupported {
            profile: view.name.clone(),
            key: "web_identity_token_process",
            at: line.origin.clone(),
        });
    }
    Err(no_source(view, role))
}

/// Where a profile without a role leads.
fn plain_leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    warnings: &mut Vec<String>,
) -> Result<Leads<'a>, ResolveError> {
    if let Some(found) = own_leads(inputs, view, Step::PassesOn, warnings)? {
        return Ok(found);
    }
    if let Some(line) = view.get("source_profile") {
        let next: ProfileName = super::view::parse(line, "source_profile")?;
        if next != view.name {
            return Ok(Leads::On {
                next,
                key: "source_profile",
                line,
                step: Step::PassesOn,
            });
        }
    }
    if let Some(source) = view.get("credential_source") {
        return Ok(Leads::To(
            base::credential_source(view, source, inputs)?,
            Step::PassesOn,
        ));
    }
    Err(nothing(view))
}

/// Where the profile's own credentials lead, if it has any.
fn own_leads<'a>(
    inputs: &Inputs<'a>,
    view: &View<'a>,
    step: Step,
    warnings: &mut Vec<String>,
) -> Result<Option<Leads<'a>>, ResolveError> {
    Ok(base::own(view, inputs, warnings)?.map(|own| match own {
        Own::Base(base) => Leads::To(base, step),
        Own::Profile { name, line } => Leads::On {
            next: name,
            key: "credential_process",
            line,
            step,
        },
    }))
}

/// A token file and a role: a base of its own, whatever `source_profile` says beside it.
fn web_identity(
    view: &View<'_>,
    role: Found<'_>,
    warnings: &mut Vec<String>,
) -> Result<Base, ResolveError> {
    if let Some(source) = view
        .get("source_profile")
        .or_else(|| view.get("credential_source"))
    {
        warnings.push(format!(
            "{}: profile `{}` has a `web_identity_token_file`, so its other source is not used, as in the SDKs",
            source.origin, view.name
        ));
    }
    let duration =
        durations::of_role(view, warnings)?.map_or(Duration::from_secs(3600), |ask| ask.duration);
    Ok(Base::WebIdentity {
        profile: view.name.clone(),
        role_arn: super::view::parse(role, "role_arn")?,
        token_file: view.text("web_identity_token_file").unwrap_or_default(),
        role_session_name: view.id("role_session_name")?,
        duration,
    })
}

fn no_source(view: &View<'_>, role: Found<'_>) -> ResolveError {
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

/// The profile's `credential_process` line asks keyward for the profile itself, and nothing
/// else gives credentials.
fn asks_itself(view: &View<'_>) -> Option<ResolveError> {
    let line = view.get("credential_process")?;
    command::asks_for(line.value, view.name.as_str()).then(|| ResolveError::AsksItself {
        profile: view.name.clone(),
        at: line.origin.clone(),
    })
}
