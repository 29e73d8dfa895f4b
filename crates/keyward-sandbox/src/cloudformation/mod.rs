//! CloudFormation for stacks that change sets make: enough to plan, apply, look, find drift and
//! destroy. It keeps templates, statuses and events. Of the resources it makes managed policies
//! only.
//!
//! It refuses what CloudFormation refuses about stacks and change sets. The permissions that the
//! caller needs for the resources of a template are not judged here.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html>

mod change_sets;
mod detection;
mod drift;
mod engine;
mod memory;
mod policies;
mod show;
mod template;

pub use memory::StackPace;
pub(crate) use memory::{ADDRESSES, Stacks};

use crate::authorize::{Wanted, authorize, context};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::Accounts;
use crate::xml::Xml;
use memory::{Key, Stack};

type Answer = Result<Xml, Failure>;

/// Decides a call and returns the content of its result element.
pub(crate) fn answer(call: &Call, accounts: &mut Accounts, stacks: &mut Stacks) -> Answer {
    // The status of a detection is asked for by its own id.
    if call.action == "DescribeStackDriftDetectionStatus" {
        permit(call, accounts, &call.action, "*")?;
        return drift::status(call, stacks);
    }
    let key = Key::of(call)?;
    // One that does not exist yet has no id.
    let arn = match stacks.find(&key) {
        Some(stack) => stack.id.clone(),
        None => key.new_id("*"),
    };
    permit(call, accounts, &call.action, &arn)?;
    if let Some(further) = further(call) {
        permit(call, accounts, further, &arn)?;
    }
    let before = stacks.find(&key).map(policies::described);
    let held = stacks
        .find(&key)
        .and_then(|stack| policies::held(stack, accounts));
    if let Some(stack) = stacks.find_mut(&key) {
        stack.held = held;
    }
    let answered = match call.action.as_str() {
        "CreateChangeSet" => change_sets::create(call, stacks, &key),
        "DescribeChangeSet" => change_sets::describe(call, stacks, &key),
        "ExecuteChangeSet" => change_sets::execute(call, stacks, &key),
        "DeleteChangeSet" => change_sets::delete(call, stacks, &key),
        "DescribeStacks" => describe(call, stacks, &key),
        "GetTemplate" => get_template(stacks, &key),
        "DescribeStackEvents" => events(call, stacks, &key),
        "DeleteStack" => delete(call, stacks, &key),
        "DetectStackDrift" => drift::detect(call, accounts, stacks, &key),
        "DescribeStackResourceDrifts" => drift::resources(call, stacks, &key),
        _ => Err(Failure::no_action(&call.action, call.service.version())),
    };
    let before = before.unwrap_or_default();
    policies::follow(&before, stacks, &key, accounts, call.now);
    answered
}

/// The permission that a call needs beside its own.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-iam-id-based-policy-examples.html>
fn further(call: &Call) -> Option<&'static str> {
    match call.action.as_str() {
        "CreateChangeSet" if !call.params.structures("Tags").is_empty() => Some("TagResource"),
        "DetectStackDrift" => Some("DetectStackResourceDrift"),
        _ => None,
    }
}

/// Makes policies decide an action on the stack.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_cloudformation.html>
fn permit(call: &Call, accounts: &Accounts, action: &str, arn: &str) -> Result<(), Failure> {
    let action = format!("cloudformation:{action}");
    let wanted = Wanted {
        action: &action,
        resource: arn,
        shown: arn,
    };
    authorize(call, accounts, wanted, &context(call, accounts))
}

fn found<'s>(stacks: &'s mut Stacks, key: &Key) -> Result<&'s mut Stack, Failure> {
    let missing = || Failure::validation(format!("Stack with id {key} does not exist"));
    stacks.find_mut(key).ok_or_else(missing)
}

fn describe(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    engine::advance(stacks, key, call.now);
    let stack = found(stacks, key)?;
    let mut xml = Xml::new();
    xml.list("Stacks", [&*stack], show::stack);
    Ok(xml)
}

/// A stack that was never deployed has no template.
fn get_template(stacks: &mut Stacks, key: &Key) -> Answer {
    let stack = found(stacks, key)?;
    let missing = || Failure::validation(format!("Stack with id {key} does not exist"));
    let template = stack.template.as_ref().ok_or_else(missing)?;
    let mut xml = Xml::new();
    xml.text("TemplateBody", template.text());
    xml.texts("StagesAvailable", ["Original", "Processed"]);
    Ok(xml)
}

fn events(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    engine::advance(stacks, key, call.now);
    let stack = found(stacks, key)?;
    let mut xml = Xml::new();
    xml.list("StackEvents", stack.events.iter().rev(), |xml, event| {
        show::event(xml, stack, event);
    });
    Ok(xml)
}

/// A stack that does not exist is deleted already.
fn delete(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    if let Some(stack) = stacks.find_mut(key) {
        match stack.status {
            "UPDATE_IN_PROGRESS" => {
                return Err(Failure::validation(format!(
                    "Stack [{}] cannot be deleted while in status {}",
                    stack.id, stack.status
                )));
            }
            "DELETE_IN_PROGRESS" | "DELETE_COMPLETE" => {}
            _ => stack.note_stack("DELETE_IN_PROGRESS", call.now),
        }
    }
    Ok(Xml::new())
}
