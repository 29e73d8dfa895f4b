//! Follows the profiles from the requested one to the credentials at the start of the chain, and
//! notes which of them assume a role. Refuses cycles and dead ends.

use super::error::ResolveError;
use super::next::{self, Next, Step};
use super::view::{LocatedValue, Reached, View, unknown};
use super::{Base, Inputs, LONGEST_CHAIN, StoredKey, similar};
use crate::id::ProfileName;

/// A profile on the way.
#[derive(Debug)]
pub(super) struct Link<'a> {
    pub(super) view: View<'a>,
    pub(super) step: Step,
}

/// The line of a profile that names the next one.
#[derive(Debug, Clone, Copy)]
struct Pointer<'a> {
    key: &'static str,
    line: LocatedValue<'a>,
}

/// The profiles from the requested one (first) to the one with the credentials (last).
#[derive(Debug)]
pub(super) struct ProfilePath<'a> {
    pub(super) links: Vec<Link<'a>>,
    pub(super) base: Base,
    /// The vault's key at the bottom.
    pub(super) stored: Option<&'a StoredKey>,
}

impl<'a> ProfilePath<'a> {
    pub(super) fn follow(
        inputs: &Inputs<'a>,
        warnings: &mut Vec<String>,
    ) -> Result<Self, ResolveError> {
        let mut links: Vec<Link<'a>> = Vec::new();
        let mut pointers: Vec<Pointer<'a>> = Vec::new();
        let mut view = open_first(inputs, warnings)?;
        loop {
            let reached = if links.is_empty() {
                Reached::Asked
            } else {
                Reached::AsSource
            };
            let stored = inputs.stored(&view.name);
            match next::of(inputs, &view, reached, stored, warnings)? {
                Next::Base(base, step) => {
                    links.push(Link { view, step });
                    let stored = stored.filter(|_| base.vault_key().is_some());
                    return Ok(Self {
                        links,
                        base,
                        stored,
                    });
                }
                Next::Profile {
                    next,
                    key,
                    line,
                    step,
                } => {
                    links.push(Link { view, step });
                    pointers.push(Pointer { key, line });
                    if links[0].view.name == next || links.len() >= LONGEST_CHAIN {
                        return Err(endless(&links, &pointers, next));
                    }
                    let from = &links[links.len() - 1].view.name;
                    view = open_source(inputs, from, next, key, line, warnings)?;
                }
            }
        }
    }

    /// Whether a role is assumed.
    pub(super) fn has_roles(&self) -> bool {
        let mut links = self.links.iter();
        links.any(|link| link.step == Step::AssumesRole)
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

fn open_first<'a>(
    inputs: &Inputs<'a>,
    warnings: &mut Vec<String>,
) -> Result<View<'a>, ResolveError> {
    let name = inputs.profile;
    if let Some(view) = View::open(inputs, name, Reached::Asked, warnings)? {
        return Ok(view);
    }
    if inputs.stored(name).is_some() {
        return Ok(View::empty(name));
    }
    Err(ResolveError::UnknownProfile {
        profile: name.clone(),
        similar: similar::similar_profiles(name.as_str(), inputs),
        ignored: inputs.config.ignored_profile(name.as_str()),
    })
}

fn open_source<'a>(
    inputs: &Inputs<'a>,
    from: &ProfileName,
    name: ProfileName,
    key: &'static str,
    line: LocatedValue<'a>,
    warnings: &mut Vec<String>,
) -> Result<View<'a>, ResolveError> {
    match View::open(inputs, &name, Reached::AsSource, warnings)? {
        Some(view) => Ok(view),
        None if inputs.stored(&name).is_some() => Ok(View::empty(&name)),
        None => Err(unknown(key, from, name, line.origin, inputs)),
    }
}

/// The cycle that the links end in with `next`, from its start; else they are too many. A cycle that
/// leaves the first profile out is found here alone, since a search at each link would cost more than the
/// rest of a chain.
fn endless(links: &[Link<'_>], pointers: &[Pointer<'_>], next: ProfileName) -> ResolveError {
    let names = || links.iter().map(|link| &link.view.name);
    // A profile leads to one other, so in a cycle each name comes again after the same number of steps.
    if let Some(last) = names().rposition(|name| *name == next) {
        let length = links.len() - last;
        let names: Vec<&ProfileName> = names().chain([&next]).collect();
        let comes_again = |start: &usize| names[*start] == names[start + length];
        let start = (0..last).find(comes_again).unwrap_or(last);
        let Pointer { key, line } = pointers[start + length - 1];
        return ResolveError::Loop {
            key,
            path: names[start..=start + length]
                .iter()
                .copied()
                .cloned()
                .collect(),
            at: line.origin.clone(),
        };
    }
    let Pointer { key, line } = pointers[pointers.len() - 1];
    ResolveError::TooLong {
        key,
        next,
        at: line.origin.clone(),
    }
}
