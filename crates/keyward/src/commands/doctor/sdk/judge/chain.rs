//! The walk along a chain of profiles, to the credentials at its end.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::{Judge, Source};
use crate::commands::doctor::sdk::Sdk;
use crate::commands::doctor::sdk::outcome::Outcome;
use crate::commands::doctor::sdk::reader::Seen;

/// The outcome of a profile as a source.
#[derive(Clone)]
pub(super) struct Ending {
    outcome: Outcome,
    /// The last profile of its chain.
    last: SmolStr,
}

/// The way on from a profile.
enum Step {
    Ends(Outcome),
    /// Its role is assumed with the credentials of this profile.
    LeadsTo(SmolStr),
}

/// The way by which a profile was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Asked,
    AsSource,
}

impl Judge<'_, '_> {
    /// The outcome before a last look at the profile itself.
    pub(super) fn asked(&self, name: &str) -> Outcome {
        let Some(seen) = self.reader.profile(name) else {
            return Outcome::Nothing;
        };
        let source = match self.step(&seen, name, Reached::Asked) {
            Step::Ends(outcome) => return outcome,
            Step::LeadsTo(source) => self.as_source(source),
        };
        // In two SDKs, the keys of the profile asked for end a cycle that leads back to it.
        let keys_end_it = matches!(self.sdk, Sdk::JavaScript | Sdk::Go);
        match source.last == name && !keys_end_it {
            true => Outcome::Nothing,
            false => self.role(&seen, source.outcome),
        }
    }

    /// Follows a chain from a source to its end. No SDK limits its length.
    fn as_source(&self, name: SmolStr) -> Ending {
        let mut above = Vec::new();
        let mut passed = HashSet::new();
        let mut at = name;
        let mut ending = loop {
            if let Some(known) = self.sources.borrow().get(&at) {
                break known.clone();
            }
            let seen = self.reader.profile(&at);
            let Some(seen) = seen.filter(|_| passed.insert(at.clone())) else {
                break Ending {
                    outcome: Outcome::Nothing,
                    last: at,
                };
            };
            match self.step(&seen, &at, Reached::AsSource) {
                Step::Ends(outcome) => {
                    let ending = Ending {
                        outcome,
                        last: at.clone(),
                    };
                    self.sources.borrow_mut().insert(at, ending.clone());
                    break ending;
                }
                Step::LeadsTo(next) => above.push((std::mem::replace(&mut at, next), seen)),
            }
        };
        let mut sources = self.sources.borrow_mut();
        while let Some((name, seen)) = above.pop() {
            ending.outcome = self.role(&seen, ending.outcome);
            sources.insert(name, ending.clone());
        }
        ending
    }

    /// The outcome of one profile, or the profile that it leads to.
    fn step(&self, seen: &Seen, name: &str, reached: Reached) -> Step {
        // Go looks for the section before it looks for any source.
        if self.sdk == Sdk::Go
            && let Some(session) = seen.value("sso_session")
            && self.reader.sso_session(session).is_none()
        {
            return Step::Ends(Outcome::NoSsoSession);
        }
        // Keys of a source come before its own role, in every SDK.
        if reached == Reached::AsSource
            && let Some(source) = self.with_keys(seen)
        {
            return Step::Ends(source);
        }
        let needs_role = [
            "source_profile",
            "credential_source",
            "web_identity_token_file",
        ];
        if self.sdk == Sdk::Go
            && !seen.has("role_arn")
            && needs_role.iter().any(|key| seen.has(key))
        {
            return Step::Ends(Outcome::RefusesProfile);
        }
        match self.has_role(seen).then(|| self.source(seen, name)) {
            None | Some(Ok(None)) => Step::Ends(self.own(seen)),
            Some(Err(refused)) => Step::Ends(refused),
            Some(Ok(Some(Source::Profile(source)))) => Step::LeadsTo(source.into()),
            Some(Ok(Some(Source::Own))) => Step::Ends(self.role(seen, self.own_source(seen))),
            Some(Ok(Some(Source::Credentials(kind)))) => {
                Step::Ends(self.role(seen, self.credential_source(kind)))
            }
        }
    }
}
