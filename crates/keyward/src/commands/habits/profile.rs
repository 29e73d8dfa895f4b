//! A profile in the place of the command, as in `keyward work` or `keyward work -- aws s3 ls`. awsume and
//! granted take the profile there.

use std::ffi::OsString;

use keyward_core::id::ProfileName;
use keyward_core::shell::quoted;

use crate::cli::Cli;
use crate::state::local_state::LocalState;

/// The `exec` command for a command line that begins with a known profile.
pub(crate) fn for_profile(arguments: &[OsString]) -> Option<String> {
    let local = LocalState::load_closed().ok()?;
    let is_known = |name: &ProfileName| {
        local.config.profile(name).is_some() || local.stored.get(name).is_some()
    };
    with_exec(arguments, &is_known)
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
    let words = [options, &exec, rest].concat();
    let accepted = root.try_get_matches_from(super::with_dashes(words.clone()));
    accepted.ok()?;
    let words = words.iter().skip(1).map(|word| word.to_str().map(quoted));
    let words: Vec<_> = words.collect::<Option<_>>()?;
    Some(format!("keyward {}", words.join(" ")))
}

#[cfg(test)]
mod tests;
