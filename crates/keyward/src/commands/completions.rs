//! `keyward completions`: scripts from the same definitions as the help, which ask keyward for
//! the names of profiles while they run.

use std::process::ExitCode;

use clap_complete::Shell as Kind;

use crate::cli::Cli;
use crate::screen::error::CliError;
use crate::screen::shell::Shell;
use crate::screen::ui::Ui;

/// Print the completion script of a shell
///
/// bash: eval "$(keyward completions bash)"
/// zsh: keyward completions zsh > a file `_keyward` in a folder of `fpath`
/// fish: keyward completions fish | source
/// PowerShell: keyward completions powershell | Out-String | Invoke-Expression
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let kind = match args.shell {
        Shell::Bash => Kind::Bash,
        Shell::Zsh => Kind::Zsh,
        Shell::Fish => Kind::Fish,
        Shell::Powershell => Kind::PowerShell,
    };
    let mut command = Cli::definition();
    let verbs = verbs_with_profiles(&command);
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut command, "keyward", &mut script);
    let script = String::from_utf8_lossy(&script);
    ui.data(&match args.shell {
        Shell::Bash => bash(&script, &verbs),
        Shell::Zsh => zsh(&script),
        Shell::Fish => fish(&script, &verbs),
        Shell::Powershell => script.into_owned(),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The verbs that take a profile, themselves or below.
fn verbs_with_profiles(command: &clap::Command) -> Vec<String> {
    fn takes(command: &clap::Command) -> bool {
        command
            .get_positionals()
            .any(|argument| argument.get_id().as_str().starts_with("profile"))
            || command.get_subcommands().any(takes)
    }
    command
        .get_subcommands()
        .filter(|verb| takes(verb) && !verb.is_hide_set())
        .map(|verb| verb.get_name().to_owned())
        .collect()
}

fn bash(script: &str, verbs: &[String]) -> String {
    let tail = include_str!("completions/names.bash").replace("@VERBS@", &verbs.join("|"));
    format!("{script}\n{tail}")
}

/// In zsh every argument has its own completer: a profile's is put in the place of the default.
fn zsh(script: &str) -> String {
    let lines = script.lines().map(|line| {
        let is_profile = ["profile -- ", "profiles -- "]
            .iter()
            .any(|name| line.contains(name));
        if is_profile {
            line.replace(":_default'", ":_keyward_names'")
        } else {
            line.to_owned()
        }
    });
    let lines: Vec<String> = lines.collect();
    let names = include_str!("completions/names.zsh");
    // The first line of the script tells zsh which command it is for.
    match lines.split_first() {
        Some((first, rest)) => format!("{first}\n\n{names}{}\n", rest.join("\n")),
        None => String::new(),
    }
}

fn fish(script: &str, verbs: &[String]) -> String {
    let tail = include_str!("completions/names.fish").replace("@VERBS@", &verbs.join(" "));
    format!("{script}\n{tail}")
}
