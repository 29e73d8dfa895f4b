//! The portal: accounts, roles, and the roles' credentials, for the holder of an access token.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, RoleArn, RoleSessionName};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Answer, Assignment, IdentityCenter};
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::params::Params;
use crate::random;
use crate::reply::Reply;
use crate::state::{Accounts, Chained, Principal, RoleSession, Session, SessionTags, Sessions};

/// The lifetime of a permission set's credentials unless it states another.
const ROLE_LIFE: Duration = Duration::from_secs(3600);
/// The page size when none is asked for.
const PAGE: usize = 20;

pub(super) fn answer(
    center: &mut IdentityCenter,
    accounts: &Accounts,
    sessions: &mut Sessions,
    request: &Inbound,
    entry: &mut Entry,
    now: Timestamp,
) -> Answer {
    let token = request
        .header("x-amz-sso_bearer_token")
        .ok_or_else(Refusal::unauthorized)?;
    let good = center.tokens.get(token).is_some_and(|ends| *ends > now);
    if !good {
        return Err(Refusal::unauthorized());
    }
    entry.principal = Some(center.person.clone());
    let params = request.query_params();
    match entry.action.as_str() {
        "Logout" => {
            center.end_sign_ins();
            Ok(Reply::json(200, now, &json!({})))
        }
        "ListAccounts" => {
            let all = center.assignments.iter().map(|assignment| {
                let Assignment { account, name, .. } = assignment;
                let address = format!("{account}@example.com");
                json!({ "accountId": account.as_str(), "accountName": name, "emailAddress": address })
            });
            page("accountList", all.collect(), &params, now)
        }
        "ListAccountRoles" => {
            let found = assignment(center, &params)?;
            let account = found.account.as_str();
            let all = found
                .roles
                .iter()
                .map(|role| json!({ "roleName": role, "accountId": account }));
            page("roleList", all.collect(), &params, now)
        }
        _ => role_credentials(center, accounts, sessions, &params, now),
    }
}

fn assignment<'c>(center: &'c IdentityCenter, params: &Params) -> Result<&'c Assignment, Refusal> {
    let account: AccountId = params
        .get("account_id")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::request("account_id is missing"))?;
    center
        .assignments
        .iter()
        .find(|assignment| assignment.account == account)
        .ok_or_else(Refusal::forbidden)
}

/// One page of a list. The token is the place to continue at.
fn page(name: &str, all: Vec<Value>, params: &Params, now: Timestamp) -> Answer {
    let number = |name: &str| params.get(name).and_then(|text| text.parse::<usize>().ok());
    let from = number("next_token").unwrap_or(0).min(all.len());
    let most = number("max_result").unwrap_or(PAGE).clamp(1, 100);
    let to = (from + most).min(all.len());
    let mut body = json!({ name: all[from..to] });
    if to < all.len() {
        body["nextToken"] = json!(to.to_string());
    }
    Ok(Reply::json(200, now, &body))
}

fn role_credentials(
    center: &IdentityCenter,
    accounts: &Accounts,
    sessions: &mut Sessions,
    params: &Params,
    now: Timestamp,
) -> Answer {
    let found = assignment(center, params)?;
    let name = params
        .get("role_name")
        .ok_or_else(|| Refusal::request("role_name is missing"))?;
    let role: RoleArn = format!("arn:aws:iam::{}:role/{name}", found.account)
        .parse()
        .map_err(|_| Refusal::forbidden())?;
    let assigned = found.roles.iter().any(|role| role == name);
    if !assigned || accounts.role(&role).is_none() {
        return Err(Refusal::forbidden());
    }
    let session = Session {
        access_key_id: random::access_key_id("ASIA"),
        secret: random::secret_access_key(),
        token: random::session_token(),
        account: found.account.clone(),
        issued: now,
        expires: now.after(ROLE_LIFE),
        principal: Principal::Role(Box::new(RoleSession {
            role,
            name: RoleSessionName::from_lossy(&center.person),
            policies: Vec::new(),
            tags: SessionTags::default(),
            source_identity: None,
            chained: Chained::No,
        })),
    };
    // Exposed because handing them out is what this answer is for.
    let body = json!({ "roleCredentials": {
        "accessKeyId": session.access_key_id.as_str(),
        "secretAccessKey": session.secret.expose(),
        "sessionToken": session.token.expose(),
        "expiration": session.expires.as_second() * 1000,
    }});
    sessions.insert(session);
    Ok(Reply::json(200, now, &body))
}
