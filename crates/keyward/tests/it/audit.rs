//! `keyward audit` against an account that a template made, and over saved answers.

use keyward_sandbox::{
    Accounts, Clock, KeyStatus, Options, Sandbox, ServiceCredential, SshKey, User,
};
use keyward_testkit::Home;
use serde_json::Value;

use crate::practice::{KEY_ID, SECRET};

const ACCOUNT: &str = "123456789012";

/// An account with nothing in it but its root user's key, and a home with a blueprint.
struct Place {
    server: Sandbox,
    home: Home,
}

impl Place {
    fn start() -> Self {
        let options = Options {
            port: 0,
            clock: Clock::real(),
        };
        let accounts = Accounts::empty_with_root(ACCOUNT.parse().unwrap());
        let server = Sandbox::start(accounts, options).unwrap();
        let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
        home.set("AWS_ENDPOINT_URL", server.url());
        home.set("KEYWARD_TEST_PACE_MS", "1");
        home.config(&format!(
            "[profile admin]\nregion = eu-central-1\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        ));
        let template = home.run(&["account", "init", "--template", "team"]).ok();
        let user = "[users.zoe]\npath = \"/team/\"\ngroups = [\"admins\"]\n";
        home.write("account.toml", &format!("{template}\n{user}"));
        Self { server, home }
    }

    fn apply(&self) {
        let _ = self
            .home
            .run(&[
                "account",
                "apply",
                "account.toml",
                "--profile",
                "admin",
                "--yes",
            ])
            .ok();
    }

    /// Adds a user who may do everything with a key alone.
    fn add_unguarded_user(&self) {
        let created = keyward_core::Timestamp::from_second(1_700_000_000);
        self.server.with_accounts(|accounts| {
            let account = accounts.account_mut(&ACCOUNT.parse().unwrap()).unwrap();
            let mut user = User::new(&account.id, "mallory".parse().unwrap(), created);
            let administrator = "arn:aws:iam::aws:policy/AdministratorAccess".to_owned();
            user.grants.attached.push(administrator);
            account.users.insert(user.name.clone(), user);
        });
    }

    fn audit(&self) -> Value {
        let text = self
            .home
            .run(&["audit", "--profile", "admin", "--json"])
            .ok();
        serde_json::from_str(&text).unwrap()
    }
}

/// The findings about a user, as ids.
fn about<'a>(document: &'a Value, user: &str) -> Vec<&'a str> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .filter(|f| f["kind"] == "user" && f["subject"] == user)
        .map(|f| f["id"].as_str().unwrap())
        .collect()
}

#[test]
fn a_template_that_was_applied_has_findings_of_the_root_user_alone() {
    let place = Place::start();
    place.apply();
    place.server.clear_journal();
    let document = place.audit();
    let calls = place.server.journal();
    assert!(calls.len() <= 11, "{} calls", calls.len());
    assert_eq!(document["account"], ACCOUNT);
    assert_eq!(document["not_checked"], Value::Array(Vec::new()));
    assert!(document["report_generated"].is_string());
    let findings = document["findings"].as_array().unwrap().iter();
    let grave = findings.filter(|f| f["severity"] != "low");
    assert!(grave.clone().all(|f| f["kind"] == "root"), "{document:#}");
    assert!(grave.count() > 0);
}

#[test]
fn a_user_outside_the_guard_is_found_and_fails_the_run_where_that_is_asked_for() {
    let place = Place::start();
    place.apply();
    assert!(about(&place.audit(), "mallory").is_empty());
    place.add_unguarded_user();
    let document = place.audit();
    let found = about(&document, "mallory");
    for id in ["acts-without-mfa", "full-administrator", "guard-missing"] {
        assert!(found.contains(&id), "{id}: {found:?}");
    }
    let arguments = ["audit", "--profile", "admin", "--fail-on", "high"];
    let _ = place.home.run(&arguments).fails_with(1);
}

#[test]
fn saved_details_are_judged_without_aws_and_what_is_missing_is_named() {
    let place = Place::start();
    let details = place
        .home
        .run(&["account", "render", "account.toml", "--json"])
        .ok();
    place
        .home
        .write("saved/authorization-details.json", &details);
    place.home.write(
        "saved/password-policy.json",
        r#"{"PasswordPolicy": {"MinimumPasswordLength": 8}}"#,
    );
    place.server.clear_journal();
    let details = "saved/authorization-details.json";
    let said = place.home.run(&["audit", "--from", details]).fails_with(2);
    assert!(
        said.contains("is a file, where a folder is wanted"),
        "{said}"
    );
    let text = place
        .home
        .run(&[
            "audit",
            "--from",
            "saved",
            "--json",
            "--html",
            "report.html",
        ])
        .ok();
    assert!(place.server.journal().is_empty());
    let document: Value = serde_json::from_str(&text).unwrap();
    let open = document["not_checked"].as_array().unwrap().iter();
    let reasons: Vec<&str> = open.map(|o| o["reason"].as_str().unwrap()).collect();
    assert!(reasons.contains(&"there is no file `credential-report.csv`"));
    assert!(reasons.contains(&"there is no file `account-summary.json`"));
    let findings = document["findings"].as_array().unwrap().iter();
    let medium: Vec<&Value> = findings.filter(|f| f["severity"] != "low").collect();
    assert_eq!(medium.len(), 1, "{medium:#?}");
    assert_eq!(medium[0]["id"], "password-length");
    let page = place.home.read("report.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("password-length"));
    let sarif = place
        .home
        .run(&["audit", "--from", "saved", "--sarif"])
        .ok();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let location = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        location["artifactLocation"]["uri"],
        "authorization-details.json"
    );
}

#[test]
fn an_audit_of_nothing_is_wrong_usage() {
    let place = Place::start();
    let said = place.home.run(&["audit"]).fails_with(2);
    assert!(said.contains("keyward audit --profile P"), "{said}");
    let said = place
        .home
        .run(&["audit", "--from", "nowhere"])
        .fails_with(2);
    assert!(said.contains("authorization-details.json"), "{said}");
}

#[test]
fn secrets_that_outlive_a_session_are_found_per_user() {
    let place = Place::start();
    place.apply();
    place.add_unguarded_user();
    let created = keyward_core::Timestamp::from_second(1_700_000_000);
    place.server.with_accounts(|accounts| {
        let account = accounts.account_mut(&ACCOUNT.parse().unwrap()).unwrap();
        for name in ["mallory", "zoe"] {
            let user = account.users.get_mut(&name.parse().unwrap()).unwrap();
            let ssh = |id: &str, status| SshKey {
                id: id.to_owned(),
                body: "ssh-rsa AAAA".to_owned(),
                status,
                uploaded: created,
            };
            user.ssh_keys.push(ssh("APKAEXAMPLE1", KeyStatus::Active));
            user.ssh_keys.push(ssh("APKAEXAMPLE2", KeyStatus::Inactive));
            user.service_credentials.push(ServiceCredential {
                id: format!("ACCAEXAMPLE{name}"),
                service: "bedrock.amazonaws.com".to_owned(),
                user_name: format!("{name}-at-{ACCOUNT}"),
                status: KeyStatus::Active,
                created,
                expires: None,
            });
        }
    });
    place.server.clear_journal();
    let document = place.audit();
    let journal = place.server.journal();
    let asked = journal
        .iter()
        .filter(|call| call.action == "ListSSHPublicKeys");
    // The guard stops the SSH key of zoe, so keyward does not ask for it.
    assert_eq!(asked.count(), 1);
    let mallory = about(&document, "mallory");
    assert!(mallory.contains(&"ssh-key"), "{mallory:?}");
    assert!(mallory.contains(&"service-credential"), "{mallory:?}");
    let zoe = about(&document, "zoe");
    assert!(!zoe.contains(&"ssh-key"), "{zoe:?}");
    assert!(zoe.contains(&"service-credential"), "{zoe:?}");
}
