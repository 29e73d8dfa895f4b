use serde_json::{Map, Value};

use super::Template;
use crate::blueprint::Blueprint;
use crate::desired::{Desired, render, wire};

mod proof;

fn render_text(text: &str) -> Vec<Desired> {
    let blueprint = Blueprint::parse(text);
    render(&blueprint.unwrap_or_else(|error| panic!("{:#?}", error.problems)))
}

fn rendered(template: Template) -> Vec<Desired> {
    render_text(template.text())
}

/// The rendered accounts without the policies of AWS, whose documents change with the catalogue.
fn snapshot(template: Template) -> String {
    let mut accounts = Map::new();
    for Desired { mut account, .. } in rendered(template) {
        account.policies.retain(|arn, _| !arn.is_aws_managed());
        accounts.insert(account.id.to_string(), wire::details(&account));
    }
    serde_json::to_string_pretty(&Value::Object(accounts)).unwrap()
}

#[test]
fn the_policies_of_a_template_are_these() {
    for template in Template::ALL {
        insta::assert_snapshot!(template.name(), snapshot(template));
    }
}

#[test]
fn every_template_is_clean_under_its_own_checks() {
    for template in Template::ALL {
        let read = Blueprint::parse(template.text());
        let blueprint = read.unwrap_or_else(|error| panic!("{template}: {:#?}", error.problems));
        assert_eq!(blueprint.warnings, [], "{template}");
    }
}

#[test]
fn every_template_names_the_schema() {
    for template in Template::ALL {
        assert!(template.text().starts_with("#:schema "), "{template}");
    }
}

#[test]
fn a_template_is_found_by_its_name() {
    for template in Template::ALL {
        assert_eq!(template.name().parse(), Ok(template));
    }
    let error = "taem".parse::<Template>().unwrap_err();
    assert!(error.to_string().contains("`team`"));
}

#[test]
fn the_head_names_the_file_that_the_template_is_in() {
    for template in Template::ALL {
        let own = format!("{}.toml", template.name());
        assert_eq!(template.text_in(&own), template.text());
        let text = template.text_in("aws/our account.toml");
        assert!(text.contains("#   keyward account apply aws/our account.toml     does it\n"));
        assert!(text.contains("#   keyward account plan aws/our account.toml      shows"));
        assert!(!text.contains(&own), "{template}");
    }
}
