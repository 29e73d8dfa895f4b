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
    let options = Options::of(&command);
    let hidden = hidden(&command);
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut command, "keyward", &mut script);
    let script = String::from_utf8_lossy(&script);
    ui.data(&match args.shell {
        Shell::Bash => bash(&script, &verbs, &options, &hidden),
        Shell::Zsh => zsh(&without(&script, &hidden, |name| format!("'{name}:"))),
        Shell::Fish => fish(
            &without(&script, &hidden, |name| {
                format!("__fish_keyward_needs_command\" -f -a \"{name}\"")
            }),
            &verbs,
            &options,
        ),
        Shell::Powershell => without(&script, &hidden, |name| {
            format!("[CompletionResult]::new('{name}',")
        }),
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

/// Options that take a value, as `VERB --OPTION`.
struct Options {
    /// Those of every command.
    global: Vec<String>,
    /// Those whose value is a profile that is there.
    named: Vec<(String, String)>,
    /// All others.
    valued: Vec<(String, String)>,
}

impl Options {
    fn of(command: &clap::Command) -> Self {
        let mut options = Self {
            global: Vec::new(),
            named: Vec::new(),
            valued: Vec::new(),
        };
        for argument in command
            .get_arguments()
            .filter(|argument| has_value(argument))
        {
            options.global.extend(spellings(argument));
        }
        for verb in command.get_subcommands() {
            options.collect(verb.get_name(), verb);
        }
        options
    }

    fn collect(&mut self, verb: &str, command: &clap::Command) {
        for argument in command
            .get_arguments()
            .filter(|argument| has_value(argument))
        {
            let list = match is_profile(argument) {
                true => &mut self.named,
                false => &mut self.valued,
            };
            list.extend(spellings(argument).map(|option| (verb.to_owned(), option)));
        }
        for below in command.get_subcommands() {
            self.collect(verb, below);
        }
    }
}

fn has_value(argument: &clap::Arg) -> bool {
    !argument.is_positional() && argument.get_action().takes_values()
}

/// Whether the value is an existing profile. The value of `init --profile` is a new one, and called `NAME`.
fn is_profile(argument: &clap::Arg) -> bool {
    let names = argument.get_value_names().unwrap_or_default();
    names.iter().any(|name| name.as_str() == "PROFILE")
}

fn spellings(argument: &clap::Arg) -> impl Iterator<Item = String> {
    let long = argument.get_long().map(|long| format!("--{long}"));
    let short = argument.get_short().map(|short| format!("-{short}"));
    long.into_iter().chain(short)
}

/// The verbs that the help does not show.
fn hidden(command: &clap::Command) -> Vec<String> {
    let verbs = command.get_subcommands().filter(|verb| verb.is_hide_set());
    verbs.map(|verb| verb.get_name().to_owned()).collect()
}

/// A script without the lines that offer hidden verbs.
fn without(script: &str, hidden: &[String], offer: impl Fn(&str) -> String) -> String {
    let offers: Vec<String> = hidden.iter().map(|name| offer(name)).collect();
    let lines = script.split_inclusive('\n');
    lines
        .filter(|line| !offers.iter().any(|offer| line.contains(offer)))
        .collect()
}

fn bash(script: &str, verbs: &[String], options: &Options, hidden: &[String]) -> String {
    let patterns = |options: &[(String, String)]| {
        let quoted = options
            .iter()
            .map(|(verb, option)| format!("'{verb} {option}'"));
        quoted.collect::<Vec<_>>().join("|")
    };
    let global = |before: &str| {
        let all = options.global.iter();
        all.map(|option| format!("{before}'{option}'"))
            .collect::<Vec<_>>()
            .join("|")
    };
    let valued = format!("{}|{}", global("*"), patterns(&options.valued));
    let tail = include_str!("completions/names.bash")
        .replace("@GLOBAL@", &global(""))
        .replace("@HIDDEN@", &hidden.join("|"))
        .replace("@NAMED@", &patterns(&options.named))
        .replace("@VALUED@", &valued)
        .replace("@VERBS@", &verbs.join("|"));
    format!("{script}\n{tail}")
}

/// In zsh every argument has its own completer: a profile's is put in the place of the default.
fn zsh(script: &str) -> String {
    let lines = script.lines().map(|line| {
        let is_profile = ["profile -- ", "profiles -- "]
            .iter()
            .any(|name| line.contains(name))
            || line.contains(":PROFILE:_default'");
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

fn fish(script: &str, verbs: &[String], options: &Options) -> String {
    let names = "-f -a '(command keyward list --names 2>/dev/null)'";
    let is_named = |line: &str| {
        options.named.iter().any(|(verb, option)| {
            line.contains(&format!("using_subcommand {verb}"))
                && line.contains(&format!(" -l {} ", option.trim_start_matches("--")))
                && line.ends_with(" -r")
        })
    };
    let lines = script.lines().map(|line| match is_named(line) {
        true => format!("{line} {names}\n"),
        false => format!("{line}\n"),
    });
    let script: String = lines.collect();
    let tail = include_str!("completions/names.fish").replace("@VERBS@", &verbs.join(" "));
    format!("{script}\n{tail}")
}
