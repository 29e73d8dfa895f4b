//! The rights of an identity, over all actions at once. The evaluator decides; here its answers
//! become sets of actions, and names that the catalogue lacks are kept.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use keyward_iam::catalogue::{Catalogue, Resources};
use keyward_iam::model::Account;
use keyward_iam::{
    Action, ActionPattern, Among, Answer, ArnSet, Bound, Context, Permissions, Resource, Ruleset,
    Scope, StatementRef, Statements, Targets,
};

use super::Powers;
use super::action_set::ActionSet;
use super::everything::and_everything;
use super::finding::DOUBT;
use super::forwarding::tells_forwarded;
use super::tls::{prefers_tls, set_tls};

/// The actions that AWS answers whatever policies say.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(super) const FREE: [&str; 2] = ["sts:GetCallerIdentity", "sts:GetSessionToken"];

/// The policies of an identity, to be bound to contexts.
pub(crate) struct Rules<'a> {
    permissions: Permissions<'a>,
    ruleset: Ruleset<'a>,
    targets: &'a Targets<'static>,
    /// The names in its policies that the catalogue lacks, after the first query.
    unlisted: OnceCell<BTreeSet<String>>,
    tells_forwarded: bool,
    prefers_tls: bool,
}

/// An identity with its statements bound to one context.
pub(crate) struct Sweep<'b> {
    rules: &'b Rules<'b>,
    bound: Bound<'b>,
}

/// A statement that allows something, and whether nothing that depends on the request can prevent it.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) by: StatementRef,
    pub(crate) certain: bool,
}

impl Granted {
    /// The end of a sentence about it.
    pub(super) fn doubt(&self) -> &'static str {
        match self.certain {
            true => "",
            false => DOUBT,
        }
    }

    /// The first of these that is certain, or else the first.
    pub(super) fn surest(grants: impl IntoIterator<Item = Self>) -> Option<Self> {
        surest(grants, |granted| granted.certain)
    }
}

/// The first that is certain, or else the first.
pub(super) fn surest<T>(
    found: impl IntoIterator<Item = T>,
    is_certain: impl Fn(&T) -> bool,
) -> Option<T> {
    let mut first = None;
    for one in found {
        if is_certain(&one) {
            return Some(one);
        }
        first = first.or(Some(one));
    }
    first
}

/// The resources about which an action is asked.
#[derive(Clone, Copy)]
enum About<'q> {
    /// Some of the resources that the action takes.
    Own(Among<'q>),
    /// Some resource of a set.
    Set(&'q ArnSet),
}

/// The resources that actions accept, in any account.
pub(super) fn targets_of_everyone(account: &Account) -> [Targets<'static>; 3] {
    let scopes = [Scope::Everywhere, Scope::Amazon(""), Scope::Amazon("aws")];
    scopes.map(|scope| Targets::new(Catalogue::built_in(), &account.partition, scope))
}

/// The resources of an account.
pub(crate) fn targets(account: &Account) -> Targets<'static> {
    Targets::new(
        Catalogue::built_in(),
        &account.partition,
        Scope::Account(&account.id),
    )
}

impl<'a> Rules<'a> {
    pub(crate) fn new(permissions: &Permissions<'a>, targets: &'a Targets<'static>) -> Self {
        Self {
            permissions: *permissions,
            ruleset: Ruleset::new(permissions),
            targets,
            unlisted: OnceCell::new(),
            tells_forwarded: tells_forwarded(permissions),
            prefers_tls: prefers_tls(permissions),
        }
    }

    /// Whether the policies distinguish forwarded calls from others.
    pub(super) fn tells_forwarded(&self) -> bool {
        self.tells_forwarded
    }

    /// Notes that calls are made over TLS, unless a policy allows something only without it.
    pub(super) fn over_tls(&self, mut context: Context) -> Context {
        if self.prefers_tls {
            set_tls(&mut context);
        }
        context
    }

    /// Returns what the identity could call if a further policy allowed it everything: the actions
    /// that nothing denies.
    pub(super) fn with_everything(&self, context: &Context) -> ActionSet {
        let identity = and_everything(&self.permissions);
        let more = Permissions {
            identity: &identity,
            ..self.permissions
        };
        let rules = Rules::new(&more, self.targets);
        rules.bind(context).over_all().allowed
    }

    /// The names in its policies that the catalogue lacks.
    pub(super) fn unlisted(&self) -> &BTreeSet<String> {
        self.unlisted.get_or_init(|| unlisted(&self.permissions))
    }

    pub(crate) fn bind<'b>(&'b self, context: &'b Context) -> Sweep<'b> {
        Sweep {
            rules: self,
            bound: self.ruleset.bind(context),
        }
    }
}

/// The actions that policies name and the catalogue lacks: names in full, and wildcards that
/// cover no listed action. Both may mean actions that are newer than the catalogue.
fn unlisted(permissions: &Permissions<'_>) -> BTreeSet<String> {
    let own = permissions.identity.iter();
    let policies = own
        .map(|granted| granted.policy.as_ref())
        .chain(permissions.boundary);
    policies
        .flat_map(|policy| policy.statements())
        .flat_map(|statement| statement.actions().listed())
        .filter(|pattern| Catalogue::built_in().matching(pattern).next().is_none())
        .map(ActionPattern::as_str)
        .filter(|name| example(name).is_some())
        .map(str::to_owned)
        .collect()
}

/// An action that an unlisted name covers. For a wildcard it is one that no other statement is
/// likely to name, so that the answer is about the wildcard.
pub(super) fn example(name: &str) -> Option<Action> {
    // AWS stores blanks around a name, and keyward does not know what AWS makes of them.
    let name = name.trim();
    let example = match name.split_once(':') {
        Some(("*", rest)) => format!("unlisted:{rest}"),
        Some(_) => name.to_owned(),
        None => with_colon(name),
    };
    let example = example.replace('*', "UnlistedAction").replace('?', "U");
    example.parse().ok()
}

/// A name whose colon a wildcard covers.
fn with_colon(name: &str) -> String {
    let one = || name.split_once('?').map(|around| (around, ":"));
    let around = name
        .split_once('*')
        .map(|around| (around, "unlisted:UnlistedAction"));
    match around.or_else(one) {
        Some(((service, action), colon)) => {
            let service = service.replace('?', "u");
            format!("{service}{colon}{action}")
        }
        None => name.to_owned(),
    }
}

fn is_wildcard(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Sets of actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// The actions that may be allowed, as far as the evaluator can decide.
    pub(crate) allowed: ActionSet,
    /// The part of these actions whose permission depends on the request.
    pub(crate) undecided: ActionSet,
}

impl Swept {
    /// The rights of a user.
    pub(super) fn of(powers: &Powers) -> Self {
        Self {
            allowed: powers.actions.clone(),
            undecided: powers.undecided.clone(),
        }
    }

    /// The rights of a user on other people's users and devices.
    pub(super) fn of_others(powers: &Powers) -> Self {
        Self {
            allowed: powers.others.clone(),
            undecided: powers.undecided_others.clone(),
        }
    }

    /// The allowed actions that `before` lacks, or that it allows only under a condition.
    pub(super) fn beyond(&self, before: &Self) -> ActionSet {
        let eased = before.undecided.without(&self.undecided);
        self.allowed.without(&before.allowed.without(&eased))
    }

    /// The actions that either of two sweeps allows. An action that one of them decides is decided.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let decided = |swept: &Self| swept.allowed.without(&swept.undecided);
        let allowed = self.allowed.with(&other.allowed);
        Self {
            undecided: allowed.without(&decided(self)).without(&decided(other)),
            allowed,
        }
    }
}

impl Sweep<'_> {
    /// Asks about every action.
    pub(crate) fn over_all(&self) -> Swept {
        let mut swept = Swept::default();
        for (entry, answer) in self.bound.sweep(self.rules.targets) {
            swept.allowed.insert_entry(entry);
            // The resource types of some listed actions are unknown.
            let unknown = || {
                matches!(entry.resources(), Resources::Unknown)
                    && !self.is_allowed_everywhere(&entry.to_string())
            };
            if answer.is_undecided() || unknown() {
                swept.undecided.insert_entry(entry);
            }
        }
        for name in self.rules.unlisted() {
            let Some(answer) = self.ask(name, About::Own(Among::default())) else {
                continue;
            };
            if answer.is_allowed() {
                swept.allowed.insert(name);
            }
            // The actions of a wildcard that covers no listed action are unknown, and so are the
            // resources of an unlisted action.
            let unknown = is_wildcard(name) || !self.is_allowed_everywhere(name);
            if answer.is_undecided() || (answer.is_allowed() && unknown) {
                swept.undecided.insert(name);
            }
        }
        swept
    }

    /// Whether an action is certainly allowed on every resource.
    pub(super) fn is_sure(&self, action: &str) -> bool {
        let answer = self.ask(action, About::Set(&ArnSet::one("*")));
        answer.is_some_and(|answer| answer.is_allowed() && !answer.is_undecided())
    }

    /// Whether an action is allowed on every resource.
    fn is_allowed_everywhere(&self, action: &str) -> bool {
        let answer = self.ask(action, About::Set(&ArnSet::one("*")));
        answer.is_some_and(|answer| answer.is_allowed())
    }

    /// Whether the policies were too complex to judge, so that the answers since then are too
    /// generous.
    pub(crate) fn is_too_complex(&self) -> bool {
        self.bound.is_too_complex()
    }

    /// Whether an action that the catalogue lacks is allowed on something.
    pub(super) fn answer_unlisted(&self, action: &Action) -> Answer<'_> {
        self.bound.allows_unlisted(action)
    }

    fn ask(&self, action: &str, about: About<'_>) -> Option<Answer<'_>> {
        let named = example(action)?;
        Some(match (about, Catalogue::built_in().find(action)) {
            (About::Own(among), Some(entry)) => {
                self.bound
                    .allows_some_among(entry, self.rules.targets, among)
            }
            (About::Own(_), None) => self.bound.allows_unlisted(&named),
            (About::Set(set), _) => self.bound.allows_in(&named, set),
        })
    }

    fn granted(&self, action: &str, about: About<'_>) -> Option<Granted> {
        let answer = self.ask(action, about)?;
        Some(Granted {
            by: answer.allowed_by()?,
            certain: !answer.is_undecided(),
        })
    }

    /// The statement that allows an action on some resource.
    pub(crate) fn grant(&self, action: &str) -> Option<Granted> {
        self.granted(action, About::Own(Among::default()))
    }

    /// The statement that allows an action on some resource outside these sets.
    pub(super) fn grant_outside(&self, action: &str, outside: &[ArnSet]) -> Option<Granted> {
        let among = Among {
            outside,
            ..Among::default()
        };
        self.granted(action, About::Own(among))
    }

    /// The statement that allows an action on a resource of this set.
    pub(super) fn grant_on(&self, action: &str, set: &ArnSet) -> Option<Granted> {
        self.granted(action, About::Set(set))
    }

    /// Whether an action is allowed among these resources of its own.
    pub(super) fn answer_among(&self, action: &str, among: Among<'_>) -> Option<Answer<'_>> {
        self.ask(action, About::Own(among))
    }

    /// Whether an action is allowed on a resource of this set.
    pub(super) fn answer_on(&self, action: &str, set: &ArnSet) -> Option<Answer<'_>> {
        self.ask(action, About::Set(set))
    }

    /// Whether an action is allowed on one resource, or on some resource of its own.
    pub(super) fn answer(&self, action: &str, resource: &Resource) -> Option<Answer<'_>> {
        match resource {
            Resource::Unspecified => self.ask(action, About::Own(Among::default())),
            one @ Resource::Exact(_) => Some(self.bound.allows(&example(action)?, one)),
        }
    }

    /// The statements about an action on one resource, or on some resource of its own.
    pub(super) fn statements(&self, action: &str, resource: &Resource) -> Statements<'_> {
        let Some(named) = example(action) else {
            return Statements::default();
        };
        let sets = match (resource, Catalogue::built_in().find(action)) {
            (Resource::Exact(arn), _) => vec![Arc::new(ArnSet::one(arn.as_str()))],
            (Resource::Unspecified, Some(entry)) => self.rules.targets.of(entry),
            (Resource::Unspecified, None) => vec![Arc::new(ArnSet::everything())],
        };
        self.bound.statements(&named, &sets)
    }
}

#[cfg(test)]
mod tests;
