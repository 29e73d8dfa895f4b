//! The endpoints of an Identity Center for a command that names its `sso-session` and no profile. One of
//! several profiles does not decide for the others.
//!
//! The SDKs use the active profile: the one of `AWS_PROFILE`, else `default`. Here the profiles of the
//! session have priority over `default`, because the sign-in is for them and must reach the service that
//! they will use.

use super::view::{Reached, View};
use super::{Endpoints, Flags, Inputs, LastCacheKeys, SimilarNames, StoredKeys, endpoints};
use crate::config::ConfigSet;
use crate::id::ProfileName;

/// The endpoints for the Identity Center of a session: the environment, then the profile that
/// `AWS_PROFILE` names, then what all profiles of the session agree on, then `default`. Beside
/// them, what the person should know.
#[must_use]
pub fn sign_in_endpoints(
    session: &str,
    config: &ConfigSet,
    environment: &dyn Fn(&'static str) -> Option<String>,
) -> (Endpoints, Vec<String>) {
    let default: ProfileName = "default".parse().expect("a plain word is a profile name");
    let inputs = Inputs {
        profile: &default,
        config,
        stored_keys: &StoredKeys::default(),
        environment,
        flags: &Flags::default(),
        similar_names: SimilarNames::LeftOut,
        last_cache_keys: &LastCacheKeys::default(),
    };
    let mut warnings = Vec::new();
    if let Some(view) = active(&inputs) {
        let endpoints = of(&inputs, Some(&view), &mut warnings);
        return (endpoints, warnings);
    }
    match agreed(&inputs, session) {
        Agreed::On(endpoints, told) => return (endpoints, told),
        Agreed::NoProfile => {}
        Agreed::Not(one, other) => warnings.push(format!(
            "profiles `{one}` and `{other}` reach the Identity Center of `{session}` in different ways; set AWS_PROFILE to sign in as one of them does"
        )),
    }
    let view = open(&inputs, &default);
    let endpoints = of(&inputs, view.as_ref(), &mut warnings);
    (endpoints, warnings)
}

/// The profile that the environment names, if there is one.
fn active<'a>(inputs: &Inputs<'a>) -> Option<View<'a>> {
    let name = inputs
        .env("AWS_PROFILE")
        .or_else(|| inputs.env("AWS_DEFAULT_PROFILE"))?;
    open(inputs, &name.parse().ok()?)
}

/// A profile that contradicts itself is an error when it is used, and is ignored here.
fn open<'a>(inputs: &Inputs<'a>, name: &ProfileName) -> Option<View<'a>> {
    View::open(inputs, name, Reached::Asked, &mut Vec::new()).ok()?
}

/// The common values of a session's profiles.
enum Agreed {
    On(Endpoints, Vec<String>),
    Not(ProfileName, ProfileName),
    /// No profile names the session.
    NoProfile,
}

fn agreed(inputs: &Inputs<'_>, session: &str) -> Agreed {
    let mut first: Option<(ProfileName, Endpoints, Vec<String>)> = None;
    for profile in inputs.config.profiles() {
        let Some(view) = open(inputs, &profile.name) else {
            continue;
        };
        if view.text("sso_session").as_deref() != Some(session) {
            continue;
        }
        let mut warnings = Vec::new();
        let endpoints = of(inputs, Some(&view), &mut warnings);
        match &first {
            None => first = Some((view.name, endpoints, warnings)),
            Some((_, known, _)) if *known == endpoints => {}
            Some((known, _, _)) => return Agreed::Not(known.clone(), view.name),
        }
    }
    match first {
        Some((_, endpoints, warnings)) => Agreed::On(endpoints, warnings),
        None => Agreed::NoProfile,
    }
}

/// Only what a sign-in calls, so that profiles which differ in the rest agree.
fn of(inputs: &Inputs<'_>, view: Option<&View<'_>>, warnings: &mut Vec<String>) -> Endpoints {
    let views: Vec<&View<'_>> = view.into_iter().collect();
    let Endpoints {
        sts: _,
        iam: _,
        sso,
        sso_oidc,
        signin: _,
        cloudformation: _,
        ec2: _,
        fips,
        dual_stack,
        ca_bundle,
    } = endpoints::of(inputs, &views, warnings);
    warnings.dedup();
    Endpoints {
        sts: None,
        iam: None,
        sso,
        sso_oidc,
        signin: None,
        cloudformation: None,
        ec2: None,
        fips,
        dual_stack,
        ca_bundle,
    }
}
