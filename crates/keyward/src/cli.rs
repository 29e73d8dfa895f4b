//! The command line: one place for names and flags, from which help, completions and manual
//! pages are made.

pub(crate) mod help;
mod mistake;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::commands::habits;
use crate::screen::error::CliError;
use crate::screen::ui::{Color, Ui};

/// AWS access keys where a thief cannot use them, and one code a day.
#[derive(Debug, Parser)]
#[command(
    name = "keyward",
    version = env!("KEYWARD_VERSION"),
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    /// When to colour: auto, always or never
    ///
    /// `auto` colours on a terminal, unless `NO_COLOR` is set.
    #[arg(
        long,
        global = true,
        help_heading = help::GLOBAL,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        value_name = "WHEN"
    )]
    pub(crate) color: Color,

    /// Explain what is done (twice: trace); never shows a secret
    #[arg(short, long, global = true, help_heading = help::GLOBAL, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Cli {
    /// The definition that help, completions and manual pages are made from.
    pub(crate) fn definition() -> clap::Command {
        help::grouped(Self::command())
    }

    /// Parses the arguments of this process; a mistake ends it with the usage.
    pub(crate) fn parse_arguments(arguments: Vec<OsString>) -> Self {
        Self::definition()
            .try_get_matches_from(arguments)
            .and_then(|matches| Self::from_arg_matches(&matches))
            .unwrap_or_else(|error| stop(&error))
    }
}

/// Ends with the usage, or with the help or the version, which fail where they cannot be written.
fn stop(told: &clap::Error) -> ! {
    let ui = Ui::new(Color::Auto, 0);
    if told.use_stderr() {
        let arguments: Vec<_> = std::env::args_os().collect();
        // Without the command, clap's own suggestion would name another that only looks alike.
        let command = habits::instead(&arguments).or_else(|| match told.kind() {
            ErrorKind::InvalidSubcommand => habits::for_profile(&arguments),
            ErrorKind::UnknownArgument => habits::exec_by_shell(&arguments),
            ErrorKind::MissingRequiredArgument => habits::with_profile_of_shell(&arguments),
            _ => None,
        });
        let Some(command) = command else {
            if told.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                ui.say(help::shown(&told.render()).trim_end());
            } else {
                mistake::tell(&ui, &Cli::definition(), told, &arguments);
            }
            std::process::exit(told.exit_code());
        };
        let message = told.to_string();
        let sentence = message.lines().take_while(|line| !line.trim().is_empty());
        let sentence: Vec<&str> = sentence.map(str::trim).collect();
        let sentence = sentence.join(" ");
        let error = CliError::usage(sentence.trim_start_matches("error: ")).hint(command);
        ui.error(&error);
        std::process::exit(i32::from(error.kind().exit_code()));
    }
    let code = match ui.data(&help::shown(&told.render())) {
        Ok(()) => told.exit_code(),
        Err(error) => {
            ui.error(&error);
            i32::from(error.kind().exit_code())
        }
    };
    std::process::exit(code)
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Args),
    Add(commands::add::Args),
    #[command(alias = "ls")]
    List(commands::list::Args),
    Explain(commands::explain::Args),
    Exec(commands::exec::Args),
    Env(commands::env::Args),
    CredentialProcess(commands::credential_process::Args),
    Whoami(commands::whoami::Args),
    Rotate(commands::rotate::Args),
    #[command(alias = "rm")]
    Remove(commands::remove::Args),
    Serve(commands::serve::Args),
    Lock(commands::lock::Args),
    Mfa(commands::mfa::Args),
    Password(commands::password::Args),
    Refresh(commands::refresh::Args),
    Assume(commands::assume::Args),
    Setup(commands::setup::Args),
    Sso(commands::sso::Args),
    Signin(commands::signin::Args),
    Status(commands::status::Args),
    Log(commands::log::Args),
    Doctor(commands::doctor::Args),
    Config(commands::config::Args),
    Import(commands::import::Args),
    Vault(commands::vault::Args),
    #[command(alias = "console")]
    Login(commands::login::Args),
    Account(commands::account::Args),
    Audit(commands::audit::Args),
    ShellInit(commands::shell_init::Args),
    #[command(hide = true)]
    Switch(commands::switch::Args),
    #[command(hide = true)]
    PluginHost(commands::plugin_host::Args),
    Completions(commands::completions::Args),
    #[command(hide = true)]
    Candidates(commands::candidates::Args),
    Sandbox(commands::sandbox::Args),
    Demo(commands::demo::Args),
    #[command(hide = true)]
    Man(commands::man::Args),
    #[command(hide = true)]
    Help(habits::HelpArgs),
    #[command(hide = true)]
    Version(habits::VersionArgs),
    #[command(hide = true)]
    Clear(habits::ClearArgs),
}
