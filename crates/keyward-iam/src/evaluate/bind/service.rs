//! The bound statements that are about one service.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer::{Answer, Statements};
use super::arn_set::{Among, ArnSet, Part};
use super::bound::{Bound, BoundRule, Effort, Holds};
use super::index::{ActionName, Names};
use super::reach::Search;
use super::resources::{ResourceSet, Resources};
use super::target::Targets;
use crate::catalogue::ActionEntry;
use crate::evaluate::decision::{Cited, Grant, ImplicitDeny, Verdict};
use crate::evaluate::implicit::needs_no_permission_by_name;
use crate::language::{Glob, Truth};
use crate::request::Resource;

/// The statements of a caller that can hold in one context and are about one service.
#[derive(Debug)]
pub struct Service<'b, 'a> {
    prefix: Arc<str>,
    pub(super) effort: &'b Effort,
    pub(super) layers: Vec<Candidates<'b, 'a>>,
    pub(super) denies: Vec<Candidate<'b, 'a>>,
}

/// The number of statements that are looked through for each question as they are.
const FEW: usize = 24;

/// The statements that cover an action, one bit each, and the resources that it takes. Actions of a service
/// that share both have the same answer.
type Question = (Vec<u64>, Vec<*const ArnSet>);

/// The answers of one service so far.
pub(super) type Known<'a> = HashMap<Question, Answer<'a>>;

/// The statements of a layer about the service.
#[derive(Debug)]
pub(super) struct Candidates<'b, 'a> {
    pub(super) missing: ImplicitDeny,
    pub(super) allows: Vec<Candidate<'b, 'a>>,
}

/// A statement that is about some names of the service.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'b, 'a> {
    pub(super) rule: &'b BoundRule<'a>,
    pub(super) names: Names<'b, 'a>,
}

impl<'b, 'a> Service<'b, 'a> {
    pub(super) fn new(bound: &'b Bound<'a>, prefix: &str) -> Self {
        let prefix = Arc::from(prefix);
        let pick = |rules: &'b [BoundRule<'a>]| -> Vec<Candidate<'b, 'a>> {
            rules
                .iter()
                .map(|rule| Candidate {
                    rule,
                    names: rule.rule.actions.names(&prefix),
                })
                .filter(|candidate| !candidate.names.are_none())
                .collect()
        };
        let layers = bound.layers.iter().zip(&bound.rules.layers);
        let layers = layers
            .map(|(rules, layer)| Candidates {
                missing: layer.missing,
                allows: pick(rules),
            })
            .collect();
        let denies = pick(&bound.denies);
        Self {
            prefix,
            effort: &bound.effort,
            layers,
            denies,
        }
    }

    /// Whether an action of the catalogue is allowed on some resource of its own types. `known` holds the
    /// answers of this service so far.
    pub(super) fn answer<'c>(
        &self,
        action: ActionEntry<'c>,
        targets: &Targets<'c>,
        known: &mut Known<'a>,
    ) -> Answer<'a> {
        let name = &ActionName::new(action.name());
        // With many statements, it pays to look each of them up once.
        let at_once = match self.is_large() {
            true => self.is_free(name).then_some(Answer(Verdict::Free)),
            false => self.at_once(name),
        };
        if let Some(answer) = at_once {
            return answer;
        }
        let sets = targets.of(action);
        let resources = sets.iter().map(Arc::as_ptr).collect();
        let question = (self.covering(name), resources);
        if let Some(answer) = known.get(&question) {
            return *answer;
        }
        let own = self.is_large().then(|| self.only(&question.0));
        let own = own.as_ref().unwrap_or(self);
        let answer = own.allows_one_of(name, Among::default(), || sets);
        known.insert(question, answer);
        answer
    }

    /// Whether so many statements are about the service that it pays to pick those about one action.
    fn is_large(&self) -> bool {
        let allows = self.layers.iter().map(|layer| layer.allows.len());
        allows.sum::<usize>() + self.denies.len() > FEW
    }

    /// The statements whose bits are set, as [`Service::covering`] numbers them. They answer for the actions
    /// that they cover and no others.
    fn only(&self, covering: &[u64]) -> Self {
        let mut numbers = 0..;
        let mut pick = |candidates: &[Candidate<'b, 'a>]| {
            let numbered = candidates.iter().zip(&mut numbers);
            numbered
                .filter(|(_, number)| covering[number / 64] & 1 << (number % 64) != 0)
                .map(|(candidate, _)| candidate.clone())
                .collect::<Vec<_>>()
        };
        let layers = self.layers.iter();
        Self {
            prefix: Arc::clone(&self.prefix),
            effort: self.effort,
            layers: layers
                .map(|layer| Candidates {
                    missing: layer.missing,
                    allows: pick(&layer.allows),
                })
                .collect(),
            denies: pick(&self.denies),
        }
    }

    /// Whether AWS answers an action whatever policies say.
    fn is_free(&self, name: &ActionName<'_>) -> bool {
        needs_no_permission_by_name(&self.prefix, name.text)
    }

    /// Whether an action of the service, by its name such as `GetUser`, is allowed on one
    /// resource.
    #[must_use]
    pub fn allows(&self, name: &str, resource: &Resource) -> Answer<'a> {
        let name = &ActionName::new(name);
        let one = Part::as_written(Glob::literal(resource.as_str()));
        match self.denies(name, &one) {
            Some(deny) if !needs_no_permission_by_name(&self.prefix, name.text) => {
                Answer(Verdict::Denied(deny))
            }
            _ => {
                let set = || vec![Arc::new(ArnSet::one(resource.as_str()))];
                self.allows_one_of(name, Among::default(), set)
            }
        }
    }

    /// Returns the statements that can hold and concern an action on a resource of one of the sets.
    pub(super) fn statements(&self, name: &ActionName<'_>, sets: &[Arc<ArnSet>]) -> Statements<'a> {
        let parts: Vec<Part> = sets.iter().flat_map(|set| set.parts()).collect();
        let own = self.layers.iter().take(1).flat_map(|layer| &layer.allows);
        let allows = own.filter(|allow| allow.names.cover(name) && allow.may_touch(&parts));
        let denies = self.denies.iter().filter(|deny| {
            deny.rule.holds == Holds::Always
                && deny.names.cover(name)
                && deny.surely_touches(&parts)
        });
        let cite = |candidate: &Candidate<'b, 'a>| candidate.rule.rule.cited;
        Statements {
            allows: allows.map(cite).collect(),
            denies: denies.map(cite).collect(),
        }
    }

    /// A statement that denies an action on one resource for certain.
    fn denies(&self, name: &ActionName<'_>, one: &Part) -> Option<Cited<'a>> {
        let denies = self.denies.iter().filter(|deny| {
            deny.rule.holds == Holds::Always
                && deny.names.cover(name)
                && deny.applies_to(one) == Truth::Yes
        });
        denies.map(|deny| deny.rule.rule.cited).next()
    }

    /// A statement that may deny an action on one resource.
    pub(super) fn may_deny(&self, name: &ActionName<'_>, one: &Part) -> Option<Cited<'a>> {
        let denies = self
            .denies
            .iter()
            .filter(|deny| deny.names.cover(name) && deny.applies_to(one) != Truth::No);
        denies.map(|deny| deny.rule.rule.cited).next()
    }

    /// Whether an action is allowed on a resource of one of the sets. The method requests the sets
    /// only if the resource matters. An empty list allows nothing.
    pub(super) fn allows_one_of(
        &self,
        name: &ActionName<'_>,
        among: Among<'_>,
        sets: impl FnOnce() -> Vec<Arc<ArnSet>>,
    ) -> Answer<'a> {
        match self.at_once(name) {
            Some(answer) if among.is_everything() || !answer.is_allowed() => return answer,
            Some(Answer(Verdict::Free)) => return Answer(Verdict::Free),
            _ => {}
        }
        let mut best: Option<Answer<'a>> = None;
        for set in sets() {
            let search = Search::new(self, name, among.outside);
            let answer = Answer(search.run(&set.parts()));
            let answer = best.map_or(answer, |best| best.or(answer));
            if answer.is_allowed() && !answer.is_undecided() {
                return answer;
            }
            best = Some(answer);
        }
        best.unwrap_or(Answer(Verdict::Missing(ImplicitDeny::IdentityAllow)))
    }

    /// The answer for an action, if it is the same whatever the action is about.
    fn at_once(&self, name: &ActionName<'_>) -> Option<Answer<'a>> {
        match needs_no_permission_by_name(&self.prefix, name.text) {
            true => Some(Answer(Verdict::Free)),
            false => self.on_anything(name),
        }
    }

    /// Returns the statements that cover a name, one bit each.
    fn covering(&self, name: &ActionName<'_>) -> Vec<u64> {
        let allows = self.layers.iter().flat_map(|layer| &layer.allows);
        let candidates = allows.chain(&self.denies).enumerate();
        let mut bits: Vec<u64> = Vec::new();
        for (number, candidate) in candidates {
            if number % 64 == 0 {
                bits.push(0);
            }
            if candidate.names.cover(name) {
                bits[number / 64] |= 1 << (number % 64);
            }
        }
        bits
    }

    /// The answer that assumes the worst: allowed and undecided if each layer has a statement for
    /// the action, unless a statement denies it on everything.
    pub(super) fn at_worst(&self, name: &ActionName<'_>) -> Verdict<'a> {
        if let Some(deny) = self.denies_everything(name) {
            return Verdict::Denied(deny);
        }
        let mut grant: Option<Grant<'a>> = None;
        for layer in &self.layers {
            let mut allows = layer.allows.iter();
            let Some(allow) = allows.find(|candidate| candidate.names.cover(name)) else {
                return Verdict::Missing(layer.missing);
            };
            grant = grant.or(Some(allow.grant()));
        }
        grant.map_or(Verdict::Missing(ImplicitDeny::IdentityAllow), |grant| {
            Verdict::Allowed(grant.doubted(Some(grant.by)))
        })
    }

    /// A statement that unconditionally denies an action on every resource.
    pub(super) fn denies_everything(&self, name: &ActionName<'_>) -> Option<Cited<'a>> {
        let mut denies = self.denies.iter();
        let found = denies.find(|deny| {
            deny.rule.holds == Holds::Always
                && matches!(deny.rule.resources, Resources::All)
                && deny.names.cover(name)
        });
        found.map(|deny| deny.rule.rule.cited)
    }

    /// The answer for an action, if it is the same for every resource: no statement that covers the
    /// action names resources.
    fn on_anything(&self, name: &ActionName<'_>) -> Option<Answer<'a>> {
        let mut grant: Option<Grant<'a>> = None;
        for layer in &self.layers {
            match layer.on_anything(name) {
                Whole::Silent => return Some(Answer(Verdict::Missing(layer.missing))),
                Whole::Grants(own) => {
                    grant = Some(grant.map_or(own, |grant| grant.doubted(own.doubt)));
                }
                Whole::NamesResources => return None,
            }
        }
        let mut grant = grant?;
        for deny in self.denies.iter().filter(|deny| deny.names.cover(name)) {
            let cited = deny.rule.rule.cited;
            match (&deny.rule.resources, deny.rule.holds) {
                (Resources::All, Holds::Always) => return Some(Answer(Verdict::Denied(cited))),
                (Resources::All, Holds::Perhaps) => grant = grant.doubted(Some(cited)),
                _ => return None,
            }
        }
        Some(Answer(Verdict::Allowed(grant)))
    }

    /// The answer for every action of the service, if it is the same for all, whatever they are
    /// about.
    pub(super) fn uniform(&self) -> Option<Answer<'a>> {
        if self.prefix.eq_ignore_ascii_case("sts") {
            return None;
        }
        if let Some(layer) = self.layers.iter().find(|layer| layer.allows.is_empty()) {
            return Some(Answer(Verdict::Missing(layer.missing)));
        }
        if let Some(deny) = self
            .denies
            .iter()
            .find(|deny| deny.rule.holds == Holds::Always && deny.is_uniform())
        {
            return Some(Answer(Verdict::Denied(deny.rule.rule.cited)));
        }
        let mut all = self
            .layers
            .iter()
            .flat_map(|layer| &layer.allows)
            .chain(&self.denies);
        all.all(Candidate::is_uniform).then(|| {
            Answer(Search::new(self, &ActionName::new(""), &[]).run(&ArnSet::everything().parts()))
        })
    }
}

/// The answer of a layer about an action, resources left aside.
enum Whole<'a> {
    /// It does not allow the action on anything.
    Silent,
    /// It allows the action on everything.
    Grants(Grant<'a>),
    /// It depends on what the action is about.
    NamesResources,
}

impl<'a> Candidates<'_, 'a> {
    fn on_anything(&self, name: &ActionName<'_>) -> Whole<'a> {
        let mut names_resources = false;
        let mut doubtful = None;
        for candidate in self.allows.iter().filter(|c| c.names.cover(name)) {
            match (&candidate.rule.resources, candidate.rule.holds) {
                (Resources::All, Holds::Always) => return Whole::Grants(candidate.grant()),
                (Resources::All, Holds::Perhaps) => {
                    doubtful = doubtful.or(Some(candidate.grant()));
                }
                _ => names_resources = true,
            }
        }
        match doubtful {
            _ if names_resources => Whole::NamesResources,
            Some(grant) => Whole::Grants(grant),
            None => Whole::Silent,
        }
    }

    /// Returns the statement that allows an action on one resource, as far as this layer is
    /// concerned.
    pub(super) fn grant(&self, name: &ActionName<'_>, one: &Part) -> Option<Grant<'a>> {
        let mut best = None;
        for candidate in self.allows.iter().filter(|c| c.names.cover(name)) {
            let grant = candidate.grant();
            match candidate.applies_to(one) {
                Truth::No => {}
                Truth::Yes if grant.doubt.is_none() => return Some(grant),
                Truth::Yes => best = best.or(Some(grant)),
                Truth::Unknown => best = best.or(Some(grant.doubted(Some(grant.by)))),
            }
        }
        best
    }
}

impl Candidate<'_, '_> {
    /// Whether one resource is meant; conditions are left aside.
    fn applies_to(&self, one: &Part) -> Truth {
        let listed = |sets: &[ResourceSet]| {
            Truth::any(
                sets.iter()
                    .map(|set| match (one.meets(set), set.is_exact()) {
                        (false, _) => Truth::No,
                        (true, true) => Truth::Yes,
                        (true, false) => Truth::Unknown,
                    }),
            )
        };
        match &self.rule.resources {
            Resources::All => Truth::Yes,
            Resources::Only(sets) => listed(sets),
            Resources::Except(sets) => listed(sets).negated(),
        }
    }

    /// Whether the statement may be about something in these parts.
    fn may_touch(&self, parts: &[Part]) -> bool {
        match &self.rule.resources {
            Resources::All => true,
            Resources::Only(sets) => meets_one(parts, sets.iter()),
            Resources::Except(sets) => leaves(parts, sets.iter().filter(|set| set.is_exact())),
        }
    }

    /// Whether the statement covers some of these parts, whatever the values of unknown variables.
    fn surely_touches(&self, parts: &[Part]) -> bool {
        match &self.rule.resources {
            Resources::All => true,
            Resources::Only(sets) => meets_one(parts, sets.iter().filter(|set| set.is_exact())),
            Resources::Except(sets) => leaves(parts, sets.iter()),
        }
    }

    /// Whether the statement is about every action of the service and every resource.
    fn is_uniform(&self) -> bool {
        self.names.are_all() && matches!(self.rule.resources, Resources::All)
    }
}

/// Whether one of the sets has something of these parts.
pub(super) fn meets_one<'r>(
    parts: &[Part],
    mut sets: impl Iterator<Item = &'r ResourceSet>,
) -> bool {
    sets.any(|set| parts.iter().any(|part| part.meets(set)))
}

/// Whether some of these parts are outside all sets.
fn leaves<'r>(parts: &[Part], sets: impl Iterator<Item = &'r ResourceSet>) -> bool {
    let sets: Vec<&ResourceSet> = sets.collect();
    parts
        .iter()
        .any(|part| !sets.iter().any(|set| set.glob.holds(&part.glob)))
}
