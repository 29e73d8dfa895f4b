//! The differences between two templates, resource by resource: each resource appears, goes, is
//! changed in place, or is replaced. A change set of CloudFormation says the same once it exists; a
//! plan is made without one, because a change set for a new stack would already create the stack.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Template;
use super::template::type_of;

/// The effect on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It appears.
    Add,
    /// It changes in place.
    Modify,
    /// Another one replaces it.
    Replace,
    /// It goes.
    Remove,
    /// It leaves the stack and stays in the account.
    Retain,
}

/// One resource that a deployment touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    /// Its logical id.
    pub id: String,
    /// Its type, such as `AWS::EC2::Subnet`.
    pub kind: String,
    /// Its effect.
    pub effect: Effect,
}

/// Properties that cannot change without a new resource, of the types that keyward writes.
///
/// Source: the entry `Update requires: Replacement` of each property in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>
const FIXED: [(&str, &[&str]); 12] = [
    ("AWS::IAM::ManagedPolicy", &["Description", "Path"]),
    ("AWS::EC2::VPC", &["CidrBlock"]),
    (
        "AWS::EC2::Subnet",
        &["AvailabilityZone", "CidrBlock", "VpcId"],
    ),
    ("AWS::EC2::RouteTable", &["VpcId"]),
    ("AWS::EC2::Route", &["DestinationCidrBlock", "RouteTableId"]),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        &["RouteTableId", "SubnetId"],
    ),
    ("AWS::EC2::VPCGatewayAttachment", &["VpcId"]),
    ("AWS::EC2::NatGateway", &["AllocationId", "SubnetId"]),
    ("AWS::S3::Bucket", &["BucketName"]),
    ("AWS::S3::BucketPolicy", &["Bucket"]),
    ("AWS::Config::ConfigurationRecorder", &["Name"]),
    ("AWS::Config::ConfigRule", &["ConfigRuleName"]),
];

/// The changes that lead from one template to another, in the order of the new one; what goes
/// comes last. A resource that refers to a replaced one is replaced too where the property that
/// refers to it is fixed.
#[must_use]
pub fn changes(from: Option<&Template>, to: &Template) -> Vec<ResourceChange> {
    let mut replaced: BTreeSet<String> = BTreeSet::new();
    loop {
        let found = differences(from, to, &replaced);
        let now: BTreeSet<String> = found
            .iter()
            .filter(|change| change.effect == Effect::Replace)
            .map(|change| change.id.clone())
            .collect();
        if now == replaced {
            return found;
        }
        replaced = now;
    }
}

/// Returns the effects of the deletion of a stack.
#[must_use]
pub fn removals(template: &Template) -> Vec<ResourceChange> {
    template
        .resources()
        .map(|(id, body)| change(id, body, leaving(body)))
        .collect()
}

fn differences(
    from: Option<&Template>,
    to: &Template,
    replaced: &BTreeSet<String>,
) -> Vec<ResourceChange> {
    let mut found = Vec::new();
    for (id, body) in to.resources() {
        let effect = match from.and_then(|from| from.resource(id)) {
            None => Some(Effect::Add),
            Some(old) => difference(old, body, replaced),
        };
        found.extend(effect.map(|effect| change(id, body, effect)));
    }
    let gone = from.into_iter().flat_map(Template::resources);
    let gone = gone.filter(|(id, _)| to.resource(id).is_none());
    found.extend(gone.map(|(id, body)| change(id, body, leaving(body))));
    found
}

fn difference(old: &Value, new: &Value, replaced: &BTreeSet<String>) -> Option<Effect> {
    let kind = type_of(new);
    if type_of(old) != kind {
        return Some(Effect::Replace);
    }
    let properties = |body: &'_ Value| body.get("Properties").cloned().unwrap_or_default();
    let (before, after) = (properties(old), properties(new));
    let fixed = FIXED.iter().find(|(name, _)| *name == kind);
    let fixed = fixed.map_or(&[] as &[&str], |(_, fixed)| fixed);
    let moves = fixed.iter().any(|property| {
        let value = after.get(property);
        before.get(property) != value || value.is_some_and(|it| refers_to(it, replaced))
    });
    if moves {
        return Some(Effect::Replace);
    }
    let differs = old != new || refers_to(&after, replaced);
    differs.then_some(Effect::Modify)
}

/// Whether a value refers to one of these resources by `Ref` or `Fn::GetAtt`.
fn refers_to(value: &Value, ids: &BTreeSet<String>) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match (key.as_str(), value) {
            ("Ref", Value::String(id)) => ids.contains(id),
            ("Fn::GetAtt", Value::Array(parts)) => {
                let id = parts.first().and_then(Value::as_str);
                id.is_some_and(|id| ids.contains(id))
            }
            _ => refers_to(value, ids),
        }),
        Value::Array(items) => items.iter().any(|item| refers_to(item, ids)),
        _ => false,
    }
}

fn leaving(body: &Value) -> Effect {
    match body.get("DeletionPolicy").and_then(Value::as_str) {
        Some("Retain") => Effect::Retain,
        _ => Effect::Remove,
    }
}

fn change(id: &str, body: &Value, effect: Effect) -> ResourceChange {
    ResourceChange {
        id: id.to_owned(),
        kind: type_of(body).to_owned(),
        effect,
    }
}
