//! Reading credential reports.

use super::{CredentialReport, CredentialReportError, Holder, cells};

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

fn row(name: &str) -> String {
    format!(
        "{name},arn:aws:iam::123456789012:user/x,2026-01-01T00:00:00+00:00,true,no_information,2026-01-02T00:00:00+00:00,N/A,false,true,2026-01-03T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    )
}

#[test]
fn a_row_says_what_a_user_holds() {
    let report = CredentialReport::parse(&format!("{HEADER}\n{}\n", row("alice")), None).unwrap();
    let [alice] = &report.rows[..] else { panic!() };
    assert_eq!(alice.holder, Holder::User("alice".parse().unwrap()));
    assert_eq!(alice.password.unwrap().last_used, None);
    assert!(alice.password.unwrap().changed.is_some());
    assert_eq!(alice.keys.keys().copied().collect::<Vec<_>>(), [1]);
    assert!(!alice.mfa_active);
}

#[test]
fn the_root_user_has_a_row_of_its_own() {
    let text = format!("{HEADER}\n{}", row("<root_account>"));
    let report = CredentialReport::parse(&text, None).unwrap();
    assert!(report.root().is_some());
    assert_eq!(report.users().count(), 0);
}

#[test]
fn a_name_in_quotation_marks_may_hold_a_comma() {
    assert_eq!(cells("\"a,b\",c,\"d\"\"e\""), ["a,b", "c", "d\"e"]);
}

#[test]
fn a_row_that_does_not_fit_is_an_error_and_not_left_out() {
    let ragged = CredentialReport::parse(&format!("{HEADER}\nalice,arn\n"), None);
    assert!(matches!(
        ragged,
        Err(CredentialReportError::Ragged {
            line: 2,
            found: 2,
            expected: 22
        })
    ));
    let odd = row("alice").replace(",true,no_information", ",maybe,no_information");
    let unknown = CredentialReport::parse(&format!("{HEADER}\n{odd}\n"), None);
    assert!(matches!(
        unknown,
        Err(CredentialReportError::Cell {
            column: "password_enabled",
            ..
        })
    ));
    assert!(matches!(
        CredentialReport::parse("not a report\n", None),
        Err(CredentialReportError::NoColumn("user"))
    ));
}
