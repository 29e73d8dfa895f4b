//! The reasons why a user may do one thing or not, in each scenario, with every statement that
//! decides.

mod chain;
mod wire;

use keyward_core::id::RoleArn;
use keyward_iam::catalogue::{Catalogue, Resources};
use keyward_iam::model::Account;
use keyward_iam::{Action, Caller, Decision, Effect, ImplicitDeny, Resource, StatementRef};

use super::ProvenAccount;
use super::chosen::assumes;
use super::controls::{CountedLevel, counted};
use super::federated::{Facts, IN_SESSION, is_denied_to_all};
use super::people::{Person, Position, people, positions};
use super::promise::grants::takes;
use super::reach::Roles;
use super::scenario::{Scenario, stale_age, user_context};
use super::sweep::{Rules, Sweep, targets, targets_of_everyone};

pub use chain::Chain;

/// A question that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownQuestion {
    /// There is no such user.
    #[error("there is no user `{0}`")]
    User(String),
    /// Several accounts have such a user.
    #[error("several accounts have a user `{0}`; write it as `ACCOUNT/NAME`")]
    Ambiguous(String),
    /// There is no such action.
    #[error("the list of actions of {listed} has no `{action}`, and no policy names it{similar}")]
    Action {
        /// The action.
        action: String,
        /// The day of the list. A wildcard may cover newer actions, too.
        listed: &'static str,
        /// The name that may have been meant.
        similar: String,
    },
    /// The account has no such role, so no trust policy can be judged.
    #[error("there is no role `{0}`")]
    Role(String),
    /// Not an ARN.
    #[error("`{0}` is not a resource; write an ARN, or `*` for some resource of the action's own")]
    Resource(String),
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// Nothing allows it.
    ImplicitlyDenied,
}

impl Outcome {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitlyDenied => "explicit_deny",
            Self::ImplicitlyDenied => "implicit_deny",
        }
    }
}

/// A statement that decides, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The statement.
    pub statement: StatementRef,
    /// Whether it allows.
    pub effect: Effect,
}

/// The answer for one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The scenario.
    pub scenario: Scenario,
    /// The decision.
    pub outcome: Outcome,
    /// The statements that decide.
    pub by: Vec<Deciding>,
    /// The missing condition, or the facts on which the answer depends.
    pub limit: Option<String>,
    /// The way to the role through other roles, if the user does not reach it directly.
    pub chain: Option<Chain>,
}

/// The answers for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The user, as asked.
    pub user: String,
    /// The action, as AWS writes it.
    pub action: String,
    /// The resource; `*` means some resource of the action's own types.
    pub resource: String,
    /// One for each scenario.
    pub answers: Vec<Answer>,
    /// A note if no request for the action names the resource.
    pub resource_note: Option<String>,
    /// The service control policies that were counted.
    pub controls: Vec<CountedLevel>,
    /// A note on what may change the answers and is not known here.
    pub not_judged: Option<&'static str>,
}

/// Answers one question about the user of some accounts.
///
/// # Errors
/// See [`UnknownQuestion`].
pub fn why(
    accounts: &[ProvenAccount<'_>],
    user: &str,
    action: &str,
    resource: &str,
) -> Result<Why, UnknownQuestion> {
    let people = people(accounts);
    let person = find(&people, user)?;
    let name = known(accounts, action)?;
    let target: Resource = resource
        .parse()
        .map_err(|_| UnknownQuestion::Resource(resource.to_owned()))?;
    let positions = positions(accounts);
    refuse_unknown_role(person, &positions, &target)?;
    let stale = stale_age(accounts.iter().map(|proven| proven.account));
    let targets = targets(person.account);
    let permissions = person.gathered.permissions();
    let rules = Rules::new(&permissions, &targets);
    let role = positions
        .iter()
        .find(|position| position.arn.as_str() == resource)
        .filter(|_| name.eq_ignore_ascii_case(ASSUME));
    let trusted = role.map(|position| (position, position.role.trust.policy()));
    let roles = role.map(|_| Roles::new(&positions));
    let answers = Scenario::ALL.map(|scenario| {
        let in_general = user_context(person.account, person.user, scenario, stale);
        let context = rules.settled(in_general.clone());
        let by_policies = || {
            let sweep = rules.bind(&context);
            let own = of_policies(scenario, &sweep, &name, &target);
            match scenario {
                Scenario::LongTermKey => {
                    let facts = Facts::of(person.account, &rules, &in_general, &sweep);
                    in_session(own, facts, &rules, &name, &target)
                }
                _ => own,
            }
        };
        let caller = Caller {
            arn: &person.arn,
            role: None,
            account: &person.account.id,
        };
        let answer = match trusted {
            Some((position, Some(trust))) => {
                let arn = &position.arn;
                let (decision, _) = assumes(trust, arn, &caller, &permissions, &context);
                of_role(scenario, decision)
            }
            Some((_, None)) => without_trust(by_policies()),
            None => by_policies(),
        };
        let reached = roles.as_ref().zip(role).and_then(|(roles, position)| {
            let mut reached = roles.of_user(scenario, &caller, &permissions, &context);
            reached.remove(&position.arn)
        });
        let chain = reached.and_then(Chain::of);
        Answer { chain, ..answer }
    });
    Ok(Why {
        user: user.to_owned(),
        not_judged: not_judged(&name, &target),
        resource_note: resource_note(person.account, &name, &target),
        action: name,
        resource: resource.to_owned(),
        answers: answers.into(),
        controls: counted(&[ProvenAccount {
            name: person.key.account.clone(),
            account: person.account,
        }]),
    })
}

fn find<'p, 'a>(people: &'p [Person<'a>], user: &str) -> Result<&'p Person<'a>, UnknownQuestion> {
    let full = people.iter().find(|person| person.key.to_string() == user);
    let mut named = people
        .iter()
        .filter(|person| person.user.name.as_str() == user);
    match (full, named.next(), named.next()) {
        (Some(person), ..) | (None, Some(person), None) => Ok(person),
        (None, Some(_), Some(_)) => Err(UnknownQuestion::Ambiguous(user.to_owned())),
        (None, None, _) => Err(UnknownQuestion::User(user.to_owned())),
    }
}

/// The action as AWS writes it. One that no list has is known if a policy names it.
fn known(accounts: &[ProvenAccount<'_>], action: &str) -> Result<String, UnknownQuestion> {
    if let Some(entry) = Catalogue::built_in().find(action) {
        return Ok(entry.to_string());
    }
    let parsed: Option<Action> = action.parse().ok();
    let named = parsed.is_some_and(|_| {
        let mut documents = accounts
            .iter()
            .flat_map(|proven| super::scenario::documents(proven.account));
        documents.any(|policy| {
            let mut statements = policy.statements().iter();
            statements.any(|statement| {
                let mut listed = statement.actions().listed().iter();
                listed.any(|pattern| pattern.as_str().eq_ignore_ascii_case(action))
            })
        })
    });
    if named {
        return Ok(action.to_owned());
    }
    let catalogue = Catalogue::built_in();
    let names: Vec<String> = catalogue.actions().map(|entry| entry.to_string()).collect();
    let similar = keyward_core::suggest::similar_names(action, names.iter().map(String::as_str));
    let similar = match similar.is_empty() {
        true => String::new(),
        false => format!("; did you mean `{}`?", similar.join("`, `")),
    };
    Err(UnknownQuestion::Action {
        action: action.to_owned(),
        listed: catalogue.date(),
        similar,
    })
}

/// Refuses a question about a role of the user's account that does not exist. One of an account that
/// is not known is answered: its trust policy would have to allow, too, so the answer is no.
fn refuse_unknown_role(
    person: &Person<'_>,
    positions: &[Position<'_>],
    target: &Resource,
) -> Result<(), UnknownQuestion> {
    let Resource::Exact(arn) = target else {
        return Ok(());
    };
    let Ok(role) = arn.as_str().parse::<RoleArn>() else {
        return Ok(());
    };
    let own = role.account().as_ref() == Some(&person.account.id);
    match own && !positions.iter().any(|position| position.arn == role) {
        true => Err(UnknownQuestion::Role(role.to_string())),
        false => Ok(()),
    }
}

/// Returns a note on a resource that the action does not take. Policies are judged all the same,
/// because the list of actions may be wrong.
fn resource_note(account: &Account, action: &str, target: &Resource) -> Option<String> {
    let entry = Catalogue::built_in().find(action)?;
    if *target == Resource::Unspecified {
        return None;
    }
    let mut targets = targets_of_everyone(account).into_iter();
    match targets.any(|targets| targets.may_include(entry, target)) {
        true => None,
        false => Some(format!(
            "no request for `{action}` names this resource, so the answer has no effect: {}",
            takes(action)
        )),
    }
}

/// Returns a note on what decides beside the judged policies, for actions on a resource with a
/// policy of its own. A boundary without a statement for an action does not limit what a resource
/// allows a user by name.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
fn not_judged(action: &str, target: &Resource) -> Option<&'static str> {
    let (service, _) = action.split_once(':')?;
    let takes_a_resource = Catalogue::built_in()
        .find(action)
        .is_none_or(|entry| !matches!(entry.resources(), Resources::Any));
    match service.to_ascii_lowercase().as_str() {
        "iam" => None,
        "sts" if *target == Resource::Unspecified && action.eq_ignore_ascii_case(ASSUME) => Some(
            "the trust policy of a role decides as well: name the role by its ARN to have it judged",
        ),
        "sts" if ON_ROLES.iter().any(|own| action.eq_ignore_ascii_case(own)) => {
            Some("the trust policy of a role decides as well, and was not judged for this action")
        }
        "sts" if action.eq_ignore_ascii_case(ASSUME) => {
            Some("resource control policies were not judged: they can deny the request")
        }
        "sts" => None,
        "kms" if takes_a_resource => Some(
            "key policies and resource control policies were not judged: a key policy must let the policies \
             of the account decide, it can allow the request to the user by name, and either can deny it",
        ),
        _ if takes_a_resource => Some(
            "policies of resources and resource control policies were not judged: they can deny the \
             request, and a resource can allow it to the user by name, whatever a boundary leaves out",
        ),
        _ => None,
    }
}

/// The answer for a key that may make a session of `sts:GetFederationToken`, which may do more than the key.
fn in_session(
    own: Answer,
    facts: Option<Facts>,
    rules: &Rules<'_>,
    action: &str,
    target: &Resource,
) -> Answer {
    let rank = |answer: &Answer| match (answer.outcome, &answer.limit) {
        (Outcome::Allowed, None) => 2,
        (Outcome::Allowed, Some(_)) => 1,
        _ => 0,
    };
    let facts = facts.filter(|_| !is_denied_to_all(action) && rank(&own) < 2);
    let Some(facts) = facts else { return own };
    let session = facts.bind(rules);
    let ways = session.sweeps.iter();
    let best = ways
        .map(|sweep| of_policies(own.scenario, sweep, action, target))
        .max_by_key(rank);
    match best.filter(|answer| rank(answer) > rank(&own)) {
        Some(answer) => told(answer, session.is_sure()),
        None => own,
    }
}

/// The answer with a note on the session.
fn told(answer: Answer, is_made: bool) -> Answer {
    let mut notes = vec![format!(
        "only{}: that session has no user name",
        IN_SESSION.trim_start_matches(',')
    )];
    match (answer.limit, is_made) {
        (Some(limit), _) => notes.push(limit),
        (None, false) => notes.push("depends on the request that makes it".to_owned()),
        (None, true) => {}
    }
    Answer {
        limit: Some(notes.join("; ")),
        ..answer
    }
}

const ASSUME: &str = "sts:AssumeRole";

/// Further actions on a role that its trust policy decides.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
const ON_ROLES: [&str; 5] = [
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// The answer of a user's policies about a role whose trust policy cannot be read. Such a policy may
/// shut the user out, and may let it in by name. A deny stays one.
fn without_trust(mut answer: Answer) -> Answer {
    const UNREAD: &str = "the trust policy cannot be read, so who may assume the role is not known";
    if answer.outcome != Outcome::ExplicitlyDenied {
        answer.limit = Some(match answer.limit {
            Some(limit) => format!("{limit}; {UNREAD}"),
            None => UNREAD.to_owned(),
        });
    }
    answer
}

fn of_role(scenario: Scenario, decision: Decision) -> Answer {
    let deciding = |statement, effect| vec![Deciding { statement, effect }];
    let (outcome, by, limit) = match decision {
        Decision::NeedsNoPermission => (Outcome::Allowed, Vec::new(), None),
        Decision::Allowed { by, doubt } => (
            Outcome::Allowed,
            deciding(by, Effect::Allow),
            doubt.map(|doubt| format!("depends on the request: {doubt}")),
        ),
        Decision::ExplicitlyDenied { by } => {
            (Outcome::ExplicitlyDenied, deciding(by, Effect::Deny), None)
        }
        Decision::ImplicitlyDenied { because } => (
            Outcome::ImplicitlyDenied,
            Vec::new(),
            Some(because.to_string()),
        ),
    };
    Answer {
        scenario,
        outcome,
        by,
        limit,
        chain: None,
    }
}

fn of_policies(scenario: Scenario, sweep: &Sweep<'_>, action: &str, target: &Resource) -> Answer {
    let answer = |outcome, by, limit| Answer {
        scenario,
        outcome,
        by,
        limit,
        chain: None,
    };
    let decision = sweep.answer(action, target).map(|found| found.decision());
    let statements = sweep.statements(action, target);
    let list = |statements: Vec<StatementRef>, effect| {
        let statements = statements.into_iter();
        statements
            .map(|statement| Deciding { statement, effect })
            .collect::<Vec<_>>()
    };
    let denies = statements.denies();
    match decision {
        Some(Decision::NeedsNoPermission) => {
            let limit = "AWS answers it whatever policies say".to_owned();
            answer(Outcome::Allowed, Vec::new(), Some(limit))
        }
        Some(Decision::Allowed { doubt, .. }) => {
            let limit = doubt.map(|doubt| format!("depends on the request: {doubt}"));
            let allows = list(statements.allows(), Effect::Allow);
            answer(Outcome::Allowed, allows, limit)
        }
        Some(Decision::ExplicitlyDenied { by }) if denies.is_empty() => {
            let denies = list(vec![by], Effect::Deny);
            answer(Outcome::ExplicitlyDenied, denies, None)
        }
        _ if !denies.is_empty() => {
            answer(Outcome::ExplicitlyDenied, list(denies, Effect::Deny), None)
        }
        Some(Decision::ImplicitlyDenied { because }) => answer(
            Outcome::ImplicitlyDenied,
            Vec::new(),
            Some(because.to_string()),
        ),
        Some(Decision::ExplicitlyDenied { .. }) | None => {
            let missing = ImplicitDeny::IdentityAllow.to_string();
            answer(Outcome::ImplicitlyDenied, Vec::new(), Some(missing))
        }
    }
}

#[cfg(test)]
mod tests;
