//! The AWS files read from the disk, and everything that keeps them from being read. What their
//! lines say is never repeated.

use std::path::Path;
use std::string::FromUtf8Error;

use keyward_core::config::{ConfigFile, ConfigSet, FileKind};
use keyward_core::text::count;

use crate::screen::error::CliError;
use crate::system::locations::{self, Locations};
use crate::system::read_limited;

/// Both as one; or the faults of both, at least one.
pub(super) fn load(locations: &Locations) -> Result<ConfigSet, Vec<CliError>> {
    let mut faults = Vec::new();
    let mut one = |path, kind| {
        file(path, kind).unwrap_or_else(|found| {
            faults.extend(found);
            None
        })
    };
    let config = one(&locations.aws_config, FileKind::Config);
    let credentials = one(&locations.aws_credentials, FileKind::Credentials);
    match faults.is_empty() {
        true => Ok(ConfigSet::merge(config.as_ref(), credentials.as_ref())),
        false => Err(faults),
    }
}

/// One of them, if there is one.
fn file(path: &Path, kind: FileKind) -> Result<Option<ConfigFile>, Vec<CliError>> {
    let Some(text) = read(path).map_err(|fault| vec![fault])? else {
        return Ok(None);
    };
    let shown = locations::show(path);
    ConfigFile::parse(kind, &shown, &text)
        .map(Some)
        .map_err(|_| {
            if let Some(fault) = other_format(path, &text) {
                return vec![fault];
            }
            let faults = ConfigFile::faults(kind, &shown, &text);
            let rest = faults.count - faults.first.len();
            let rest = (rest > 0).then(|| too_many(&shown, rest));
            let first = faults.first.into_iter().map(CliError::from);
            first.chain(rest).collect()
        })
}

/// The error about a file of another format. Editing single lines does not fix such a file.
fn other_format(path: &Path, text: &str) -> Option<CliError> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
    let is_marked = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    let shown = locations::show(path);
    if marks.iter().all(|mark| is_marked(mark)) {
        let error = CliError::usage(format!("{shown} holds the two sides of a merge conflict"));
        return Some(
            error.hint("keep one side, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`"),
        );
    }
    let is_csv = start.to_ascii_lowercase().starts_with("access key id,");
    let lines = "AWS tools read a header such as `[default]`, and lines such as `region = eu-central-1` below it";
    let (format, step) = match start.chars().next()? {
        '{' => (
            "JSON",
            "move it away, as to key.json; then `keyward add NAME --stdin < key.json` stores its key",
        ),
        _ if is_csv => (
            "the CSV of the console",
            "move it away; then `keyward add NAME` asks for its key and secret",
        ),
        '<' => ("HTML or XML", "move it away, and write the file anew"),
        _ => return None,
    };
    let error = CliError::usage(format!("{shown} is {format}, which no AWS tool reads"));
    Some(error.hint(step).hint(lines))
}

/// The error about the other invalid lines of a file that hardly is one of AWS's.
fn too_many(shown: &str, rest: usize) -> CliError {
    CliError::usage(format!(
        "{shown} has {} besides these",
        count(rest, "invalid line")
    ))
    .hint(format!("check that {shown} is an AWS file at all"))
    .standing_for(rest)
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match read_limited::read(path, read_limited::SETTINGS) {
        // Without a byte order mark, these encodings may be valid UTF-8 too, with zeros between the
        // letters.
        Ok(bytes) => match wide_encoding(&bytes) {
            Some(encoding) => Err(wide(path, encoding)),
            None if is_no_text(&bytes) => Err(binary(path)),
            None => String::from_utf8(bytes)
                .map(Some)
                .map_err(|e| no_text(path, &e)),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(read_limited::unreadable(path, e)),
    }
}

fn wide(path: &Path, encoding: &str) -> CliError {
    let error = CliError::usage(format!(
        "{} is in {encoding}, which no AWS tool reads",
        locations::show(path)
    ))
    .hint("save the file as UTF-8 without a byte order mark");
    match encoding {
        UTF_16 => error.hint("Windows PowerShell 5 writes UTF-16 with `>`"),
        _ => error,
    }
}

/// Whether bytes are those of a program, an archive or a disk that lost power: zeros at the beginning, or
/// beside what is not UTF-8.
fn is_no_text(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0]) || (bytes.contains(&0) && std::str::from_utf8(bytes).is_err())
}

fn binary(path: &Path) -> CliError {
    CliError::usage(format!("{} is not a text file", locations::show(path))).hint(
        "restore it from a copy, or move it away; after a loss of power, a file may be full of zeros",
    )
}

/// The error about a file in another encoding. What its line says is not repeated.
fn no_text(path: &Path, error: &FromUtf8Error) -> CliError {
    let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
    CliError::usage(format!(
        "{}:{line}: the line is not UTF-8 text",
        locations::show(path)
    ))
    .hint("save the file as UTF-8; the line holds a letter in another encoding, such as Latin-1")
}

const UTF_16: &str = "UTF-16";
const UTF_32: &str = "UTF-32";

/// The encoding of more than one byte a letter that bytes begin like: with its byte order mark, or with
/// ASCII letters beside zeros.
fn wide_encoding(bytes: &[u8]) -> Option<&'static str> {
    // The mark of UTF-32 begins like the other's.
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Some(UTF_32);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Some(UTF_16);
    }
    let letter_at = |width: usize, offset: usize| {
        let mut letters = bytes.chunks_exact(width).take(4);
        letters.len() > 0
            && letters.all(|letter| (0..width).all(|at| (letter[at] != 0) == (at == offset)))
    };
    if letter_at(4, 0) || letter_at(4, 3) {
        return Some(UTF_32);
    }
    (letter_at(2, 0) || letter_at(2, 1)).then_some(UTF_16)
}
