//! The host's API: token, address, one request and its refusals.

use std::process::{Command, Stdio};
use std::time::Duration;

use keyward_aws::{Aws, HttpAnswer, HttpRequest, Method};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::environment as env;
use crate::process::program::run_for_user;
use crate::screen::error::CliError;
use crate::system::crash_point as point;

const USUAL: &str = "https://api.github.com";

/// The number of attempts of a request that may be repeated.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// A request that did not succeed.
pub(super) struct Unanswered {
    /// Whether the host refused it, and so did nothing.
    pub(super) refused: bool,
    /// The error to show.
    pub(super) error: CliError,
}

impl From<Unanswered> for CliError {
    fn from(failed: Unanswered) -> Self {
        failed.error
    }
}

/// The host and the token for it.
pub(super) struct Host<'a> {
    aws: &'a Aws,
    base: String,
    token: Zeroizing<String>,
}

impl<'a> Host<'a> {
    /// The host that the environment names, with the token that is found first.
    pub(super) fn find(aws: &'a Aws) -> Result<Self, CliError> {
        let base = env::text(env::GITHUB_API_URL)?.unwrap_or_else(|| USUAL.to_owned());
        let base = base.trim_end_matches('/').to_owned();
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|start| {
                base.strip_prefix(start)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
            });
        if !base.starts_with("https://") && !local {
            return Err(CliError::usage(format!(
                "`{base}` in {} is not an `https://` address; keyward does not send a token there",
                env::GITHUB_API_URL
            )));
        }
        Ok(Self {
            aws,
            base,
            token: token()?,
        })
    }

    /// The host as people know it.
    pub(super) fn name(&self) -> &str {
        self.base
            .split_once("://")
            .map_or(self.base.as_str(), |(_, rest)| rest)
    }

    /// One request; an answer without content is `null`. What does no harm twice is repeated
    /// when the network or the host has a fault.
    pub(super) fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Unanswered> {
        let attempts = if method == Method::Post { 1 } else { ATTEMPTS };
        let mut attempt = 1;
        loop {
            match self.ask_once(method, path, body) {
                Err(failed) if !failed.refused && attempt < attempts => {
                    attempt += 1;
                    std::thread::sleep(point::pace(PAUSE));
                }
                other => return other,
            }
        }
    }

    fn ask_once(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Unanswered> {
        let header = |text: &str| Zeroizing::new(text.to_owned());
        let mut headers = vec![
            ("accept", header("application/vnd.github+json")),
            ("x-github-api-version", header("2022-11-28")),
            ("user-agent", header("keyward")),
            (
                "authorization",
                Zeroizing::new(format!("Bearer {}", self.token.as_str())),
            ),
        ];
        if body.is_some() {
            headers.push(("content-type", header("application/json")));
        }
        let request = HttpRequest {
            method,
            url: format!("{}{path}", self.base),
            headers,
            body: Zeroizing::new(
                body.map(|body| body.to_string().into_bytes())
                    .unwrap_or_default(),
            ),
        };
        let answer = self.aws.http(request).map_err(|error| {
            let steps = error.next_steps();
            let failed = CliError::failed(format!("{} cannot be reached", self.name()));
            Unanswered {
                refused: false,
                error: failed.because(error).hint_all(steps),
            }
        })?;
        self.read(path, &answer).map_err(|error| Unanswered {
            // A gateway's error says nothing about the server behind it, and a rate limit ends
            // after a moment.
            refused: (400..500).contains(&answer.status) && answer.status != 429,
            error,
        })
    }

    fn read(&self, path: &str, answer: &HttpAnswer) -> Result<Value, CliError> {
        let content: Value = if answer.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
        };
        if (200..300).contains(&answer.status) {
            return Ok(content);
        }
        let message: String = content
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("no reason was given")
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        let error = CliError::failed(format!("{} refused `{path}`", self.name()))
            .because(format!("{message} (status {})", answer.status));
        Err(match answer.status {
            401 => error.hint(format!(
                "the token is not valid: sign in with `gh auth login`, or set {}",
                env::GH_TOKEN
            )),
            403 | 404 => error.hint(
                "check owner, repository and environment, and that the token may write secrets: \
                 a classic token needs the scope `repo`, a fine-grained one `Secrets: write` \
                 (`Environments: write` for an environment, `Actions: write` for --dispatch)",
            ),
            _ => error.hint_all(answer.passing_refusal()),
        })
    }
}

/// The token: two variables, else what `gh` keeps.
fn token() -> Result<Zeroizing<String>, CliError> {
    for name in [env::GH_TOKEN, env::GITHUB_TOKEN] {
        if let Some(token) = env::text(name)? {
            return usable(Zeroizing::new(token))
                .ok_or_else(|| CliError::usage(format!("{name} holds no token")));
        }
    }
    let missing = || {
        CliError::failed("there is no token for GitHub").hint(format!(
            "sign in with `gh auth login`, or set {}",
            env::GH_TOKEN
        ))
    };
    let mut gh = Command::new("gh");
    gh.args(["auth", "token"]);
    for name in env::SCRUBBED {
        gh.env_remove(name);
    }
    gh.stdin(Stdio::null()).stderr(Stdio::null());
    let ran = run_for_user(gh).map_err(|_| missing())?;
    if !ran.status.is_some_and(|status| status.success()) {
        return Err(missing());
    }
    let text = std::str::from_utf8(&ran.output).unwrap_or_default();
    usable(Zeroizing::new(text.trim().to_owned())).ok_or_else(missing)
}

/// A token goes into a header, so it is one word.
fn usable(token: Zeroizing<String>) -> Option<Zeroizing<String>> {
    let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some(token)
}

/// A text as one segment of a path.
pub(super) fn escape(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
