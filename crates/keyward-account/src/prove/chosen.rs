//! Values that the writer of a request chooses: the name of a session, the region of the endpoint,
//! TLS. A condition on such a value keeps no thief out, so keyward looks for a request that meets
//! them all. A writer cannot choose secrets, such as an external id, or facts, such as an address.

use std::collections::BTreeSet;

use keyward_core::id::RoleArn;
use keyward_iam::{
    Action, Caller, Context, Decision, Effect, Negation, Permissions, Policy, Resource, Selection,
    Statement, StatementRef, Truth, evaluate_admission, evaluate_trust,
};

use super::direct::set_direct;
use super::looks::{limits, own};
use super::tls::set_tls;

const USERNAME: &str = "aws:username";
const IDENTITY: &str = "sts:SourceIdentity";

/// Keys whose value a caller chooses, with a value that STS accepts. If a policy asks for another
/// value, the caller chooses that.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-useragent>
const CHOSEN: [(&str, &str); 4] = [
    ("sts:RoleSessionName", "session"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:UserAgent", "session"),
    ("aws:Referer", "session"),
];

/// The number of values that are tried for one key, and the number of requests.
const MOST_VALUES: usize = 6;
const MOST_REQUESTS: usize = 24;

/// Whether a caller may assume a role, and the statement of the trust policy that lets it in. It is certain if
/// it is for one request that the caller may write.
pub(super) fn assumes(
    trust: &Policy,
    role: &RoleArn,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
    facts: &Context,
) -> (Decision, Option<StatementRef>) {
    let judged = evaluate_admission(trust, role, caller, permissions, facts);
    if !matches!(judged.0, Decision::Allowed { doubt: Some(_), .. }) {
        return judged;
    }
    let asked = RequestedValues::new(trust, permissions, role, facts);
    let chosen = asked.requests(facts);
    let set: Action = "sts:SetSourceIdentity".parse().expect("this is an action");
    let named = chosen
        .iter()
        .flat_map(|request| asked.with_identities(request));
    let named = named.take(MOST_REQUESTS).filter(|request| {
        is_certain(&evaluate_trust(
            &set,
            trust,
            role,
            caller,
            permissions,
            request,
        ))
    });
    for request in chosen.iter().cloned().chain(named) {
        let found = evaluate_admission(trust, role, caller, permissions, &request);
        if is_certain(&found.0) {
            return found;
        }
    }
    judged
}

fn is_certain(decision: &Decision) -> bool {
    matches!(decision, Decision::Allowed { doubt: None, .. })
}

/// The values that policies ask for in requests for one role.
struct RequestedValues {
    /// For each of [`CHOSEN`], with the usual one at the end.
    chosen: [Vec<String>; CHOSEN.len()],
    /// Source identities.
    identities: Vec<String>,
}

impl RequestedValues {
    fn new(trust: &Policy, permissions: &Permissions<'_>, role: &RoleArn, facts: &Context) -> Self {
        let trusts = trust.statements().iter();
        let all = trusts.chain(own(permissions)).chain(limits(permissions));
        let assume = Resource::from(role);
        let deciding: Vec<&Statement> = all
            .filter(|statement| is_about(statement, &assume, facts))
            .collect();
        let values = |key: &str| -> Vec<String> {
            let statements = deciding.iter();
            let values = statements.flat_map(|statement| asked(statement, key, facts));
            let mut known = BTreeSet::new();
            let new = values.filter(|value| known.insert(value.clone()));
            new.take(MOST_VALUES).collect()
        };
        Self {
            chosen: CHOSEN.map(|(key, usual)| {
                let mut values = values(key);
                values.push(usual.to_owned());
                values
            }),
            identities: values(IDENTITY),
        }
    }

    /// Requests under these facts that their writer chose so that policies allow one: calls of
    /// their own, without tags, source identity and external id.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    fn requests(&self, facts: &Context) -> Vec<Context> {
        let mut context = facts.clone();
        set_direct(&mut context);
        // STS accepts no call without TLS.
        set_tls(&mut context);
        context.set("sts:DurationSeconds", "900");
        for absent in [
            "aws:TagKeys",
            "sts:ExternalId",
            IDENTITY,
            "sts:TransitiveTagKeys",
        ] {
            context.remove(absent);
        }
        context.remove_prefix("aws:RequestTag/");
        let mut requests = vec![context];
        for ((key, _), values) in CHOSEN.iter().zip(&self.chosen) {
            let further = values.iter().flat_map(|value| {
                requests.iter().map(move |request| {
                    let mut request = request.clone();
                    request.set(key, value.clone());
                    request
                })
            });
            requests = further.take(MOST_REQUESTS).collect();
        }
        requests
    }

    /// The request with each source identity that a policy asks for.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
    fn with_identities(&self, request: &Context) -> impl Iterator<Item = Context> {
        self.identities.iter().map(|identity| {
            let mut named = request.clone();
            named.set(IDENTITY, identity.clone());
            named
        })
    }
}

/// Whether a statement may be about assuming this role, or about its source identity.
fn is_about(statement: &Statement, role: &Resource, facts: &Context) -> bool {
    let actions = ["sts:AssumeRole", "sts:SetSourceIdentity"];
    let mut actions = actions
        .map(|name| name.parse::<Action>().expect("this is an action"))
        .into_iter();
    let is_action = actions.any(|action| statement.covers(&action) != Truth::No);
    let is_resource = match statement.resources() {
        None => true,
        Some(Selection::Only(listed)) => listed
            .iter()
            .any(|pattern| pattern.covers(role, facts) != Truth::No),
        Some(Selection::Except(listed)) => listed
            .iter()
            .all(|pattern| pattern.covers(role, facts) != Truth::Yes),
    };
    is_action && is_resource
}

/// The values that a statement asks for: those that it allows, or that it spares from a deny.
fn asked(statement: &Statement, key: &str, facts: &Context) -> Vec<String> {
    let wanted = match statement.effect() {
        Effect::Allow => Negation::Plain,
        Effect::Deny => Negation::Negated,
    };
    let conditions = statement.conditions().iter();
    let values = conditions
        .filter(|condition| {
            condition.key().eq_ignore_ascii_case(key) && condition.operator().negation == wanted
        })
        .flat_map(|condition| condition.values());
    values
        .filter_map(|value| in_full(value.as_str(), facts))
        .collect()
}

/// A text with the user's name in place of its variable, and with some text in place of wildcards.
fn in_full(text: &str, facts: &Context) -> Option<String> {
    let name = facts.get(USERNAME).and_then(|names| names.first());
    let text = match name {
        Some(name) => text.replace("${aws:username}", name),
        None => text.to_owned(),
    };
    let is_open = text.contains("${");
    (!is_open).then(|| text.replace('*', "session").replace('?', "s"))
}

#[cfg(test)]
mod tests;
