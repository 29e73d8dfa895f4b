//! Team files, good and bad.

use std::error::Error as _;

use super::{Team, TeamError};

const FILE: &str = r##"
version = 1
login = "acme"
region = "eu-central-1"

[accounts]
main = { id = "123456789012", colour = "#D13212" }
data = { id = "111122223333", region = "eu-west-1", color = "green" }

[[roles]]
account = "main"
role = "ReadOnly"
profile = "readonly"
session = "4h"

[[roles]]
account = "data"
role = "team/ReadOnly"
external_id = "practice"
source = "readonly"
"##;

#[test]
fn a_file_becomes_roles_with_the_accounts_settings() {
    let team = Team::parse(FILE).unwrap();
    assert_eq!(team.login.unwrap().as_str(), "acme");
    let [first, second] = &team.roles[..] else {
        panic!("{:?}", team.roles)
    };
    assert_eq!(
        first.arn.as_str(),
        "arn:aws:iam::123456789012:role/ReadOnly"
    );
    assert_eq!(first.session.unwrap().as_secs(), 14_400);
    assert_eq!(first.colour.as_ref().unwrap().to_string(), "d13212");
    assert_eq!(second.profile.as_str(), "data-readonly");
    assert_eq!(
        second.arn.as_str(),
        "arn:aws:iam::111122223333:role/team/ReadOnly"
    );
    assert_eq!(second.region.as_ref().unwrap().as_str(), "eu-west-1");
    assert_eq!(second.colour.as_ref().unwrap().to_string(), "b7ca9d");
    assert_eq!(second.source.as_ref().unwrap().as_str(), "readonly");
}

#[track_caller]
fn refused(text: &str, expect: &str) {
    let error = Team::parse(text).unwrap_err();
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    assert!(message.contains(expect), "{message}");
}

#[test]
fn mistakes_are_named() {
    let role = "[[roles]]\naccount='123456789012'\nrole='R'\n";
    refused("version = 2", "version 2");
    refused(
        "colour_scheme = 1",
        "line 1: there is no field `colour_scheme`",
    );
    refused(
        "version = 1\nlogn = 'x'",
        "line 2: there is no field `logn`; did you mean `login`?",
    );
    refused("region = 'Frankfurt'", "`region`");
    refused("[[roles]]\naccount='nowhere'\nrole='R'", "`nowhere`");
    refused(&format!("{role}session='soon'"), "role 1 (`session`)");
    refused(&format!("{role}colour='loud'"), "six hexadecimal");
    refused(&format!("{role}{role}"), "two roles");
}

#[test]
fn whatever_looks_like_a_secret_is_refused_and_not_repeated() {
    for (line, what) in [
        ("# AKIAIOSFODNN7EXAMPLE", "an access key"),
        ("login = 'ASIAIOSFODNN7EXAMPLE'", "an access key"),
        (
            "x = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'",
            "a secret key",
        ),
        ("x = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'", "the seed"),
        ("-----BEGIN PRIVATE KEY-----", "a private key"),
    ] {
        let error = Team::parse(&format!("version = 1\n{line}\n")).unwrap_err();
        assert!(
            matches!(error, TeamError::Secret { line: 2, .. }),
            "{error}"
        );
        let message = error.to_string();
        assert!(message.contains(what), "{message}");
        assert!(
            error.source().is_none() && !message.contains("EXAMPLE") && !message.contains("GEZD")
        );
    }
}

#[test]
fn long_names_and_arns_are_no_secrets() {
    let text = "[[roles]]\naccount = '123456789012'\n\
                role = 'division/very-long-names/OrganizationAccountAccessRoleForEverybody'\n";
    assert!(Team::parse(text).is_ok());
}

#[test]
fn the_documented_file_is_read() {
    let page = include_str!("../../../../docs/team-file.md");
    let block = page
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let team = Team::parse(block.unwrap()).unwrap();
    let names: Vec<&str> = team
        .roles
        .iter()
        .map(|role| role.profile.as_str())
        .collect();
    assert_eq!(names, ["readonly", "data-deploy"]);
    assert_eq!(team.roles[1].session.unwrap().as_secs(), 2700);
    for role in &team.roles {
        assert!(page.contains(&format!("role_arn = {}\n", role.arn)));
    }
}
