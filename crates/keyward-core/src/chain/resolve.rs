//! Resolves a profile to a chain: follows its sources, decides which hop spends the code, and checks that
//! the request can be met. Reads nothing but its inputs.

use std::collections::BTreeSet;

use super::error::ResolveError;
use super::profile_path::ProfilePath;
use super::source::instance;
use super::{Base, ByAnswer, Chain, Inputs, durations, endpoints, hops};

/// Resolves the profile to a chain.
///
/// # Errors
/// The files contradict themselves or lack something, or the chain cannot provide what the flags
/// ask for. Each error names its place.
pub fn resolve(inputs: &Inputs<'_>) -> Result<Chain, ResolveError> {
    let mut warnings = Vec::new();
    let mut path = ProfilePath::follow(inputs, &mut warnings)?;
    apply_duration_to_base(inputs, &mut path)?;
    if matches!(path.base, Base::Ec2Metadata(_)) {
        let views: Vec<_> = path.views().collect();
        path.base = Base::Ec2Metadata(instance::read(inputs, &views, &mut warnings)?);
    }
    let views: Vec<_> = path.views().collect();
    let endpoints = endpoints::of(inputs, &views, &mut warnings);
    let (hops, by_answer) = match path.base.lifetime() {
        Some(lifetime) => {
            hops::warn_of_duration(inputs, &path, lifetime, &mut warnings);
            let hops = hops::of(inputs, &path, lifetime, &endpoints, &mut warnings)?;
            hops::refuse_unused_policy(inputs, lifetime, &hops)?;
            (hops, None)
        }
        None => {
            let by_answer = ByAnswer::chain(inputs, &path, &endpoints);
            (by_answer.likely_hops()?, Some(Box::new(by_answer)))
        }
    };
    let region = endpoints::region(inputs, &path)?;
    let mfa_process = path.views().find_map(|view| view.text("mfa_process"));
    Ok(Chain {
        profile: inputs.profile.clone(),
        region,
        endpoints,
        mfa_process,
        base: path.base,
        hops,
        warnings: without_repetition(warnings),
        by_answer,
    })
}

/// `--duration` where the base itself can be asked for it.
fn apply_duration_to_base(
    inputs: &Inputs<'_>,
    path: &mut ProfilePath<'_>,
) -> Result<(), ResolveError> {
    let has_roles = path.has_roles();
    if let Base::WebIdentity(web) = &mut path.base
        && !has_roles
        && let Some(ask) = durations::of_flag(inputs.flags)?
    {
        web.duration = ask.duration;
    }
    Ok(())
}

/// The warnings in their order, each once: a shared source is looked at more than once.
fn without_repetition(mut warnings: Vec<String>) -> Vec<String> {
    if warnings.len() > 1 {
        let mut told = BTreeSet::new();
        warnings.retain(|warning| told.insert(warning.clone()));
    }
    warnings
}
