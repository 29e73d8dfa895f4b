//! `keyward completions`: scripts from the same definitions as the help, which ask keyward for
//! names of profiles, sessions, slots, accounts and users while they run.

mod places;

use std::process::ExitCode;

use clap::ValueEnum;
use clap_complete::Shell as Script;

use crate::cli::Cli;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

use places::{Kind, Options, ValuePosition, places};

/// Print the completion script of a shell
///
/// bash: eval "$(keyward completions bash)"
/// zsh: keyward completions zsh > a file `_keyward` in a folder of `fpath`
/// fish: keyward completions fish | source
/// PowerShell: keyward completions powershell | Out-String | Invoke-Expression
/// Elvish: eval (keyward completions elvish | slurp)
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Completed,
}

/// The shells that can complete.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Completed {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// Elvish
    Elvish,
}

/// Prints the script.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let kind = match args.shell {
        Completed::Bash => Script::Bash,
        Completed::Zsh => Script::Zsh,
        Completed::Fish => Script::Fish,
        Completed::Powershell => Script::PowerShell,
        Completed::Elvish => Script::Elvish,
    };
    let mut command = Cli::definition();
    let places = places(&command);
    let options = Options::of(&command);
    let hidden = hidden(&command);
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut command, "keyward", &mut script);
    let script = String::from_utf8_lossy(&script);
    ui.data(&match args.shell {
        Completed::Bash => bash(&script, &places, &options, &hidden),
        Completed::Zsh => zsh(&without(&script, &hidden, |name| format!("'{name}:"))),
        Completed::Fish => fish(
            &without(&script, &hidden, |name| {
                format!("__fish_keyward_needs_command\" -f -a \"{name}\"")
            }),
            &places,
            &options,
            &command,
        ),
        Completed::Powershell => without(&script, &hidden, |name| {
            format!("[CompletionResult]::new('{name}',")
        }),
        Completed::Elvish => without(&script, &hidden, |name| format!("cand {name} ")),
    })?;
    Ok(ExitCode::SUCCESS)
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

fn bash(script: &str, places: &[ValuePosition], options: &Options, hidden: &[String]) -> String {
    let branch = |patterns: &[String], kind: Kind| match patterns.is_empty() {
        true => String::new(),
        false => format!("{}) kind={} ;;\n", patterns.join("|"), kind.name()),
    };
    let named: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| branch(&options.named(*kind), *kind))
        .collect();
    let places: Vec<String> = places
        .iter()
        .map(|place| branch(&place.before, place.kind))
        .collect();
    let all: Vec<String> = Kind::ALL
        .iter()
        .flat_map(|kind| options.named(*kind))
        .chain(options.others())
        .collect();
    let tail = include_str!("completions/names.bash")
        .replace("@HIDDEN@", &hidden.join("|"))
        .replace("        @NAMED@\n", &indented(&named, 8))
        .replace("@OTHERS@", &options.others().join("|"))
        .replace("@VALUED@", &all.join("|"))
        .replace("                @PLACES@\n", &indented(&places, 16));
    format!("{script}\n{tail}")
}

/// Lines behind so many blanks. An empty one is left out.
fn indented(lines: &[String], blanks: usize) -> String {
    let lines = lines.iter().filter(|line| !line.is_empty());
    lines.map(|line| format!("{:blanks$}{line}", "")).collect()
}

/// In zsh every argument has its own completer: one that lists values is put in the place of the default.
fn zsh(script: &str) -> String {
    let lines = script.lines().map(|line| {
        let completer = Kind::ALL
            .into_iter()
            .find_map(|kind| zsh_completer(line, kind));
        match completer {
            Some(completer) => line
                .replace(":_default'", &format!(":{completer}'"))
                .replace(":_files'", &format!(":{completer}'")),
            None if line.starts_with("'*::command -- ") => {
                line.replace(":_default'", ":_keyward_command'")
            }
            None => line.to_owned(),
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

/// The function that completes the argument of a line, if its values are of this kind.
fn zsh_completer(line: &str, kind: Kind) -> Option<&'static str> {
    let (completer, ids, value) = match kind {
        Kind::Profiles => ("_keyward_names", &["profile", "profiles"][..], "PROFILE"),
        Kind::Sessions => ("_keyward_sessions", &["session"][..], "SESSION"),
        Kind::Slots => ("_keyward_slots", &["slot"][..], "SLOT"),
        Kind::Accounts => ("_keyward_accounts", &["account"][..], "ACCOUNT"),
        Kind::Users => ("_keyward_users", &["user"][..], ""),
        Kind::Blueprints => ("_keyward_blueprints", &["blueprint"][..], ""),
    };
    let is_positional = |id: &&str| {
        let name = line.trim_start_matches(['\'', '*', ':']);
        line.starts_with('\'') && name.starts_with(&format!("{id} -- "))
    };
    let is_option = !value.is_empty() && line.contains(&format!(":{value}:_default'"));
    (is_option || ids.iter().any(is_positional)).then_some(completer)
}

fn fish(
    script: &str,
    places: &[ValuePosition],
    options: &Options,
    command: &clap::Command,
) -> String {
    let named = |line: &str| {
        let found = options.named.iter().find(|(verb, option, _)| {
            line.contains(&format!("using_subcommand {verb}"))
                && line.contains(&format!(" -l {} ", option.trim_start_matches("--")))
                && (line.ends_with(" -r") || line.ends_with(" -r -F"))
        });
        found.map(|(.., kind)| *kind)
    };
    let lines = script.lines().map(|line| match named(line) {
        Some(kind) => format!("{} {}\n", line.trim_end_matches(" -F"), fish_values(kind)),
        None => format!("{line}\n"),
    });
    let mut script: String = lines.collect();
    // The script offers the words below a group again and again.
    for (path, below) in groups(command) {
        let below = below.join(" ");
        let seen = path.join("; and __fish_seen_subcommand_from ");
        let condition = format!("\"__fish_keyward_using_subcommand {seen}\" -f -a ");
        let once = format!(
            "\"__fish_keyward_using_subcommand {seen}; and not __fish_seen_subcommand_from {below}\" -f -a "
        );
        script = script.replace(&condition, &once);
    }
    let valued = options.named.iter();
    let valued = valued.map(|(verb, option, _)| format!("'{verb} {option}'"));
    let others = options.valued.iter();
    let others = others.map(|(verb, option)| format!("'{verb} {option}'"));
    let global = options.global.iter().map(|option| format!("'* {option}'"));
    let valued: Vec<_> = global.chain(valued).chain(others).collect();
    let places: Vec<String> = places
        .iter()
        .flat_map(|ValuePosition { before, kind }| {
            let patterns = before.iter().map(|before| match before.strip_suffix("'*") {
                Some(path) => format!("{path}*'"),
                None => before.clone(),
            });
            let patterns: Vec<String> = patterns.collect();
            [
                format!("        case {}\n", patterns.join(" ")),
                format!("            echo {}\n", kind.name()),
            ]
        })
        .collect();
    let values = Kind::ALL.iter().map(|kind| {
        format!(
            "complete -c keyward -n 'test (__fish_keyward_place) = {}' {}\n",
            kind.name(),
            fish_values(*kind)
        )
    });
    let tail = include_str!("completions/names.fish")
        .replace("@VALUED@", &valued.join(" "))
        .replace("        @PLACES@\n", &places.concat())
        .replace("@VALUES@\n", &values.collect::<String>());
    format!("{script}\n{tail}")
}

/// Returns the command that fish calls for the values of a kind.
fn fish_values(kind: Kind) -> String {
    match kind {
        Kind::Profiles => "-f -a '(command keyward list --names 2>/dev/null)'".to_owned(),
        // Files of other endings follow.
        Kind::Blueprints => "-k -f -a '(__fish_complete_suffix .toml)'".to_owned(),
        _ => format!(
            "-f -a '(command keyward candidates {} -- (commandline -opc) 2>/dev/null)'",
            kind.name()
        ),
    }
}

/// The commands below a verb that have commands below them: the words of each, and those below it.
fn groups(command: &clap::Command) -> Vec<(Vec<String>, Vec<String>)> {
    let name = |command: &clap::Command| command.get_name().to_owned();
    let mut groups = Vec::new();
    for verb in command.get_subcommands() {
        let below = verb
            .get_subcommands()
            .filter(|group| group.has_subcommands());
        groups.extend(below.map(|group| {
            let words = group.get_subcommands().map(name).collect();
            (vec![name(verb), name(group)], words)
        }));
    }
    groups
}
