//! Delivery to a command's standard input, as JSON. The secret is in no argument and in no
//! variable, and the command sees nothing that opens the vault.

use std::io::Write as _;
use std::process::Stdio;

use zeroize::Zeroizing;

use super::{Failed, Parcel, nothing, perhaps};
use crate::environment as env;
use crate::process::program;
use crate::screen::error::CliError;

pub(super) fn deliver(command: &str, parcel: &Parcel<'_>) -> Result<(), Failed> {
    let failed = || CliError::failed("the command that takes the new key failed");
    let mut shell = program::shell(command);
    for name in env::SCRUBBED {
        shell.env_remove(name);
    }
    let mut child = shell
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|e| nothing(failed().because(e)))?;
    let text = document(parcel);
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let written = input.write_all(text.as_bytes());
    drop(input);
    let status = child.wait().map_err(|e| perhaps(failed().because(e)))?;
    if !status.success() {
        return Err(perhaps(failed().because(format!("it ended with {status}"))));
    }
    // A command that succeeds without reading has thrown the key away.
    written.map_err(|e| perhaps(failed().because(e)))
}

fn document(parcel: &Parcel<'_>) -> Zeroizing<String> {
    let quote = |text: &str| Zeroizing::new(serde_json::Value::from(text).to_string());
    let mut text = Zeroizing::new(String::with_capacity(512));
    text.push_str("{\"UserName\":");
    text.push_str(&quote(parcel.user.as_str()));
    text.push_str(",\"AccessKeyId\":");
    text.push_str(&quote(parcel.key.access_key_id.as_str()));
    text.push_str(",\"SecretAccessKey\":");
    // Handing the secret to the command is what this is for.
    text.push_str(&quote(parcel.key.secret_access_key.expose()));
    text.push_str("}\n");
    text
}
