//! The input of a key: from the environment, standard input, or the person.

use std::error::Error as _;
use std::io::Read;

use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, KeyIdFault};
use keyward_core::secret::SecretAccessKey;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::environment as env;
use crate::keys::new_key::EnteredKey;
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::CliError;

/// The source of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// The environment.
    Environment,
    /// Standard input.
    Input,
    /// The person.
    Person,
}

/// Reads a key and checks its shape.
pub(crate) fn read_key(source: KeySource) -> Result<EnteredKey, CliError> {
    let (id, secret) = match source {
        KeySource::Environment => from_environment()?,
        KeySource::Input => from_stdin()?,
        KeySource::Person => return ask_key(),
    };
    let swapped = match secret.trim().parse::<AccessKeyId>() {
        Ok(id) if id.has_aws_shape() => Order::Swapped,
        _ => Order::Unknown,
    };
    Ok(EnteredKey {
        access_key_id: key_id(&id, swapped)?,
        secret_access_key: key_secret(&secret)?,
    })
}

/// The number of times that a person may mistype each half.
const ATTEMPTS: u8 = 5;

/// Asks for the two halves until each has its shape at AWS.
fn ask_key() -> Result<EnteredKey, CliError> {
    let mut terminal = Terminal::required("the access key", "give it with --env or --stdin")?;
    Terminal::secret_may_follow(true);
    // The user types the secret only after an id that is one.
    let key = EnteredKey {
        access_key_id: ask_half(&mut terminal, "Access key id", Echo::Shown, |id| {
            key_id(id, looks_secret(id))
        })?,
        secret_access_key: ask_half(&mut terminal, "Secret access key", Echo::Hidden, key_secret)?,
    };
    Terminal::secret_may_follow(false);
    Ok(key)
}

/// Asks again while the answer is not this half of a key. It drops what was pasted behind a mistyped half.
fn ask_half<T>(
    terminal: &mut Terminal,
    question: &str,
    echo: Echo,
    parse: impl Fn(&str) -> Result<T, CliError>,
) -> Result<T, CliError> {
    for _ in 1..ATTEMPTS {
        match parse(&terminal.ask(question, echo)?) {
            Ok(half) => return Ok(half),
            Err(refused) => {
                let why = refused.source().map(|cause| format!(": {cause}"));
                terminal.say(&format!("Not taken: {refused}{}.", why.unwrap_or_default()));
                for hint in refused.hint_texts() {
                    terminal.say(&hint);
                }
                terminal.forget_typed_ahead();
            }
        }
    }
    let last = parse(&terminal.ask(question, echo)?);
    last.inspect_err(|_| terminal.forget_typed_ahead())
}

/// The second half.
fn key_secret(text: &str) -> Result<SecretAccessKey, CliError> {
    let secret: SecretAccessKey =
        text.trim()
            .parse()
            .map_err(|e: keyward_core::secret::InvalidSecret| {
                CliError::usage("that is not an access key").because(e)
            })?;
    match secret.has_aws_shape() {
        true => Ok(secret),
        false => Err(CliError::usage(
            "a secret access key has 40 characters; this one does not",
        )),
    }
}

/// Whether the two halves of a key came in the wrong order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Swapped,
    Unknown,
}

/// Returns the order that the first half alone shows.
fn looks_secret(id: &str) -> Order {
    let secret = id.trim().parse::<SecretAccessKey>();
    match secret.is_ok_and(|secret| secret.has_aws_shape()) {
        true => Order::Swapped,
        false => Order::Unknown,
    }
}

/// The first half. It is not repeated in the error.
fn key_id(text: &str, order: Order) -> Result<AccessKeyId, CliError> {
    let text = text.trim();
    let refused = || CliError::usage("that is not an access key id");
    match (KeyIdFault::of(text), text.parse::<AccessKeyId>()) {
        (None, Ok(id)) if id.has_aws_shape() && id.is_temporary() => Err(CliError::usage(format!(
            "`{id}` is a temporary key; the vault keeps long-lived ones"
        ))
        .hint("keyward uses another tool's temporary credentials from that tool's file")),
        (None, Ok(id)) if id.has_aws_shape() => Ok(id),
        _ if order == Order::Swapped => {
            Err(refused().hint("the id and the secret are swapped: the id comes first"))
        }
        (Some(fault), _) => Err(refused().because(fault)),
        (None, _) => Err(refused()
            .because("an id of AWS is such as AKIAIOSFODNN7EXAMPLE")
            .hint("keys for other services stay in the AWS files")),
    }
}

type Pair = (Zeroizing<String>, Zeroizing<String>);

fn from_environment() -> Result<Pair, CliError> {
    let value = |name: &str| {
        env::get(name)
            .map(Zeroizing::new)
            .ok_or_else(|| CliError::usage(format!("{name} is not set")))
    };
    if let Some((name, token)) = env::session_token() {
        let id: Option<AccessKeyId> =
            env::get(env::AWS_ACCESS_KEY_ID).and_then(|id| id.parse().ok());
        return Err(match id.map(|id| KeyKind::of(&id, Some(&token))) {
            Some(KeyKind::TokenLeftBehind) => CliError::usage(format!(
                "{name} is set beside a long-lived key, which has no token: another session left it behind"
            ))
            .hint(format!("unset {name}")),
            _ => CliError::usage(format!(
                "the environment holds temporary credentials ({name} is set)"
            )),
        });
    }
    Ok((
        value(env::AWS_ACCESS_KEY_ID)?,
        value(env::AWS_SECRET_ACCESS_KEY)?,
    ))
}

/// The two halves as AWS's own tools print them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyDocument {
    access_key_id: String,
    secret_access_key: String,
}

fn from_stdin() -> Result<Pair, CliError> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut text)
        .map_err(|e| CliError::failed("standard input cannot be read").because(e))?;
    let unusable = || {
        CliError::usage("standard input holds no access key").hint(
            "give {\"AccessKeyId\": \"…\", \"SecretAccessKey\": \"…\"} or the two on a line each",
        )
    };
    if text.trim_start().starts_with('{') {
        // serde's message could repeat the input, so it is not shown.
        let document: KeyDocument = serde_json::from_str(&text).map_err(|_| unusable())?;
        return Ok((
            Zeroizing::new(document.access_key_id),
            Zeroizing::new(document.secret_access_key),
        ));
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next(), lines.next()) {
        (Some(id), Some(secret), None) => Ok((
            Zeroizing::new(id.to_owned()),
            Zeroizing::new(secret.to_owned()),
        )),
        _ => Err(unusable()),
    }
}
