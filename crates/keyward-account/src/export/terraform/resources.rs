//! Resource blocks and their import blocks. Every text that comes from the account passes through
//! [`literal`], so that Terraform reads no template in it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::export::label::Labels;

/// The resources written so far.
#[derive(Debug, Default)]
pub(super) struct Resources {
    /// The import blocks.
    pub(super) imports: Vec<Value>,
    /// The resource blocks by type and identifier.
    pub(super) blocks: Map<String, Value>,
    labels: BTreeMap<&'static str, Labels>,
}

/// A resource that others name.
#[derive(Debug, Clone)]
pub(super) struct Reference(String);

impl Reference {
    /// `${TYPE.IDENTIFIER.ATTRIBUTE}`.
    pub(super) fn attribute(&self, attribute: &str) -> Value {
        json!(format!("${{{}.{attribute}}}", self.0))
    }
}

impl Resources {
    /// Adds a resource with its import id. `name` becomes the identifier.
    pub(super) fn add(
        &mut self,
        kind: &'static str,
        name: &str,
        id: &str,
        body: Map<String, Value>,
    ) -> Reference {
        let label = self.labels.entry(kind).or_default().make(name);
        let address = format!("{kind}.{label}");
        self.imports
            .push(json!({ "to": address, "id": literal(id) }));
        let of_kind = self.blocks.entry(kind).or_insert_with(|| json!({}));
        of_kind[label] = Value::Object(body);
        Reference(address)
    }
}

/// A text in which Terraform sees no template: `${` and `%{` are doubled.
///
/// Source: <https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences>
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
