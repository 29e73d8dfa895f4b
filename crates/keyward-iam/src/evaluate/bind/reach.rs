//! Whether a part of a target remains after all layers have allowed their parts and all denies have
//! removed theirs. Exact for one resource. For a set of resources the answer is yes unless the
//! wildcards show that nothing is left: two denies that cover the target only together are not
//! seen, so a proof reports too much rather than too little.

use super::arn_set::{ArnSet, Part};
use super::bound::Holds;
use super::index::ActionName;
use super::resources::{ResourceSet, Resources};
use super::service::{Candidate, Service, meets_one};
use crate::evaluate::decision::{Cited, Grant, ImplicitDeny, Verdict};
use crate::language::Glob;

/// The number of combinations of statements that are tried before the action counts as allowed and
/// undecided. Real policies need a few. [`Effort`](super::bound::Effort) limits all questions of
/// one caller together.
const MOST: usize = 20_000;
/// The most parts that a set of resources may be split into. Real policies make a few.
const MOST_PARTS: usize = 1_000;
/// The number of comparisons that a question may take without counting for the caller.
const FREE: usize = 256;
/// The number of comparisons that each question may take to find something certain, however much the
/// caller's questions took before. What is certain must not depend on the order of the questions.
const FREE_FOR_CERTAINTY: usize = 64;

/// One question.
pub(super) struct Search<'s, 'b, 'a> {
    service: &'s Service<'b, 'a>,
    name: &'s ActionName<'s>,
    /// The rest of the target is outside these sets.
    without: Vec<&'s Glob>,
    /// The best grant so far, an undecided one.
    best: Option<Grant<'a>>,
    /// A deny that took everything.
    denied: Option<Cited<'a>>,
    /// The number of layers that allowed something.
    passed: usize,
    tried: usize,
    /// The number of comparisons made.
    compared: usize,
    gave_up: bool,
    trust: Trust,
    /// The most comparisons of a search for something certain.
    most: usize,
}

/// The statements and sets of resources that a search goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// All of them, with a note on those that are not sure. What depends on the request may allow and
    /// does not deny.
    WithDoubt,
    /// What depends on the request allows nothing, and denies the most that it can. What is left is
    /// certain, unless several such denials cover it together.
    Sure,
}

/// Whether the search is over, because nothing better can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Yes,
    No,
}

impl<'s, 'b: 's, 'a> Search<'s, 'b, 'a> {
    pub(super) fn new(
        service: &'s Service<'b, 'a>,
        name: &'s ActionName<'s>,
        outside: &'s [ArnSet],
    ) -> Self {
        Self {
            service,
            name,
            without: outside.iter().map(|set| &set.with_colons).collect(),
            best: None,
            denied: None,
            passed: 0,
            tried: 0,
            compared: 0,
            gave_up: false,
            trust: Trust::WithDoubt,
            most: FREE,
        }
    }

    pub(super) fn run(mut self, target: &[Part]) -> Verdict<'a> {
        if self.service.effort.is_spent() {
            self.service.effort.give_up();
            return self.service.at_worst(self.name);
        }
        if let Some(deny) = self.service.denies_everything(self.name) {
            return Verdict::Denied(deny);
        }
        if self.is_left(target) {
            let _ = self.layer(0, target, None);
        }
        if self.gave_up {
            self.service.effort.give_up();
            return self.service.at_worst(self.name);
        }
        match (self.best, self.denied) {
            (Some(grant), _) => Verdict::Allowed(self.surely(target).unwrap_or(grant)),
            (None, Some(deny)) => Verdict::Denied(deny),
            (None, None) => Verdict::Missing(
                self.service
                    .layers
                    .get(self.passed)
                    .map_or(ImplicitDeny::IdentityAllow, |layer| layer.missing),
            ),
        }
    }

    /// A grant of some of the resources that nothing in the request can prevent. A doubt about other
    /// resources does not matter then. A search that would take long finds none.
    fn surely(&mut self, target: &[Part]) -> Option<Grant<'a>> {
        if self.best.is_some_and(|grant| grant.doubt.is_none()) {
            return self.best;
        }
        let effort = self.service.effort;
        let mut sure = Self::new(self.service, self.name, &[]);
        sure.without.clone_from(&self.without);
        sure.trust = Trust::Sure;
        if !effort.may_look_for_certainty() {
            sure.most = FREE_FOR_CERTAINTY;
        }
        let _ = sure.layer(0, target, None);
        effort.spend_on_certainty(sure.compared.saturating_sub(FREE_FOR_CERTAINTY));
        sure.best.filter(|_| !sure.gave_up)
    }

    /// Lets one layer after the other allow its part.
    fn layer(&mut self, depth: usize, left: &[Part], grant: Option<Grant<'a>>) -> Over {
        self.passed = self.passed.max(depth);
        if self.spend(left) == Over::Yes {
            return Over::Yes;
        }
        let service = self.service;
        let Some(layer) = service.layers.get(depth) else {
            return grant.map_or(Over::No, |grant| self.deny(0, left, grant));
        };
        for candidate in &layer.allows {
            let own = candidate.grant();
            let doubtful = own.doubt.is_some() && self.trust == Trust::Sure;
            if doubtful || !candidate.names.cover(self.name) {
                continue;
            }
            let grant = grant.map_or(own, |grant| grant.doubted(own.doubt));
            if self.allow(depth, left, candidate, grant) == Over::Yes {
                return Over::Yes;
            }
        }
        Over::No
    }

    /// The part that one statement of a layer allows.
    fn allow(
        &mut self,
        depth: usize,
        left: &[Part],
        candidate: &'s Candidate<'b, 'a>,
        grant: Grant<'a>,
    ) -> Over {
        let (cited, trust) = (candidate.rule.rule.cited, self.trust);
        match &candidate.rule.resources {
            Resources::All => self.layer(depth + 1, left, Some(grant)),
            Resources::Only(sets) => {
                for set in sets.iter().filter(|set| trust.counts(set)) {
                    if self.spend(left) == Over::Yes {
                        return Over::Yes;
                    }
                    let left = met(left, set);
                    let grant = grant.doubted((!set.is_exact()).then_some(cited));
                    if self.is_left(&left) && self.layer(depth + 1, &left, Some(grant)) == Over::Yes
                    {
                        return Over::Yes;
                    }
                }
                Over::No
            }
            Resources::Except(sets) => {
                let grant = grant.doubted(self.may_take(left, sets).then_some(cited));
                self.outside(left, sets, |search| {
                    search.layer(depth + 1, left, Some(grant))
                })
                .unwrap_or(Over::No)
            }
        }
    }

    /// Subtracts the part of one deny after the other.
    fn deny(&mut self, depth: usize, left: &[Part], grant: Grant<'a>) -> Over {
        self.tried += 1;
        if self.tried > MOST {
            self.gave_up = true;
            return Over::Yes;
        }
        if self.spend(left) == Over::Yes {
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
        let trust = self.trust;
        let holds = match trust {
            Trust::WithDoubt => candidate.rule.holds,
            Trust::Sure => Holds::Always,
        };
        match (holds, &candidate.rule.resources) {
            (Holds::Always, Resources::All) => self.refused(cited),
            (Holds::Always, Resources::Only(sets)) => {
                let grant = grant.doubted(self.may_take(left, sets).then_some(cited));
                self.outside(left, sets, |search| search.deny(next, left, grant))
                    .unwrap_or_else(|| self.refused(cited))
            }
            (Holds::Always, Resources::Except(sets)) => {
                let mut spared = false;
                for set in sets.iter().filter(|set| trust.counts(set)) {
                    if self.spend(left) == Over::Yes {
                        return Over::Yes;
                    }
                    let left = met(left, set);
                    if !self.is_left(&left) {
                        continue;
                    }
                    spared = true;
                    let grant = grant.doubted((!set.is_exact()).then_some(cited));
                    if self.deny(next, &left, grant) == Over::Yes {
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
                    Resources::Only(sets) => meets_one(left, sets.iter()),
                    Resources::Except(sets) => self.outside(left, sets, |_| Over::No).is_some(),
                };
                self.deny(next, left, grant.doubted(applies.then_some(cited)))
            }
        }
    }

    /// Counts the comparisons of one step with what is left.
    fn spend(&mut self, left: &[Part]) -> Over {
        let comparisons = left.len() * (1 + self.without.len());
        self.compared += comparisons;
        if self.trust == Trust::Sure {
            self.gave_up = self.compared > self.most || left.len() > MOST_PARTS;
            return match self.gave_up {
                true => Over::Yes,
                false => Over::No,
            };
        }
        let effort = self.service.effort;
        if self.compared > FREE {
            effort.spend(comparisons);
        }
        if left.len() > MOST_PARTS || effort.is_spent() {
            self.gave_up = true;
            return Over::Yes;
        }
        Over::No
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

    /// Whether something may be left.
    fn is_left(&self, left: &[Part]) -> bool {
        left.iter()
            .any(|part| !self.without.iter().any(|taken| taken.holds(&part.glob)))
    }

    /// Whether a set with unknown bounds may take some of these parts away.
    fn may_take(&self, left: &[Part], sets: &[ResourceSet]) -> bool {
        self.trust == Trust::WithDoubt && meets_one(left, sets.iter().filter(|set| !set.is_exact()))
    }

    /// Continues with the parts outside the sets, or returns `None` if no such part exists.
    fn outside(
        &mut self,
        left: &[Part],
        sets: &'s [ResourceSet],
        go_on: impl FnOnce(&mut Self) -> Over,
    ) -> Option<Over> {
        let before = self.without.len();
        let certain_only = self.trust == Trust::WithDoubt;
        let taken = sets.iter().filter(|set| !certain_only || set.is_exact());
        self.without.extend(taken.map(|set| &set.glob));
        let over = self.is_left(left).then(|| go_on(self));
        self.without.truncate(before);
        over
    }
}

/// Returns the rest of the parts inside a set.
fn met(left: &[Part], set: &ResourceSet) -> Vec<Part> {
    left.iter().flat_map(|part| part.met(set)).collect()
}

impl Trust {
    /// Whether a set of resources that are allowed, or spared from a deny, counts.
    fn counts(self, set: &ResourceSet) -> bool {
        self == Self::WithDoubt || set.is_exact()
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
