//! The bare `keyward` on a terminal: choose a profile, then what to do with it. Where nothing can be
//! drawn the lists have numbers; without a terminal it is help.

mod habit;
mod screen;

use std::cell::RefCell;
use std::fmt;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;
use data_encoding::BASE64;
use inquire::Select;
use keyward_core::Timestamp;
use keyward_core::chain::{Base, Call, Chain, Flags, HandOut};
use keyward_core::id::ProfileName;
use keyward_core::time::show_duration;
use keyward_vault::SessionStore;

use crate::cli::Cli;
use crate::commands::{self, list, setup, status};
use crate::log;
use crate::prompt::terminal::Terminal;
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, Ui, cut, shown};
use crate::session::session_tier;
use crate::state::local_state::{LocalState, now};

use self::screen::Screen;

/// Lines around the list itself: the question, the help, the shell's own.
const AROUND: usize = 5;

/// Lets the person choose.
pub(crate) fn run(ui: &Ui) -> Result<ExitCode, CliError> {
    // The list needs no standard output, but who sends that elsewhere wants text in it.
    let talks = std::io::stdin().is_terminal()
        && std::io::stdout().is_terminal()
        && std::io::stderr().is_terminal();
    let terminal = Terminal::open().filter(|_| talks);
    let Some(mut terminal) = terminal else {
        return commands::help(ui);
    };
    let screen = Screen::here();
    let (rows, columns) = terminal.size();
    let local = LocalState::load()?;
    let choices = choices(&local, columns);
    if choices.is_empty() {
        ui.say("there are no profiles yet");
        ui.hint("keyward init");
        ui.hint("keyward --help");
        return Ok(ExitCode::SUCCESS);
    }
    let page = rows.saturating_sub(AROUND).clamp(3, 15);
    let choice = match profile(screen, &mut terminal, &choices, page)? {
        Ok(choice) => choice,
        Err(code) => return Ok(code),
    };
    let actions = actions(&local, choice);
    let action = screen.ask(&mut terminal, &choice.name, actions, |select| {
        select
            .without_filtering()
            .with_help_message("↑↓ move · Enter takes · Esc leaves")
    })?;
    match action {
        Ok(action) => action.run(&choice.profile, screen, terminal, ui),
        Err(code) => Ok(code),
    }
}

/// Asks for a profile, or returns the exit code if the person leaves.
fn profile<'c>(
    screen: Screen,
    terminal: &mut Terminal,
    choices: &'c [Choice],
    page: usize,
) -> Result<Result<&'c Choice, ExitCode>, CliError> {
    let typed = RefCell::new(String::new());
    let score = |now: &str, line: &Line<'_>, _text: &str, _at: usize| {
        now.clone_into(&mut typed.borrow_mut());
        score(now, line, choices)
    };
    loop {
        let mut lines: Vec<Line<'_>> = choices.iter().map(Line::Profile).collect();
        if screen == Screen::Drawn {
            lines.push(Line::NothingFits);
        }
        let begun = typed.borrow().clone();
        let answer = screen.ask(terminal, "Profile", lines, |select| {
            select
                .with_scorer(&score)
                .with_starting_filter_input(&begun)
                .with_page_size(page)
                // The whole line would be repeated below the list.
                .with_formatter(&|chosen| chosen.value.name().to_owned())
                .with_help_message("type to filter · ↑↓ · Enter · Esc leaves")
        })?;
        match answer {
            Ok(Line::Profile(choice)) => return Ok(Ok(choice)),
            // The list comes again, with what is typed.
            Ok(Line::NothingFits) => Screen::erase_line(terminal),
            Err(code) => return Ok(Err(code)),
        }
    }
}

/// A line of the list of profiles.
enum Line<'c> {
    Profile(&'c Choice),
    /// Shown if no profile fits what is typed.
    NothingFits,
}

impl Line<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Profile(choice) => &choice.name,
            Self::NothingFits => "",
        }
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(choice) => f.write_str(&choice.line),
            Self::NothingFits => f.write_str("no profile has a name like that"),
        }
    }
}

/// Returns how well a line fits what is typed, which is a part of a profile's name: the other
/// columns hold words of their own.
fn score(typed: &str, line: &Line<'_>, choices: &[Choice]) -> Option<i64> {
    let fits = |name: &str| Select::<&str>::DEFAULT_SCORER(typed, &name, name, 0);
    match line {
        Line::Profile(choice) => fits(&choice.name),
        Line::NothingFits => {
            let nothing = choices.iter().all(|choice| fits(&choice.name).is_none());
            nothing.then_some(0)
        }
    }
}

/// One profile's line.
struct Choice {
    profile: ProfileName,
    name: String,
    has_role: bool,
    line: String,
}

/// Every profile that leads to credentials, most used first.
fn choices(local: &LocalState, columns: usize) -> Vec<Choice> {
    let sessions = SessionStore::open(&local.paths, session_tier()).list(now());
    let habit = habit::of(&log::recent(&local.locations), now());
    let mut found: Vec<(ProfileName, Chain, Option<Timestamp>)> = list::names(local)
        .into_iter()
        .filter_map(|name| {
            let flags = Flags {
                hand_out: HandOut::Refreshing,
                ..Flags::default()
            };
            let chain = local.resolve(&name, flags).ok()?;
            let end = status::life_of(local, &name, |keys| {
                let kept = sessions.iter().filter(|entry| keys.contains(&entry.key));
                kept.cloned().collect()
            });
            Some((name, chain, end))
        })
        .collect();
    // Stable: what was never used keeps the order of the files.
    found.sort_by(|(a, ..), (b, ..)| habit.weight(b).total_cmp(&habit.weight(a)));
    let widest = found
        .iter()
        .map(|(name, ..)| name.as_str().chars().count())
        .max()
        .unwrap_or_default();
    found
        .into_iter()
        .map(|(profile, chain, end)| {
            let left = end.map(|end| show_duration(end.remaining(now())));
            let line = format!(
                "{:widest$}  {:8}  {}",
                profile.as_str(),
                left.unwrap_or_else(|| "-".to_owned()),
                what(&chain)
            );
            Choice {
                name: profile.to_string(),
                has_role: signs_in(&chain),
                // A line that wraps would push the list off the screen.
                line: cut(&shown(&line), columns.saturating_sub(4)).into_owned(),
                profile,
            }
        })
        .collect()
}

/// Returns the end of the profile's chain in a few words.
fn what(chain: &Chain) -> String {
    let role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(&role.role_arn),
        Call::GetSessionToken => None,
    });
    match (role, &chain.base) {
        (Some(arn), _) => match arn.account() {
            Some(account) => format!("role {} in {account}", arn.role_name()),
            None => format!("role {}", arn.role_name()),
        },
        (None, Base::VaultKey(_)) => "session of the vault's key".to_owned(),
        (None, base) => base.kind().replace('_', " "),
    }
}

/// Whether the console accepts the credentials at the end of the profile's chain.
fn signs_in(chain: &Chain) -> bool {
    let ends_in_role = matches!(
        chain.hops.last().map(|hop| &hop.call),
        Some(Call::AssumeRole(_))
    );
    ends_in_role || matches!(chain.base, Base::Sso(_) | Base::WebIdentity(_))
}

/// The actions for a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Shell,
    Console,
    Copy,
    Setup,
    Explain,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shell => "a shell with its credentials",
            Self::Console => "the console in a browser",
            Self::Copy => "copy the line to use",
            Self::Setup => "let every SDK use it",
            Self::Explain => "show where its credentials come from",
        })
    }
}

fn actions(local: &LocalState, choice: &Choice) -> Vec<Action> {
    let mut actions = vec![Action::Shell];
    if choice.has_role {
        actions.push(Action::Console);
    }
    actions.push(Action::Copy);
    if !setup::sdks_can_use(local, &choice.profile) {
        actions.push(Action::Setup);
    }
    actions.push(Action::Explain);
    actions
}

impl Action {
    fn run(
        self,
        profile: &ProfileName,
        screen: Screen,
        mut terminal: Terminal,
        ui: &Ui,
    ) -> Result<ExitCode, CliError> {
        let verb = match self {
            Self::Shell => "exec",
            Self::Console => "login",
            Self::Setup => "setup",
            Self::Explain => "explain",
            Self::Copy => {
                let line = beginning(profile);
                if screen == Screen::Plain {
                    terminal.say(&line);
                    return Ok(ExitCode::SUCCESS);
                }
                // The terminal's own clipboard, which is the right one over SSH too; terminals
                // that know no such thing show nothing.
                terminal.draw(&format!("\x1b]52;c;{}\x07", BASE64.encode(line.as_bytes())));
                ui.say(format!(
                    "copied, where the terminal allows it: {CODE}{line}{CODE:#}"
                ));
                return Ok(ExitCode::SUCCESS);
            }
        };
        // The questions that follow open the terminal again.
        drop(terminal);
        // The command is read like a typed one, so that it does what its help says.
        // No name is an option, whatever it begins with; what follows `--` is a command to `exec`.
        let words = match (profile.as_str().starts_with('-'), verb) {
            (true, "exec") => {
                return Err(
                    CliError::usage(format!("`{profile}` looks like an option to `exec`")).hint(
                        format!(
                            "AWS_PROFILE={} keyward exec",
                            keyward_core::shell::quoted(profile.as_str())
                        ),
                    ),
                );
            }
            (true, _) => vec!["keyward", verb, "--", profile.as_str()],
            (false, _) => vec!["keyward", verb, profile.as_str()],
        };
        let typed = Cli::try_parse_from(words)
            .map_err(|e| CliError::usage("that profile cannot be used").because(e))?;
        match typed.command {
            // The typed text is not a valid command line of this process, so keyward keeps none of
            // it.
            Some(command) => crate::dispatch(command, ui, &ThisRun::begin()),
            None => Ok(ExitCode::SUCCESS),
        }
    }
}

/// The beginning of a command that a user pastes into a shell and completes.
fn beginning(profile: &ProfileName) -> String {
    format!("keyward exec {} -- ", profile.argument())
}

#[cfg(test)]
mod tests;
