use std::collections::BTreeSet;

use serde_json::Value;

use super::SCHEMA;
use crate::blueprint::Blueprint;

/// A key that no table has, and that resembles none.
const STRANGE: &str = "qqqqqqqqqqqq";

/// The keys that the reader knows in a table, as its own message lists them.
fn known_to_reader(text: &str) -> BTreeSet<String> {
    let error = Blueprint::parse(text).expect_err("the key is unknown");
    let problems = error.problems.iter();
    let about: Vec<_> = problems.filter(|p| p.message.contains(STRANGE)).collect();
    assert_eq!(about.len(), 1, "{:?}", error.problems);
    let quoted = about[0].fix.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn known_to_schema(table: &Value) -> BTreeSet<String> {
    table["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema = schema();
    let account = "version = 1\n[account]\nid = \"123456789012\"\n";
    let in_table = |table: &str| known_to_reader(&format!("{account}[{table}]\n{STRANGE} = 1\n"));
    let top = format!("{STRANGE} = 1\n{account}");
    assert_eq!(known_to_reader(&top), known_to_schema(&schema));
    for (table, definition) in [
        ("password_policy", "password_policy"),
        ("self_service", "self_service"),
        ("users.alice", "user"),
        ("groups.admins", "group"),
        ("roles.ReadOnly", "role"),
        ("policies.own", "policy"),
        ("oidc_providers.\"id.example.com\"", "oidc_provider"),
        ("vpc", "vpc"),
        ("config", "config"),
    ] {
        let defined = known_to_schema(&schema["$defs"][definition]);
        assert_eq!(in_table(table), defined, "{table}");
    }
    let one = format!("version = 1\n[account]\n{STRANGE} = 1\n");
    let one = known_to_reader(&one);
    assert_eq!(one, known_to_schema(&schema["$defs"]["account"]));
    let several = format!("version = 1\n[accounts.a]\n{STRANGE} = 1\n");
    let several = known_to_reader(&several);
    assert_eq!(several, known_to_schema(&schema["$defs"]["named_account"]));
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                found.extend(
                    object
                        .get("$ref")
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                );
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let schema = schema();
    let mut found = Vec::new();
    references(&schema, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(schema.pointer(pointer).is_some(), "{reference}");
    }
}
