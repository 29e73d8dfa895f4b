//! An audit as SARIF 2.1.0, for the tools that show results of code scanning.
//!
//! Some of these tools refuse a whole report if one result has no file location. Each result
//! therefore names the first line of an artifact, and beside it the entity of the account.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>,
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>

use std::collections::HashMap;

use serde::Serialize;

use crate::audit::check::Check;
use crate::audit::finding::{Finding, Severity};
use crate::audit::registry::CHECKS;
use crate::audit::{Audit, in_words};
use crate::prove::NOT_JUDGED;

/// The schema that the document follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation<'a>; 1],
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    help: Text<'static>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    end_time_utc: String,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'a> {
    level: &'static str,
    message: OwnedText,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference<'a>>,
}

#[derive(Serialize)]
struct RuleReference<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct OwnedText {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: OwnedText,
    locations: [Location<'a>; 1],
    partial_fingerprints: Fingerprint,
}

/// The identity of a result from run to run. GitHub reads the second name only, and treats results
/// of one rule, line and fingerprint as one.
///
/// Source: <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
#[derive(Serialize)]
struct Fingerprint {
    #[serde(rename = "keywardFinding/v1")]
    finding: String,
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical<'a>,
    logical_locations: [Logical; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    artifact_location: Artifact<'a>,
    region: Region,
}

#[derive(Serialize)]
struct Artifact<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

/// The file that results point at: a relative URI reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArtifactUri<'a>(pub &'a str);

/// The document, with a line end.
#[must_use]
pub fn write(audit: &Audit, artifact: ArtifactUri<'_>) -> String {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "keyward",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: CHECKS.iter().map(rule).collect(),
                },
            },
            invocations: [invocation(audit)],
            results: results(audit, artifact),
        }],
    };
    serde_json::to_string_pretty(&log).expect("the log has only text keys") + "\n"
}

fn rule(check: &Check) -> Rule {
    let controls = check.benchmark.controls();
    let controls = controls.map(|(version, number)| format!("cis-{version}/{number}"));
    Rule {
        id: check.id,
        name: check.id,
        short_description: Text { text: check.title },
        full_description: Text { text: check.reason },
        help: Text { text: check.fix },
        default_configuration: Configuration {
            level: level(check.severity),
        },
        properties: Properties {
            tags: ["security".to_owned()]
                .into_iter()
                .chain(controls)
                .collect(),
            security_severity: match check.severity {
                Severity::High => "8.0",
                Severity::Medium => "5.0",
                Severity::Low => "2.0",
            },
        },
    }
}

/// The report lists skipped checks as notifications, because a result would be a finding. So it does with
/// what no check judges.
fn invocation(audit: &Audit) -> Invocation<'_> {
    let skipped = audit.not_checked.iter().map(|open| Notification {
        level: "warning",
        message: OwnedText {
            text: format!("not checked: {}", open.reason),
        },
        associated_rule: Some(RuleReference { id: open.id }),
    });
    let unjudged = Notification {
        level: "note",
        message: OwnedText {
            text: NOT_JUDGED.to_owned(),
        },
        associated_rule: None,
    };
    let notifications = skipped.chain([unjudged]);
    Invocation {
        execution_successful: true,
        end_time_utc: audit.taken.to_string(),
        tool_execution_notifications: notifications.collect(),
    }
}

/// Several results may be about one check and entity whose parts have no name, such as two statements without an id. They
/// are numbered.
fn results<'a>(audit: &Audit, artifact: ArtifactUri<'a>) -> Vec<SarifResult<'a>> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let findings = audit.findings.iter();
    let numbered = findings.map(|finding| {
        let mut identity = identity(finding);
        let count = seen.entry(identity.clone()).or_default();
        *count += 1;
        if *count > 1 {
            identity.push_str(&format!(" {count}"));
        }
        result(audit, finding, identity, artifact)
    });
    numbered.collect()
}

/// The check, the entity with its part, and the statement of a finding.
fn identity(finding: &Finding) -> String {
    let subject = &finding.subject;
    let part = finding.part.as_deref().unwrap_or_default();
    format!(
        "{}/{}/{}/{part}{}",
        finding.id,
        subject.kind(),
        subject.name(),
        statement(finding)
    )
}

fn statement(finding: &Finding) -> String {
    let statement = finding.statement.as_ref().map(in_words);
    statement.map_or_else(String::new, |words| format!(" ({words})"))
}

fn result<'a>(
    audit: &Audit,
    finding: &Finding,
    identity: String,
    artifact: ArtifactUri<'a>,
) -> SarifResult<'a> {
    let rule_index = CHECKS.iter().position(|check| check.id == finding.id);
    let subject = &finding.subject;
    SarifResult {
        rule_id: finding.id,
        rule_index: rule_index.unwrap_or_default(),
        level: level(finding.severity),
        message: OwnedText {
            text: format!(
                "{subject}: {}{}. {}",
                finding.message,
                statement(finding),
                finding.fix
            ),
        },
        locations: [Location {
            physical_location: Physical {
                artifact_location: Artifact { uri: artifact.0 },
                region: Region { start_line: 1 },
            },
            logical_locations: [Logical {
                name: match subject.name() {
                    "" => subject.kind().to_owned(),
                    name => name.to_owned(),
                },
                fully_qualified_name: format!(
                    "{}/{}/{}",
                    audit.account,
                    subject.kind(),
                    subject.name()
                ),
                kind: "resource",
            }],
        }],
        partial_fingerprints: Fingerprint {
            line: identity.clone(),
            finding: identity,
        },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}
