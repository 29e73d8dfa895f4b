//! Change sets: made, shown, executed, deleted.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>

use std::collections::BTreeMap;

use super::memory::{ChangeSet, Key, Stack, Stacks};
use super::template::Template;
use super::{Answer, found};
use crate::call::Call;
use crate::failure::Failure;
use crate::xml::Xml;

/// The message for a change set without changes.
const EMPTY: &str = "The submitted information didn't contain changes. Submit different \
                     information to create a change set.";

pub(super) fn create(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    let name = set_name(call)?;
    let template = Template::read(call.params.require("TemplateBody")?)?;
    let capabilities = call.params.list("Capabilities");
    let acknowledged = capabilities
        .iter()
        .any(|it| ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"].contains(it));
    if template.makes_identities() && !acknowledged {
        return Err(Failure::new(
            400,
            "InsufficientCapabilitiesException",
            "Requires capabilities : [CAPABILITY_IAM]",
        ));
    }
    let stack = match call.params.get("ChangeSetType").unwrap_or("UPDATE") {
        "CREATE" => to_create(call, stacks, key)?,
        "UPDATE" => to_update(stacks, key)?,
        other => {
            let constraint = "Member must satisfy enum value set: [CREATE, UPDATE, IMPORT]";
            return Err(Failure::constraint("changeSetType", other, constraint));
        }
    };
    if stack.sets.contains_key(name) {
        return Err(Failure::new(
            400,
            "AlreadyExistsException",
            format!("ChangeSet {name} already exists"),
        ));
    }
    let tags: BTreeMap<String, String> = call
        .params
        .structures("Tags")
        .iter()
        .filter_map(|tag| {
            Some((
                (*tag.get("Key")?).to_owned(),
                (*tag.get("Value")?).to_owned(),
            ))
        })
        .collect();
    let set = ChangeSet {
        changes: template.changes(stack.template.as_ref()),
        template,
        tags,
    };
    stack.sets.insert(name.to_owned(), set);
    let mut xml = Xml::new();
    xml.text("Id", set_id(stack, name))
        .text("StackId", &stack.id);
    Ok(xml)
}

/// The stack that a change set creates: a new one, or one that is still under review.
fn to_create<'s>(call: &Call, stacks: &'s mut Stacks, key: &Key) -> Result<&'s mut Stack, Failure> {
    let waits = match stacks.find(key) {
        None => false,
        Some(stack) if stack.status == "REVIEW_IN_PROGRESS" => true,
        Some(stack) => {
            return Err(Failure::validation(format!(
                "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
                stack.name,
                set_name(call)?
            )));
        }
    };
    match waits {
        true => found(stacks, key),
        false => Ok(stacks.add(key, call.now)),
    }
}

/// The stack of a change set that updates: one that is at rest and was deployed.
fn to_update<'s>(stacks: &'s mut Stacks, key: &Key) -> Result<&'s mut Stack, Failure> {
    let missing = || Failure::validation(format!("Stack [{key}] does not exist"));
    let stack = stacks.find_mut(key).ok_or_else(missing)?;
    match stack.status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE" => Ok(stack),
        status => Err(Failure::validation(format!(
            "Stack:{} is in {status} state and can not be updated.",
            stack.id
        ))),
    }
}

pub(super) fn describe(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    let name = set_name(call)?;
    let stack = found(stacks, key)?;
    let set = stack.sets.get(name).ok_or_else(|| no_set(name))?;
    let mut xml = Xml::new();
    xml.text("ChangeSetName", name)
        .text("ChangeSetId", set_id(stack, name))
        .text("StackId", &stack.id)
        .text("StackName", &stack.name);
    match set.changes.is_empty() && same_tags(stack, set) {
        true => xml.text("Status", "FAILED").text("StatusReason", EMPTY),
        false => xml.text("Status", "CREATE_COMPLETE"),
    };
    xml.list("Changes", &set.changes, |xml, change| {
        xml.text("Type", "Resource")
            .element("ResourceChange", |xml| {
                xml.text("Action", change.action)
                    .text("LogicalResourceId", &change.id)
                    .text("ResourceType", &change.kind);
                if change.action == "Modify" {
                    let replaced = if change.is_replaced { "True" } else { "False" };
                    xml.text("Replacement", replaced);
                }
            });
    });
    Ok(xml)
}

fn same_tags(stack: &Stack, set: &ChangeSet) -> bool {
    stack.template.is_some() && stack.tags == set.tags
}

pub(super) fn execute(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    let name = set_name(call)?;
    let stack = found(stacks, key)?;
    let set = stack.sets.get(name).ok_or_else(|| no_set(name))?.clone();
    if set.changes.is_empty() && same_tags(stack, &set) {
        return Err(Failure::new(
            400,
            "InvalidChangeSetStatus",
            format!(
                "ChangeSet [{}] cannot be executed in its current status of [FAILED]",
                set_id(stack, name)
            ),
        ));
    }
    // Executing one change set deletes all of them.
    stack.sets.clear();
    stack.tags = set.tags;
    stack.next = Some(set.template);
    stack.token = call.params.get("ClientRequestToken").map(str::to_owned);
    let status = match stack.status {
        "REVIEW_IN_PROGRESS" => "CREATE_IN_PROGRESS",
        _ => "UPDATE_IN_PROGRESS",
    };
    stack.note_stack(status, call.now);
    Ok(Xml::blank())
}

/// A change set that does not exist is deleted already.
pub(super) fn delete(call: &Call, stacks: &mut Stacks, key: &Key) -> Answer {
    let name = set_name(call)?;
    found(stacks, key)?.sets.remove(name);
    Ok(Xml::blank())
}

fn set_name(call: &Call) -> Result<&str, Failure> {
    let name = call.params.require("ChangeSetName")?;
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 128
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match fits {
        true => Ok(name),
        false => {
            let constraint =
                "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
            Err(Failure::constraint("changeSetName", name, constraint))
        }
    }
}

fn set_id(stack: &Stack, name: &str) -> String {
    stack
        .id
        .replacen(":stack/", &format!(":changeSet/{name}/"), 1)
}

fn no_set(name: &str) -> Failure {
    Failure::new(
        404,
        "ChangeSetNotFound",
        format!("ChangeSet [{name}] does not exist"),
    )
}
