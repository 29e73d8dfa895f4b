//! The work on stacks: an operation that was begun ends at the next look at the stack. A creation
//! fails where a bucket's name is taken or the addresses do not suffice, and is rolled back.

use keyward_core::Timestamp;

use super::memory::{ADDRESSES, Key, Stack, StackPace, Stacks};
use super::template::{Template, kind_of, stays};

/// Ends the operation on a stack, if one is under way.
pub(super) fn advance(stacks: &mut Stacks, key: &Key, now: Timestamp) {
    let works = stacks.pace == StackPace::Working;
    let busy = stacks.find(key).filter(|stack| works && stack.is_busy());
    let Some(stack) = busy else {
        return;
    };
    let obstacle = stack
        .next
        .as_ref()
        .and_then(|next| obstacle(stacks, stack, next));
    let retained: Vec<String> = match stack.status {
        "DELETE_IN_PROGRESS" if stack.held.is_none() => kept_buckets(stack),
        _ => Vec::new(),
    };
    stacks.retained.extend(retained);
    let Some(stack) = stacks.find_mut(key) else {
        return;
    };
    match stack.status {
        "DELETE_IN_PROGRESS" => match stack.held.clone() {
            Some((resource, reason)) => fail_deletion(stack, resource, reason, now),
            None => finish_deletion(stack, now),
        },
        "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS" => match obstacle {
            Some((resource, reason)) => roll_back(stack, &resource, reason, now),
            None => finish(stack, now),
        },
        _ => {}
    }
}

/// The first resource that cannot be made, and why.
fn obstacle(stacks: &Stacks, stack: &Stack, next: &Template) -> Option<(String, String)> {
    let before = stack.template.as_ref();
    let had = |name: &str| before.is_some_and(|it| it.bucket_names().any(|had| had == name));
    for name in next.bucket_names() {
        if stacks.retained.contains(name) && !had(name) {
            return Some(("Bucket".to_owned(), format!("{name} already exists")));
        }
    }
    let (account, region) = stack.region();
    let own = before.map_or(0, |it| it.count("AWS::EC2::EIP"));
    let others = stacks.addresses(&account, &region) - own;
    let mut left = ADDRESSES.saturating_sub(others);
    for (id, body) in next.resources() {
        if kind_of(body) == "AWS::EC2::EIP" {
            if left == 0 {
                let reason = "The maximum number of addresses has been reached.".to_owned();
                return Some((id.to_owned(), reason));
            }
            left -= 1;
        }
    }
    None
}

fn kept_buckets(stack: &Stack) -> Vec<String> {
    let Some(template) = &stack.template else {
        return Vec::new();
    };
    let buckets = template.resources();
    let buckets = buckets.filter(|(_, body)| kind_of(body) == "AWS::S3::Bucket" && stays(body));
    buckets
        .map(|(id, _)| template.physical_id(id, &stack.name))
        .collect()
}

fn finish(stack: &mut Stack, now: Timestamp) {
    let Some(next) = stack.next.take() else {
        return;
    };
    for change in next.changes(stack.template.as_ref()) {
        let status = match change.action {
            "Add" => "CREATE_COMPLETE",
            "Modify" => "UPDATE_COMPLETE",
            _ => "DELETE_COMPLETE",
        };
        stack.note(change.id, change.kind, status, None, now);
    }
    stack.template = Some(next);
    let status = match stack.status {
        "CREATE_IN_PROGRESS" => "CREATE_COMPLETE",
        _ => "UPDATE_COMPLETE",
    };
    stack.note_stack(status, now);
}

/// Undoes everything. A stack whose creation was undone holds nothing and can only be deleted.
fn roll_back(stack: &mut Stack, resource: &str, reason: String, now: Timestamp) {
    let next = stack.next.take();
    let kind = next.iter().flat_map(Template::resources);
    let kind = kind
        .filter(|(id, _)| *id == resource)
        .map(|(_, body)| kind_of(body).to_owned())
        .next()
        .unwrap_or_default();
    let creates = stack.status == "CREATE_IN_PROGRESS";
    let (failed, undoing, undone) = match creates {
        true => ("CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"),
        false => (
            "CREATE_FAILED",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE",
        ),
    };
    stack.note(resource.to_owned(), kind, failed, Some(reason), now);
    stack.note_stack(undoing, now);
    stack.note_stack(undone, now);
}

/// A resource that cannot be deleted keeps the stack.
fn fail_deletion(stack: &mut Stack, resource: String, reason: String, now: Timestamp) {
    let resources = stack.template.iter().flat_map(Template::resources);
    let kind = resources
        .filter(|(id, _)| *id == resource)
        .map(|(_, body)| kind_of(body).to_owned())
        .next();
    let kind = kind.unwrap_or_default();
    stack.note(resource, kind, "DELETE_FAILED", Some(reason), now);
    stack.note_stack("DELETE_FAILED", now);
}

fn finish_deletion(stack: &mut Stack, now: Timestamp) {
    let gone: Vec<(String, String, &'static str)> = stack
        .template
        .iter()
        .flat_map(|template| template.resources().rev())
        .map(|(id, body)| {
            let status = if stays(body) {
                "DELETE_SKIPPED"
            } else {
                "DELETE_COMPLETE"
            };
            (id.to_owned(), kind_of(body).to_owned(), status)
        })
        .collect();
    for (id, kind, status) in gone {
        stack.note(id, kind, status, None, now);
    }
    stack.template = None;
    stack.note_stack("DELETE_COMPLETE", now);
}
