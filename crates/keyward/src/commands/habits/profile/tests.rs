//! A profile where the command should be.

use std::ffi::OsString;

use super::with_exec;

fn check(line: &str, expect: Option<&str>) {
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let found = with_exec(&words, &|name| name.as_str() == "work");
    assert_eq!(found.as_deref(), expect, "{line}");
}

#[test]
fn a_known_profile_leads_to_exec() {
    check("keyward work", Some("keyward exec work"));
    check("keyward -v work", Some("keyward -v exec work"));
    check(
        "keyward work -- aws s3 ls",
        Some("keyward exec work -- aws s3 ls"),
    );
    check(
        "keyward work aws s3 ls",
        Some("keyward exec work aws s3 ls"),
    );
    check(
        "keyward work --duration 2h -- true",
        Some("keyward exec work --duration 2h -- true"),
    );
}

#[test]
fn other_words_lead_nowhere() {
    check("keyward other", None);
    check("keyward work --nosuch", None);
    check("keyward --help", None);
}
