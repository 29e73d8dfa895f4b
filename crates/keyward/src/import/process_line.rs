//! `credential_process` lines that ask the tool whose keys move in. The line of a profile whose
//! key came along asks keyward from then on; every other is only pointed out, with the command that
//! replaces it where keyward has the key.

use std::path::Path;

use keyward_core::config::{ConfigSet, FileKind};
use keyward_core::id::ProfileName;

use super::{FoundKey, Harvest, ProcessLine};
use crate::aws_files::helper_line as line;

const KEY: &str = "credential_process";
/// Longer chains of `source_profile` are not followed for this advice.
const LONGEST_CHAIN: usize = 16;

/// Marks the keys whose profiles ask one of `programs`, and notes the other profiles that do.
pub(crate) fn mark(harvest: &mut Harvest, config: &ConfigSet, programs: &[&str]) {
    for profile in config.profiles() {
        let Some(line) = profile.section.get(KEY) else {
            continue;
        };
        if !runs(&line.value, programs) {
            continue;
        }
        let own = line.origin.file == FileKind::Config && names(&line.value, &profile.name);
        let found = harvest
            .keys
            .iter_mut()
            .find(|found| own && found.profile == profile.name);
        match found {
            Some(found) => found.process = ProcessLine::Redirect,
            None => {
                let named = named_key(&line.value, config, &harvest.keys);
                harvest.ignore(
                    format!("profile `{}` at {}", profile.name, line.origin),
                    why_left(named),
                );
            }
        }
    }
}

/// The reason for a line that stays, and its replacement.
fn why_left(named: Option<&ProfileName>) -> String {
    let stays = "its `credential_process` asks the other tool still";
    match named {
        Some(name) => {
            format!("{stays}; `keyward credential-process {name}` gives the same")
        }
        None => stays.to_owned(),
    }
}

/// The profile in a line that has one of these keys, or a chain of `source_profile` to one.
fn named_key<'c>(line: &str, config: &'c ConfigSet, keys: &[FoundKey]) -> Option<&'c ProfileName> {
    let has_key = |name: &ProfileName| keys.iter().any(|key| key.profile == *name);
    let names = about(line).filter_map(|word| word.parse().ok());
    let mut named = names.filter_map(|name| config.profile(&name));
    named.find_map(|profile| {
        let mut last = profile;
        for _ in 0..LONGEST_CHAIN {
            if has_key(&last.name) {
                return Some(&profile.name);
            }
            let source = last.section.value("source_profile")?.parse().ok()?;
            last = config.profile(&source)?;
        }
        None
    })
}

/// The line with which the SDKs ask this program; `None` when the path or the name contains what
/// some SDK's shell would split.
pub(super) fn ours(program: &Path, profile: &ProfileName) -> Option<String> {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || "/\\_-.+@: ".contains(c))
    };
    (plain(program.to_str()?) && plain(profile.as_str())).then(|| line::of(program, profile))
}

/// Whether a line runs one of these programs.
fn runs(line: &str, programs: &[&str]) -> bool {
    let program = words(line).next().unwrap_or_default();
    let file = program.rsplit(['/', '\\']).next().unwrap_or(program);
    programs.contains(&file.strip_suffix(".exe").unwrap_or(file))
}

/// Whether a line is about a profile.
fn names(line: &str, profile: &ProfileName) -> bool {
    about(line).any(|word| word == profile.as_str())
}

/// The words of a line that may be the name of a profile.
fn about(line: &str) -> impl Iterator<Item = &str> {
    words(line)
        .skip(1)
        .map(|word| word.strip_prefix("--profile=").unwrap_or(word))
        .map(|word| word.trim_matches(['"', '\'']))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests;
