//! Passes a command line to the system's shell unchanged. On Windows `cmd.exe` strips quotes by its
//! own rules, so the line gets an extra pair for it to strip.

use std::process::Command;

/// The shell that runs a line.
pub(crate) fn shell(line: &str) -> Command {
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt as _;
        let mut command = Command::new("cmd.exe");
        command.raw_arg(for_cmd(line));
        command
    }
    #[cfg(not(windows))]
    {
        let mut command = Command::new("sh");
        command.arg("-c").arg(line);
        command
    }
}

/// The arguments of `cmd.exe`. Without `/S` it removes the first and the last quote of a line that
/// begins with one and has more than two, as in AWS's own example: `"C:\Path\pwsh.exe" -File
/// "C:\Path\get.ps1"`. With `/S` it removes the outer pair, whatever is inside. `/D` leaves out the commands
/// that the registry may set for each start, whose output would be read as the answer.
///
/// Source: <https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/cmd>
/// and <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
#[cfg(any(windows, test))]
fn for_cmd(line: &str) -> String {
    format!("/D /S /C \"{line}\"")
}

#[cfg(test)]
mod tests;
