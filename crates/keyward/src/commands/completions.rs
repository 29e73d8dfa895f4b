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
    let places = Places::of(&command);
    let options = Options::of(&command);
    let hidden = hidden(&command);
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut command, "keyward", &mut script);
    let script = String::from_utf8_lossy(&script);
    ui.data(&match args.shell {
        Shell::Bash => bash(&script, &places, &options, &hidden),
        Shell::Zsh => zsh(&without(&script, &hidden, |name| format!("'{name}:"))),
        Shell::Fish => fish(
            &without(&script, &hidden, |name| {
                format!("__fish_keyward_needs_command\" -f -a \"{name}\"")
            }),
            &places,
            &options,
        ),
        Shell::Powershell => without(&script, &hidden, |name| {
            format!("[CompletionResult]::new('{name}',")
        }),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The commands whose next word is a profile, as they are typed: `exec`, `mfa enroll`.
#[derive(Default)]
struct Places {
    /// Those that take one profile.
    one: Vec<String>,
    /// Those that take several.
    many: Vec<String>,
}

impl Places {
    fn of(command: &clap::Command) -> Self {
        let mut places = Self::default();
        for verb in command.get_subcommands().filter(|verb| !verb.is_hide_set()) {
            places.collect(verb.get_name(), verb);
        }
        places
    }

    fn collect(&mut self, path: &str, command: &clap::Command) {
        match command.get_positionals().next() {
            Some(first) if first.get_id() == "profile" => self.one.push(path.to_owned()),
            Some(first) if first.get_id() == "profiles" => self.many.push(path.to_owned()),
            _ => {}
        }
        for below in command.get_subcommands() {
            self.collect(&format!("{path} {}", below.get_name()), below);
        }
    }

    /// All of them, quoted.
    fn quoted(&self) -> Vec<String> {
        let all = self.one.iter().chain(&self.many);
        all.map(|path| format!("'{path}'")).collect()
    }
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

fn bash(script: &str, places: &Places, options: &Options, hidden: &[String]) -> String {
    let patterns = |options: &[(String, String)]| {
        let quoted = options
            .iter()
            .map(|(verb, option)| format!("'{verb} {option}'"));
        quoted.collect::<Vec<_>>().join("|")
    };
    let global = options.global.iter();
    let global: Vec<_> = global.map(|option| format!("*' {option}'")).collect();
    let valued = format!("{}|{}", global.join("|"), patterns(&options.valued));
    let several = places.many.iter().map(|path| format!("'{path} '*"));
    let mut places = places.quoted();
    places.extend(several);
    let tail = include_str!("completions/names.bash")
        .replace("@HIDDEN@", &hidden.join("|"))
        .replace("@NAMED@", &patterns(&options.named))
        .replace("@VALUED@", &valued)
        .replace("@PLACES@", &places.join("|"));
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
        } else if line.starts_with("'*::command -- ") {
            line.replace(":_default'", ":_keyward_command'")
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

fn fish(script: &str, places: &Places, options: &Options) -> String {
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
    let valued = options.named.iter().chain(&options.valued);
    let valued = valued.map(|(verb, option)| format!("'{verb} {option}'"));
    let global = options.global.iter();
    let valued: Vec<_> = global
        .map(|option| format!("'* {option}'"))
        .chain(valued)
        .collect();
    let tail = include_str!("completions/names.fish")
        .replace("@VALUED@", &valued.join(" "))
        .replace("@PLACES@", &places.quoted().join(" "))
        .replace("@MANY@", &places.many.join("|"));
    format!("{script}\n{tail}")
}
