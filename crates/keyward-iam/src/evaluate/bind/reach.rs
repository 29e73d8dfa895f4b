//! Whether something is left of a target when all layers have allowed their part and all denies
//! have taken theirs. Exact for one resource. For a set of resources the answer is yes unless
//! the wildcards show that nothing is left: two denies that cover the target only together are
//! not seen, so a proof reports too much rather than too little.

use super::bound::Holds;
use super::resources::{ResourceSet, Resources};
use super::service::{Candidate, Service};
use super::target::Target;
use crate::evaluate::decision::{Cited, Grant, ImplicitDeny, Verdict};
use crate::language::Glob;

/// How many combinations of statements are tried before the action counts as allowed and
/// undecided. Real policies need a few.
const MOST: usize = 20_000;

/// One question.
pub(super) struct Search<'s, 'b, 'a> {
    service: &'s Service<'b, 'a>,
    name: &'s str,
    target: &'s Target<'s>,
    /// What is left of the target is in each of these sets …
    within: Vec<&'b ResourceSet>,
    /// … and in none of these.
    without: Vec<&'b Glob>,
    /// The best grant so far, an undecided one.
    best: Option<Grant<'a>>,
    /// A deny that took everything.
    denied: Option<Cited<'a>>,
    /// How many layers allowed something.
    passed: usize,
    tried: usize,
}

/// Whether the search is over, because nothing better can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Yes,
    No,
}

impl<'s, 'b, 'a> Search<'s, 'b, 'a> {
    pub(super) fn new(service: &'s Service<'b, 'a>, name: &'s str, target: &'s Target<'s>) -> Self {
        Self {
            service,
            name,
            target,
            within: Vec::new(),
            without: Vec::new(),
            best: None,
            denied: None,
            passed: 0,
            tried: 0,
        }
    }

    pub(super) fn run(mut self) -> Verdict<'a> {
        let _ = self.layer(0, None);
        match (self.best, self.denied) {
            (Some(grant), _) => Verdict::Allowed(grant),
            (None, Some(deny)) => Verdict::Denied(deny),
            (None, None) => Verdict::Missing(
                self.service
                    .layers
                    .get(self.passed)
                    .map_or(ImplicitDeny::IdentityAllow, |layer| layer.missing),
            ),
        }
    }

    /// Lets one layer after the other allow its part.
    fn layer(&mut self, depth: usize, grant: Option<Grant<'a>>) -> Over {
        self.passed = self.passed.max(depth);
        let service = self.service;
        let Some(layer) = service.layers.get(depth) else {
            return grant.map_or(Over::No, |grant| self.deny(0, grant));
        };
        for candidate in &layer.allows {
            if !candidate.names.cover(self.name) {
                continue;
            }
            let own = candidate.grant();
            let grant = grant.map_or(own, |grant| grant.doubted(own.doubt));
            if self.part(depth, candidate, grant) == Over::Yes {
                return Over::Yes;
            }
        }
        Over::No
    }

    /// The part that one statement of a layer allows.
    fn part(&mut self, depth: usize, candidate: &'s Candidate<'b, 'a>, grant: Grant<'a>) -> Over {
        let cited = candidate.rule.rule.cited;
        match &candidate.rule.resources {
            Resources::All => self.layer(depth + 1, Some(grant)),
            Resources::Only(sets) => {
                for set in sets {
                    let grant = grant.doubted((!set.is_exact()).then_some(cited));
                    if self.joins(set)
                        && self.inside(set, |search| search.layer(depth + 1, Some(grant)))
                            == Over::Yes
                    {
                        return Over::Yes;
                    }
                }
                Over::No
            }
            Resources::Except(sets) => {
                if self.takes_all(sets) {
                    return Over::No;
                }
                let open = sets.iter().any(|set| !set.is_exact() && self.joins(set));
                let grant = grant.doubted(open.then_some(cited));
                self.outside(sets, |search| search.layer(depth + 1, Some(grant)))
            }
        }
    }

    /// Lets one deny after the other take its part.
    fn deny(&mut self, depth: usize, grant: Grant<'a>) -> Over {
        self.tried += 1;
        if self.tried > MOST {
            self.best = Some(grant.doubted(Some(grant.by)));
            return Over::Yes;
        }
        let service = self.service;
        let Some(at) = service.denies[depth..]
            .iter()
            .position(|candidate| candidate.names.cover(self.name))
        else {
            return self.found(grant);
        };
        let (candidate, next) = (&service.denies[depth + at], depth + at + 1);
        let cited = candidate.rule.rule.cited;
        match (candidate.rule.holds, &candidate.rule.resources) {
            (Holds::Always, Resources::All) => self.refused(cited),
            (Holds::Always, Resources::Only(sets)) if self.takes_all(sets) => self.refused(cited),
            (Holds::Always, Resources::Only(sets)) => {
                let open = sets.iter().any(|set| !set.is_exact() && self.joins(set));
                let grant = grant.doubted(open.then_some(cited));
                self.outside(sets, |search| search.deny(next, grant))
            }
            (Holds::Always, Resources::Except(sets)) => {
                let mut spared = false;
                for set in sets {
                    if !self.joins(set) {
                        continue;
                    }
                    spared = true;
                    let grant = grant.doubted((!set.is_exact()).then_some(cited));
                    if self.inside(set, |search| search.deny(next, grant)) == Over::Yes {
                        return Over::Yes;
                    }
                }
                if spared {
                    Over::No
                } else {
                    self.refused(cited)
                }
            }
            (Holds::Perhaps, resources) => {
                let applies = match resources {
                    Resources::All => true,
                    Resources::Only(sets) => sets.iter().any(|set| self.joins(set)),
                    Resources::Except(sets) => !self.takes_all(sets),
                };
                self.deny(next, grant.doubted(applies.then_some(cited)))
            }
        }
    }

    fn found(&mut self, grant: Grant<'a>) -> Over {
        if grant.doubt.is_none() {
            self.best = Some(grant);
            return Over::Yes;
        }
        self.best = self.best.or(Some(grant));
        Over::No
    }

    fn refused(&mut self, by: Cited<'a>) -> Over {
        self.denied = self.denied.or(Some(by));
        Over::No
    }

    /// Whether something may be left inside a further set.
    fn joins(&self, set: &ResourceSet) -> bool {
        self.target.meets(set)
            && self.within.iter().all(|other| other.glob.meets(&set.glob))
            && !self.without.iter().any(|taken| taken.holds(&set.glob))
    }

    /// Whether everything that is left is in one of the sets.
    fn takes_all(&self, sets: &[ResourceSet]) -> bool {
        sets.iter().filter(|set| set.is_exact()).any(|set| {
            self.target.is_held_by(&set.glob)
                || self.within.iter().any(|own| set.glob.holds(&own.glob))
        })
    }

    fn inside(&mut self, set: &'b ResourceSet, go_on: impl FnOnce(&mut Self) -> Over) -> Over {
        self.within.push(set);
        let over = go_on(self);
        self.within.pop();
        over
    }

    fn outside(&mut self, sets: &'b [ResourceSet], go_on: impl FnOnce(&mut Self) -> Over) -> Over {
        let before = self.without.len();
        self.without.extend(
            sets.iter()
                .filter(|set| set.is_exact())
                .map(|set| &set.glob),
        );
        let over = go_on(self);
        self.without.truncate(before);
        over
    }
}

impl<'a> Candidate<'_, 'a> {
    pub(super) fn grant(&self) -> Grant<'a> {
        let cited = self.rule.rule.cited;
        match self.rule.holds {
            Holds::Always => Grant::certain(cited),
            Holds::Perhaps => Grant::doubtful(cited),
        }
    }
}
