//! The file of a saved plan, version 2: the blueprint, and the plans of one or several accounts,
//! each with the profile that reaches its account. Reading it returns exactly what was written.
//!
//! The file is trusted no more than a blueprint. Its words are never shown: the blueprint in it is planned
//! again, and that plan must be the same.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, ProfileName};
use serde::{Deserialize, Serialize};

use super::fields::{optional_text, text};
use super::operation::{ChangeActionWire, ChangeWire, KindWire, OperationWire, StageWire};
use crate::ownership::BlueprintName;
use crate::plan::fingerprint::{Digest, Fingerprint, Seen, SeenKind};
use crate::plan::operation::Operation;
use crate::plan::step::{Change, ChangeAction, Kind, Plan, Stage, Step};

/// The version that this program writes and reads.
const VERSION: u32 = 2;

/// The plans of a blueprint, as they are saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPlans {
    /// The blueprint.
    pub blueprint: SavedBlueprint,
    /// One plan for each account that could be planned.
    pub plans: Vec<SavedPlan>,
}

/// The blueprint that plans were made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedBlueprint {
    /// The absolute path of its file, from which the paths of keys start.
    pub path: String,
    /// The text of the file.
    pub text: String,
}

/// The plan of one account, as it is saved.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedPlan {
    /// The profile that reaches the account, if the blueprint names one.
    pub profile: Option<ProfileName>,
    /// The time at which the account was read. What a plan deletes may depend on it.
    pub taken: Timestamp,
    /// The plan.
    pub plan: Plan,
}

/// The reasons why a file is not a saved plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is no JSON of that shape.
    #[error("not a saved plan")]
    Malformed(#[source] serde_json::Error),
    /// Another version of the program wrote it.
    #[error("the plan has version {0}, and this keyward reads version {VERSION}")]
    Version(u32),
}

/// The text of a file that holds these plans.
#[must_use]
pub fn write(saved: &SavedPlans) -> String {
    let SavedPlans { blueprint, plans } = saved;
    let file = File {
        keyward_plan: VERSION,
        blueprint: blueprint.clone(),
        plans: plans.iter().map(PlanWire::from).collect(),
    };
    let mut text = serde_json::to_string_pretty(&file).expect("texts, numbers and lists make JSON");
    text.push('\n');
    text
}

/// The plans in a file.
///
/// # Errors
/// See [`PlanFileError`].
pub fn read(text: &str) -> Result<SavedPlans, PlanFileError> {
    let Header { keyward_plan } = serde_json::from_str(text).map_err(PlanFileError::Malformed)?;
    if keyward_plan != VERSION {
        return Err(PlanFileError::Version(keyward_plan));
    }
    let file: File = serde_json::from_str(text).map_err(PlanFileError::Malformed)?;
    Ok(SavedPlans {
        blueprint: file.blueprint,
        plans: file.plans.into_iter().map(SavedPlan::from).collect(),
    })
}

/// Whether a text is a saved plan of any version.
#[must_use]
pub fn is_saved(text: &str) -> bool {
    serde_json::from_str::<Header>(text).is_ok()
}

#[derive(Deserialize)]
struct Header {
    keyward_plan: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keyward_plan: u32,
    blueprint: SavedBlueprint,
    plans: Vec<PlanWire>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanWire {
    #[serde(with = "text")]
    account: AccountId,
    #[serde(with = "text")]
    blueprint: BlueprintName,
    #[serde(with = "optional_text")]
    profile: Option<ProfileName>,
    #[serde(with = "text")]
    taken: Timestamp,
    seen: BTreeMap<SeenKindWire, BTreeMap<String, String>>,
    steps: Vec<StepWire>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeenKindWire {
    Alias,
    PasswordPolicy,
    Group,
    OidcProvider,
    Policy,
    UsedPolicy,
    Role,
    User,
    Credentials,
    Stack,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepWire {
    #[serde(with = "StageWire")]
    stage: Stage,
    #[serde(with = "ChangeActionWire")]
    action: ChangeAction,
    #[serde(with = "KindWire")]
    kind: Kind,
    name: String,
    changes: Vec<OneChange>,
    operations: Vec<OneOperation>,
}

#[derive(Serialize, Deserialize)]
struct OneChange(#[serde(with = "ChangeWire")] Change);

#[derive(Serialize, Deserialize)]
struct OneOperation(#[serde(with = "OperationWire")] Operation);

impl From<&SavedPlan> for PlanWire {
    fn from(saved: &SavedPlan) -> Self {
        let SavedPlan {
            profile,
            taken,
            plan,
        } = saved;
        let Plan { steps, fingerprint } = plan;
        let Fingerprint {
            account,
            blueprint,
            seen,
        } = fingerprint;
        let mut kinds: BTreeMap<SeenKindWire, BTreeMap<String, String>> = BTreeMap::new();
        for (Seen { kind, name }, Digest(digest)) in seen {
            let names = kinds.entry((*kind).into()).or_default();
            names.insert(name.clone(), digest.clone());
        }
        Self {
            account: account.clone(),
            blueprint: blueprint.clone(),
            profile: profile.clone(),
            taken: *taken,
            seen: kinds,
            steps: steps.iter().map(StepWire::from).collect(),
        }
    }
}

impl From<PlanWire> for SavedPlan {
    fn from(wire: PlanWire) -> Self {
        let PlanWire {
            account,
            blueprint,
            profile,
            taken,
            seen,
            steps,
        } = wire;
        let seen = seen.into_iter().flat_map(|(kind, names)| {
            let kind = SeenKind::from(kind);
            names
                .into_iter()
                .map(move |(name, digest)| (Seen { kind, name }, Digest(digest)))
        });
        let fingerprint = Fingerprint {
            account,
            blueprint,
            seen: seen.collect(),
        };
        let steps = steps.into_iter().map(Step::from).collect();
        Self {
            profile,
            taken,
            plan: Plan { steps, fingerprint },
        }
    }
}

impl From<&Step> for StepWire {
    fn from(step: &Step) -> Self {
        let Step {
            stage,
            action,
            kind,
            name,
            changes,
            operations,
        } = step;
        Self {
            stage: *stage,
            action: *action,
            kind: *kind,
            name: name.clone(),
            changes: changes.iter().cloned().map(OneChange).collect(),
            operations: operations.iter().cloned().map(OneOperation).collect(),
        }
    }
}

impl From<StepWire> for Step {
    fn from(wire: StepWire) -> Self {
        let StepWire {
            stage,
            action,
            kind,
            name,
            changes,
            operations,
        } = wire;
        Self {
            stage,
            action,
            kind,
            name,
            changes: changes.into_iter().map(|OneChange(it)| it).collect(),
            operations: operations.into_iter().map(|OneOperation(it)| it).collect(),
        }
    }
}

impl From<SeenKind> for SeenKindWire {
    fn from(kind: SeenKind) -> Self {
        match kind {
            SeenKind::Alias => Self::Alias,
            SeenKind::PasswordPolicy => Self::PasswordPolicy,
            SeenKind::Group => Self::Group,
            SeenKind::OidcProvider => Self::OidcProvider,
            SeenKind::Policy => Self::Policy,
            SeenKind::UsedPolicy => Self::UsedPolicy,
            SeenKind::Role => Self::Role,
            SeenKind::User => Self::User,
            SeenKind::Credentials => Self::Credentials,
            SeenKind::Stack => Self::Stack,
        }
    }
}

impl From<SeenKindWire> for SeenKind {
    fn from(kind: SeenKindWire) -> Self {
        match kind {
            SeenKindWire::Alias => Self::Alias,
            SeenKindWire::PasswordPolicy => Self::PasswordPolicy,
            SeenKindWire::Group => Self::Group,
            SeenKindWire::OidcProvider => Self::OidcProvider,
            SeenKindWire::Policy => Self::Policy,
            SeenKindWire::UsedPolicy => Self::UsedPolicy,
            SeenKindWire::Role => Self::Role,
            SeenKindWire::User => Self::User,
            SeenKindWire::Credentials => Self::Credentials,
            SeenKindWire::Stack => Self::Stack,
        }
    }
}
