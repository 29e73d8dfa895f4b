//! A sound account, and the same with one defect: each defect is found by its check, and by no
//! other run.

mod own;

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_iam::PolicyKind;
use keyward_iam::model::{Account, Document, ManagedPolicy, PasswordPolicy, User};

use super::check::CheckFindings;
use super::input::{CredentialReport, CredentialRow, Holder, Known, ReportedKey, ReportedPassword};
use super::input::{ServerCertificate, VirtualDevice};
use super::registry::{self, CHECKS};
use super::{Finding, Input, Severity, Subject, audit};
use crate::blueprint::Blueprint;
use crate::desired::render;
use crate::templates::Template;

const DAY: i64 = 86_400;
const NOW: i64 = 1_790_000_000;

fn ago(days: i64) -> Timestamp {
    Timestamp::from_second(NOW - days * DAY)
}

/// The accounts of a template with one user more.
fn accounts(template: Template) -> Vec<Account> {
    let text = format!("{}\n[users.zoe]\ngroups = [\"admins\"]\n", template.text());
    let blueprint = Blueprint::parse(&text).unwrap_or_else(|e| panic!("{:#?}", e.problems));
    let desired = render(&blueprint).into_iter();
    desired.map(|desired| desired.account).collect()
}

pub(super) fn input(account: Account) -> Input {
    let summary = [
        ("AccountAccessKeysPresent", 0),
        ("AccountMFAEnabled", 1),
        ("AccountPasswordPresent", 1),
    ];
    let used = Some(ago(1));
    let holders = account.users.keys().cloned().map(Holder::User);
    let rows = holders.chain([Holder::Root]).map(|holder| CredentialRow {
        password: Some(ReportedPassword {
            last_used: (holder != Holder::Root).then_some(ago(1)),
            changed: Some(ago(10)),
        }),
        keys: match holder {
            Holder::Root => BTreeMap::new(),
            Holder::User(_) => [(1, key(20, used))].into(),
        },
        holder,
        created: Some(ago(400)),
        mfa_active: true,
        signing_certificates: 0,
    });
    Input {
        summary: Known::Read(summary.map(|(k, v)| (k.to_owned(), v)).into()),
        password_policy: Known::Read(Some(PasswordPolicy {
            minimum_length: 14,
            reuse_prevention: Some(24),
            ..PasswordPolicy::default()
        })),
        credentials: Known::Read(CredentialReport {
            generated: Some(ago(0)),
            rows: rows.collect(),
        }),
        devices: Known::Read(Vec::new()),
        certificates: Known::Read(Vec::new()),
        service_credentials: Known::Read(Vec::new()),
        ssh_keys: Known::Read(Vec::new()),
        account,
        now: ago(0),
    }
}

fn key(age: i64, last_used: Option<Timestamp>) -> ReportedKey {
    ReportedKey {
        created: Some(ago(age)),
        last_used,
    }
}

/// A sound account whose user `zoe` is under the guard.
pub(super) fn sound() -> Input {
    let mut account = accounts(Template::Team).remove(0);
    let support = support_access();
    let role = account.roles.values_mut().next().unwrap();
    role.grants.attached.insert(support.arn.clone());
    account.policies.insert(support.arn.clone(), support);
    input(account)
}

fn support_access() -> ManagedPolicy {
    ManagedPolicy {
        name: "AWSSupportAccess".parse().unwrap(),
        path: "/".parse().unwrap(),
        arn: "arn:aws:iam::aws:policy/AWSSupportAccess".parse().unwrap(),
        document: statement(r#"{"Effect":"Allow","Action":"support:*","Resource":"*"}"#),
        versions: Vec::new(),
        tags: BTreeMap::new(),
    }
}

/// Returns the findings of one check.
fn look(id: &str, input: &Input) -> Vec<Finding> {
    let check = registry::check(id).unwrap();
    let mut found = CheckFindings::new(check);
    (check.look)(input, &mut found).unwrap();
    found.findings
}

/// The sound account has no finding of this check, and the changed one has.
fn check(id: &str, severity: Severity, change: impl FnOnce(&mut Input)) {
    let mut input = sound();
    let before = look(id, &input);
    assert!(before.is_empty(), "{id}: {before:#?}");
    change(&mut input);
    let after = look(id, &input);
    assert!(!after.is_empty(), "{id} finds nothing");
    assert_eq!(after[0].severity, severity, "{id}: {after:#?}");
}

fn zoe(input: &mut Input) -> &mut User {
    let name = "zoe".parse().unwrap();
    input.account.users.get_mut(&name).unwrap()
}

/// The row of `zoe` in the credential report.
fn row(input: &mut Input) -> &mut CredentialRow {
    of(input, &Holder::User("zoe".parse().unwrap()))
}

fn of<'a>(input: &'a mut Input, holder: &Holder) -> &'a mut CredentialRow {
    let Known::Read(report) = &mut input.credentials else {
        panic!("the report is there");
    };
    let mut rows = report.rows.iter_mut();
    rows.find(|row| row.holder == *holder).unwrap()
}

fn count(input: &mut Input, name: &str, count: i64) {
    let Known::Read(summary) = &mut input.summary else {
        panic!("the summary is there");
    };
    summary.insert(name.to_owned(), count);
}

fn statement(json: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{json}]}}"#);
    Document::read(PolicyKind::Identity, &text)
}

#[test]
fn ids_are_unique_and_every_check_says_why_and_what_to_do() {
    let mut ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), CHECKS.len());
    for check in CHECKS {
        assert!(
            !check.reason.is_empty() && !check.fix.is_empty(),
            "{}",
            check.id
        );
        let mut letters = check.id.bytes();
        assert!(
            letters.all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{}",
            check.id
        );
    }
}

#[test]
fn no_number_of_a_benchmark_stands_for_two_checks() {
    let mut numbers: Vec<_> = CHECKS.iter().flat_map(|c| c.benchmark.controls()).collect();
    let all = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), all);
}

#[test]
fn templates_yield_nothing_of_medium_severity() {
    for template in Template::ALL {
        for account in accounts(template) {
            let audit = audit(&input(account));
            let bad: Vec<_> = audit
                .findings
                .iter()
                .filter(|f| f.severity > Severity::Low)
                .collect();
            assert!(bad.is_empty(), "{template}: {bad:#?}");
            assert!(audit.not_checked.is_empty());
        }
    }
}

#[test]
fn a_part_that_was_not_read_is_named_and_never_passes() {
    let mut input = sound();
    input.credentials = Known::Missing("the emulator has no report".to_owned());
    input.summary = Known::Missing("denied".to_owned());
    input.password_policy = Known::Missing("denied".to_owned());
    input.devices = Known::Missing("denied".to_owned());
    input.certificates = Known::Missing("denied".to_owned());
    let audit = audit(&input);
    let ids: Vec<&str> = audit.not_checked.iter().map(|open| open.id).collect();
    for id in [
        "root-access-key",
        "root-mfa",
        "root-used",
        "password-length",
        "never-used",
    ] {
        assert!(ids.contains(&id), "{id}");
        assert!(!audit.passed.contains(&id), "{id}");
    }
    assert!(
        audit
            .not_checked
            .iter()
            .any(|open| open.reason.contains("emulator"))
    );
}

#[test]
fn a_summary_without_a_number_leaves_its_check_open() {
    let mut input = sound();
    input.summary = Known::Read(BTreeMap::new());
    let audit = audit(&input);
    assert!(audit.not_checked.iter().any(|open| open.id == "root-mfa"));
}

#[test]
fn the_root_users_key_device_and_use_are_found() {
    check("root-access-key", Severity::High, |i| {
        count(i, "AccountAccessKeysPresent", 1)
    });
    check("root-mfa", Severity::High, |i| {
        count(i, "AccountMFAEnabled", 0)
    });
    check("root-used", Severity::Medium, |i| {
        of(i, &Holder::Root).password.as_mut().unwrap().last_used = Some(ago(2));
    });
    check("root-hardware-mfa", Severity::Low, |i| {
        i.devices = Known::Read(vec![VirtualDevice {
            serial: "arn:aws:iam::123456789012:mfa/phone".to_owned(),
            owner: Some("arn:aws:iam::123456789012:root".to_owned()),
        }]);
    });
}

#[test]
fn weak_rules_for_passwords_are_found() {
    check("password-length", Severity::Medium, |i| {
        i.password_policy = Known::Read(Some(PasswordPolicy {
            minimum_length: 13,
            ..PasswordPolicy::default()
        }));
    });
    check("password-length", Severity::Medium, |i| {
        i.password_policy = Known::Read(None)
    });
    check("password-reuse", Severity::Low, |i| {
        i.password_policy = Known::Read(Some(PasswordPolicy {
            reuse_prevention: Some(23),
            ..PasswordPolicy::default()
        }));
    });
}

#[test]
fn what_the_credential_report_shows_is_found() {
    check("unused-credential", Severity::Medium, |i| {
        row(i).password.as_mut().unwrap().last_used = Some(ago(45));
    });
    check("two-active-keys", Severity::Low, |i| {
        row(i).keys.insert(2, key(1, Some(ago(1))));
    });
    check("old-access-key", Severity::Medium, |i| {
        row(i).keys.insert(1, key(91, Some(ago(1))));
    });
    check("setup-key", Severity::Low, |i| {
        row(i).created = Some(ago(20));
        row(i).keys.insert(1, key(20, None));
    });
    check("never-used", Severity::Low, |i| {
        row(i).keys.insert(1, key(8, None));
    });
}

#[test]
fn a_console_user_without_a_device_is_worse_where_nothing_holds_the_user_back() {
    check("console-without-mfa", Severity::Low, |i| {
        row(i).mfa_active = false;
        row(i).keys.clear();
    });
    check("console-without-mfa", Severity::High, |i| {
        row(i).mfa_active = false;
    });
    check("console-without-mfa", Severity::High, |i| {
        row(i).mfa_active = false;
        own::without_guard(i);
    });
}

#[test]
fn a_key_of_a_user_without_a_device_is_found_with_or_without_a_password() {
    for password in [true, false] {
        check("key-without-device", Severity::High, |i| {
            row(i).mfa_active = false;
            row(i).password = row(i).password.filter(|_| password);
        });
    }
    let mut input = sound();
    row(&mut input).mfa_active = false;
    let found = look("key-without-device", &input);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("`Administrator`"), "{found:?}");
    // A code opens nothing to a user who may enrol no device.
    own::without_guard(&mut input);
    assert!(look("key-without-device", &input).is_empty());
}

#[test]
fn expired_certificates_and_devices_of_no_user_are_found() {
    check("expired-certificate", Severity::Low, |i| {
        i.certificates = Known::Read(vec![ServerCertificate {
            name: "shop".to_owned(),
            expires: Some(ago(1)),
        }]);
    });
    check("unassigned-device", Severity::Low, |i| {
        i.devices = Known::Read(vec![VirtualDevice {
            serial: "arn:aws:iam::123456789012:mfa/zoe".to_owned(),
            owner: None,
        }]);
    });
}

#[test]
fn the_worst_findings_come_first() {
    let mut input = sound();
    count(&mut input, "AccountMFAEnabled", 0);
    row(&mut input).keys.insert(2, key(1, Some(ago(1))));
    let audit = audit(&input);
    assert_eq!(audit.findings[0].subject, Subject::Root);
    assert!(audit.findings.is_sorted_by(|a, b| a.severity >= b.severity));
    assert!(audit.reaches(Severity::High));
}
