//! The people's public keys: reads every key that the blueprint names and refuses the unusable
//! ones before anything is created.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyward_account::hand_out::RecipientText;
use keyward_aws::{Aws, HttpRequest, Method};
use keyward_core::Timestamp;
use keyward_core::id::UserName;
use keyward_recipients::keybase::parse_keybase_lookup;
use keyward_recipients::rand_core::OsRng;
use keyward_recipients::{KeybaseSource, Recipient, Source, rehearse};
use zeroize::Zeroizing;

use super::BlueprintFile;
use super::blueprint_file::kind;
use crate::screen::error::CliError;
use crate::system::locations;
use crate::system::read_limited;

/// The usable keys of each user who is to receive a secret.
pub(crate) type Recipients = BTreeMap<UserName, Vec<Recipient>>;

/// A key that cannot be used.
#[derive(Debug, Clone)]
pub(crate) struct KeyProblem {
    user: UserName,
    /// The number of the user's key; `None` if all of them together are the problem.
    key: Option<usize>,
    message: String,
}

/// Reads the keys of some users.
///
/// # Errors
/// All unusable keys.
pub(crate) fn read<'p>(
    receiving: impl IntoIterator<Item = (&'p UserName, &'p [RecipientText])>,
    aws: &Aws,
    now: Timestamp,
) -> Result<Recipients, Vec<KeyProblem>> {
    let mut usable = Recipients::new();
    let mut problems = Vec::new();
    for (user, texts) in receiving {
        if usable.contains_key(user) {
            continue;
        }
        let mut keys = Vec::new();
        let mut problem = |key, message| {
            problems.push(KeyProblem {
                user: user.clone(),
                key,
                message,
            });
        };
        for (number, text) in texts.iter().enumerate() {
            match read_one(text, aws, now) {
                Ok(key) => keys.push(key),
                Err(message) => problem(Some(number), message),
            }
        }
        if keys.len() == texts.len()
            && let Err(error) = rehearse(&keys, &mut OsRng)
        {
            problem(None, error.to_string());
        }
        usable.insert(user.clone(), keys);
    }
    match problems.is_empty() {
        true => Ok(usable),
        false => Err(problems),
    }
}

impl KeyProblem {
    /// The problem in words, with its place in the blueprint.
    pub(crate) fn placed(&self, file: &BlueprintFile) -> String {
        let Self { user, key, message } = self;
        let Some(spec) = file.blueprint.users.get(user) else {
            return format!("user `{user}`: {message}");
        };
        let place = key.and_then(|number| spec.recipients_at.get(number));
        let (path, at) = (locations::show(&file.path), place.unwrap_or(&spec.at));
        format!("{path}:{at}: user `{user}`: {message}")
    }
}

/// The refusal of a plan with unusable keys.
pub(crate) fn refused(problems: &[KeyProblem], file: &BlueprintFile) -> CliError {
    let lines: Vec<String> = problems.iter().map(|it| it.placed(file)).collect();
    CliError::usage(format!(
        "{} cannot receive a secret\n{}",
        match problems.len() {
            1 => "a key".to_owned(),
            many => format!("{many} keys"),
        },
        lines.join("\n")
    ))
    .hint("nothing was changed; correct the keys in the blueprint")
}

fn read_one(named: &RecipientText, aws: &Aws, now: Timestamp) -> Result<Recipient, String> {
    let kind = kind(named.kind);
    let source = Source::parse(kind, &named.text).map_err(in_words)?;
    let content = match &source {
        Source::Inline(key) => key.as_bytes().to_vec(),
        Source::File(path) => {
            let path = without_tilde(path);
            read_limited::read(&path, read_limited::DOCUMENT).map_err(|e| {
                format!("cannot read the key file `{}`: {e}", locations::show(&path))
            })?
        }
        Source::Keybase(account) => fetch(account, aws)?,
    };
    let key = Recipient::read(kind, &content, now).map_err(in_words)?;
    if let (Source::Keybase(account), Recipient::Pgp(key)) = (&source, &key) {
        account.confirm(key).map_err(in_words)?;
    }
    Ok(key)
}

/// `~/` is the home folder of the person who runs keyward.
fn without_tilde(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

fn fetch(account: &KeybaseSource, aws: &Aws) -> Result<Vec<u8>, String> {
    let answer = aws
        .http(HttpRequest {
            method: Method::Get,
            url: account.name.lookup_url(),
            headers: Vec::new(),
            body: Zeroizing::default(),
        })
        .map_err(|e| format!("`{account}` cannot be fetched: {}", in_words(e)))?;
    let text = String::from_utf8_lossy(&answer.body);
    parse_keybase_lookup(&text, &account.name)
        .map(String::into_bytes)
        .map_err(in_words)
}

/// An error with its causes in one line.
fn in_words(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
