//! The output of `account plan --json`. People's scripts rely on the names:
//!
//! ```json
//! {"steps":[{"action":"update","kind":"role","name":"ReadOnly","changes":["…"]}],"api_calls":3,
//!  "effects":[{"user":"alice","context":"mfa","gains":{"actions":[],"roles":[]},"loses":{…}}],
//!  "roles_changed":[]}
//! ```
//!
//! With `--drift` there is also a list `drift`, of the stacks that CloudFormation checked:
//! `{"stack","region","resources":[{"id","type","status","differences":[{"path","expected","actual"}]}]}`.
//!
//! With several accounts, a step has an `account_id`, and a user is `ACCOUNT/NAME` by the
//! account's name in the blueprint.

use keyward_core::id::AccountId;
use serde::Serialize;

use super::operation::{ChangeActionWire, KindWire};
use crate::plan::effect::{Effect, Effects, Reach};
use crate::plan::step::{ChangeAction, Kind, Plan, Step};
use crate::stacks::{DriftChange, ResourceDrift, StackDrift};

/// The plan of one account with its effects.
#[derive(Debug, Clone, Copy)]
pub struct AccountPlan<'a> {
    /// The account's name in the blueprint; only if there are several.
    pub name: Option<&'a str>,
    /// The plan.
    pub plan: &'a Plan,
    /// Its effect on people.
    pub effects: &'a Effects,
    /// The manual changes in its stacks; `None` if CloudFormation was not asked.
    pub drift: Option<&'a [StackDrift]>,
}

/// The plans as JSON.
#[must_use]
pub fn listing(plans: &[AccountPlan<'_>]) -> String {
    let listing = Listing {
        steps: plans.iter().flat_map(steps).collect(),
        api_calls: plans.iter().map(|plan| plan.plan.calls()).sum(),
        effects: plans.iter().flat_map(effects).collect(),
        roles_changed: plans.iter().flat_map(roles_changed).collect(),
        drift: match plans.iter().any(|plan| plan.drift.is_some()) {
            true => Some(plans.iter().flat_map(drift).collect()),
            false => None,
        },
    };
    serde_json::to_string_pretty(&listing).expect("texts, numbers and lists make JSON")
}

#[derive(Serialize)]
struct Listing {
    steps: Vec<StepListing>,
    api_calls: usize,
    effects: Vec<EffectListing>,
    roles_changed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<Vec<DriftListing>>,
}

#[derive(Serialize)]
struct DriftListing {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    stack: &'static str,
    region: String,
    resources: Vec<ResourceListing>,
}

#[derive(Serialize)]
struct ResourceListing {
    id: String,
    r#type: String,
    status: &'static str,
    differences: Vec<DifferenceListing>,
}

#[derive(Serialize)]
struct DifferenceListing {
    path: String,
    expected: Option<String>,
    actual: Option<String>,
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

fn drift<'a>(account: &AccountPlan<'a>) -> impl Iterator<Item = DriftListing> + use<'a> {
    let id: Option<&AccountId> = account.name.map(|_| account.plan.account());
    let id = id.map(ToString::to_string);
    let stacks = account.drift.unwrap_or_default().iter();
    stacks.map(move |stack| DriftListing {
        account_id: id.clone(),
        stack: stack.place.name.as_str(),
        region: stack.place.region.to_string(),
        resources: stack.resources.iter().map(resource).collect(),
    })
}

fn resource(drift: &ResourceDrift) -> ResourceListing {
    let (status, properties) = match &drift.change {
        DriftChange::Deleted => ("deleted", &[][..]),
        DriftChange::Modified(properties) => ("modified", &properties[..]),
    };
    let differences = properties.iter().map(|property| DifferenceListing {
        path: property.path.clone(),
        expected: property.expected.clone(),
        actual: property.actual.clone(),
    });
    ResourceListing {
        id: drift.id.clone(),
        r#type: drift.kind.clone(),
        status,
        differences: differences.collect(),
    }
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

/// A role is named by its ARN if there are several accounts, and else by its name.
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
