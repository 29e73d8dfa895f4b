//! Drift: manual changes, detected on request. Only managed policies can be changed here, so only
//! those drift; the others count as unchanged.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html>

use serde_json::{Value, json};

use super::detection::{Detection, ResourceDrift};
use super::memory::{Key, Stack, Stacks};
use super::policies::{Described, described};
use super::template::kind_of;
use super::{Answer, found};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::Accounts;
use crate::xml::Xml;

/// Checks every resource. Only stacks at rest can be checked.
pub(super) fn detect(call: &Call, accounts: &Accounts, stacks: &mut Stacks, key: &Key) -> Answer {
    let stack = found(stacks, key)?;
    let at_rest = [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
    ];
    if !at_rest.contains(&stack.status) {
        return Err(Failure::validation(format!(
            "Drift detection cannot be performed on stack [{}] while it is in {} state",
            stack.name, stack.status
        )));
    }
    let id = random::request_id();
    let detection = Detection {
        id: id.clone(),
        at: call.now,
        resources: compared(stack, accounts),
    };
    stack.detection = Some(detection);
    let mut xml = Xml::new();
    xml.text("StackDriftDetectionId", &id);
    Ok(xml)
}

fn compared(stack: &Stack, accounts: &Accounts) -> Vec<ResourceDrift> {
    let policies = described(stack);
    let account = accounts.account(&stack.region().0);
    let resources = stack.template.iter().flat_map(|it| it.resources());
    let resources = resources.map(|(id, body)| {
        let policy = policies.iter().find(|(_, policy)| policy.id == id);
        let Some((arn, described)) = policy else {
            return ResourceDrift {
                id: id.to_owned(),
                physical: format!("{}-{id}", stack.name),
                kind: kind_of(body).to_owned(),
                status: "IN_SYNC",
                expected: Value::Null,
                actual: Some(Value::Null),
            };
        };
        let live = account.and_then(|account| account.policies.get(arn));
        let expected = properties(described, described.policy().map(|it| it.to_json()));
        let actual = live.map(|live| properties(described, Some(live.policy().to_json())));
        let status = match &actual {
            None => "DELETED",
            Some(actual) if *actual != expected => "MODIFIED",
            Some(_) => "IN_SYNC",
        };
        ResourceDrift {
            id: id.to_owned(),
            physical: arn.clone(),
            kind: kind_of(body).to_owned(),
            status,
            expected,
            actual,
        }
    });
    resources.collect()
}

fn properties(described: &Described, document: Option<String>) -> Value {
    let document = document.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    json!({ "Path": described.path, "PolicyDocument": document })
}

/// The progress of a detection; here it ends at once.
pub(super) fn status(call: &Call, stacks: &Stacks) -> Answer {
    let id = call.params.require("StackDriftDetectionId")?;
    let known = |stack: &&Stack| {
        let detection = stack.detection.as_ref();
        detection.is_some_and(|detection| detection.id == id)
    };
    let stack = stacks.all().find(known);
    let found = stack.and_then(|stack| Some((stack, stack.detection.as_ref()?)));
    let (stack, detection) = found.ok_or_else(|| {
        Failure::validation(format!("Drift detection with id {id} does not exist"))
    })?;
    let mut xml = Xml::new();
    xml.text("StackId", &stack.id)
        .text("StackDriftDetectionId", id)
        .text("StackDriftStatus", detection.status())
        .text("DetectionStatus", "DETECTION_COMPLETE")
        .text("DriftedStackResourceCount", detection.drifted())
        .text("Timestamp", detection.at);
    Ok(xml)
}

/// The resources of the last detection.
pub(super) fn resources(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    let wanted = call.params.list("StackResourceDriftStatusFilters");
    let stack = found(stacks, key)?;
    let detection = stack.detection.clone();
    let (at, all) = detection.map_or((call.now, Vec::new()), |it| (it.at, it.resources));
    let resources = all
        .into_iter()
        .filter(|it| wanted.is_empty() || wanted.contains(&it.status));
    let id = stack.id.clone();
    let mut xml = Xml::new();
    xml.list("StackResourceDrifts", resources, |xml, it| {
        xml.text("StackId", &id)
            .text("LogicalResourceId", &it.id)
            .text("PhysicalResourceId", &it.physical)
            .text("ResourceType", &it.kind)
            .text("StackResourceDriftStatus", it.status)
            .text("Timestamp", at)
            .text("ExpectedProperties", it.expected.to_string());
        if let Some(actual) = &it.actual {
            xml.text("ActualProperties", actual.to_string());
            let mut differences = Vec::new();
            differ("", &it.expected, actual, &mut differences);
            xml.list("PropertyDifferences", differences, |xml, difference| {
                let [path, expected, actual, kind] = difference;
                xml.text("PropertyPath", path)
                    .text("ExpectedValue", expected)
                    .text("ActualValue", actual)
                    .text("DifferenceType", kind);
            });
        }
    });
    Ok(xml)
}

/// The properties that differ: path, expected value, actual value, and how.
fn differ(path: &str, expected: &Value, actual: &Value, found: &mut Vec<[String; 4]>) {
    if let (Value::Object(before), Value::Object(after)) = (expected, actual) {
        let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let path = format!("{path}/{key}");
            let (before, after) = (&expected[key], &actual[key]);
            differ(&path, before, after, found);
        }
        return;
    }
    if expected != actual {
        let kind = match (expected, actual) {
            (Value::Null, _) => "ADD",
            (_, Value::Null) => "REMOVE",
            _ => "NOT_EQUAL",
        };
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        found.push([
            path.to_owned(),
            text(expected),
            text(actual),
            kind.to_owned(),
        ]);
    }
}
