//! Notes about a file for its owner: lines that the SDKs ignore, and lines that the AWS CLI and
//! boto3 read differently. Values are never repeated; some are secrets.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::file::ConfigFile;
use crate::config::header::{Oddity, Role, Why, glued};
use crate::config::hidden::{hidden, hidden_at_end};
use crate::config::lines::{Entry, SectionLines};
use crate::config::misspelt::{self, CREDENTIAL_KEYS};
use crate::config::table::{Group, Source};
use crate::config::{BLANKS, Diagnostic, FileKind, Severity, is_identifier};

/// Sections of the AWS CLI itself, which need no prefix.
const CLI_SECTIONS: [&str; 2] = ["plugins", "preview"];

/// Everything there is to say, in file order.
pub(super) fn check(source: &Source) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut seen = BTreeMap::new();
    let profiles: BTreeSet<&str> = source
        .places
        .iter()
        .filter(|place| place.group == Group::Profile)
        .filter(|place| source.files[usize::from(place.file)].kind == FileKind::Config)
        .map(|place| source.name(place))
        .collect();
    for place in &source.places {
        let (file, section) = source.section(place);
        let named = (place.file, place.group, source.name(place));
        check_section(file, section, &profiles, &mut out);
        if let Some(before) = seen.insert(named, section) {
            out.push(repeated_section(file, section, before));
        }
        if place.group == Group::Ignored && !matches!(section.role, Role::Ignored(_)) {
            out.push(shadowed(file, section));
        }
    }
    for file in &source.files {
        stray_comments(file, &mut out);
        carriage_returns(file, &mut out);
    }
    out.sort_by_key(|d| (d.origin.file, d.origin.line));
    out
}

fn check_section(
    file: &ConfigFile,
    section: &SectionLines,
    profiles: &BTreeSet<&str>,
    out: &mut Vec<Diagnostic>,
) {
    if let Some(message) = header(file, section, profiles) {
        out.push(warning(file, section.line, message));
    }
    if file
        .slice(section.header)
        .rsplit_once(']')
        .is_some_and(|(h, _)| h.contains(['#', ';']))
    {
        out.push(warning(
            file,
            section.line,
            "the AWS CLI reads a `]` in the comment as part of the header; put the comment on \
             its own line"
                .to_owned(),
        ));
    }
    let mut lines = BTreeMap::new();
    for entry in file.entries_of(section) {
        let lower = file.slice(entry.key).to_ascii_lowercase();
        if let Some(before) = lines.insert(lower, entry.line) {
            out.push(repeated_key(file, entry, before));
        }
        key(file, entry, out);
        indented(file, entry, out);
    }
}

/// Headers and keys of credentials below a key, which only some SDKs read as such.
fn indented(file: &ConfigFile, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let below = &file.text[entry.line_end as usize..entry.end as usize];
    let has_value = !file.slice(entry.value).is_empty();
    for (number, line) in (entry.line + 1..).zip(below.lines()) {
        let text = line.trim_matches(BLANKS);
        let key = text
            .split_once('=')
            .map(|(key, _)| key.trim_matches(BLANKS));
        let is_key =
            key.is_some_and(|key| CREDENTIAL_KEYS.contains(&key.to_ascii_lowercase().as_str()));
        let noun = match text.starts_with('[') && text.contains(']') {
            true => "header",
            false if has_value && is_key => "key",
            false => continue,
        };
        let message = format!(
            "an indented {noun} continues the value above for the AWS CLI, boto3, keyward and the SDK for \
             Rust, and is a {noun} for JavaScript and Go; start it in the first column"
        );
        out.push(warning(file, number, message));
    }
}

/// `[default]` beside `[profile default]`, or `[profile "x"]` beside `[profile x]`.
fn shadowed(file: &ConfigFile, section: &SectionLines) -> Diagnostic {
    let message = match section.role {
        Role::BareDefault => {
            "the SDKs ignore `[default]` because the file has `[profile default]`, and the AWS CLI \
             reads only the last of the two; join them"
                .to_owned()
        }
        _ => format!(
            "the SDKs read `{0}` without quotes only, and the AWS CLI only the last section of \
             that name; join the two",
            file.slice(section.name)
        ),
    };
    warning(file, section.line, message)
}

/// A second section of a name in one file.
fn repeated_section(
    file: &ConfigFile,
    section: &SectionLines,
    before: &SectionLines,
) -> Diagnostic {
    let inner = file.slice(section.inner);
    let effect = if inner == file.slice(before.inner) {
        "the AWS CLI and boto3 refuse the whole file"
    } else {
        "the AWS CLI and boto3 read only the last one"
    };
    let message = format!(
        "`[{}]` is on line {} already; {effect}, where the SDKs join such sections; make it \
         one section",
        inner.trim(),
        before.line
    );
    warning(file, section.line, message)
}

/// A second value of a key in one section.
fn repeated_key(file: &ConfigFile, entry: &Entry, before: u32) -> Diagnostic {
    let message = format!(
        "`{}` is on line {before} already; the SDKs take the last value, but the AWS CLI and \
         boto3 refuse the whole file; remove one",
        file.slice(entry.key),
    );
    warning(file, entry.line, message)
}

fn header(file: &ConfigFile, section: &SectionLines, profiles: &BTreeSet<&str>) -> Option<String> {
    let inner = file.slice(section.inner).trim_matches(BLANKS);
    let name = file.slice(section.name);
    if file.slice(section.inner).is_empty() {
        return Some(
            "the header has no name: the AWS CLI and boto3 refuse the whole file; name it or remove it".to_owned(),
        );
    }
    if inner.is_empty() {
        return Some(
            "the header has no name, so the AWS tools ignore it; name it or remove it".to_owned(),
        );
    }
    if let Some(hidden) = hidden(inner) {
        return Some(format!(
            "the header contains {hidden}, which looks like a blank or like nothing; type a plain blank in its place, or remove it"
        ));
    }
    let why = match section.role {
        Role::Ignored(why) => why,
        _ => return odd(section.oddity, name).or_else(|| spacing(file.slice(section.inner), name)),
    };
    Some(match why {
        Why::Unprefixed if CLI_SECTIONS.contains(&inner) => return None,
        Why::Unprefixed if inner == "DEFAULT" => {
            "the SDKs ignore `[DEFAULT]`, but the AWS CLI and boto3 give its keys to every \
             profile; write `[default]`"
                .to_owned()
        }
        Why::Unprefixed => {
            let meant = inner.trim_matches(['"', '\'']);
            match (profiles.contains(meant), glued(inner)) {
                (false, Some((word, name))) => without_blank(inner, word, name),
                (true, _) => format!(
                    "the AWS tools ignore `[{inner}]`, and there is a `[profile {meant}]`: move \
                     what is missing there"
                ),
                (false, None) => format!(
                    "the AWS tools ignore `[{inner}]`: in the config file a profile is written \
                     `[profile {meant}]`"
                ),
            }
        }
        Why::UnknownPrefix => format!(
            "the AWS tools ignore `[{inner}]`: a section is `[profile NAME]`, \
             `[sso-session NAME]` or `[services NAME]`"
        ),
        Why::BadName => {
            // boto3 splits a header of the config file as a shell does.
            let splits = file.kind == FileKind::Config && name.contains(['\'', '"', '\\']);
            let readers = match splits || name.contains(BLANKS) {
                true => "boto3, the AWS CLI and most SDKs ignore `[{inner}]`",
                false => "boto3 and the AWS CLI read `[{inner}]`, but not every SDK does",
            };
            let readers = readers.replace("{inner}", inner);
            format!("{readers}: a name is made of letters, digits and `_-/.%@:+`")
        }
        Why::BlankInName => format!(
            "the SDKs ignore `[{inner}]`, whose name has a blank; the AWS CLI reads it as profile \
             `{inner}`; rename it"
        ),
        Why::ProfileInCredentials => format!(
            "the SDKs ignore `[{inner}]`: in the credentials file a profile is written `[{name}]`"
        ),
        Why::ConfigInCredentials => {
            format!("the AWS tools read `[{inner}]` in the config file only; move it there")
        }
    })
}

/// The fix of a header in which another sign than a blank comes after the first word.
fn without_blank(inner: &str, word: &str, name: &str) -> String {
    let message = format!(
        "the AWS tools ignore `[{inner}]`: a blank comes after `{word}`, as in `[{word} {name}]`"
    );
    match word {
        "profile" => {
            format!("{message}; a profile of the name `{inner}` is written `[profile {inner}]`")
        }
        _ => message,
    }
}

/// Blanks of a header that some SDKs do not skip: they take one blank after the prefix, and none at
/// the end.
fn spacing(inner: &str, name: &str) -> Option<String> {
    let (_, after) = inner.split_once(BLANKS)?;
    let message = if inner.contains('\t') {
        "the SDK for Go does not find the name behind a tab"
    } else if after != name {
        "the SDK for JavaScript accepts one blank before the name and none after it"
    } else {
        return None;
    };
    Some(format!(
        "{message}; write `{} {name}`",
        inner.split(BLANKS).next().unwrap_or_default()
    ))
}

fn odd(oddity: Oddity, name: &str) -> Option<String> {
    match oddity {
        Oddity::None => None,
        Oddity::Blanks => Some(format!(
            "the AWS CLI and boto3 take the blanks around `{name}` as part of the header; remove \
             them"
        )),
        Oddity::Quoted => Some(format!(
            "the SDKs ignore a quoted name; only the AWS CLI, boto3 and keyward read `{name}`; use \
             a name without quotes and blanks"
        )),
    }
}

fn key(file: &ConfigFile, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let key = file.slice(entry.key);
    let mut warn = |message: String| out.push(warning(file, entry.line, message));
    if let Some(hidden) = hidden(key) {
        warn(format!(
            "the key contains {hidden}, which looks like a blank or like nothing; remove it"
        ));
        return;
    }
    if let Some(hidden) = hidden_at_end(file.slice(entry.value)) {
        warn(format!(
            "the value of `{key}` begins or ends with {hidden}, which looks like a blank or like nothing and is part of the value to some AWS tools; remove it"
        ));
    }
    if let Some(known) = misspelt::meant(key) {
        warn(format!("no AWS tool reads `{key}`; write `{known}`"));
        return;
    }
    if !is_identifier(key) {
        // A text that is not a key may be a pasted secret, so it is not repeated.
        warn(
            "the SDKs ignore this line: a key is made of letters, digits and `_-/.%@:+`".to_owned(),
        );
        return;
    }
    let lower = key.to_ascii_lowercase();
    if *key != *lower && CREDENTIAL_KEYS.contains(&lower.as_str()) {
        warn(format!(
            "the SDK for JavaScript reads `{lower}` in lower case only, and so misses `{key}`; write it in lower case"
        ));
    }
    if key.contains(':') {
        warn("the AWS CLI and boto3 end the key at its `:`; rename the key".to_owned());
    }
    if entry.comment.is_some() {
        warn(format!(
            "the AWS CLI and boto3 read the comment as part of the value of `{key}`; put it on its \
             own line"
        ));
    }
    if key.eq_ignore_ascii_case("mfa_arn") {
        warn("the AWS tools do not know `mfa_arn`; write `mfa_serial`".to_owned());
    }
    if key.eq_ignore_ascii_case("duration_seconds") && !is_count(file.slice(entry.value)) {
        warn(
            "`duration_seconds` is not a whole number of seconds; some AWS tools ignore it and \
             some fail"
                .to_owned(),
        );
    }
    if let Some(wanted) = wanted_form(&lower, file.slice(entry.value)) {
        warn(format!("`{key}` is {wanted}"));
    }
    let is_nested = entry.value.start == entry.value.end;
    let reading = match is_nested {
        true => file
            .has_refused_nested_comment(entry)
            .then_some("makes the SDK for Rust refuse the whole file"),
        false => file
            .has_indented_comment(entry.line_end)
            .then_some("is part of its value to the SDK for Rust"),
    };
    if let Some(reading) = reading {
        warn(format!(
            "an indented comment below `{key}` {reading}; start it in the first column"
        ));
    }
}

/// The form that a value must have, if it has another one that AWS tools do not refuse by themselves.
fn wanted_form(key: &str, value: &str) -> Option<&'static str> {
    let lacks_scheme = || !value.is_empty() && !value.contains("://");
    match key {
        "region" | "sso_region" if is_zone(value) => {
            Some("a region, such as `us-east-1`; a zone has one more letter at its end")
        }
        "sso_start_url" if lacks_scheme() => Some("an address that begins with `https://`"),
        "sso_role_name" if value.contains([':', '/']) => {
            Some("the name of the role alone, without `arn:…` and without a path")
        }
        _ if lacks_scheme() && (key == "endpoint_url" || key.starts_with("endpoint_url_")) => {
            Some("an address that begins with `http://` or `https://`")
        }
        _ => None,
    }
}

/// Whether a text is an availability zone, such as `us-east-1a`.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>
fn is_zone(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [country, places @ .., last] = parts.as_slice() else {
        return false;
    };
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let number = last.strip_suffix(|c: char| c.is_ascii_lowercase());
    country.len() == 2
        && letters(country)
        && !places.is_empty()
        && places.iter().all(|part| letters(part))
        && number.is_some_and(|number| number.parse::<u8>().is_ok())
}

/// An empty value counts as absent, and is fine.
fn is_count(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

/// The SDK for Rust takes an indented comment for the rest of a value, and there is none above it.
fn stray_comments(file: &ConfigFile, out: &mut Vec<Diagnostic>) {
    let below = "an indented comment below a header makes the SDK for Rust refuse the whole file; \
                 start it in the first column";
    for section in file.sections.iter() {
        if file.has_indented_comment(section.header.end) {
            out.push(warning(file, section.line, below.to_owned()));
        }
    }
    if file.has_indented_comment(0) {
        let above = below.replace("below a header", "above the first header");
        out.push(warning(file, 1, above));
    }
}

/// Python ends a line at a lone carriage return; the SDKs do not.
fn carriage_returns(file: &ConfigFile, out: &mut Vec<Diagnostic>) {
    if !file.text.contains('\r') {
        return;
    }
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.trim_end_matches(BLANKS).contains('\r') {
            let message = match line.split('\r').skip(1).any(is_no_line) {
                true => {
                    "a line ends at its carriage return for Python, so the AWS CLI and boto3 refuse the \
                     whole file; save it with ordinary line endings"
                }
                false => {
                    "the AWS CLI and boto3 end a line at its carriage return, the SDKs do not; save \
                     the file with ordinary line endings"
                }
            };
            out.push(warning(file, number, message.to_owned()));
        }
    }
}

/// Whether Python's parser refuses a line: it is not a header, key, comment or continuation.
fn is_no_line(text: &str) -> bool {
    let is_continuation = text.starts_with(char::is_whitespace);
    let is_header = text.starts_with('[') && text.contains(']') && !text.starts_with("[]");
    let is_comment = text.starts_with(['#', ';']);
    let is_key = text.find(['=', ':']).is_some_and(|at| at > 0);
    !(text.is_empty() || is_continuation || is_header || is_comment || is_key)
}

fn warning(file: &ConfigFile, line: u32, message: String) -> Diagnostic {
    Diagnostic {
        origin: file.origin(line),
        severity: Severity::Warning,
        message,
    }
}
