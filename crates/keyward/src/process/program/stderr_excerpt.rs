//! An excerpt of a program's standard error: without secrets, short enough to repeat, and split into
//! its parts where it is an error in keyward's own format.

use std::error::Error;
use std::fmt;

use keyward_core::text::{moves, without_secrets};
use zeroize::Zeroizing;

/// The length of the excerpt of a program's standard error.
const LONGEST: usize = 600;
/// No code and no token is shorter than this.
const SHORTEST: usize = 6;
/// The number of words of an answer that count as secrets: a token or a code is one, and it is the
/// last.
const MOST_SECRETS: usize = 100;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StderrExcerpt {
    lines: Vec<String>,
}

/// An error as keyward prints one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// The error and its causes, outermost first.
    pub(crate) chain: Vec<String>,
    /// The fixes.
    pub(crate) hints: Vec<String>,
}

/// A cause and what is behind it.
#[derive(Debug)]
pub(crate) struct Cause {
    text: String,
    behind: Option<Box<Cause>>,
}

impl StderrExcerpt {
    /// Returns a message without the secrets of the program's answer.
    pub(super) fn of(message: &[u8], answer: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(message);
        let secrets = secrets_of(answer);
        let lines: Vec<String> = text
            .lines()
            .map(|line| line.chars().map(|c| if moves(c) { ' ' } else { c }))
            .map(|line| strike_out(line.collect::<String>().trim_end(), &secrets))
            .filter(|line| !line.is_empty())
            .collect();
        (!lines.is_empty()).then_some(Self { lines })
    }

    /// Returns what happened to a program, plus its standard error if the user has not seen it.
    pub(crate) fn told(what: &str, message: Option<&Self>) -> String {
        match message {
            Some(message) => format!("{what}; it said: {}", message.line()),
            None => what.to_owned(),
        }
    }

    /// Its end on one line.
    pub(crate) fn line(&self) -> String {
        let line = self.lines.join(" ").trim().to_owned();
        let skipped = line.chars().count().saturating_sub(LONGEST);
        let mut short: String = line.chars().skip(skipped).collect();
        if skipped > 0 {
            short.insert(0, '…');
        }
        short
    }

    /// The last error in it, if everything from there on has keyward's own form.
    pub(crate) fn report(&self) -> Option<Report> {
        let start = self
            .lines
            .iter()
            .rposition(|line| line.starts_with("error: "))?;
        let mut report = Report {
            chain: Vec::new(),
            hints: Vec::new(),
        };
        for line in &self.lines[start..] {
            let line = line.trim();
            if let Some(text) = line.strip_prefix("hint: ") {
                report.hints.push(shortened(text));
                continue;
            }
            let text = line
                .strip_prefix("error: ")
                .or_else(|| line.strip_prefix("caused by: "))
                .filter(|_| report.hints.is_empty())?;
            report.chain.push(shortened(text));
        }
        Some(report)
    }
}

impl Report {
    /// The error as a cause.
    pub(crate) fn cause(&self) -> Option<Cause> {
        self.chain.iter().rev().fold(None, |behind, text| {
            Some(Cause {
                text: text.clone(),
                behind: behind.map(Box::new),
            })
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.behind.as_deref().map(|e| e as &(dyn Error + 'static))
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The texts of a program's answer that may be secrets, the longest first.
fn secrets_of(answer: &[u8]) -> Vec<Zeroizing<String>> {
    let mut secrets: Vec<Zeroizing<String>> = match serde_json::from_slice(answer) {
        Ok(serde_json::Value::Object(mut fields)) => ["SecretAccessKey", "SessionToken"]
            .into_iter()
            .filter_map(|name| match fields.remove(name)? {
                serde_json::Value::String(text) => Some(Zeroizing::new(text)),
                _ => None,
            })
            .filter(|text| !text.is_empty())
            .collect(),
        // A token or a code, perhaps below other words.
        _ => String::from_utf8_lossy(answer)
            .split_whitespace()
            .rev()
            .filter(|word| word.len() >= SHORTEST)
            .take(MOST_SECRETS)
            .map(|word| Zeroizing::new(word.to_owned()))
            .collect(),
    };
    // A secret that is part of a longer word is not removed from it.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets
}

/// Removes what is, or looks like, a secret: those of the answer, and words with the shape of a
/// secret key or of a token.
fn strike_out(line: &str, secrets: &[Zeroizing<String>]) -> String {
    let secrets: Vec<&str> = secrets.iter().map(|secret| secret.as_str()).collect();
    let line = without_secrets(line, &secrets);
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
    let mut struck = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(start) = rest.find(of_base64) {
        struck.push_str(&rest[..start]);
        let word_and_rest = &rest[start..];
        let end = word_and_rest
            .find(|c| !of_base64(c))
            .unwrap_or(word_and_rest.len());
        let word = &word_and_rest[..end];
        struck.push_str(if word.len() == 40 || word.len() >= 100 {
            "***"
        } else {
            word
        });
        rest = &word_and_rest[end..];
    }
    struck.push_str(rest);
    struck
}

#[cfg(test)]
mod tests;
