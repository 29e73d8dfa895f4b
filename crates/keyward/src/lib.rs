//! keyward: AWS access keys where a thief cannot use them, short MFA-backed sessions for every
//! program. This is the whole program; `keyward-ready` has the front.

mod account;
mod aws_files;
mod browser;
mod cli;
mod commands;
mod environment;
mod import;
mod keys;
mod log;
mod practice;
mod process;
mod prompt;
#[cfg_attr(not(target_os = "linux"), path = "ready/absent.rs")]
mod ready;
mod screen;
mod serving;
mod session;
mod state;
mod system;
mod team;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::ui::{Color, Ui};
use crate::system::locations::Locations;

/// Runs the whole program.
#[must_use]
pub fn run() -> ExitCode {
    system::harden::before_any_secret();
    if !system::harden::has_small_stack() {
        return run_here();
    }
    let large = std::thread::Builder::new().stack_size(LARGE_STACK);
    match large.spawn(run_here) {
        Ok(thread) => thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        // Without the thread, the small stack may suffice.
        Err(_) => run_here(),
    }
}

/// The stack of a run under a small limit, in bytes. The parser of the command line needs the most.
const LARGE_STACK: usize = 8 << 20;

fn run_here() -> ExitCode {
    let mut this_run = ThisRun::begin();
    if let Some(done) = this_run.answer() {
        let ui = Ui::new(Color::Auto, 0);
        return finish(&ui, done.map(|()| ExitCode::SUCCESS));
    }
    if let Some(profile) = commands::credential_process::only_argument() {
        // SDKs call this for every command they run, so it does not build the whole parser.
        let ui = Ui::new(Color::Auto, 0);
        system::foreign::warn(&ui);
        let done = commands::credential_process::run(profile, &ui, &this_run);
        return finish(&ui, done);
    }
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if commands::habits::mentions_exec(&arguments) {
        arguments = commands::habits::with_dashes(arguments);
    }
    let cli = Cli::parse_arguments(arguments);
    let ui = Ui::new(cli.color, cli.verbose);
    let result = match cli.command {
        Some(command) => dispatch(command, &ui, &this_run),
        None => commands::picker::run(&ui),
    };
    finish(&ui, result)
}

/// Refuses or warns before root writes anything into a person's folders. What only reads does not, and
/// `lock` and `clear` work in every case.
fn check_owner(command: &Command, ui: &Ui) -> Result<(), CliError> {
    match command {
        Command::Init(_)
        | Command::Add(_)
        | Command::Rotate(_)
        | Command::Remove(_)
        | Command::Mfa(_)
        | Command::Refresh(_)
        | Command::Assume(_)
        | Command::Setup(_)
        | Command::Sso(_)
        | Command::Signin(_)
        | Command::Import(_)
        | Command::Vault(_) => system::foreign::check_writer(ui),
        Command::Exec(_)
        | Command::Env(_)
        | Command::CredentialProcess(_)
        | Command::Whoami(_)
        | Command::Serve(_)
        | Command::Password(_)
        | Command::Login(_)
        | Command::Account(_)
        | Command::Audit(_)
        | Command::Switch(_) => {
            system::foreign::warn(ui);
            Ok(())
        }
        Command::Doctor(args) if args.fix => system::foreign::check_writer(ui),
        Command::Log(args) if args.accept => system::foreign::check_writer(ui),
        _ => Ok(()),
    }
}

/// Warns of unknown settings, unless the output is for a prompt, a completion or another program.
fn warn_of_settings(command: &Command, ui: &Ui) {
    let silent = matches!(
        command,
        Command::Status(_)
            | Command::CredentialProcess(_)
            | Command::ShellInit(_)
            | Command::Switch(_)
            | Command::PluginHost(_)
            | Command::Completions(_)
            | Command::Candidates(_)
            | Command::Sandbox(_)
            | Command::Demo(_)
            | Command::Man(_)
            | Command::Help(_)
            | Command::Version(_)
    );
    // A command that needs the folders reports why they are unknown.
    if let (false, Ok(locations)) = (silent, Locations::find()) {
        state::settings::warn_of_unknown(&locations.settings, ui);
    }
}

fn dispatch(command: Command, ui: &Ui, this_run: &ThisRun) -> Result<ExitCode, CliError> {
    check_owner(&command, ui)?;
    warn_of_settings(&command, ui);
    match command {
        Command::Init(args) => commands::init::run(args, ui),
        Command::Add(args) => commands::add::run(args, ui),
        Command::List(args) => commands::list::run(args, ui),
        Command::Explain(args) => commands::explain::run(args, ui),
        Command::Exec(args) => commands::exec::run(args, ui, this_run).map_err(|error| {
            let arguments: Vec<_> = std::env::args_os().collect();
            match commands::habits::exec_by_shell(&arguments) {
                Some(meant) => error.hint(meant),
                None => error,
            }
        }),
        Command::Env(args) => commands::env::run(args, ui, this_run),
        Command::CredentialProcess(args) => commands::credential_process::run(args, ui, this_run),
        Command::Whoami(args) => commands::whoami::run(args, ui),
        Command::Rotate(args) => commands::rotate::run(args, ui),
        Command::Remove(args) => commands::remove::run(args, ui),
        Command::Serve(args) => commands::serve::run(args, ui),
        Command::Lock(args) => commands::lock::run(args, ui),
        Command::Mfa(args) => commands::mfa::run(args, ui),
        Command::Password(args) => commands::password::run(args, ui),
        Command::Refresh(args) => commands::refresh::run(args, ui),
        Command::Assume(args) => commands::assume::run(args, ui),
        Command::Setup(args) => commands::setup::run(args, ui),
        Command::Sso(args) => commands::sso::run(args, ui),
        Command::Signin(args) => commands::signin::run(args, ui),
        Command::Status(args) => commands::status::run(args, ui, this_run),
        Command::Log(args) => commands::log::run(args, ui),
        Command::Doctor(args) => commands::doctor::run(args, ui),
        Command::Config(args) => commands::config::run(args, ui),
        Command::Import(args) => commands::import::run(args, ui),
        Command::Vault(args) => commands::vault::run(args, ui),
        Command::Login(args) => commands::login::run(args, ui),
        Command::Account(args) => commands::account::run(args, ui),
        Command::Audit(args) => commands::audit::run(args, ui),
        Command::ShellInit(args) => commands::shell_init::run(&args, ui),
        Command::Switch(args) => commands::switch::run(&args, ui),
        Command::PluginHost(args) => commands::plugin_host::run(&args),
        Command::Completions(args) => commands::completions::run(&args, ui),
        Command::Candidates(args) => commands::candidates::run(&args, ui),
        Command::Sandbox(args) => commands::sandbox::run(args, ui),
        Command::Demo(args) => commands::demo::run(args, ui),
        Command::Man(args) => commands::man::run(&args),
        Command::Help(args) => commands::habits::help(&args, ui),
        Command::Version(args) => commands::habits::version(&args, ui),
        Command::Clear(args) => commands::habits::clear(args, ui),
    }
}

fn finish(ui: &Ui, result: Result<ExitCode, CliError>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(error) => {
            prompt::terminal::Terminal::forget_answers();
            ui.error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}
