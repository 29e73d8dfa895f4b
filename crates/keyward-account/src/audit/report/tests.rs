//! The reports of one audit whose texts are hostile.

use keyward_core::Timestamp;

use keyward_iam::PolicyKind;
use keyward_iam::model::Document;

use super::sarif::ArtifactUri;
use super::{html, json, sarif, text};
use crate::audit::tests::sound;
use crate::audit::{Audit, Finding, NotChecked, Severity, Subject};
use crate::prove::NOT_JUDGED;

fn hostile() -> Audit {
    Audit {
        account: "123456789012".parse().unwrap(),
        taken: Timestamp::from_second(1_790_000_000),
        report_generated: None,
        controls: Vec::new(),
        findings: vec![Finding {
            id: "expired-certificate",
            severity: Severity::Low,
            subject: Subject::Certificate("<script>alert(1)</script>".to_owned()),
            part: None,
            statement: None,
            message: "\"quoted\" & 'more'".to_owned(),
            fix: "delete it".to_owned(),
        }],
        passed: vec!["root-mfa"],
        not_checked: vec![NotChecked {
            id: "root-used",
            reason: "<b>denied</b>".to_owned(),
        }],
    }
}

#[test]
fn a_page_escapes_the_texts_of_the_account_and_asks_for_nothing() {
    let mut input = sound();
    let name = "own".parse().unwrap();
    let user = input.account.users.values_mut().next().unwrap();
    let text = r#"{"Version":"2012-10-17","Statement":{"Sid":"<img src=x>","Effect":"Allow",
        "Action":"s3:GetObject","Resource":"*"}}"#;
    let hostile_policy = Document::read(PolicyKind::Identity, text);
    user.grants.inline.insert(name, hostile_policy);
    let page = html::write(&hostile(), &input);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("&quot;quoted&quot; &amp; &#39;more&#39;"));
    assert!(page.contains("&lt;b&gt;denied&lt;/b&gt;"));
    assert!(page.contains("<p class=\"headline\">1 finding, none of high severity.</p>"));
    assert!(page.contains("Policies of resources, such as buckets and keys,"));
    assert!(page.contains("Secrets that outlive a session") && page.contains("<svg "));
    for forbidden in [
        "<script", "<b>", "http://", "https://", "<img", "url(data", "@import",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("prefers-color-scheme:dark") && page.contains("@media print"));
}

#[test]
fn every_sarif_result_names_a_line_of_a_file_and_a_rule() {
    let document: serde_json::Value =
        serde_json::from_str(&sarif::write(&hostile(), ArtifactUri("account.json"))).unwrap();
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let result = &run["results"][0];
    let location = &result["locations"][0];
    let physical = &location["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "account.json");
    assert_eq!(physical["region"]["startLine"], 1);
    assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string());
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    let rule = &run["tool"]["driver"]["rules"][index];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["fullDescription"]["text"].is_string() && rule["help"]["text"].is_string());
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["associatedRule"]["id"], "root-used");
    assert_eq!(notes[1]["message"]["text"], NOT_JUDGED);
}

#[test]
fn json_names_what_was_found_passed_and_not_checked() {
    let document: serde_json::Value = serde_json::from_str(&json::write(&hostile())).unwrap();
    assert_eq!(document["findings"][0]["benchmark"]["cis-5.0"], "1.18");
    assert_eq!(document["findings"][0]["kind"], "certificate");
    assert_eq!(document["not_checked"][0]["id"], "root-used");
    assert_eq!(document["passed"][0], "root-mfa");
    assert_eq!(document["summary"]["low"], 1);
    assert_eq!(document["not_judged"], NOT_JUDGED);
}

#[test]
fn text_begins_with_the_headline_and_says_what_was_not_checked() {
    let lines: Vec<String> = text::lines(&hostile())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines[0],
        "account 123456789012: 0 high, 0 medium, 1 low; 1 check passed, 1 not checked"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("not checked: root-used"))
    );
    assert!(lines.iter().any(|line| line == NOT_JUDGED));
}

#[test]
fn a_key_keeps_its_fingerprint_when_the_other_is_gone() {
    let of = |keys: &[&str]| {
        let mut audit = hostile();
        let one = audit.findings.pop().unwrap();
        audit.findings.extend(keys.iter().map(|key| Finding {
            part: Some((*key).to_owned()),
            ..one.clone()
        }));
        let text = sarif::write(&audit, ArtifactUri("account.json"));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        let prints = results
            .into_iter()
            .map(|result| result["partialFingerprints"].clone());
        prints.collect::<Vec<_>>()
    };
    let both = of(&["access key 1", "access key 2"]);
    assert_ne!(both[0], both[1]);
    assert_eq!(of(&["access key 2"])[0], both[1]);
}

#[test]
fn results_about_one_entity_have_different_fingerprints() {
    let mut audit = hostile();
    audit.findings.push(audit.findings[0].clone());
    let document: serde_json::Value =
        serde_json::from_str(&sarif::write(&audit, ArtifactUri("account.json"))).unwrap();
    let prints = |key: &str| {
        [0, 1].map(|at| document["runs"][0]["results"][at]["partialFingerprints"][key].clone())
    };
    for key in ["keywardFinding/v1", "primaryLocationLineHash"] {
        let [first, second] = prints(key);
        assert!(first.is_string() && second.is_string() && first != second);
    }
}
