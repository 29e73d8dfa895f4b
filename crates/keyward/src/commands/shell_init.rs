//! `keyward shell-init`: the function `kw`, which switches the present shell, its completion,
//! and a piece for the prompt.

use std::process::ExitCode;

use crate::commands::setup;
use crate::screen::error::CliError;
use crate::screen::shell::Shell;
use crate::screen::ui::Ui;

/// Print what a shell's start-up file should run
///
/// bash, zsh: eval "$(keyward shell-init bash)"
/// fish: keyward shell-init fish | source
/// PowerShell: keyward shell-init powershell | Out-String | Invoke-Expression
///
/// Then `kw PROFILE` switches the shell, `kw -` leaves it without a profile, and
/// `keyward_prompt` prints the profile and the time left.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// The placeholder of this program's quoted path in the scripts.
const PROGRAM: &str = "@KEYWARD@";

/// Prints the script.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let script = match args.shell {
        Shell::Bash => include_str!("shell_init/kw.bash"),
        Shell::Zsh => include_str!("shell_init/kw.zsh"),
        Shell::Fish => include_str!("shell_init/kw.fish"),
        Shell::Powershell => include_str!("shell_init/kw.ps1"),
    };
    let program = setup::program()?.display().to_string();
    ui.data(&script.replace(PROGRAM, &args.shell.quote(&program)))?;
    Ok(ExitCode::SUCCESS)
}
