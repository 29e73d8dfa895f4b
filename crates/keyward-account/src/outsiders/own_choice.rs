//! Conditions that strangers satisfy by themselves: in their own account they choose tags and names,
//! in their own workflow the claims of a token. Such a condition keeps no stranger out.

use keyward_iam::{Comparison, Condition, Context, Negation, Statement, Truth};

use super::{Outsider, account_in, is_account};
use crate::desired::GITHUB_ISSUER;
use crate::prove::set_direct;

/// Keys whose value a caller chooses.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname>
const BY_CALLER: [&str; 5] = [
    "aws:referer",
    "aws:requestedregion",
    "aws:useragent",
    "sts:durationseconds",
    "sts:rolesessionname",
];

/// Further keys whose value a caller with a key chooses.
const BY_KEY: [&str; 2] = ["aws:principaltype", "aws:username"];

/// Claims that customers of every issuer choose, as far as they name no customer.
const BY_CUSTOMER: [&str; 4] = ["amr", "aud", "oaud", "sub"];

/// Further claims that the owner of a repository on GitHub chooses.
///
/// Source: <https://docs.github.com/en/actions/reference/security/oidc>
const BY_REPOSITORY: [&str; 4] = ["environment", "ref", "repository", "workflow"];

/// Whether the conditions of a statement hold for an outsider, who chooses some of the values. An
/// outsider also chooses whether to call directly, or by an AWS service.
pub(super) fn hold(door: &Statement, who: &Outsider, context: &Context) -> Truth {
    let truth = door.conditions_hold(context);
    if truth != Truth::Unknown {
        return truth;
    }
    let mut direct = context.clone();
    set_direct(&mut direct);
    let conditions = door.conditions().iter();
    let truths = conditions.map(|condition| {
        let chosen = is_satisfied(door, condition, who) || condition.holds(&direct) == Truth::Yes;
        match chosen {
            true => Truth::Yes,
            false => condition.holds(context),
        }
    });
    let most = match door.unknown_operator() {
        Some(_) => Truth::Unknown,
        None => Truth::Yes,
    };
    truths.min().unwrap_or(Truth::Yes).min(most)
}

/// Whether strangers make a condition hold. Two conditions on one key may contradict each other, and a
/// variable is not theirs to choose.
fn is_satisfied(door: &Statement, condition: &Condition, who: &Outsider) -> bool {
    let key = condition.key();
    let same = door.conditions().iter();
    let same = same.filter(|other| other.key().eq_ignore_ascii_case(key));
    let mut values = condition.values().iter();
    who.is_anyone()
        && same.count() == 1
        && !values.any(|value| value.as_str().contains("${"))
        && is_chosen(&key.to_ascii_lowercase(), condition, who)
}

fn is_chosen(key: &str, condition: &Condition, who: &Outsider) -> bool {
    if key == "aws:sourceip" {
        return names_every_address(condition);
    }
    match who {
        Outsider::Anyone if key == "aws:principalarn" => names_no_account(condition),
        Outsider::Anyone => {
            key.starts_with("aws:principaltag/")
                || BY_CALLER.contains(&key)
                || BY_KEY.contains(&key)
        }
        Outsider::AnyoneWithToken(issuer) => {
            let claim = key.strip_prefix(&format!("{}:", issuer.to_ascii_lowercase()));
            BY_CALLER.contains(&key)
                || claim.is_some_and(|claim| {
                    BY_CUSTOMER.contains(&claim)
                        || (issuer == GITHUB_ISSUER && BY_REPOSITORY.contains(&claim))
                })
        }
        _ => false,
    }
}

/// Whether a condition on the caller's ARN leaves the account open.
fn names_no_account(condition: &Condition) -> bool {
    let operator = condition.operator();
    let mut values = condition.values().iter();
    operator.negation == Negation::Plain
        && values.any(|value| {
            let id = account_in(operator.comparison, value.as_str());
            id.is_none_or(|id| !is_account(id))
        })
}

fn names_every_address(condition: &Condition) -> bool {
    let operator = condition.operator();
    let mut values = condition.values().iter();
    operator.comparison == Comparison::IpAddress
        && operator.negation == Negation::Plain
        && values.any(|value| matches!(value.as_str(), "0.0.0.0/0" | "::/0"))
}
