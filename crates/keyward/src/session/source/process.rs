//! `credential_process`: runs the program that a profile names, as the AWS tools run it, and reads its
//! answer. On Unix no shell is involved. The program receives nothing from the vault and has a time
//! limit.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

mod shell_signs;

use std::ffi::OsStr;
use std::io::{IsTerminal, stdin};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::chain::Process;
use keyward_core::id::ProfileName;
use keyward_ready::pair;
use keyward_vault::SessionCall;

pub(crate) use self::shell_signs::{
    in_code, is_assignment, is_of_the_shell, is_quoted_whole, shell_sign,
};

use super::document::{self, Form};
use super::{Obtain, SourceContext, SourceEntry};
use crate::environment as env;
use crate::process::program::{self, Interaction, Output, RunError, StderrExcerpt};
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::session::margin;
use crate::state::local_state::now;

/// The SDKs wait a minute for a program.
const LIMIT: Duration = Duration::from_secs(60);

impl Obtain for Process {
    fn obtain(&self, _: &SourceContext<'_>) -> Result<Credentials, CliError> {
        let mut found = credentials(&self.profile, &self.command)?;
        found.account_id = found.account_id.or_else(|| self.account_id.clone());
        Ok(found)
    }

    fn cached_as(&self) -> Option<SourceEntry> {
        Some(SourceEntry {
            call: SessionCall::CredentialProcess,
            // A program may return a session of any length.
            margin: margin::WITH_CODE,
            what: format!("the program of profile `{}`", self.profile),
        })
    }

    fn refuse_cycles(&self) -> Result<(), CliError> {
        refuse_circle(&self.profile)
    }
}

/// Runs the program and reads what it printed.
fn credentials(profile: &ProfileName, command: &str) -> Result<Credentials, CliError> {
    let failed = |what: &str| {
        CliError::failed(format!(
            "the `credential_process` of profile `{profile}` {what}"
        ))
    };
    let mut program = program(profile, command)?;
    let name = program.get_program().to_owned();
    for variable in env::SECRETS {
        if !is_its_own(variable, &name) {
            program.env_remove(variable);
        }
    }
    program.env(env::PROCESS_CHAIN, chain_with(profile));
    // Unless it is a terminal, keyward's standard input belongs to another program.
    program.stdin(match stdin().is_terminal() && Terminal::open().is_some() {
        true => Stdio::inherit(),
        false => Stdio::null(),
    });
    let ran = program::run(program, Interaction::Terminal, Some(LIMIT)).map_err(|error| {
        let error = match error {
            RunError::Start(source) => failed("cannot be started").because(source),
            RunError::TooLong(message) => with_words(
                failed(&format!("gave no answer in {} s", LIMIT.as_secs())),
                message.as_ref(),
            ),
            RunError::TooMuch => failed("printed more than 1 MiB, which is not an answer"),
            RunError::Wait(source) => failed("was lost").because(source),
        };
        error.hint_all(no_shell(command))
    })?;
    let Output {
        status,
        output,
        message,
    } = ran;
    if !status.success() {
        let error = ended(
            failed(&format!("ended with {status}")),
            &name,
            status,
            message,
        );
        return Err(error.hint_all(no_shell(command)));
    }
    document::read(&output, Form::Process, now()).map_err(|error| {
        failed("gave no usable answer")
            .because(error)
            .hint_all(no_shell(command))
            .hint(
                "run the command by hand and compare it with the protocol of `credential_process`",
            )
    })
}

/// Whether a variable opens the files of this very program, which cannot answer without it.
fn is_its_own(variable: &str, program: &OsStr) -> bool {
    let name = Path::new(program).file_stem().and_then(OsStr::to_str);
    match variable {
        env::AWS_VAULT_FILE_PASSPHRASE => name == Some("aws-vault"),
        env::GRANTED_FILE_PASSPHRASE => matches!(name, Some("granted" | "dgranted")),
        _ => false,
    }
}

fn with_words(error: CliError, message: Option<&StderrExcerpt>) -> CliError {
    match message {
        Some(message) => error.because(format!("it said: {}", message.line())),
        None => error,
    }
}

/// The error of a program that failed. If it is another keyward, or reports like one, the error
/// includes its messages in order, its hints and its kind of exit code.
fn ended(
    error: CliError,
    program: &OsStr,
    status: ExitStatus,
    message: Option<StderrExcerpt>,
) -> CliError {
    let report = message.as_ref().and_then(StderrExcerpt::report);
    let name = Path::new(program).file_stem();
    let is_keyward = name.is_some_and(|name| name == pair::FRONT || name == pair::WHOLE);
    let kind = [
        ErrorKind::Usage,
        ErrorKind::PersonNeeded,
        ErrorKind::VaultClosed,
    ]
    .into_iter()
    .filter(|_| is_keyward || report.is_some())
    .find(|kind| Some(i32::from(kind.exit_code())) == status.code());
    let error = match kind {
        Some(kind) => error.of_kind(kind),
        None => error,
    };
    match report.map(|report| (report.cause(), report.hints)) {
        Some((Some(cause), hints)) => error.because(cause).hint_all(hints),
        _ => with_words(error, message.as_ref()),
    }
}

/// Returns the fix for a line that was written for a shell, which none of the AWS tools starts, or
/// that has quotes around all of it.
fn no_shell(line: &str) -> Option<String> {
    if cfg!(windows) {
        return None;
    }
    if is_quoted_whole(line) {
        return Some("remove the quotes around the whole line: they make it one word".to_owned());
    }
    let sign = shell_sign(line)?;
    Some(format!(
        "no shell reads a `credential_process`, and {} needs one; write the whole path, or `sh -c '…'` around the command",
        in_code(&sign)
    ))
}

/// The program and its words, split as botocore splits them.
#[cfg(not(windows))]
fn program(profile: &ProfileName, line: &str) -> Result<Command, CliError> {
    let mut words = shlex::split(line).unwrap_or_default().into_iter();
    let Some(program) = words.next() else {
        return Err(CliError::usage(format!(
            "the `credential_process` of profile `{profile}` is not a valid command line"
        ))
        .hint("a quote may lack its end"));
    };
    let mut command = Command::new(program);
    command.args(words);
    Ok(command)
}

/// `cmd.exe` splits the line by its own rules.
#[cfg(windows)]
#[allow(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
fn program(_profile: &ProfileName, line: &str) -> Result<Command, CliError> {
    Ok(program::shell(line))
}

/// Whether this very run was started, through other programs, for the same profile.
fn refuse_circle(profile: &ProfileName) -> Result<(), CliError> {
    let chain = chain();
    let Some(first) = chain.iter().position(|name| name == profile.as_str()) else {
        return Ok(());
    };
    let mut cycle: Vec<String> = chain[first..].iter().map(|n| format!("`{n}`")).collect();
    cycle.push(format!("`{profile}`"));
    Err(CliError::usage(format!(
        "the `credential_process` of profile `{profile}` asks for the profile itself: {}",
        cycle.join(" → ")
    ))
    .hint("let one of these profiles take its credentials from elsewhere"))
}

/// The profiles whose programs are ancestors of this process, outermost first.
fn chain() -> Vec<String> {
    let text = env::get(env::PROCESS_CHAIN).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn chain_with(profile: &ProfileName) -> String {
    let mut chain = chain();
    chain.push(profile.to_string());
    chain.join("\n")
}
