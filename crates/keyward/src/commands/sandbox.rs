//! `keyward sandbox`: a practice account to try things in.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyward_core::id::MfaSerial;
use keyward_sandbox::{Accounts, Shown};
use keyward_serve::Signals;

use crate::account::BlueprintFile;
use crate::environment as env;
use crate::practice::{self, Keys, Practice, rehearse};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::shell::Shell;
use crate::screen::ui::{CODE, STRONG, Ui};
use crate::serving::run_beside;
use crate::state::local_state::now;
use crate::system::locations;
use crate::system::read_limited;

/// The pause of a phone without a fresh code between two looks.
const AGAIN: Duration = Duration::from_millis(200);

/// A practice AWS account on this machine, strict about signatures, codes and policies
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The port; any free one by default
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,

    /// The accounts to play: a blueprint (.toml), or a state file as JSON; a small team by default
    #[arg(long, value_name = "F")]
    blueprint: Option<PathBuf>,

    /// Play a new account with nothing in it but the root user's key, to rehearse `account apply`
    #[arg(long, conflicts_with = "blueprint")]
    empty: bool,

    /// Leave the command its home folder, for programs that need their files there
    #[arg(long, requires = "command")]
    keep_home: bool,

    /// Be the phone: print a code of a running practice account that was neither used nor printed yet;
    /// without a serial, of alice's device arn:aws:iam::123456789012:mfa/alice
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, default_missing_value = "arn:aws:iam::123456789012:mfa/alice", conflicts_with_all = ["port", "blueprint", "empty"])]
    phone: Option<MfaSerial>,

    /// A command to run with everything pointed at the practice account
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

/// Plays the account, or its user's phone.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if let Some(serial) = args.phone {
        return phone(&serial, ui);
    }
    let accounts = match &args.blueprint {
        Some(path) => read_accounts(path, ui)?,
        None if args.empty => Accounts::empty_with_root(Practice::account()).with_young_keys(now()),
        None => Accounts::practice().with_young_keys(now()),
    };
    let practice = Practice::start(accounts, args.port, Keys::OfUsers)?;
    let Some((program, words)) = args.command.split_first() else {
        return stay(&practice, ui);
    };
    let mut command = practice.command(Path::new(program));
    command.args(words);
    if args.keep_home {
        // The names set above would replace the person's own.
        for name in ["HOME", "USERPROFILE"] {
            match std::env::var_os(name) {
                Some(own) => command.env(name, own),
                None => command.env_remove(name),
            };
        }
    }
    if words.is_empty() && Terminal::open().is_some() {
        // A shell does not show that it is in a practice account.
        ui.say(format!(
            "a practice account: profiles {}{}; it ends when {} does",
            practice.profiles().join(", "),
            phone_in_words(&practice),
            program.display()
        ));
    }
    run_beside(command, program)
}

fn read_accounts(path: &Path, ui: &Ui) -> Result<Accounts, CliError> {
    if path.extension().is_some_and(|ending| ending == "toml") {
        let accounts = rehearse::accounts(&BlueprintFile::read(path, ui)?.desired())?;
        return Ok(accounts.with_young_keys(now()));
    }
    let unusable = || {
        CliError::usage(format!(
            "`{}` cannot be used as practice accounts",
            locations::show(path)
        ))
    };
    let text = read_limited::text_without_mark(path, read_limited::SETTINGS)
        .map_err(|e| unusable().because(e))?;
    Accounts::from_json(&text).map_err(|e| unusable().because(e))
}

/// Serves until standard input closes or a signal ends it; the home goes in either case.
fn stay(practice: &Practice, ui: &Ui) -> Result<ExitCode, CliError> {
    let signals = Signals::catch()
        .map_err(|e| CliError::failed("the practice account cannot be ended").because(e))?;
    ui.data(&lines(practice))?;
    ui.say(format!(
        "{STRONG}a practice account is at {}{STRONG:#}; the lines above point a shell at it",
        practice.server.url()
    ));
    ui.say(format!(
        "profiles {}{}; Ctrl-D ends it",
        practice.profiles().join(", "),
        phone_in_words(practice)
    ));
    let (over, ended) = mpsc::channel();
    let closed = over.clone();
    // Both end with the process.
    thread::spawn(move || {
        let mut sink = [0_u8; 64];
        let mut stdin = std::io::stdin().lock();
        while stdin.read(&mut sink).is_ok_and(|read| read > 0) {}
        let _ = closed.send(ExitCode::SUCCESS);
    });
    thread::spawn(move || {
        if let Some(signal) = signals.wait() {
            let _ = over.send(ExitCode::from(signal.exit_code()));
        }
    });
    // No process can end it any later, so it has ended.
    Ok(ended.recv().unwrap_or(ExitCode::SUCCESS))
}

/// Where the codes come from, as the middle of a sentence. Empty if the account has no phone yet.
fn phone_in_words(practice: &Practice) -> String {
    match keyward_sandbox::has_phone(&practice.server.url(), &Practice::serial()) {
        true => format!("; the phone: {CODE}keyward sandbox --phone{CODE:#}"),
        false => String::new(),
    }
}

/// The lines that point a shell at the account. Its home folder stays its own: a shell that
/// outlives the account would be left without one.
fn lines(practice: &Practice) -> String {
    let probe = practice.command(Path::new("keyward"));
    let mut text: String = probe
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
        .filter(|(name, _)| !matches!(*name, "HOME" | "USERPROFILE"))
        .map(|(name, value)| format!("export {name}={}\n", Shell::Bash.quote(value)))
        .collect();
    let home = practice.home_folder().display().to_string();
    text.push_str(&format!(
        "# sign-ins are in the home folder: export HOME={} keeps them apart\n",
        Shell::Bash.quote(&home)
    ));
    text
}

fn phone(serial: &MfaSerial, ui: &Ui) -> Result<ExitCode, CliError> {
    let url = match env::get(env::PRACTICE_URL) {
        Some(url) => url,
        // Another terminal: the account that answers, the newest first.
        None => practice::running()
            .into_iter()
            .find(|url| keyward_sandbox::has_phone(url, serial))
            .ok_or_else(|| {
                CliError::usage("no running practice account has this phone")
                    .hint("keyward sandbox   (starts one)")
                    .hint("another device is named by its serial: keyward sandbox --phone SERIAL")
            })?,
    };
    let mut told = false;
    let code = loop {
        let shown = keyward_sandbox::phone_code(&url, serial).map_err(|e| {
            CliError::failed("the practice account shows no code")
                .because(e)
                .hint("name an existing device: keyward sandbox --phone SERIAL")
        })?;
        match shown {
            Shown::Fresh(code) => break code,
            Shown::Spent { seconds_left } => {
                if !std::mem::replace(&mut told, true) {
                    ui.say(format!(
                        "the codes of now were used or shown; the next comes in {seconds_left} s"
                    ));
                }
                // The account's clock may be moved in the meantime.
                thread::sleep(AGAIN);
            }
        }
    };
    // The practice phone's screen.
    ui.data(&format!("{}\n", code.expose()))?;
    Ok(ExitCode::SUCCESS)
}
