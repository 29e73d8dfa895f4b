//! The command slot: another program keeps the vault's identity and prints it, for keepers
//! that keyward does not know, such as a password manager's command line.

use std::path::Path;
use std::process::Command;

use super::program::{self, Complaints, identity_in, run};
use super::{Access, CommandLine, OpenSlotError};
use crate::identity::Identity;

pub(super) fn store(
    line: &CommandLine,
    vault: &Identity,
    access: &Access,
) -> Result<(), OpenSlotError> {
    // The identity is exposed to the program that is to keep it.
    run(
        command(line, access),
        vault.expose().as_bytes(),
        Complaints::Shown,
        access,
    )
    .map(drop)
}

pub(super) fn read(line: &CommandLine, access: &Access) -> Result<Identity, OpenSlotError> {
    let output = run(command(line, access), b"", Complaints::Shown, access)?;
    identity_in(&output, &format!("`{}`", line.program()))
}

fn command(line: &CommandLine, access: &Access) -> Command {
    let mut command = program::command(Path::new(line.program()), access);
    command.args(line.arguments());
    command
}
