//! A profile in the place of the command, as in `keyward work` or `keyward work -- aws s3 ls`: awsume and
//! granted take the profile there. And a profile that only `AWS_PROFILE` names.

use std::ffi::OsString;

use keyward_core::id::ProfileName;
use keyward_core::shell::quoted;

use crate::cli::Cli;
use crate::environment as env;
use crate::state::local_state::LocalState;

/// The `exec` command for a command line that begins with a known profile.
pub(crate) fn for_profile(arguments: &[OsString]) -> Option<String> {
    let local = LocalState::load_closed().ok()?;
    let is_known = |name: &ProfileName| {
        local.config.profile(name).is_some() || local.stored.get(name).is_some()
    };
    with_exec(arguments, &is_known)
}

/// The command line with the profile of `AWS_PROFILE`, if nothing else is missing.
pub(crate) fn with_profile_of_shell(arguments: &[OsString]) -> Option<String> {
    with_profile(arguments, &profile_of_shell()?)
}

/// The profile that `AWS_PROFILE` names.
fn profile_of_shell() -> Option<ProfileName> {
    env::get(env::AWS_PROFILE)?.parse().ok()
}

fn with_profile(arguments: &[OsString], profile: &ProfileName) -> Option<String> {
    let root = Cli::definition();
    let (mut command, mut from) = (&root, 1);
    while let Some(at) = super::next_word(command, arguments, from) {
        let Some(found) = command.find_subcommand(&arguments[at]) else {
            break;
        };
        (command, from) = (found, at + 1);
    }
    let (before, after) = arguments.split_at(from.min(arguments.len()));
    shown(&root, [before, &[profile.as_str().into()], after].concat())
}

/// The `exec` command line whose first word was read as a profile, but is the command: the profile is
/// that of `AWS_PROFILE`.
pub(crate) fn exec_by_shell(arguments: &[OsString]) -> Option<String> {
    let root = Cli::definition();
    let verb = super::next_word(&root, arguments, 1)?;
    let exec = root.find_subcommand(arguments.get(verb)?)?;
    let first = super::next_word(exec, arguments, verb + 1)?;
    let local = LocalState::load_closed().ok()?;
    let is_known = |name: &ProfileName| {
        local.config.profile(name).is_some() || local.stored.get(name).is_some()
    };
    let name: ProfileName = arguments.get(first)?.to_str()?.parse().ok()?;
    if is_known(&name) || !is_known(&profile_of_shell()?) {
        return None;
    }
    let (before, command) = arguments.split_at(first);
    // With dashes, nothing was left out.
    let has_dashes = command.iter().any(|word| word == "--");
    (!has_dashes).then(|| shown(&root, [before, &["--".into()], command].concat()))?
}

/// A command line that the parser accepts, ready to paste.
fn shown(root: &clap::Command, words: Vec<OsString>) -> Option<String> {
    let accepted = root
        .clone()
        .try_get_matches_from(super::with_dashes(words.clone()));
    accepted.ok()?;
    let words = words.iter().skip(1).map(|word| word.to_str().map(quoted));
    let words: Vec<_> = words.collect::<Option<_>>()?;
    Some(format!("keyward {}", words.join(" ")))
}

fn with_exec(arguments: &[OsString], is_known: &dyn Fn(&ProfileName) -> bool) -> Option<String> {
    let root = Cli::definition();
    let at = super::next_word(&root, arguments, 1)?;
    let name: ProfileName = arguments.get(at)?.to_str()?.parse().ok()?;
    if !is_known(&name) {
        return None;
    }
    let (options, rest) = arguments.split_at(at);
    let exec = [OsString::from("exec")];
    shown(&root, [options, &exec, rest].concat())
}

#[cfg(test)]
mod tests;
