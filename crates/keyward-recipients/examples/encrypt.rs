//! Encrypts a secret from standard input to the keys in files, for tests with real GnuPG, age and
//! OpenSSH: `encrypt password|access-key KIND FILE [KIND FILE…]`, where KIND is `pgp`, `age` or
//! `ssh`. An access key is read as two lines, the id and the secret.
//!
//! Prints, for each text, a line with its format, then the text. A refused key is one line on
//! standard error and exit code 1.

use std::error::Error;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use keyward_core::Timestamp;
use keyward_recipients::rand_core::OsRng;
use keyward_recipients::{InitialSecret, Recipient, RecipientKind, encrypt, rehearse};

const USAGE: &str = "encrypt password|access-key (pgp|age|ssh) FILE … < SECRET";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, the error cannot be shown.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (what, keys) = words.split_first().ok_or(USAGE)?;
    let now = now()?;
    let mut recipients = Vec::new();
    for pair in keys.chunks(2) {
        let [kind, file] = pair else {
            return Err(USAGE.into());
        };
        recipients.push(Recipient::read(self::kind(kind)?, &read(file)?, now)?);
    }
    rehearse(&recipients, &mut OsRng)?;
    for recipient in &recipients {
        writeln!(std::io::stderr(), "{}", described(recipient))?;
    }
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let sealed = match what.as_str() {
        "password" => {
            let password = input.trim_end_matches('\n').parse()?;
            encrypt(&InitialSecret::Password(&password), &recipients, &mut OsRng)?
        }
        "access-key" => {
            let (id, secret) = input.trim_end().split_once('\n').ok_or(USAGE)?;
            let (id, secret) = (id.parse()?, secret.parse()?);
            let secret = InitialSecret::AccessKey {
                id: &id,
                secret: &secret,
            };
            encrypt(&secret, &recipients, &mut OsRng)?
        }
        _ => return Err(USAGE.into()),
    };
    let mut out = std::io::stdout();
    for text in sealed {
        writeln!(out, "{:?}\n{}", text.format, text.text.trim_end())?;
    }
    Ok(())
}

fn kind(text: &str) -> Result<RecipientKind, &'static str> {
    match text {
        "pgp" => Ok(RecipientKind::Pgp),
        "age" => Ok(RecipientKind::Age),
        "ssh" => Ok(RecipientKind::Ssh),
        _ => Err(USAGE),
    }
}

/// Returns what a plan shows of a recipient.
fn described(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Pgp(key) => format!(
            "{key} encrypts to {} {} for {}",
            key.algorithm(),
            key.encryption_fingerprint(),
            key.user_id().unwrap_or("-")
        ),
        other => other.to_string(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program reads files, the library does not"
)]
fn read(file: &str) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program knows the time, the library is told"
)]
fn now() -> Result<Timestamp, Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Timestamp::from_second(i64::try_from(seconds)?))
}
