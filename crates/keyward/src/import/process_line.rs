//! `credential_process` lines that ask the tool whose keys move in. The line of a profile whose
//! key came along asks keyward from then on; every other is only pointed out.

use std::path::Path;

use keyward_core::config::{ConfigSet, FileKind};
use keyward_core::id::ProfileName;

use super::{Harvest, ProcessLine};
use crate::aws_files::helper_line as line;

const KEY: &str = "credential_process";

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
            None => harvest.ignore(
                format!("profile `{}` at {}", profile.name, line.origin),
                "its `credential_process` asks the other tool still",
            ),
        }
    }
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
    words(line)
        .skip(1)
        .map(|word| word.strip_prefix("--profile=").unwrap_or(word))
        .any(|word| word.trim_matches(['"', '\'']) == profile.as_str())
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace()
        .map(|word| word.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests;
