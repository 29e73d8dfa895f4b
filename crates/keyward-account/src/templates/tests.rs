use super::Template;
use crate::blueprint::Blueprint;

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
