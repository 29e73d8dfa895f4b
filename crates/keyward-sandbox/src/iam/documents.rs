//! Policy documents as parameters: their characters, their shape, whom a trust policy names. It
//! also encodes documents for answers.

use keyward_iam::{Policy, PolicyKind, Principal};

use crate::failure::Failure;
use crate::params::{Params, member};
use crate::state::{Accounts, Document};

/// The most characters a document may have before quotas are looked at.
const LONGEST: usize = 131_072;

/// A document of permissions.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
pub(super) fn identity(params: &Params) -> Result<Document, Failure> {
    let text = text(params, "PolicyDocument")?;
    Document::parse(PolicyKind::Identity, text)
        .map_err(|error| Failure::malformed_policy(format!("Syntax errors in policy: {error}")))
}

/// A trust policy, and the number of characters that count against its quota. Its users, roles and
/// providers exist, if the practice server knows their account.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html>
pub(super) fn trust(
    params: &Params,
    parameter: &'static str,
    accounts: &Accounts,
) -> Result<(Policy, usize), Failure> {
    let text = text(params, parameter)?;
    let policy = Policy::parse_as(PolicyKind::Trust, text)
        .map_err(|error| Failure::malformed_policy(format!("Syntax errors in policy: {error}")))?;
    for statement in policy.statements() {
        let principals = statement.principals();
        for principal in principals.into_iter().flat_map(|all| all.listed()) {
            refuse_unknown(principal, accounts)?;
        }
    }
    let policy = accounts.resolve_unique_ids(&policy);
    Ok((policy, keyward_iam::size::non_whitespace_chars(text)))
}

fn text<'a>(params: &'a Params, parameter: &'static str) -> Result<&'a str, Failure> {
    let text = params.require(parameter)?;
    let member = member(parameter);
    let length = text.chars().count();
    if length == 0 || length > LONGEST {
        let constraint = "Member must have length between 1 and 131072";
        return Err(Failure::constraint(&member, length, constraint));
    }
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    match text.chars().all(allowed) {
        true => Ok(text),
        false => Err(Failure::validation(format!(
            "The specified value for {member} is invalid. It must contain only printable ASCII \
             characters."
        ))),
    }
}

/// AWS looks each principal up when a trust policy is stored.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html>
fn refuse_unknown(principal: &Principal, accounts: &Accounts) -> Result<(), Failure> {
    let (kind, text) = match principal {
        Principal::Arn(arn) => ("AWS", arn),
        Principal::UniqueId(id) => ("AWS", id),
        Principal::Everyone
        | Principal::Account { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_) => return Ok(()),
    };
    let known = match principal {
        Principal::UniqueId(id) => accounts.iter().any(|account| {
            account.users.values().any(|user| user.id == *id)
                || account.roles.values().any(|role| role.id == *id)
        }),
        _ => is_known(text, accounts),
    };
    match known {
        true => Ok(()),
        false => Err(Failure::malformed_policy(format!(
            "Invalid principal in policy: \"{kind}\":\"{text}\""
        ))),
    }
}

/// Whether a user or role exists, path included. Accounts that the server does not hold cannot
/// be looked into, and sessions come and go.
fn is_known(arn: &str, accounts: &Accounts) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "iam", _, account, resource] = parts[..] else {
        return true;
    };
    let account = account.parse().ok().and_then(|id| accounts.account(&id));
    let Some(account) = account else {
        return true;
    };
    match resource.split_once('/') {
        Some(("user", _)) => account
            .users
            .values()
            .any(|user| user.arn(&account.id) == arn),
        Some(("role", _)) => account
            .roles
            .values()
            .any(|role| role.arn(&account.id).as_str() == arn),
        _ => true,
    }
}

/// Documents travel percent-encoded (RFC 3986, where a blank is `%20`).
pub(super) fn encode(document: &str) -> String {
    form_urlencoded::byte_serialize(document.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
        .replace('*', "%2A")
}
