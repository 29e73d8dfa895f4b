//! Exports of blueprints, and of names that other languages would misread.

use serde_json::Value;

use super::cloudformation::{
    Excess, LARGEST_TEMPLATE, MOST_RESOURCES, cloudformation, excess, identity,
};
use super::label::{Labels, file_name};
use super::policies::policies;
use super::terraform::terraform;
use crate::blueprint::Blueprint;
use crate::desired::{Desired, render};
use crate::templates::Template;

const PEOPLE: &str = r#"
[users."x.y"]
groups = ["admins"]
access_key = true
age = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa"

[users.x_y]
groups = ["admins", "developers"]
"#;

fn team() -> Desired {
    let text = format!("{}{PEOPLE}", Template::Team.text());
    let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{e}: {:?}", e.problems));
    render(&blueprint).remove(0)
}

fn exported() -> Value {
    serde_json::from_str(&terraform(&team()).text).unwrap()
}

#[test]
fn every_resource_has_one_import_block() {
    let document = exported();
    let mut addresses: Vec<String> = document["resource"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(kind, blocks)| {
            let labels = blocks.as_object().unwrap().keys();
            labels.map(move |label| format!("{kind}.{label}"))
        })
        .collect();
    let imports = document["import"].as_array().unwrap();
    let mut imported: Vec<String> = imports
        .iter()
        .map(|import| import["to"].as_str().unwrap().to_owned())
        .collect();
    addresses.sort();
    imported.sort();
    assert!(addresses.len() > 10, "{addresses:?}");
    assert_eq!(addresses, imported);
}

#[test]
fn names_that_differ_in_punctuation_get_identifiers_of_their_own() {
    let document = exported();
    let users = document["resource"]["aws_iam_user"].as_object().unwrap();
    let names: Vec<&str> = users
        .values()
        .map(|u| u["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"x.y") && names.contains(&"x_y"),
        "{names:?}"
    );
    let mut labels = Labels::default();
    assert_eq!(labels.make("1a"), "_1a");
    assert_eq!(labels.make("_1A"), "_1a_2");
}

#[test]
fn variables_of_iam_are_no_templates_of_terraform() {
    let text = terraform(&team()).text;
    assert!(text.contains("$${aws:username}"));
    assert!(!text.replace("$${", "").contains("${aws:"));
}

#[test]
fn terraform_leaves_the_tags_of_other_tools() {
    let document = exported();
    for kind in ["aws_iam_user", "aws_iam_role", "aws_iam_policy"] {
        for (label, block) in document["resource"][kind].as_object().unwrap() {
            let ignored = block["lifecycle"]["ignore_changes"].as_array();
            assert!(
                ignored.is_some_and(|it| it.contains(&"tags".into())),
                "{kind}.{label}"
            );
        }
    }
}

#[test]
fn no_login_profile_and_no_key_is_exported() {
    let text = terraform(&team()).text;
    assert!(!text.contains("login_profile") && !text.contains("access_key\""));
    assert!(!text.contains("\"aws_iam_policy_attachment\""));
}

#[test]
fn every_policy_document_is_a_file_of_its_own() {
    let files = policies(&team().account);
    assert!(!files.is_empty());
    for file in &files {
        let document: Value = serde_json::from_str(&file.text).unwrap();
        assert!(document["Statement"].is_array(), "{}", file.path);
    }
    let mut paths: Vec<&String> = files.iter().map(|file| &file.path).collect();
    paths.dedup();
    assert_eq!(paths.len(), files.len());
    assert!(files.iter().any(|file| file.path.starts_with("trust/")));
}

#[test]
fn a_name_of_dots_does_not_leave_the_folder() {
    assert_eq!(file_name(".."), "%2E%2E");
    assert_eq!(file_name("."), "%2E");
    assert_eq!(file_name("a.b"), "a.b");
}

#[test]
fn the_templates_of_an_account_are_one_file_each() {
    let paths = |desired: &Desired| -> Vec<String> {
        let files = cloudformation(desired).into_iter();
        files.map(|file| file.path).collect()
    };
    assert_eq!(paths(&team()), ["identity.yaml"]);
    let text = format!(
        "{}\n[vpc]\nregion = \"eu-central-1\"\n[config]\nregion = \"eu-west-1\"\n",
        Template::Team.text()
    );
    let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{:?}", e.problems));
    let desired = render(&blueprint).remove(0);
    assert_eq!(
        paths(&desired),
        ["identity.yaml", "vpc.yaml", "config.yaml"]
    );
}

#[test]
fn a_template_for_identity_names_no_account_and_no_mark_of_keyward() {
    let template = identity(&team());
    let text = template.to_json();
    assert!(!text.contains("123456789012"), "{text}");
    assert!(!text.contains("keyward:blueprint"));
    assert!(text.contains("${AWS::AccountId}"));
    assert!(text.len() < LARGEST_TEMPLATE);
}

#[test]
fn a_template_that_cloudformation_refuses_is_noticed() {
    let blueprint = |users: usize| {
        let users: String = (0..users)
            .map(|user| format!("[users.u{user}]\n"))
            .collect();
        let text = format!("version = 1\n[account]\nid = \"123456789012\"\n{users}");
        let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{:?}", e.problems));
        render(&blueprint).remove(0)
    };
    assert_eq!(excess(&blueprint(3), ""), None);
    let found = excess(&blueprint(MOST_RESOURCES), "");
    assert!(matches!(found, Some(Excess::Resources(_))), "{found:?}");
    let text = " ".repeat(LARGEST_TEMPLATE + 1);
    let found = excess(&blueprint(3), &text);
    assert_eq!(found, Some(Excess::Bytes(text.len())));
}

#[test]
fn a_bare_account_id_becomes_a_parameter_too() {
    let text = r#"
version = 1
[account]
id = "123456789012"
[roles.Partner]
managed = ["ReadOnlyAccess"]
[roles.Partner.trust]
Effect = "Allow"
Action = "sts:AssumeRole"
Principal.AWS = ["123456789012", "111122223333"]
Condition.StringEquals."aws:PrincipalAccount" = "123456789012"
"#;
    let blueprint = Blueprint::parse(text).unwrap_or_else(|e| panic!("{:?}", e.problems));
    let text = identity(&render(&blueprint).remove(0)).to_json();
    assert!(!text.contains("\"123456789012\""), "{text}");
    assert!(text.contains("\"111122223333\""), "{text}");
}

/// In `Fn::Sub`, a variable of IAM is written `${!aws:username}`; elsewhere it stays as it is.
#[test]
fn variables_of_policies_stay_variables_of_policies() {
    let whole: Value = serde_json::from_str(&identity(&team()).to_json()).unwrap();
    let mut substituted = 0;
    check_variables(&whole, &mut substituted);
    assert!(substituted > 0);
}

fn check_variables(value: &Value, substituted: &mut usize) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "Fn::Sub" {
                    let text = value.as_str().unwrap();
                    *substituted += text.matches("${!aws:").count();
                    assert!(!text.contains("${aws:"), "{text}");
                } else {
                    check_variables(value, substituted);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|it| check_variables(it, substituted)),
        Value::String(text) => assert!(!text.contains("${!"), "{text}"),
        _ => {}
    }
}

#[test]
fn a_role_comes_after_the_entities_that_its_trust_policy_names() {
    let text = r#"
version = 1
[account]
id = "123456789012"
[users.zoe]
[roles.Alpha]
managed = ["ReadOnlyAccess"]
[roles.Alpha.trust]
Effect = "Allow"
Action = "sts:AssumeRole"
Principal.AWS = ["arn:aws:iam::123456789012:role/Omega", "arn:aws:iam::123456789012:user/zoe"]
[roles.Omega]
managed = ["ReadOnlyAccess"]
"#;
    let blueprint = Blueprint::parse(text).unwrap_or_else(|e| panic!("{:?}", e.problems));
    let template = identity(&render(&blueprint).remove(0));
    let ids: Vec<&str> = template.resources().map(|(id, _)| id).collect();
    let at = |id| ids.iter().position(|it| *it == id).unwrap();
    assert!(at("RoleOmega") < at("RoleAlpha"));
    let role = template.resource("RoleAlpha").unwrap();
    assert_eq!(
        role["DependsOn"],
        serde_json::json!(["RoleOmega", "UserZoe"])
    );
}
