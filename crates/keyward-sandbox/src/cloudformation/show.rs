//! Stacks and events as CloudFormation writes them.

use super::memory::{Event, Stack};
use crate::xml::Xml;

pub(super) fn stack(xml: &mut Xml, stack: &Stack) {
    xml.text("StackId", &stack.id)
        .text("StackName", &stack.name)
        .text("CreationTime", stack.created)
        .text("StackStatus", stack.status)
        .text("DisableRollback", false)
        .element("DriftInformation", |xml| {
            match &stack.detection {
                None => xml.text("StackDriftStatus", "NOT_CHECKED"),
                Some(detection) => xml
                    .text("StackDriftStatus", detection.status())
                    .text("LastCheckTimestamp", detection.at()),
            };
        })
        .list("Tags", &stack.tags, |xml, (key, value)| {
            xml.text("Key", key).text("Value", value);
        });
    let outputs = stack.template.iter();
    let outputs = outputs.flat_map(|template| template.outputs(&stack.name));
    xml.list("Outputs", outputs, |xml, (key, value)| {
        xml.text("OutputKey", key).text("OutputValue", value);
    });
}

pub(super) fn event(xml: &mut Xml, stack: &Stack, event: &Event) {
    xml.text("EventId", &event.id)
        .text("StackId", &stack.id)
        .text("StackName", &stack.name)
        .text("LogicalResourceId", &event.resource)
        .text("ResourceType", &event.kind)
        .text("Timestamp", event.at)
        .text("ResourceStatus", event.status)
        .maybe("ResourceStatusReason", event.reason.as_ref())
        .maybe("ClientRequestToken", event.token.as_ref());
}
