//! Advice on where a person can answer instead: the command that asks the question in the way here.
//! The action then happens there, or works here afterwards.

use std::borrow::Cow;

use keyward_core::chain::{CacheKey, Chain, Flags, HandOut};

use crate::environment as env;
use crate::state::local_state::LocalState;

/// The advice for a command line.
pub(super) fn hint(local: &LocalState, chain: &Chain) -> String {
    let words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    // The same session, or it would be asked for again.
    let code_of = |chain: &Chain| -> Option<CacheKey> {
        let hop = chain.hops.iter().find(|hop| hop.mfa_serial.is_some())?;
        Some(hop.cache_key)
    };
    let flags = Flags {
        hand_out: HandOut::Static,
        ..Flags::default()
    };
    let same = || {
        let of_exec = local.resolve(&chain.profile, flags).ok();
        of_exec.is_some_and(|of_exec| code_of(&of_exec) == code_of(chain))
    };
    format!(
        "{}, or give the code with --mfa-code or {}",
        advice(&words, chain.profile.as_str(), same),
        env::MFA_CODE
    )
}

/// Returns the command to run. `same` says whether `exec` of the profile makes the same session as
/// a program that asks again by itself gets.
pub(super) fn advice(words: &[String], profile: &str, same: impl FnOnce() -> bool) -> String {
    let verbs = ["credential-process", "serve", "exec"];
    let verb = words.iter().find(|word| verbs.contains(&word.as_str()));
    let quoted = |words: &[String]| -> String {
        let quoted = words
            .iter()
            .map(|word| shlex::try_quote(word).unwrap_or(Cow::Borrowed(word)));
        quoted.collect::<Vec<_>>().join(" ")
    };
    let end = words.iter().position(|word| word == "--");
    // Without dashes, the command begins at some word behind the profile.
    let may_be_command = |last: &String| last != profile && !last.starts_with('-');
    let may_have_command = end.is_none() && words.last().is_some_and(may_be_command);
    let profile = [profile.to_owned()];
    match verb.map(String::as_str) {
        Some("exec") if may_have_command => {
            format!("run `keyward {}` in a terminal", quoted(words))
        }
        Some("exec") => {
            let flags = quoted(&words[..end.unwrap_or(words.len())]);
            format!("run `keyward {flags} -- true` in a terminal first")
        }
        Some("credential-process") if same() => {
            format!(
                "run `keyward exec {} -- true` in a terminal first",
                quoted(&profile)
            )
        }
        Some(_) => format!(
            "run `keyward exec --server {} -- true` in a terminal first",
            quoted(&profile)
        ),
        None => format!("run `keyward {}` in a terminal", quoted(words)),
    }
}
