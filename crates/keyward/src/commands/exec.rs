//! `keyward exec`: runs a command with credentials in its environment.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

use keyward_core::Timestamp;
use keyward_core::chain::{Chain, Flags};
use keyward_core::id::ProfileName;
use keyward_core::time::show_duration;

use crate::commands::whoami;
use crate::environment as env;
use crate::log::How;
use crate::process::cannot_run;
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::output;
use crate::screen::ui::Ui;
use crate::serving::{self, Tell, Unlocked};
use crate::session::{HandOutArgs, hand_out};
use crate::state::local_state::{LocalState, now};

/// Run a command, or your shell, with credentials
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile; `AWS_PROFILE` by default
    profile: Option<ProfileName>,

    /// Serve the credentials over loopback while the command runs, so that it can renew them
    #[arg(long)]
    server: bool,

    #[command(flatten)]
    hand_out: HandOutArgs,

    /// The command and its arguments
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Runs the command. On Unix it replaces this process, unless it needs a server beside it.
pub(crate) fn run(args: Args, ui: &Ui, this_run: &ThisRun) -> Result<ExitCode, CliError> {
    let profile = match args.profile {
        Some(profile) => profile,
        None => whoami::named_by_environment()?.ok_or_else(|| {
            CliError::usage(format!(
                "no profile is given, and {} is not set",
                env::AWS_PROFILE
            ))
            .hint("keyward exec PROFILE -- COMMAND")
        })?,
    };
    let opens_shell = args.command.is_empty();
    if args.server {
        if opens_shell {
            ui.say(format!(
                "started a shell for profile `{profile}`; keyward renews its credentials until you leave it with `exit`"
            ));
        }
        let (command, program) = command_for(args.command, &profile);
        return beside_a_server(&profile, &args.hand_out, command, &program, ui);
    }
    let region = args.hand_out.region.clone();
    let repeatable = args.hand_out.is_repeatable();
    let handed = hand_out(&profile, args.hand_out, How::Exec, ui)?;
    let other_region = match region {
        Some(_) => OtherRegion::None,
        None => say_other_region(&handed.chain, ui)?,
    };
    if repeatable && other_region == OtherRegion::None {
        this_run.keep_variables(&handed.local, &handed.chain, &profile, &args.command);
    }
    if opens_shell {
        ui.say(announcement(&profile, handed.credentials.expires_at, now()));
    }
    let (mut command, program) = command_for(args.command, &profile);
    let variables = output::variables(&handed.credentials, handed.chain.region.as_ref());
    for (name, value) in &variables.set {
        command.env(name, value.as_str());
    }
    replace_process(command, &program)
}

/// The command, or the shell, without other credentials and without what opens the vault.
fn command_for(words: Vec<OsString>, profile: &ProfileName) -> (Command, OsString) {
    let mut words = words.into_iter();
    let program = words.next().unwrap_or_else(shell);
    let command = keyward_ready::exec::command(&program, words, profile.as_str());
    (command, program)
}

/// Whether the region of the shell differs from the one in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OtherRegion {
    None,
    Told,
}

/// Returns the message for the person: the credentials of the shell, and their end.
fn announcement(profile: &ProfileName, end: Option<Timestamp>, now: Timestamp) -> String {
    match end {
        Some(end) => format!(
            "a shell with the credentials of profile `{profile}`, which end in {} ({end}); leave it with `exit`",
            show_duration(end.remaining(now))
        ),
        None => format!(
            "a shell with the credentials of profile `{profile}`, which do not end; leave it with `exit`"
        ),
    }
}

/// Runs the command with the address of its credentials in place of the credentials.
fn beside_a_server(
    profile: &ProfileName,
    hand_out: &HandOutArgs,
    mut command: Command,
    program: &OsStr,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let unlocked = Unlocked::now(&local, Tell::None)?;
    let prepared = serving::prepare(&mut local, ui, profile, hand_out)?;
    if hand_out.region.is_none() {
        say_other_region(&prepared.chain, ui)?;
    }
    if let Some(region) = &prepared.chain.region {
        command
            .env(env::AWS_REGION, region.as_str())
            .env(env::AWS_DEFAULT_REGION, region.as_str());
    }
    let token = serving::new_token()?;
    let serving = serving::start(local, unlocked.clone(), vec![prepared], &token, 0)?;
    command
        .env(env::CONTAINER_FULL_URI, serving.server.url(profile))
        // The child shows it to the server; it opens nothing else and ends with the child.
        .env(env::CONTAINER_TOKEN, token.expose());
    let ended = serving::run_beside(command, program);
    // Some SDKs do not show a server's answer, and until now the output was the command's.
    unlocked.tell_of_lock(ui);
    ended
}

/// The person may have set a region for this command, and the profile's region overrides it.
fn say_other_region(chain: &Chain, ui: &Ui) -> Result<OtherRegion, CliError> {
    let set = [env::AWS_REGION, env::AWS_DEFAULT_REGION]
        .into_iter()
        .find_map(|name| Some((name, env::get(name)?)));
    let (Some((name, set)), Some(used)) = (set, &chain.region) else {
        return Ok(OtherRegion::None);
    };
    // Within `exec` or after `kw`, the variable came with the other profile.
    if set == used.as_str() || env::get(env::PROFILE).is_some() {
        return Ok(OtherRegion::None);
    }
    let of_shell = match whoami::named_by_environment()? {
        Some(profile) => LocalState::load()?
            .resolve(&profile, Flags::default())
            .ok()
            .and_then(|chain| chain.region),
        None => None,
    };
    if of_shell.is_some_and(|region| region.as_str() == set) {
        return Ok(OtherRegion::None);
    }
    ui.warn(format!(
        "using region {used} from profile `{}`, not {name} ({set})",
        chain.profile
    ));
    ui.hint(format!("to override both: --region {set}"));
    Ok(OtherRegion::Told)
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
fn replace_process(command: Command, program: &OsString) -> Result<ExitCode, CliError> {
    Err(cannot_run(program, keyward_ready::exec::replace(command)))
}

#[cfg(not(unix))]
fn replace_process(mut command: Command, program: &OsString) -> Result<ExitCode, CliError> {
    crate::system::harden::give_back_core_limit();
    let status = command.status().map_err(|e| cannot_run(program, e))?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}

#[cfg(test)]
mod tests;
