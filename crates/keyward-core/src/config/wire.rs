//! The shape of `config dump --json`: both files as the SDKs read them. It refuses to show a
//! secret: the value of a key that may hold one, by its name or by its shape, is `***`.

use serde_json::{Map, Value, json};

use crate::config::{ConfigSet, Diagnostic, Section, Severity};
use crate::id::AccessKeyId;
use crate::text::shown_url;

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
    if is_masked(key, value) {
        return MASK.to_owned();
    }
    if is_url(key, value) {
        return shown_url(value);
    }
    // A secret may also be in a nested block, or on a line indented by mistake.
    let line = |line: &str| match line.split_once('=') {
        Some((name, rest)) if is_word(name) && is_masked(name, rest.trim()) => {
            format!("{name}= {MASK}")
        }
        Some((name, rest)) if is_word(name) && is_url(name, rest) => {
            format!("{name}= {}", shown_url(rest.trim()))
        }
        _ => without_secrets(&without_passwords(line)),
    };
    value.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Whether a value on one line is a URL, by its key's name, also a misspelt one.
fn is_url(key: &str, value: &str) -> bool {
    let key = key.trim().to_ascii_lowercase();
    let names = ["url", "uri", "endpoint", "proxy"];
    !value.contains('\n')
        && (names.iter().any(|name| key.contains(name))
            || ["http:", "https:"]
                .iter()
                .any(|scheme| value.trim().starts_with(scheme)))
}

/// A command line is not a key.
fn is_word(name: &str) -> bool {
    !name.trim().contains(char::is_whitespace)
}

const MASK: &str = "***";

/// Keys whose names sound as if they held a secret, and which say where to find one.
const HARMLESS: [&str; 2] = ["web_identity_token_file", "web_identity_token_process"];

/// Whether a key holds a secret, by its name: the names of AWS and of common tools, also misspelt or
/// renamed. A key's id is not secret, but its secret may be in that place.
fn is_masked(key: &str, value: &str) -> bool {
    let key = key.trim().to_ascii_lowercase();
    if value.is_empty() || HARMLESS.contains(&key.as_str()) {
        return false;
    }
    if key == "aws_access_key_id" {
        let longer = value.len() > 20 || value.contains(['+', '/']);
        let of_aws = value
            .parse()
            .is_ok_and(|id: AccessKeyId| id.has_aws_shape());
        return longer && !of_aws;
    }
    ["secret", "token", "passw", "passphrase", "private"]
        .iter()
        .any(|word| key.contains(word))
        || ["_key", "-key"].iter().any(|end| key.ends_with(end))
}

/// The line with its URLs as they may be shown, such as in a command.
fn without_passwords(line: &str) -> String {
    let word = |word: &str| match word.contains("://") {
        true => shown_url(word),
        false => word.to_owned(),
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The line with what looks like the secret of a key blotted out: a run of forty characters,
/// capital and small letters and digits among them.
fn without_secrets(line: &str) -> String {
    let in_secret = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(in_secret) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !in_secret(c)).unwrap_or(from.len()));
        let has = |class: fn(&u8) -> bool| run.as_bytes().iter().any(class);
        let secret = run.len() == 40
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit);
        shown.push_str(before);
        shown.push_str(if secret { MASK } else { run });
        rest = after;
    }
    shown.push_str(rest);
    shown
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
