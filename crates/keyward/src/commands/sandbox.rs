//! `keyward sandbox`: a practice account to try things in.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_core::id::MfaSerial;
use keyward_core::secret::Passphrase;
use keyward_sandbox::Accounts;
use keyward_vault::{LongLivedKey, Paths, Vault, WorkFactor};

use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::places;
use crate::practice::{self, Practice};
use crate::serving::exit_code;
use crate::ui::{CODE, STRONG, Ui};
use crate::world::now;

/// A practice AWS account on this machine, strict about signatures, codes and policies
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The port; any free one by default
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,

    /// The accounts to play, as JSON; a small team by default
    #[arg(long, value_name = "F")]
    blueprint: Option<PathBuf>,

    /// Be the phone: print the current code of a running practice account
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, default_missing_value = "arn:aws:iam::123456789012:mfa/alice", conflicts_with_all = ["port", "blueprint"])]
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
        Some(path) => read_accounts(path)?,
        None => Accounts::practice(),
    };
    let practice = Practice::start(accounts, args.port)?;
    if args.blueprint.is_none() {
        store_practice_key(&practice)?;
    }
    match args.command.split_first() {
        Some((program, words)) => run_inside(&practice, program, words),
        None => stay(&practice, ui),
    }
}

fn read_accounts(path: &Path) -> Result<Accounts, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "`{}` cannot be used as practice accounts",
            places::show(path)
        ))
    };
    let text = std::fs::read_to_string(path).map_err(|e| unusable().because(e))?;
    Accounts::from_json(&text).map_err(|e| unusable().because(e))
}

/// The practice user's key in the practice vault, so that the profiles work at once.
fn store_practice_key(practice: &Practice) -> Result<(), CliError> {
    let vault = Vault::at(Paths::new(practice.data_folder()));
    let passphrase: Passphrase = practice::PASSPHRASE
        .parse()
        .expect("the practice passphrase is not empty");
    // The example key is public, so its practice vault need not be slow to open.
    let work = WorkFactor::fixed(2).expect("2 is a work factor");
    let mut open = vault.create(&passphrase, work, now())?;
    let mut key = LongLivedKey::new(
        practice::USER
            .parse()
            .expect("a plain word is a profile name"),
        practice::ACCESS_KEY_ID
            .parse()
            .expect("the example key id has its shape"),
        practice::SECRET_ACCESS_KEY
            .parse()
            .expect("the example secret has its shape"),
        now(),
    );
    key.user_arn = "arn:aws:iam::123456789012:user/alice".parse().ok();
    key.account_id = "123456789012".parse().ok();
    key.mfa_serial = Some(Practice::serial());
    open.update(|document| document.put_key(key))?;
    Ok(())
}

fn run_inside(
    practice: &Practice,
    program: &OsString,
    words: &[OsString],
) -> Result<ExitCode, CliError> {
    let status = practice
        .command(Path::new(program))
        .args(words)
        .status()
        .map_err(|e| {
            let kind = if e.kind() == std::io::ErrorKind::NotFound {
                ErrorKind::NotFound
            } else {
                ErrorKind::NotExecutable
            };
            CliError::new(kind, format!("cannot run `{}`", program.display())).because(e)
        })?;
    Ok(ExitCode::from(exit_code(status)))
}

/// Serves until standard input closes or a signal ends the process.
fn stay(practice: &Practice, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut text = String::new();
    let probe = practice.command(Path::new("keyward"));
    for (name, value) in probe
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
    {
        text.push_str(&format!("export {name}='{value}'\n"));
    }
    ui.data(&text)?;
    ui.say(format!(
        "{STRONG}a practice account is at {}{STRONG:#}; the lines above point a shell at it",
        practice.server.url()
    ));
    ui.say(format!("profiles alice, readonly, administrator, partner; the phone: {CODE}keyward sandbox --phone{CODE:#}; Ctrl-D ends it"));
    let mut sink = [0_u8; 64];
    let mut stdin = std::io::stdin().lock();
    while stdin.read(&mut sink).is_ok_and(|read| read > 0) {}
    Ok(ExitCode::SUCCESS)
}

fn phone(serial: &MfaSerial, ui: &Ui) -> Result<ExitCode, CliError> {
    let url = env::get(env::PRACTICE_URL).ok_or_else(|| {
        CliError::usage(format!(
            "{} is not set: there is no practice account to show a code for",
            env::PRACTICE_URL
        ))
        .hint("keyward sandbox -- COMMAND")
    })?;
    let code = keyward_sandbox::phone_code(&url, serial)
        .map_err(|e| CliError::failed("the practice account shows no code").because(e))?;
    // The practice phone's screen.
    ui.data(&format!("{}\n", code.expose()))?;
    Ok(ExitCode::SUCCESS)
}
