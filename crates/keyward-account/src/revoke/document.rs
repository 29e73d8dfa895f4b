//! The policies that deny old sessions. A request signed by a long-lived key has no issue time,
//! so the condition never holds for it: keys are switched off instead.

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, Restriction, RoleSessionName};
use keyward_iam::model::{Document, User};
use keyward_iam::{Effect, Policy, PolicyKind, Statement};
use serde_json::{Value as Json, json};

use crate::plan::same_meaning;

/// Denies everything to every session that was issued before.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime>
#[must_use]
pub fn deny_user(until: Timestamp) -> Policy {
    policy(&[statement("RevokedSessions", issued_before(until))])
}

/// The same as [`deny_user`], with one statement for each of these keys, which bears its id.
pub(super) fn deny_user_noting(keys: &BTreeSet<AccessKeyId>, until: Timestamp) -> Policy {
    // The id of a statement has letters and digits only, and so has every key of AWS.
    let keys = keys.iter().filter(|key| key.has_aws_shape());
    let statements: Vec<Json> = keys
        .map(|key| statement(key.as_str(), issued_before(until)))
        .collect();
    match statements.is_empty() {
        true => deny_user(until),
        false => policy(&statements),
    }
}

/// The ids of the statements of a policy.
pub(super) fn statement_ids(document: &Document) -> Vec<String> {
    let json: Json = serde_json::from_str(&document.to_json()).unwrap_or_default();
    let statements = match json.get("Statement") {
        Some(Json::Array(statements)) => statements.clone(),
        one => one.cloned().into_iter().collect(),
    };
    let ids = statements
        .iter()
        .filter_map(|it| it.get("Sid").and_then(Json::as_str));
    ids.map(str::to_owned).collect()
}

/// Denies everything to the sessions of a role that were issued before and that bear the user's
/// name or id as session name, or the name as source identity. Restricted sessions of keyward have
/// a suffix after that name. `aws:userid` of a role session is `ROLE-ID:SESSION-NAME`; sessions of
/// other people stay valid.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
#[must_use]
pub fn deny_user_in_role(user: &User, until: Timestamp) -> Policy {
    let names: Vec<String> = session_names(user)
        .map(|name| format!("*:{name}"))
        .collect();
    let mut by_name = issued_before(until);
    by_name["StringLike"] = json!({ "aws:userid": names });
    let mut by_source = issued_before(until);
    by_source["StringEquals"] = json!({ "aws:SourceIdentity": user.name.as_str() });
    policy(&[
        statement("RevokedSessionsByName", by_name),
        statement("RevokedSessionsBySource", by_source),
    ])
}

/// Whether [`deny_user_in_role`] denies the role sessions of this name.
#[must_use]
pub fn is_session_of(user: &User, session: &str) -> bool {
    session_names(user).any(|name| name.as_str() == session)
}

/// The names that keyward and others give the role sessions of a user.
fn session_names(user: &User) -> impl Iterator<Item = RoleSessionName> {
    let plain = std::iter::once(user.name.as_str()).chain(user.id.as_deref());
    plain.map(RoleSessionName::from_lossy).flat_map(|name| {
        let restricted = Restriction::ALL.map(|restriction| name.restricted(restriction));
        std::iter::once(name).chain(restricted)
    })
}

/// The time before which a policy of [`deny_user`] or [`deny_user_in_role`] denies sessions;
/// `None` for any other policy.
#[must_use]
pub fn denied_until(document: &Document) -> Option<Timestamp> {
    let json: Json = serde_json::from_str(&document.to_json()).ok()?;
    let statements = json.get("Statement")?;
    let first = statements.get(0).unwrap_or(statements);
    let until = first.pointer("/Condition/DateLessThan/aws:TokenIssueTime")?;
    let until = until.get(0).unwrap_or(until);
    until.as_str()?.parse().ok()
}

/// The time of a document that says what [`deny_user`] does, and nothing else; `None` for any other
/// document.
pub(super) fn user_denied_until(document: &Document) -> Option<Timestamp> {
    let until = denied_until(document)?;
    same_meaning(document, &deny_user(until).into()).then_some(until)
}

/// Whether a document does nothing but deny old sessions, as the policies of a revocation do.
pub(super) fn only_denies_old_sessions(document: &Document) -> bool {
    let denies = |statement: &Statement| {
        let mut conditions = statement.conditions().iter();
        statement.effect() == Effect::Deny
            && conditions.any(|it| it.key().eq_ignore_ascii_case("aws:TokenIssueTime"))
    };
    let policy = document.policy();
    policy.is_some_and(|policy| policy.statements().iter().all(denies))
        && denied_until(document).is_some()
}

fn issued_before(until: Timestamp) -> Json {
    json!({ "DateLessThan": { "aws:TokenIssueTime": until.to_string() } })
}

fn statement(sid: &str, condition: Json) -> Json {
    json!({
        "Sid": sid, "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition,
    })
}

fn policy(statements: &[Json]) -> Policy {
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    Policy::parse_as(PolicyKind::Identity, &document.to_string())
        .expect("names of users hold no wildcard and no variable, so the statements are a policy")
}
