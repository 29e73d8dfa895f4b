//! The keyring of one file per item that aws-vault and granted fall back to. Reads it; what is
//! not of its making is skipped with a note.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Harvest;
use super::item::{self, Kind};
use super::jwe::{Jwe, JweError};
use crate::screen::error::{CliError, ErrorKind};
use crate::system::locations;

/// No item comes near this size; a larger file is some other file.
const LARGEST: u64 = 256 * 1024;

/// Asks for a passphrase: the first, with `None`, and another for the named item that the ones so
/// far do not open. `None` means that the user has no other.
pub(crate) type Ask<'a> =
    dyn FnMut(Option<&str>) -> Result<Option<Zeroizing<String>>, CliError> + 'a;

/// An item's file.
struct File {
    name: String,
    shown: String,
    text: String,
}

/// Everything in the folder.
pub(crate) fn harvest(folder: &Path, ask: &mut Ask<'_>) -> Result<Harvest, CliError> {
    let mut harvest = Harvest::default();
    let files = items(folder, &mut harvest)?;
    let mut passphrases: Vec<Zeroizing<String>> = Vec::new();
    if !files.is_empty() {
        passphrases.extend(ask(None)?);
    }
    let mut opened = 0;
    let mut closed = 0;
    for file in &files {
        match open(file, &mut passphrases, ask)? {
            Ok(json) => {
                opened += 1;
                harvest.take_item(&file.name, file.shown.clone(), &json);
            }
            Err(why) => {
                closed += usize::from(why == JweError::WrongPassphrase);
                harvest.miss(file.shown.clone(), why.to_string());
            }
        }
    }
    if opened == 0 && closed > 0 {
        return Err(CliError::new(
            ErrorKind::VaultClosed,
            format!(
                "that passphrase opens nothing in `{}`",
                locations::show(folder)
            ),
        ));
    }
    Ok(harvest)
}

/// Opens an item with a passphrase that opened another, or with one more.
fn open(
    file: &File,
    passphrases: &mut Vec<Zeroizing<String>>,
    ask: &mut Ask<'_>,
) -> Result<Result<Zeroizing<Vec<u8>>, JweError>, CliError> {
    let sealed = match Jwe::parse(&file.text) {
        Ok(sealed) => sealed,
        Err(why) => return Ok(Err(why)),
    };
    for passphrase in &*passphrases {
        match sealed.open(passphrase) {
            Err(JweError::WrongPassphrase) => {}
            other => return Ok(other),
        }
    }
    while let Some(passphrase) = ask(Some(&file.name))? {
        match sealed.open(&passphrase) {
            Err(JweError::WrongPassphrase) => {}
            other => {
                passphrases.push(passphrase);
                return Ok(other);
            }
        }
    }
    Ok(Err(JweError::WrongPassphrase))
}

/// The files that may be keys, by name; the others are noted.
fn items(folder: &Path, harvest: &mut Harvest) -> Result<Vec<File>, CliError> {
    let unreadable = |e: io::Error| {
        CliError::failed(format!("`{}` cannot be read", locations::show(folder))).because(e)
    };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    paths.sort();
    let mut files = Vec::new();
    let mut sessions = 0;
    for path in paths {
        let shown = locations::show(&path);
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(percent_decoded)
        else {
            harvest.ignore(shown, "its name is not an item name");
            continue;
        };
        if item::kind(&name) == Kind::Session {
            sessions += 1;
            continue;
        }
        match text_of(&path) {
            Ok(Some(text)) if !matches!(Jwe::parse(&text), Err(JweError::NotJwe)) => {
                files.push(File { name, shown, text });
            }
            Ok(_) => harvest.ignore(shown, JweError::NotJwe.to_string()),
            Err(e) => harvest.miss(shown, format!("it cannot be read: {e}")),
        }
    }
    harvest.ignore_sessions(sessions);
    Ok(files)
}

/// A file's text; `None` when it is not a regular file, too large, or not text.
fn text_of(path: &Path) -> io::Result<Option<String>> {
    // A pipe or a device would hang the reader.
    if !fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Ok(None);
    }
    Ok(String::from_utf8(bytes).ok())
}

/// An item's name from a file's: characters that the file system might refuse are written like
/// `%2F`.
fn percent_decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
