//! A template that was submitted, in JSON.

use serde_json::Value;

use crate::failure::Failure;

/// The effect of a change set on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) action: &'static str,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) is_replaced: bool,
}

/// The most bytes of a template in a request.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const LARGEST: usize = 51_200;

/// Properties that cannot change without a new resource, with the types that have them. Other types
/// count as changed in place.
///
/// Source: the entry `Update requires: Replacement` of each property in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>
const FIXED: [(&str, &[&str]); 12] = [
    ("AWS::Config::ConfigRule", &["ConfigRuleName"]),
    ("AWS::Config::ConfigurationRecorder", &["Name"]),
    ("AWS::EC2::NatGateway", &["AllocationId", "SubnetId"]),
    ("AWS::EC2::Route", &["DestinationCidrBlock", "RouteTableId"]),
    ("AWS::EC2::RouteTable", &["VpcId"]),
    (
        "AWS::EC2::Subnet",
        &["AvailabilityZone", "CidrBlock", "VpcId"],
    ),
    (
        "AWS::EC2::SubnetRouteTableAssociation",
        &["RouteTableId", "SubnetId"],
    ),
    ("AWS::EC2::VPC", &["CidrBlock"]),
    ("AWS::EC2::VPCGatewayAttachment", &["VpcId"]),
    ("AWS::IAM::ManagedPolicy", &["Description", "Path"]),
    ("AWS::S3::Bucket", &["BucketName"]),
    ("AWS::S3::BucketPolicy", &["Bucket"]),
];

/// A template.
#[derive(Debug, Clone)]
pub(super) struct Template {
    text: String,
    value: Value,
}

impl Template {
    /// Reads a template, or refuses it in CloudFormation's words.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        if text.len() > LARGEST {
            let message = format!(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: \
                 Member must have length less than or equal to {LARGEST}"
            );
            return Err(Failure::validation(message));
        }
        let error = |what: &str| Failure::validation(format!("Template format error: {what}"));
        let value: Value =
            serde_json::from_str(text).map_err(|_| error("JSON not well-formed."))?;
        let resources = value.get("Resources").and_then(Value::as_object);
        let resources = resources.filter(|resources| !resources.is_empty());
        let resources =
            resources.ok_or_else(|| error("At least one Resources member must be defined."))?;
        for (id, body) in resources {
            if !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(error(&format!("Resource name {id} is non alphanumeric.")));
            }
            if body.get("Type").and_then(Value::as_str).is_none() {
                let what =
                    format!("[/Resources/{id}] Every Resources object must contain a Type member.");
                return Err(error(&what));
            }
        }
        let template = Self {
            text: text.to_owned(),
            value,
        };
        match template.dangling() {
            Some(id) => Err(error(&format!(
                "Unresolved resource dependencies [{id}] in the Resources block of the template"
            ))),
            None => Ok(template),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn resources(&self) -> impl DoubleEndedIterator<Item = (&str, &Value)> {
        let resources = self.value.get("Resources").and_then(Value::as_object);
        let resources = resources.expect("reading a template makes sure of its resources");
        resources.iter().map(|(id, body)| (id.as_str(), body))
    }

    fn resource(&self, id: &str) -> Option<&Value> {
        self.value.get("Resources")?.get(id)
    }

    pub(super) fn count(&self, kind: &str) -> usize {
        self.resources()
            .filter(|(_, body)| kind_of(body) == kind)
            .count()
    }

    /// Whether it makes entities of IAM, which the request must acknowledge.
    pub(super) fn makes_identities(&self) -> bool {
        self.resources()
            .any(|(_, body)| kind_of(body).starts_with("AWS::IAM::"))
    }

    /// The names that buckets get from their templates.
    pub(super) fn bucket_names(&self) -> impl Iterator<Item = &str> {
        let buckets = self
            .resources()
            .filter(|(_, body)| kind_of(body) == "AWS::S3::Bucket");
        buckets.filter_map(|(_, body)| body["Properties"]["BucketName"].as_str())
    }

    /// Returns the changes from one template to another.
    pub(super) fn changes(&self, from: Option<&Self>) -> Vec<Change> {
        let change = |action, id: &str, body: &Value, is_replaced| Change {
            action,
            id: id.to_owned(),
            kind: kind_of(body).to_owned(),
            is_replaced,
        };
        let mut changes = Vec::new();
        for (id, body) in self.resources() {
            match from.and_then(|from| from.resource(id)) {
                None => changes.push(change("Add", id, body, false)),
                Some(old) if old != body => {
                    let (before, after) = (&old["Properties"], &body["Properties"]);
                    let fixed = FIXED.iter().filter(|(kind, _)| *kind == kind_of(body));
                    let mut fixed = fixed.flat_map(|(_, names)| names.iter());
                    let moves = fixed.any(|name| before.get(name) != after.get(name));
                    changes.push(change("Modify", id, body, moves));
                }
                Some(_) => {}
            }
        }
        let gone = from.into_iter().flat_map(Self::resources);
        let gone = gone.filter(|(id, _)| self.resource(id).is_none());
        changes.extend(gone.map(|(id, body)| change("Remove", id, body, false)));
        changes
    }

    /// The outputs that refer to resources, by the ids that those have here.
    pub(super) fn outputs(&self, stack: &str) -> Vec<(String, String)> {
        let outputs = self.value.get("Outputs").and_then(Value::as_object);
        let outputs = outputs.into_iter().flatten();
        outputs
            .map(|(name, output)| (name.clone(), self.resolve(&output["Value"], stack)))
            .collect()
    }

    fn resolve(&self, value: &Value, stack: &str) -> String {
        if let Some(id) = value["Ref"].as_str() {
            return self.physical_id(id, stack);
        }
        if let Some(id) = value["Fn::GetAtt"][0].as_str() {
            return format!("arn:aws:practice:::{}", self.physical_id(id, stack));
        }
        let joined = value["Fn::Join"][1].as_array();
        let joined = joined.into_iter().flatten();
        let joined: Vec<String> = joined.map(|part| self.resolve(part, stack)).collect();
        match value.as_str() {
            Some(text) => text.to_owned(),
            None => joined.join(value["Fn::Join"][0].as_str().unwrap_or_default()),
        }
    }

    /// The name of a resource in the template, or one made of the stack's name and its own id.
    pub(super) fn physical_id(&self, id: &str, stack: &str) -> String {
        let given = self
            .resource(id)
            .and_then(|body| body["Properties"]["BucketName"].as_str());
        given.map_or_else(
            || format!("{stack}-{}", id.to_ascii_lowercase()),
            str::to_owned,
        )
    }

    /// A `Ref`, `Fn::GetAtt` or `DependsOn` without its resource.
    fn dangling(&self) -> Option<String> {
        let mut names = Vec::new();
        references(&self.value, &mut names);
        let mut names = names.into_iter().filter(|name| !name.starts_with("AWS::"));
        names.find(|name| self.resource(name).is_none())
    }
}

/// The type of a resource.
pub(super) fn kind_of(body: &Value) -> &str {
    body["Type"].as_str().unwrap_or_default()
}

/// Whether a resource stays when it leaves its stack.
pub(super) fn stays(body: &Value) -> bool {
    body["DeletionPolicy"] == "Retain"
}

fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("Ref" | "DependsOn", Value::String(name)) => names.push(name.clone()),
                    ("DependsOn", Value::Array(all)) => {
                        names.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("Fn::GetAtt", Value::Array(parts)) => {
                        names.extend(parts.first().and_then(Value::as_str).map(str::to_owned));
                    }
                    _ => references(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
