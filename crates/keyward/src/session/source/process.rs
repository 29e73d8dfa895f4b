//! `credential_process`: runs the program that a profile names, as the AWS tools run it, and
//! reads its answer. It never goes through a shell on Unix, gives nothing of the vault to the
//! program, and does not wait for ever.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

mod run;

use std::process::Command;
use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::id::ProfileName;

use self::run::{Ran, RunError};
use super::document::{self, Form};
use crate::environment as env;
use crate::error::CliError;
use crate::world::now;

/// The SDKs give a program a minute.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs the program and reads what it printed.
pub(super) fn credentials(profile: &ProfileName, command: &str) -> Result<Credentials, CliError> {
    let failed = |what: &str| {
        CliError::failed(format!(
            "the `credential_process` of profile `{profile}` {what}"
        ))
    };
    let mut program = program(profile, command)?;
    for name in env::SECRETS {
        program.env_remove(name);
    }
    program.env(env::PROCESS_CHAIN, chain_with(profile));
    let ran = run::to_the_end(program, LIMIT).map_err(|error| match error {
        RunError::Start(source) => failed("cannot be started").because(source),
        RunError::TooLong(said) => with_words(
            failed(&format!("gave no answer in {} s", LIMIT.as_secs())),
            said,
        ),
        RunError::Wait(source) => failed("was lost").because(source),
    })?;
    let Ran {
        status,
        output,
        said,
    } = ran;
    if !status.success() {
        let error = failed(&format!("ended with {status}"));
        return Err(with_words(error, said));
    }
    document::read(&output, Form::Process, now()).map_err(|error| {
        failed("gave no usable answer").because(error).hint(
            "run the command by hand and compare it with the protocol of `credential_process`",
        )
    })
}

fn with_words(error: CliError, said: Option<String>) -> CliError {
    match said {
        Some(said) => error.because(format!("it said: {said}")),
        None => error,
    }
}

/// The program and its words, split as botocore splits them.
#[cfg(not(windows))]
fn program(profile: &ProfileName, line: &str) -> Result<Command, CliError> {
    let mut words = shlex::split(line).unwrap_or_default().into_iter();
    let Some(program) = words.next() else {
        return Err(CliError::usage(format!(
            "the `credential_process` of profile `{profile}` is no command line"
        ))
        .hint("a quote may lack its end"));
    };
    let mut command = Command::new(program);
    command.args(words);
    Ok(command)
}

/// `cmd.exe` splits the line by its own rules, so it gets the line as it is.
#[cfg(windows)]
fn program(_profile: &ProfileName, line: &str) -> Result<Command, CliError> {
    use std::os::windows::process::CommandExt;
    let mut command = Command::new("cmd.exe");
    command.arg("/C").raw_arg(line);
    Ok(command)
}

/// Whether this very run was started, through other programs, for the same profile.
pub(super) fn refuse_circle(profile: &ProfileName) -> Result<(), CliError> {
    let chain = chain();
    let Some(first) = chain.iter().position(|name| name == profile.as_str()) else {
        return Ok(());
    };
    let mut circle: Vec<String> = chain[first..].iter().map(|n| format!("`{n}`")).collect();
    circle.push(format!("`{profile}`"));
    Err(CliError::usage(format!(
        "the `credential_process` of profile `{profile}` asks for the profile itself: {}",
        circle.join(" → ")
    ))
    .hint("let one of these profiles take its credentials from elsewhere"))
}

/// The profiles whose programs stand above this process, outermost first.
fn chain() -> Vec<String> {
    let text = env::get(env::PROCESS_CHAIN).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn chain_with(profile: &ProfileName) -> String {
    let mut chain = chain();
    chain.push(profile.to_string());
    chain.join("\n")
}
