//! What an identity may do, over all actions at once: its statements are bound to one context,
//! and each action is then allowed where some resource of its own types in the account is.
//!
//! Where a condition depends on the request, the widest answer counts an allow and leaves out a
//! deny; the narrowest does the opposite. Between both is what cannot be decided.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use keyward_iam::catalogue::{ActionEntry, Necessity, Resources as Types};
use keyward_iam::model::Account;
use keyward_iam::{
    Action, Context, Effect, Permissions, Policy, PolicySource, Selection, Statement, StatementRef,
    Truth,
};

use super::action_set::{ActionSet, Bits, Numbered};
use super::glob::Glob;
use super::resource::{Reading, Resources};

/// The actions of each statement of a policy, and the names in it that the catalogue lacks.
struct Selected {
    statements: Vec<Rc<Bits>>,
    unlisted: Vec<String>,
}

/// What several sweeps share: the actions that statements select, and ARN formats. Policies are
/// known by their place, so it must not outlive them.
pub(super) struct Shelf<'a> {
    selected: RefCell<HashMap<*const Policy, Rc<Selected>>>,
    formats: RefCell<HashMap<(&'static str, String), Glob>>,
    /// The resources of statements that hold no variable.
    resources: RefCell<HashMap<(*const Policy, usize), Rc<Resources>>>,
    /// Keeps the policies where they are.
    _policies: std::marker::PhantomData<&'a Policy>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new() -> Self {
        Self {
            selected: RefCell::new(HashMap::new()),
            formats: RefCell::new(HashMap::new()),
            resources: RefCell::new(HashMap::new()),
            _policies: std::marker::PhantomData,
        }
    }

    fn selected(&self, policy: &'a Policy) -> Rc<Selected> {
        let key = std::ptr::from_ref(policy);
        if let Some(known) = self.selected.borrow().get(&key) {
            return Rc::clone(known);
        }
        let selected = Rc::new(Selected::of(policy));
        self.selected.borrow_mut().insert(key, Rc::clone(&selected));
        selected
    }

    /// The resources of a statement in both readings.
    fn resources(
        &self,
        policy: &'a Policy,
        index: usize,
        context: &Context,
    ) -> (Rc<Resources>, Rc<Resources>) {
        let statement = &policy.statements()[index];
        let read = |reading| Rc::new(Resources::of(policy, statement, context, reading));
        let listed = statement.resources().map_or(&[][..], Selection::listed);
        if listed.iter().any(|pattern| pattern.as_str().contains("${")) {
            return (read(Reading::Widest), read(Reading::Narrowest));
        }
        let mut known = self.resources.borrow_mut();
        let same = known
            .entry((std::ptr::from_ref(policy), index))
            .or_insert_with(|| read(Reading::Widest));
        (Rc::clone(same), Rc::clone(same))
    }

    /// The resources that an action can be about.
    fn targets(&self, account: &Account, entry: ActionEntry<'static>) -> Vec<Glob> {
        // A role can be in any account; everything else is in this one.
        let elsewhere = entry.service() == "sts" && entry.name() == "AssumeRole";
        let id = if elsewhere {
            "????????????"
        } else {
            account.id.as_str()
        };
        let types = match entry.resources() {
            Types::Any => return vec![Glob::literal("*")],
            Types::Unknown => return vec![Glob::everything()],
            Types::Types(types) => types,
        };
        let mut formats = self.formats.borrow_mut();
        let mut targets = Vec::new();
        let mut named = false;
        for resource_type in types {
            named |= resource_type.necessity() == Necessity::Required;
            for format in resource_type.formats() {
                let key = (format.as_str(), format!("{}:{id}", account.partition));
                let glob = formats.entry(key).or_insert_with(|| {
                    Glob::pattern(&format.fill(|placeholder| match placeholder {
                        "Partition" => &account.partition,
                        "Account" => id,
                        _ => "*",
                    }))
                });
                targets.push(glob.clone());
            }
        }
        if !named {
            targets.push(Glob::literal("*"));
        }
        targets
    }
}

impl Selected {
    fn of(policy: &Policy) -> Self {
        let numbered = Numbered::built_in();
        let statements = policy.statements().iter();
        let patterns = statements
            .clone()
            .flat_map(|statement| statement.actions().listed())
            .map(keyward_iam::ActionPattern::as_str);
        Self {
            statements: statements
                .map(|statement| Rc::new(numbered.selected(statement.actions())))
                .collect(),
            unlisted: patterns
                .filter(|text| !text.contains(['*', '?']) && numbered.find(text).is_none())
                .filter(|text| text.parse::<Action>().is_ok())
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// A statement whose conditions may hold in the context.
pub(super) struct Bound<'a> {
    pub(super) source: PolicySource,
    pub(super) index: usize,
    pub(super) statement: &'a Statement,
    pub(super) holds: Truth,
    bits: Rc<Bits>,
    resources: Rc<Resources>,
    narrow: Rc<Resources>,
}

impl Bound<'_> {
    pub(super) fn reference(&self) -> StatementRef {
        StatementRef {
            policy: self.source.clone(),
            sid: self.statement.sid().map(str::to_owned),
            index: self.index,
        }
    }

    fn resources(&self, reading: Reading) -> &Resources {
        match reading {
            Reading::Widest => &self.resources,
            Reading::Narrowest => &self.narrow,
        }
    }

    /// Whether the statement counts in this reading of what is not known.
    fn counts(&self, reading: Reading) -> bool {
        match reading {
            Reading::Widest => self.holds != Truth::No,
            Reading::Narrowest => self.holds == Truth::Yes,
        }
    }

    fn covers(&self, subject: &Asked<'_>) -> bool {
        match subject {
            Asked::Listed(number) => self.bits.contains(*number),
            Asked::Unlisted(action) => {
                let listed = self.statement.actions().listed();
                let named = listed.iter().any(|pattern| pattern.covers(action));
                named == matches!(self.statement.actions(), Selection::Only(_))
            }
        }
    }
}

/// An action that is asked about.
#[derive(Clone, Copy)]
enum Asked<'x> {
    Listed(usize),
    Unlisted(&'x Action),
}

/// An identity with its statements bound to one context.
pub(super) struct Sweep<'a> {
    shelf: &'a Shelf<'a>,
    account: &'a Account,
    allows: Vec<Bound<'a>>,
    denies: Vec<Bound<'a>>,
    /// The allows of the boundary, where there is one.
    boundary: Option<Vec<Bound<'a>>>,
    unlisted: BTreeSet<String>,
}

impl<'a> Sweep<'a> {
    /// Binds the policies of an identity of the account.
    pub(super) fn new(
        shelf: &'a Shelf<'a>,
        account: &'a Account,
        policies: &[(PolicySource, &'a Policy)],
        boundary: Option<&'a Policy>,
        context: &Context,
    ) -> Self {
        let mut sweep = Self {
            shelf,
            account,
            allows: Vec::new(),
            denies: Vec::new(),
            boundary: boundary.map(|_| Vec::new()),
            unlisted: BTreeSet::new(),
        };
        for (source, policy) in policies {
            sweep.bind(source, policy, context);
        }
        if let Some(policy) = boundary {
            sweep.bind(&PolicySource::Boundary, policy, context);
        }
        sweep
    }

    fn bind(&mut self, source: &PolicySource, policy: &'a Policy, context: &Context) {
        let selected = self.shelf.selected(policy);
        self.unlisted.extend(selected.unlisted.iter().cloned());
        for (index, statement) in policy.statements().iter().enumerate() {
            // A statement with principals belongs to a resource; here it says nothing.
            let holds = match statement.principals() {
                Some(_) => Truth::No,
                None => statement.conditions_hold(context),
            };
            if holds == Truth::No {
                continue;
            }
            let (resources, narrow) = self.shelf.resources(policy, index, context);
            let bound = Bound {
                source: source.clone(),
                index,
                statement,
                holds,
                bits: Rc::clone(&selected.statements[index]),
                resources,
                narrow,
            };
            let list = match (statement.effect(), source, &mut self.boundary) {
                (Effect::Deny, ..) => &mut self.denies,
                (Effect::Allow, PolicySource::Boundary, Some(boundary)) => boundary,
                (Effect::Allow, ..) => &mut self.allows,
            };
            list.push(bound);
        }
    }

    /// What is allowed, as far as can be told.
    pub(super) fn allowed(&self) -> ActionSet {
        self.in_reading(Reading::Widest)
    }

    /// What is allowed only if something holds that depends on the request.
    pub(super) fn undecided(&self, allowed: &ActionSet) -> ActionSet {
        match self.is_certain() {
            true => ActionSet::default(),
            false => allowed.without(&self.in_reading(Reading::Narrowest)),
        }
    }

    fn is_certain(&self) -> bool {
        let boundary = self.boundary.iter().flatten();
        let mut bound = self.allows.iter().chain(&self.denies).chain(boundary);
        bound.all(|bound| bound.holds == Truth::Yes && bound.resources == bound.narrow)
    }

    fn in_reading(&self, reading: Reading) -> ActionSet {
        let mut allowed = self.sets(reading);
        for hard in self.hard(&allowed, reading) {
            if self.exists(&Asked::Listed(hard), &[], reading).is_some() {
                allowed.easy.insert(hard);
            }
        }
        let unlisted = self.unlisted.iter().filter(|name| {
            let action: Result<Action, _> = name.parse();
            action.is_ok_and(|action| {
                self.exists(&Asked::Unlisted(&action), &[], reading)
                    .is_some()
            })
        });
        let mut set = ActionSet::new(allowed.easy, unlisted.cloned().collect());
        for free in FREE {
            set.insert(free);
        }
        set
    }

    /// The actions that can be decided without looking at resources, and those that may be
    /// allowed at all.
    fn sets(&self, reading: Reading) -> Sets {
        let union = |bound: &[Bound<'a>], reading: Reading, whole: bool| {
            let mut bits = Bits::none();
            for bound in bound.iter().filter(|bound| bound.counts(reading)) {
                if !whole || *bound.resources(reading) == Resources::All {
                    bits.add(&bound.bits);
                }
            }
            bits
        };
        let deny = reading.other();
        let blocked = union(&self.denies, deny, true);
        let mut possible = union(&self.allows, reading, false).without(&blocked);
        let mut easy =
            union(&self.allows, reading, true).without(&union(&self.denies, deny, false));
        if let Some(boundary) = &self.boundary {
            possible.keep(&union(boundary, reading, false));
            easy.keep(&union(boundary, reading, true));
        }
        Sets { possible, easy }
    }

    fn hard(&self, sets: &Sets, _reading: Reading) -> Vec<usize> {
        let hard = sets.possible.clone().without(&sets.easy);
        hard.iter().collect()
    }

    /// The first allow that grants the action on a resource outside these sets.
    fn exists(&self, asked: &Asked<'_>, outside: &[Glob], reading: Reading) -> Option<&Bound<'a>> {
        let targets = match asked {
            Asked::Listed(number) => {
                let entry = Numbered::built_in().entry(*number);
                self.shelf.targets(self.account, entry)
            }
            Asked::Unlisted(_) => vec![Glob::everything()],
        };
        self.on(asked, &targets, outside, reading)
    }

    /// The first allow that grants the action on one of the targets.
    fn on(
        &self,
        asked: &Asked<'_>,
        targets: &[Glob],
        outside: &[Glob],
        reading: Reading,
    ) -> Option<&Bound<'a>> {
        let deny = reading.other();
        let denies = self.denies.iter();
        let denies: Vec<&Bound<'a>> = denies
            .filter(|bound| bound.counts(deny) && bound.covers(asked))
            .collect();
        let allows = self.allows.iter();
        let mut allows = allows.filter(|bound| bound.counts(reading) && bound.covers(asked));
        allows.find(|allow| {
            let mut excluded = outside.to_vec();
            let mut sets = narrowed(targets.to_vec(), allow.resources(reading), &mut excluded);
            for bound in &denies {
                sets = spared(sets, bound.resources(deny), &mut excluded);
            }
            match &self.boundary {
                None => leaves(&sets, &excluded),
                Some(boundary) => {
                    let boundary = boundary.iter();
                    let mut limits =
                        boundary.filter(|bound| bound.counts(reading) && bound.covers(asked));
                    limits.any(|limit| {
                        let mut excluded = excluded.clone();
                        let sets = narrowed(sets.clone(), limit.resources(reading), &mut excluded);
                        leaves(&sets, &excluded)
                    })
                }
            }
        })
    }

    /// The statement that allows an action on some resource.
    pub(super) fn grant(&self, action: &str) -> Option<StatementRef> {
        self.grant_outside(action, &[])
    }

    /// The statement that allows an action on some resource outside these sets.
    pub(super) fn grant_outside(&self, action: &str, outside: &[Glob]) -> Option<StatementRef> {
        let unlisted: Action = action.parse().ok()?;
        let asked = match Numbered::built_in().find(action) {
            Some(number) => Asked::Listed(number),
            None => Asked::Unlisted(&unlisted),
        };
        self.exists(&asked, outside, Reading::Widest)
            .map(Bound::reference)
    }

    /// The statement that allows an action on a resource of this set.
    pub(super) fn grant_on(&self, action: &str, target: &Glob) -> Option<StatementRef> {
        let unlisted: Action = action.parse().ok()?;
        let asked = match Numbered::built_in().find(action) {
            Some(number) => Asked::Listed(number),
            None => Asked::Unlisted(&unlisted),
        };
        let targets = std::slice::from_ref(target);
        self.on(&asked, targets, &[], Reading::Widest)
            .map(Bound::reference)
    }

    /// The actions that are allowed on a resource of these kinds outside some sets.
    pub(super) fn allowed_outside(
        &self,
        actions: impl IntoIterator<Item = usize>,
        kinds: &[Glob],
        outside: &[Glob],
    ) -> ActionSet {
        let mut bits = Bits::none();
        let granted = |number: &usize| {
            let entry = Numbered::built_in().entry(*number);
            let mut targets = self.shelf.targets(self.account, entry);
            targets.retain(|target| kinds.iter().any(|kind| kind.covers(target)));
            let asked = Asked::Listed(*number);
            self.on(&asked, &targets, outside, Reading::Widest)
                .is_some()
        };
        actions
            .into_iter()
            .filter(granted)
            .for_each(|number| bits.insert(number));
        ActionSet::new(bits, BTreeSet::new())
    }

    /// Actions that a policy names and the catalogue lacks.
    pub(super) fn unlisted(&self) -> &BTreeSet<String> {
        &self.unlisted
    }
}

/// What the statements of an identity say about one action.
pub(super) struct Opinion {
    /// Whether it is allowed, as far as can be told.
    pub(super) granted: bool,
    /// A statement that may still prevent it.
    pub(super) doubt: Option<StatementRef>,
    /// The statements that allow it, whatever else denies it.
    pub(super) allows: Vec<StatementRef>,
    /// The statements that deny it, on some of its resources at least.
    pub(super) denies: Vec<StatementRef>,
}

impl<'a> Sweep<'a> {
    /// What the statements say about an action on a resource, or on some resource of its own.
    pub(super) fn opinion(&self, action: &str, target: Option<&Glob>) -> Opinion {
        let nothing = Opinion {
            granted: false,
            doubt: None,
            allows: Vec::new(),
            denies: Vec::new(),
        };
        let Ok(unlisted) = action.parse::<Action>() else {
            return nothing;
        };
        let number = Numbered::built_in().find(action);
        let asked = number.map_or(Asked::Unlisted(&unlisted), Asked::Listed);
        let targets = match (target, number) {
            (Some(target), _) => vec![target.clone()],
            (None, Some(number)) => {
                let entry = Numbered::built_in().entry(number);
                self.shelf.targets(self.account, entry)
            }
            (None, None) => vec![Glob::everything()],
        };
        let speaks = |bound: &&Bound<'a>, reading| {
            bound.counts(reading) && bound.covers(&asked) && {
                let mut excluded = Vec::new();
                let sets = narrowed(targets.clone(), bound.resources(reading), &mut excluded);
                leaves(&sets, &excluded)
            }
        };
        let list = |bound: &[Bound<'a>], reading| {
            let bound = bound.iter().filter(|bound| speaks(bound, reading));
            bound.map(Bound::reference).collect::<Vec<_>>()
        };
        let widest = self.on(&asked, &targets, &[], Reading::Widest);
        let certain = self.on(&asked, &targets, &[], Reading::Narrowest);
        let doubtful =
            |bound: &&Bound<'a>| bound.holds == Truth::Unknown && speaks(bound, Reading::Widest);
        let doubt = match (&widest, &certain) {
            (Some(allow), None) => {
                let denies = self.denies.iter().find(doubtful);
                Some(denies.unwrap_or(allow).reference())
            }
            _ => None,
        };
        Opinion {
            granted: widest.is_some(),
            doubt,
            allows: list(&self.allows, Reading::Widest),
            denies: list(&self.denies, Reading::Narrowest),
        }
    }
}

struct Sets {
    possible: Bits,
    easy: Bits,
}

/// What AWS answers whatever policies say.
pub(super) const FREE: [&str; 2] = ["sts:GetCallerIdentity", "sts:GetSessionToken"];

/// What is left of the sets once a statement that allows is taken into account.
fn narrowed(sets: Vec<Glob>, resources: &Resources, excluded: &mut Vec<Glob>) -> Vec<Glob> {
    match resources {
        Resources::All => sets,
        Resources::Only(listed) => meet_all(&sets, listed),
        Resources::Except(listed) => {
            excluded.extend(listed.iter().cloned());
            sets
        }
    }
}

/// What is left of the sets once a statement that denies is taken into account.
fn spared(sets: Vec<Glob>, resources: &Resources, excluded: &mut Vec<Glob>) -> Vec<Glob> {
    match resources {
        Resources::All => Vec::new(),
        Resources::Only(listed) => {
            excluded.extend(listed.iter().cloned());
            sets
        }
        Resources::Except(listed) => meet_all(&sets, listed),
    }
}

fn meet_all(sets: &[Glob], listed: &[Glob]) -> Vec<Glob> {
    let pairs = sets
        .iter()
        .flat_map(|set| listed.iter().map(move |other| (set, other)));
    pairs.flat_map(|(set, other)| other.meet(set)).collect()
}

/// Whether some set is not excluded as a whole.
fn leaves(sets: &[Glob], excluded: &[Glob]) -> bool {
    let mut sets = sets.iter();
    sets.any(|set| !excluded.iter().any(|gone| gone.covers(set)))
}

/// The policies of an identity as borrowed documents.
pub(super) fn borrowed<'a>(permissions: &Permissions<'a>) -> Vec<(PolicySource, &'a Policy)> {
    let granted = permissions.identity.iter();
    granted
        .map(|granted| (granted.source.clone(), granted.policy.as_ref()))
        .collect()
}

#[cfg(test)]
mod tests;
