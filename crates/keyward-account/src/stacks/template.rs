//! A CloudFormation template as data: JSON with the long form of every function, which its JSON
//! and its YAML share.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::yaml;

/// The version of the format; there is one.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html>
const FORMAT_VERSION: &str = "2010-09-09";

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Value);

impl Template {
    /// A template with a description (at most 1,024 bytes), its resources and its outputs.
    pub(crate) fn new(
        description: &str,
        resources: Map<String, Value>,
        outputs: Map<String, Value>,
    ) -> Self {
        let mut body = Map::new();
        body.insert("AWSTemplateFormatVersion".to_owned(), json!(FORMAT_VERSION));
        body.insert("Description".to_owned(), json!(description));
        body.insert("Resources".to_owned(), Value::Object(resources));
        if !outputs.is_empty() {
            body.insert("Outputs".to_owned(), Value::Object(outputs));
        }
        Self(Value::Object(body))
    }

    /// A template that CloudFormation returned, or that a saved plan holds. One in YAML that is
    /// not JSON is `None`; keyward sends JSON only.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::of_json(serde_json::from_str(text).ok()?)
    }

    /// A template as a value; `None` unless it is an object.
    #[must_use]
    pub fn of_json(value: Value) -> Option<Self> {
        value.is_object().then_some(Self(value))
    }

    /// The template as a value.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The template as JSON on one line, as keyward sends it. CloudFormation takes 51,200 bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// The template as YAML, for people.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        yaml::write(&self.0)
    }

    /// The resources by logical id.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.0.get("Resources").and_then(Value::as_object);
        let resources = resources.into_iter().flatten();
        resources.map(|(id, body)| (id.as_str(), body))
    }

    /// One resource.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Value> {
        self.0.get("Resources")?.get(id)
    }

    /// The number of resources of this type, such as `AWS::EC2::EIP`.
    #[must_use]
    pub fn count(&self, kind: &str) -> usize {
        let resources = self.resources();
        let of_kind = resources.filter(|(_, body)| type_of(body) == kind);
        of_kind.count()
    }

    /// A SHA-256 digest in hexadecimal, the same for equal templates.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = canonical(&self.0).to_string();
        data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
    }
}

/// The type of a resource, such as `AWS::EC2::VPC`.
#[must_use]
pub(crate) fn type_of(body: &Value) -> &str {
    body.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// The value with every object's keys in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let entries = keys
                .into_iter()
                .map(|key| (key.clone(), canonical(&map[key])));
            Value::Object(entries.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// `Ref`: the physical id of a resource, or a pseudo parameter such as `AWS::Region`.
pub(crate) fn reference(id: &str) -> Value {
    json!({ "Ref": id })
}

/// `Fn::GetAtt`: an attribute of a resource.
pub(crate) fn attribute(id: &str, name: &str) -> Value {
    json!({ "Fn::GetAtt": [id, name] })
}

/// `Fn::Sub`: a text with `${…}` references. `${!…}` means a literal `${…}`.
pub(crate) fn substituted(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// Tags as CloudFormation lists them.
pub(crate) fn tags(tags: &[(&str, &str)]) -> Value {
    let tags = tags.iter();
    tags.map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// Resources under construction.
#[derive(Debug, Default)]
pub(crate) struct Resources(pub(crate) Map<String, Value>);

impl Resources {
    /// Adds a resource with its properties.
    pub(crate) fn add(&mut self, id: &str, kind: &str, properties: Value) {
        self.add_with(id, kind, properties, json!({}));
    }

    /// Adds a resource with attributes beside its properties, such as `DependsOn`.
    pub(crate) fn add_with(&mut self, id: &str, kind: &str, properties: Value, attributes: Value) {
        let mut body = Map::new();
        body.insert("Type".to_owned(), json!(kind));
        if let Value::Object(attributes) = attributes {
            body.extend(attributes);
        }
        body.insert("Properties".to_owned(), properties);
        self.0.insert(id.to_owned(), Value::Object(body));
    }
}
