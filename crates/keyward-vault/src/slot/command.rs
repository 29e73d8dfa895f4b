//! The command slot: another program keeps the vault's identity and prints it, for keepers
//! that keyward does not know, such as a password manager's command line.

use std::process::Command;

use super::program::{Complaints, identity_in, run};
use super::{CommandLine, OpenSlotError};
use crate::identity::Identity;

pub(super) fn store(line: &CommandLine, vault: &Identity) -> Result<(), OpenSlotError> {
    // The identity is exposed to the program that is to keep it.
    run(command(line), vault.expose().as_bytes(), Complaints::Shown).map(drop)
}

pub(super) fn read(line: &CommandLine) -> Result<Identity, OpenSlotError> {
    let output = run(command(line), b"", Complaints::Shown)?;
    identity_in(&output, &format!("`{}`", line.program()))
}

fn command(line: &CommandLine) -> Command {
    let mut command = Command::new(line.program());
    command.args(line.arguments());
    command
}
