//! What `account plan --json` prints. People's scripts rely on the names:
//!
//! ```json
//! {"steps":[{"action":"update","kind":"role","name":"ReadOnly","changes":["…"]}],"api_calls":3,
//!  "effects":[{"user":"alice","context":"mfa","gains":{"actions":[],"roles":[]},"loses":{…}}],
//!  "roles_changed":[]}
//! ```
//!
//! With several accounts, a step has an `account_id`, and a user is `ACCOUNT/NAME` by the
//! account's name in the blueprint.

use keyward_core::id::AccountId;
use serde::Serialize;

use super::operation::{ChangeActionWire, KindWire};
use crate::plan::effect::{Effect, Effects, Reach};
use crate::plan::step::{ChangeAction, Kind, Plan, Step};

/// The plan of one account with its effects.
#[derive(Debug, Clone, Copy)]
pub struct AccountPlan<'a> {
    /// The account's name in the blueprint; only where there are several.
    pub name: Option<&'a str>,
    /// The plan.
    pub plan: &'a Plan,
    /// What it does to people.
    pub effects: &'a Effects,
}

/// The plans as JSON.
#[must_use]
pub fn listing(plans: &[AccountPlan<'_>]) -> String {
    let listing = Listing {
        steps: plans.iter().flat_map(steps).collect(),
        api_calls: plans.iter().map(|plan| plan.plan.calls()).sum(),
        effects: plans.iter().flat_map(effects).collect(),
        roles_changed: plans.iter().flat_map(roles_changed).collect(),
    };
    serde_json::to_string_pretty(&listing).expect("texts, numbers and lists make JSON")
}

#[derive(Serialize)]
struct Listing {
    steps: Vec<StepListing>,
    api_calls: usize,
    effects: Vec<EffectListing>,
    roles_changed: Vec<String>,
}

#[derive(Serialize)]
struct StepListing {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(with = "ChangeActionWire")]
    action: ChangeAction,
    #[serde(with = "KindWire")]
    kind: Kind,
    name: String,
    changes: Vec<String>,
}

#[derive(Serialize)]
struct EffectListing {
    user: String,
    context: &'static str,
    gains: ReachListing,
    loses: ReachListing,
}

#[derive(Serialize)]
struct ReachListing {
    actions: Vec<String>,
    roles: Vec<String>,
}

fn steps<'a>(account: &AccountPlan<'a>) -> impl Iterator<Item = StepListing> + use<'a> {
    let id: Option<&AccountId> = account.name.map(|_| account.plan.account());
    let id = id.map(ToString::to_string);
    let steps = account.plan.steps.iter();
    steps.map(move |step: &Step| StepListing {
        account_id: id.clone(),
        action: step.action,
        kind: step.kind,
        name: step.name.clone(),
        changes: step.changes.iter().map(ToString::to_string).collect(),
    })
}

fn effects<'a>(account: &AccountPlan<'a>) -> impl Iterator<Item = EffectListing> + use<'a> {
    let AccountPlan { name, effects, .. } = *account;
    effects
        .users
        .iter()
        .map(move |effect: &Effect| EffectListing {
            user: match name {
                Some(account) => format!("{account}/{}", effect.user),
                None => effect.user.to_string(),
            },
            context: effect.context.as_str(),
            gains: reach(&effect.gains, name),
            loses: reach(&effect.loses, name),
        })
}

/// A role is named by its ARN where there are several accounts, and else by its name.
fn reach(reach: &Reach, account: Option<&str>) -> ReachListing {
    ReachListing {
        actions: reach.actions.iter().cloned().collect(),
        roles: reach
            .roles
            .iter()
            .map(|role| match account {
                Some(_) => role.to_string(),
                None => role.role_name().to_owned(),
            })
            .collect(),
    }
}

fn roles_changed<'a>(account: &AccountPlan<'a>) -> impl Iterator<Item = String> + use<'a> {
    let several = account.name.is_some();
    let roles = account.effects.roles_changed.iter();
    roles.map(move |role| match several {
        true => role.to_string(),
        false => role.role_name().to_owned(),
    })
}
