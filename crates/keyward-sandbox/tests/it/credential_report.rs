//! The credential report: started, awaited, read, outlived.

use std::collections::BTreeMap;
use std::time::Duration;

use data_encoding::BASE64;

use crate::client::Office;

/// The rows by user, each by column.
fn rows(content: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = String::from_utf8(BASE64.decode(content.as_bytes()).unwrap()).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(columns.len(), 22);
    let read = |line: &str| {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        let named = columns.iter().map(|name| (*name).to_owned());
        (cells[0].clone(), named.zip(cells.clone()).collect())
    };
    lines.map(read).collect()
}

fn report(office: &Office) -> BTreeMap<String, BTreeMap<String, String>> {
    office.ok("GenerateCredentialReport", &[]);
    office.ok("GenerateCredentialReport", &[]);
    rows(
        &office
            .ok("GetCredentialReport", &[])
            .text("Content")
            .unwrap(),
    )
}

#[test]
fn a_report_is_started_awaited_and_outlived() {
    let office = Office::empty();
    let get = || office.call("GetCredentialReport", &[]).outcome();
    assert!(get().starts_with("410 ReportNotPresent"));
    let state = || {
        office
            .ok("GenerateCredentialReport", &[])
            .text("State")
            .unwrap()
    };
    assert_eq!(state(), "STARTED");
    assert!(get().starts_with("404 ReportInProgress"));
    assert_eq!(get(), "OK");
    assert_eq!(state(), "COMPLETE");
    // A report is not generated again before its time.
    office.ok("CreateUser", &[("UserName", "late")]);
    let content = office
        .ok("GetCredentialReport", &[])
        .text("Content")
        .unwrap();
    assert!(!rows(&content).contains_key("late"));
    office.sandbox.advance(Duration::from_secs(4 * 3600));
    assert!(get().starts_with("410 ReportExpired"));
    assert_eq!(state(), "STARTED");
    assert_eq!(state(), "COMPLETE");
    let content = office
        .ok("GetCredentialReport", &[])
        .text("Content")
        .unwrap();
    assert!(rows(&content).contains_key("late"));
}

#[test]
fn a_row_says_what_a_user_has() {
    let office = Office::open();
    office.change(|account| {
        account.password_policy.as_mut().unwrap().max_age_days = Some(90);
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.password_last_used = Some("2026-03-01T12:00:00Z".parse().unwrap());
    });
    let rows = report(&office);
    let alice = &rows["alice"];
    for (column, expect) in [
        ("arn", "arn:aws:iam::123456789012:user/alice"),
        ("password_enabled", "true"),
        ("password_last_used", "2026-03-01T12:00:00+00:00"),
        ("password_last_changed", "2026-01-01T00:00:00+00:00"),
        ("password_next_rotation", "2026-04-01T00:00:00+00:00"),
        ("mfa_active", "true"),
        ("access_key_1_active", "true"),
        ("access_key_1_last_used_service", "sts"),
        ("access_key_2_active", "false"),
        ("access_key_2_last_rotated", "N/A"),
        ("cert_1_active", "false"),
    ] {
        assert_eq!(alice[column], expect, "{column}");
    }
    assert_eq!(rows["bob"]["mfa_active"], "false");
    assert_eq!(rows["bob"]["access_key_1_last_used_date"], "N/A");
    assert_eq!(rows["bob"]["password_last_used"], "no_information");
}

#[test]
fn the_root_user_has_a_row() {
    let rows = report(&Office::empty());
    let root = &rows["<root_account>"];
    for (column, expect) in [
        ("arn", "arn:aws:iam::123456789012:root"),
        ("password_enabled", "not_supported"),
        ("password_last_used", "no_information"),
        ("mfa_active", "false"),
        ("access_key_1_active", "true"),
    ] {
        assert_eq!(root[column], expect, "{column}");
    }
    let guarded = report(&Office::open());
    assert_eq!(guarded["<root_account>"]["mfa_active"], "true");
    assert_eq!(guarded["<root_account>"]["access_key_1_active"], "false");
}
