//! AWS's own words, made safe to show.

use std::fmt;

use keyward_core::text::{is_unseen, without_secrets};

/// Longer messages say nothing more: AWS repeats whole canonical requests in some.
const LONGEST: usize = 600;

/// Code, message and request id of an error answer. Secrets of the request are struck out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsMessage(Box<Words>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Words {
    code: String,
    message: String,
    request_id: Option<String>,
}

impl AwsMessage {
    pub(crate) fn new(
        code: &str,
        message: &str,
        request_id: Option<&str>,
        secrets: &[&str],
    ) -> Self {
        // A configured endpoint may repeat a secret in any of the three, and at any length.
        let safe = |text: &str| short(&plain(&without_secrets(text.trim(), secrets)));
        Self(Box::new(Words {
            code: safe(code),
            message: safe(message),
            request_id: request_id.map(safe),
        }))
    }

    /// The error code, such as `AccessDenied`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The message, one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The id that AWS support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// A service's message on one line: it is shown as a cause or in a list, and control characters would
/// reach terminals. A configured endpoint may send anything.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_unseen(c) { ' ' } else { c })
        .collect()
}

impl fmt::Display for AwsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AWS says `{}`", self.0.code)?;
        if !self.0.message.is_empty() {
            write!(f, ": {}", self.0.message)?;
        }
        match &self.0.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AwsMessage {}
