//! `keyward exec`: runs a command with credentials in its environment.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, ExitCode};

use keyward_core::id::ProfileName;

use crate::commands::{HandOutArgs, hand_out};
use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::log::How;
use crate::output;
use crate::serving::{self, Unlocked};
use crate::ui::Ui;
use crate::world::World;

/// Run a command with credentials; without one, the shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// Serve the credentials over loopback while the command runs, so that it can renew them
    #[arg(long)]
    server: bool,

    #[command(flatten)]
    hand_out: HandOutArgs,

    /// The command and its arguments
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Runs the command; on Unix it takes this process's place, unless it needs a server beside it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut words = args.command.into_iter();
    let program = words.next().unwrap_or_else(shell);
    let mut command = Command::new(&program);
    command.args(words);
    for name in env::SCRUBBED {
        command.env_remove(name);
    }
    command
        .env(env::PROFILE, args.profile.as_str())
        .env(env::AWS_VAULT, args.profile.as_str());
    if args.server {
        return beside_a_server(&args.profile, &args.hand_out, command, &program, ui);
    }
    let handed = hand_out(&args.profile, args.hand_out, How::Exec, ui)?;
    for (name, value) in &output::variables(&handed.credentials, handed.plan.region.as_ref()).set {
        command.env(name, value.as_str());
    }
    replace_process(command, &program)
}

/// Runs the command with the address of its credentials in place of the credentials.
fn beside_a_server(
    profile: &ProfileName,
    hand_out: &HandOutArgs,
    mut command: Command,
    program: &OsStr,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let world = World::load()?;
    let unlocked = Unlocked::now(&world)?;
    let prepared = serving::prepare(&world, ui, profile, hand_out)?;
    if let Some(region) = &prepared.plan.region {
        command
            .env(env::AWS_REGION, region.as_str())
            .env(env::AWS_DEFAULT_REGION, region.as_str());
    }
    let token = serving::new_token()?;
    let server = serving::start(world, unlocked, vec![prepared], &token, 0)?;
    command
        .env(env::CONTAINER_FULL_URI, server.url(profile))
        // The child shows it to the server; it opens nothing else and ends with the child.
        .env(env::CONTAINER_TOKEN, token.expose());
    serving::run_beside(command, program)
}

/// The shell that runs us.
fn shell() -> OsString {
    let (variable, fallback) = if cfg!(windows) {
        ("COMSPEC", "cmd.exe")
    } else {
        ("SHELL", "/bin/sh")
    };
    std::env::var_os(variable)
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| fallback.into())
}

#[cfg(unix)]
fn replace_process(mut command: Command, program: &OsString) -> Result<ExitCode, CliError> {
    use std::os::unix::process::CommandExt;
    Err(cannot_run(program, command.exec()))
}

#[cfg(not(unix))]
fn replace_process(mut command: Command, program: &OsString) -> Result<ExitCode, CliError> {
    let status = command.status().map_err(|e| cannot_run(program, e))?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// A command that did not start, with the exit code that a shell gives then.
pub(crate) fn cannot_run(program: &OsStr, error: io::Error) -> CliError {
    let kind = if error.kind() == io::ErrorKind::NotFound {
        ErrorKind::NotFound
    } else {
        ErrorKind::NotExecutable
    };
    CliError::new(kind, format!("cannot run `{}`", program.display())).because(error)
}
