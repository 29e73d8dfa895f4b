//! The shape of `config dump --json`: both files as the SDKs read them. It refuses to show a
//! secret: the value of a key that holds one is `***`.

use serde_json::{Map, Value, json};

use crate::config::{ConfigSet, Diagnostic, Section, Severity};

impl ConfigSet {
    /// Both files as JSON: `{"profiles":{NAME:{key:value}},"sso_sessions":{…},"services":{…},
    /// "ignored_sections":{…},"diagnostics":[{"file","line","severity","message"}]}`. A nested
    /// value is its lines, each after a `\n`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let profiles = self.profiles().map(|p| (p.name.as_str(), &p.section));
        json!({
            "profiles": named(profiles),
            "sso_sessions": named(self.sso_sessions()),
            "services": named(self.all_services()),
            "ignored_sections": named(self.ignored_sections()),
            "diagnostics": self.diagnostics().iter().map(diagnostic).collect::<Vec<_>>(),
        })
    }
}

fn named<'s>(sections: impl Iterator<Item = (&'s str, &'s Section)>) -> Value {
    sections
        .map(|(name, section)| (name.to_owned(), keys(section)))
        .collect::<Map<_, _>>()
        .into()
}

fn keys(section: &Section) -> Value {
    let show = |key: &str, value: &str| -> Value { shown(key, value).into() };
    section
        .iter()
        .map(|(key, property)| (key.to_owned(), show(key, &property.value)))
        .collect::<Map<_, _>>()
        .into()
}

/// A value as it may be shown.
fn shown(key: &str, value: &str) -> String {
    if is_secret(key) && !value.is_empty() {
        return "***".to_owned();
    }
    // A secret may also stand in a nested block, or on a line indented by mistake.
    let line = |line: &str| match line.split_once('=') {
        Some((name, rest)) if is_secret(name) && !rest.trim().is_empty() => {
            format!("{}= ***", name)
        }
        _ => line.to_owned(),
    };
    value.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a key holds a secret, by the names that AWS and the common tools give them.
fn is_secret(key: &str) -> bool {
    let key = key.trim().to_ascii_lowercase();
    [
        "secret_access_key",
        "session_token",
        "security_token",
        "client_secret",
        "password",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    // Every field is named here, so that a new one is thought about.
    let Diagnostic {
        origin,
        severity,
        message,
    } = diagnostic;
    let severity = match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
    };
    json!({
        "file": &*origin.path,
        "line": origin.line,
        "severity": severity,
        "message": message,
    })
}

#[cfg(test)]
mod tests;
