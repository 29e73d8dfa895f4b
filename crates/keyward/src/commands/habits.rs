//! Words that people know from aws-vault, granted and awsume. Where keyward has the same under
//! another name, the word works. `exec PROFILE CMD` works without `--`.
//!
//! No word here does anything that keyward's own names do not.

mod instead;
mod profile;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use keyward_core::id::ProfileName;

use crate::cli::Cli;
use crate::cli::help::shown;
use crate::commands::{lock, remove};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

pub(crate) use instead::instead;
pub(crate) use profile::{exec_by_shell, for_profile, with_profile_of_shell};

/// Show the help of keyward, or of a command
#[derive(Debug, clap::Args)]
pub(crate) struct HelpArgs {
    /// The command, word by word
    command: Vec<String>,
}

/// Show the version
#[derive(Debug, clap::Args)]
pub(crate) struct VersionArgs {}

/// Forget the sessions of a profile; without one, all of them
#[derive(Debug, clap::Args)]
pub(crate) struct ClearArgs {
    /// The profile
    profile: Option<ProfileName>,
}

/// `keyward help [COMMAND…]`.
pub(crate) fn help(args: &HelpArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut command = Cli::definition();
    command.build();
    for word in &args.command {
        let Some(found) = command.find_subcommand(word) else {
            return Err(
                CliError::usage(format!("there is no command `{word}`")).hint("keyward --help")
            );
        };
        command = found.clone();
    }
    ui.data(&shown(&command.render_long_help()))?;
    Ok(ExitCode::SUCCESS)
}

/// `keyward version`.
pub(crate) fn version(_args: &VersionArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    ui.data(&Cli::definition().render_version())?;
    Ok(ExitCode::SUCCESS)
}

/// `keyward clear [PROFILE]`.
pub(crate) fn clear(args: ClearArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    match args.profile {
        Some(profile) => remove::run(remove::Args::sessions_of(profile), ui),
        None => lock::run(lock::Args {}, ui),
    }
}

/// The arguments with the `--` that `exec PROFILE CMD` leaves out. All other arguments come back
/// as they were.
pub(crate) fn with_dashes(arguments: Vec<OsString>) -> Vec<OsString> {
    let root = Cli::definition();
    let Some(verb) = next_word(&root, &arguments, 1) else {
        return arguments;
    };
    let exec = match root.find_subcommand("exec") {
        Some(exec) if arguments[verb] == "exec" => exec,
        _ => return arguments,
    };
    // The first word is the profile, and the second begins the command.
    let command =
        next_word(exec, &arguments, verb + 1).and_then(|at| next_word(exec, &arguments, at + 1));
    match command {
        Some(at) => {
            let (ours, theirs) = arguments.split_at(at);
            [ours, &["--".into()], theirs].concat()
        }
        None => arguments,
    }
}

/// The position of the next word that is neither an option nor an option's value. `None` at a `--`.
fn next_word(command: &clap::Command, arguments: &[OsString], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let argument = arguments.get(at)?;
        match argument.to_str() {
            Some("--") => return None,
            Some(option) if option.len() > 1 && option.starts_with('-') => {
                at += 1 + usize::from(wants_value(command, option));
            }
            _ => return Some(at),
        }
    }
}

/// Whether the value of an option is the next argument.
fn wants_value(command: &clap::Command, option: &str) -> bool {
    let takes = |is: &dyn Fn(&clap::Arg) -> bool| {
        let mut known = command.get_arguments();
        known.any(|argument| is(argument) && argument.get_action().takes_values())
    };
    if let Some(long) = option.strip_prefix("--") {
        return takes(&|argument| {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            argument.get_long() == Some(long) || aliases.contains(&long)
        }) || long == "color";
    }
    // Of several letters, the first one with a value uses the rest as its value.
    let letters = option[1..].char_indices();
    let mut valued = letters.filter(|(_, letter)| takes(&|a| a.get_short() == Some(*letter)));
    let first = valued.next();
    first.is_some_and(|(at, letter)| at + letter.len_utf8() == option.len() - 1)
}

/// Whether the arguments may need [`with_dashes`], decided without building the parser.
pub(crate) fn mentions_exec(arguments: &[OsString]) -> bool {
    arguments.iter().any(|word| word == OsStr::new("exec"))
}

#[cfg(test)]
mod tests;
