//! What the writer of a request chooses: the name of a session, the region of the endpoint, TLS. A
//! condition on such a value keeps no thief out, so that a request is looked for that meets them all.
//! Secrets, such as an external id, and facts, such as an address, are nobody's choice.

use keyward_core::id::RoleArn;
use keyward_iam::{
    Action, Caller, Context, Decision, Effect, Negation, Permissions, Policy, Statement,
    StatementRef, evaluate_admission, evaluate_trust,
};

use super::direct::set_direct;
use super::looks::{limits, own};
use super::tls::set_tls;

const USERNAME: &str = "aws:username";
const IDENTITY: &str = "sts:SourceIdentity";

/// Keys whose value a caller chooses, with a value that STS takes. Where a policy asks for another, the
/// caller takes that.
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
    let chosen = as_chosen(facts, trust, permissions);
    let named = with_identity(&chosen, trust, role, caller, permissions);
    for request in [Some(chosen), named].into_iter().flatten() {
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

/// The request with the source identity that a policy asks for, if the caller may set one.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
fn with_identity(
    chosen: &Context,
    trust: &Policy,
    role: &RoleArn,
    caller: &Caller<'_>,
    permissions: &Permissions<'_>,
) -> Option<Context> {
    let mut statements = statements(trust, permissions).into_iter();
    let asked = statements.find_map(|statement| asked(statement, IDENTITY, chosen))?;
    let mut named = chosen.clone();
    named.set(IDENTITY, asked);
    let set: Action = "sts:SetSourceIdentity".parse().expect("this is an action");
    let may_set = evaluate_trust(&set, trust, role, caller, permissions, &named);
    is_certain(&may_set).then_some(named)
}

/// The statements that decide about the request.
fn statements<'s>(trust: &'s Policy, permissions: &Permissions<'s>) -> Vec<&'s Statement> {
    let trusts = trust.statements().iter();
    let all = trusts.chain(own(permissions)).chain(limits(permissions));
    all.collect()
}

/// A request for a role under these facts that its writer chose so that policies allow it: a call of
/// their own, without tags, source identity and external id.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn as_chosen(facts: &Context, trust: &Policy, permissions: &Permissions<'_>) -> Context {
    let mut context = facts.clone();
    set_direct(&mut context);
    // STS takes no call without TLS.
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
    let statements = statements(trust, permissions);
    for (key, usual) in CHOSEN {
        let mut asked = statements
            .iter()
            .filter_map(|statement| asked(statement, key, facts));
        let value = asked.next().unwrap_or_else(|| usual.to_owned());
        context.set(key, value);
    }
    context
}

/// A value that a statement asks for: one that it allows, or that it spares from a deny.
fn asked(statement: &Statement, key: &str, facts: &Context) -> Option<String> {
    let wanted = match statement.effect() {
        Effect::Allow => Negation::Plain,
        Effect::Deny => Negation::Negated,
    };
    let conditions = statement.conditions().iter();
    let mut values = conditions
        .filter(|condition| {
            condition.key().eq_ignore_ascii_case(key) && condition.operator().negation == wanted
        })
        .flat_map(|condition| condition.values());
    values.find_map(|value| in_full(value.as_str(), facts))
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
