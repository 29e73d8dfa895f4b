//! `import aws-vault` and `import granted`: both keep their keys by the same library, each under
//! names of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use zeroize::Zeroizing;

use super::Take;
use crate::environment as env;
use crate::import::{self, Harvest, PassStore};
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use crate::system::locations;
use crate::system::read_limited;

/// Whose keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// aws-vault.
    AwsVault,
    /// granted.
    Granted,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::AwsVault => "aws-vault",
            Self::Granted => "granted",
        }
    }

    /// The programs that hand out its keys.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::AwsVault => &["aws-vault"],
            Self::Granted => &["granted", "dgranted"],
        }
    }
}

/// The store of the tool's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    /// One sealed file per key
    File,
    /// The password store `pass`
    Pass,
    /// The desktop's keyring
    SecretService,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the tool keeps its keys; its files by default
    #[arg(long, value_enum)]
    backend: Option<Backend>,

    /// The folder of the files, or the password store
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,

    /// The folder within the password store
    #[arg(long, value_name = "FOLDER")]
    prefix: Option<String>,

    /// The collection of the Secret Service
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,

    /// A file whose first line opens the tool's files
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    #[command(flatten)]
    take: Take,
}

/// Imports the keys.
pub(super) fn run(tool: Tool, args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    let mut harvest = match backend(tool, &args)? {
        Backend::File => files(tool, &args)?,
        Backend::Pass => pass(tool, &args, &local)?,
        Backend::SecretService => secret_service(tool, &args)?,
    };
    import::process_line::mark(&mut harvest, &local.config, tool.programs());
    import::carry(&local, ui, harvest, args.take.into())
}

fn backend(tool: Tool, args: &Args) -> Result<Backend, CliError> {
    if let Some(backend) = args.backend {
        return Ok(backend);
    }
    let variable = match tool {
        Tool::AwsVault => env::text(env::AWS_VAULT_BACKEND)?,
        Tool::Granted => None,
    };
    match variable {
        None => Ok(Backend::File),
        Some(name) => Backend::from_str(&name, false).map_err(|_| {
            CliError::usage(format!(
                "{} names `{name}`, which is not read here",
                env::AWS_VAULT_BACKEND
            ))
            .hint("aws-vault exec PROFILE --no-session -- keyward add PROFILE --env")
        }),
    }
}

/// A path given by a flag, a variable, or below the home folder.
fn folder(
    flag: Option<&PathBuf>,
    variables: &[&str],
    below_home: impl FnOnce(PathBuf) -> PathBuf,
) -> Result<PathBuf, CliError> {
    flag.cloned()
        .or_else(|| variables.iter().find_map(|name| env::path(name)))
        .or_else(|| env::home_folder().map(below_home))
        .ok_or_else(|| CliError::usage("there is no home folder").hint("name one with --from"))
}

fn files(tool: Tool, args: &Args) -> Result<Harvest, CliError> {
    let from = args.from.as_ref();
    let folder = match tool {
        Tool::AwsVault => folder(from, &[env::AWS_VAULT_FILE_DIR], |home| {
            home.join(".awsvault").join("keys")
        }),
        Tool::Granted => folder(from, &[], granted_folder),
    }?;
    if !folder.is_dir() {
        return Err(CliError::failed(format!(
            "{} keeps no files in `{}`",
            tool.name(),
            locations::show(&folder)
        ))
        .hint("name another folder with --from, or another place with --backend"));
    }
    let mut given = given_passphrase(tool, args.passphrase_file.as_deref())?;
    let harvest = import::in_files(&folder, &mut |item| ask(tool, &mut given, item))?;
    Ok(harvest.of([folder.as_path()]))
}

/// granted's folder follows the XDG variable only if the old one is not there.
fn granted_folder(home: PathBuf) -> PathBuf {
    let old = home.join(".granted");
    let root = match env::path("XDG_CONFIG_HOME") {
        Some(config) if !old.exists() => config.join("granted"),
        _ => old,
    };
    root.join("secure-storage-aws-iam-credentials")
}

/// The passphrase from a file or a variable.
enum Given {
    /// None was.
    No,
    /// None was, and the tool's own is empty unless a variable has another. It is tried first.
    Empty,
    /// The empty one was tried.
    EmptyTried,
    /// One was, and is not used yet.
    Yes(Zeroizing<String>),
    /// The passphrase was used. A script that passes one is not asked for more.
    Spent,
}

fn given_passphrase(tool: Tool, file: Option<&Path>) -> Result<Given, CliError> {
    if let Some(path) = file {
        let text = read_limited::text(path, read_limited::PASSPHRASE).map_err(|e| {
            CliError::usage(format!("`{}` cannot be read", locations::show(path))).because(e)
        })?;
        let line = text.lines().next().unwrap_or_default();
        return Ok(Given::Yes(Zeroizing::new(line.to_owned())));
    }
    // Source for granted: <https://github.com/common-fate/granted>, `pkg/securestorage`. It asks for
    // no passphrase since June 2024: without the variable, its files have an empty one.
    let (variable, without) = match tool {
        Tool::AwsVault => (env::AWS_VAULT_FILE_PASSPHRASE, Given::No),
        Tool::Granted => (env::GRANTED_FILE_PASSPHRASE, Given::Empty),
    };
    Ok(env::text(variable)?.map_or(without, |text| Given::Yes(Zeroizing::new(text))))
}

/// Answers the file store's question.
fn ask(
    tool: Tool,
    given: &mut Given,
    item: Option<&str>,
) -> Result<Option<Zeroizing<String>>, CliError> {
    let name = tool.name();
    match (std::mem::replace(given, Given::Spent), item) {
        (Given::Yes(passphrase), _) => Ok(Some(passphrase)),
        (Given::Empty, _) => {
            *given = Given::EmptyTried;
            Ok(Some(Zeroizing::default()))
        }
        (Given::Spent, Some(_)) => Ok(None),
        (Given::No | Given::Spent, None) | (Given::EmptyTried, _) => {
            *given = Given::No;
            let mut terminal = Terminal::required(
                &format!("the passphrase of {name}'s files"),
                "name a file that holds it with --passphrase-file",
            )?;
            terminal
                .ask(&format!("Passphrase of {name}'s files"), Echo::Hidden)
                .map(Some)
        }
        (Given::No, Some(item)) => {
            *given = Given::No;
            let Some(mut terminal) = Terminal::open() else {
                return Ok(None);
            };
            let question =
                format!("That does not open `{item}`. Another passphrase (Enter leaves it)");
            let answer = terminal.ask(&question, Echo::Hidden)?;
            Ok(Some(answer).filter(|answer| !answer.is_empty()))
        }
    }
}

fn pass(tool: Tool, args: &Args, local: &LocalState) -> Result<Harvest, CliError> {
    let from = args.from.as_ref();
    let store = |home: PathBuf| home.join(".password-store");
    let variables: &[&str] = match tool {
        Tool::AwsVault => &[env::AWS_VAULT_PASS_DIR, env::PASSWORD_STORE_DIR],
        Tool::Granted => &[env::PASSWORD_STORE_DIR],
    };
    let folder = folder(from, variables, store)?;
    let prefix = match (&args.prefix, tool) {
        (Some(prefix), _) => prefix.clone(),
        (None, Tool::AwsVault) => env::text(env::AWS_VAULT_PASS_PREFIX)?.unwrap_or_default(),
        (None, Tool::Granted) => "granted-aws-iam-credentials".to_owned(),
    };
    let known: BTreeSet<String> = local
        .config
        .profiles()
        .map(|profile| profile.name.to_string())
        .collect();
    let store = PassStore {
        program: "pass".to_owned(),
        folder,
        prefix,
    };
    Ok(store.harvest(&known)?.of([store.folder.as_path()]))
}

fn secret_service(tool: Tool, args: &Args) -> Result<Harvest, CliError> {
    let (own, usual) = match (&args.collection, tool) {
        (Some(name), _) => return in_collection(name),
        (None, Tool::AwsVault) => (env::text(env::AWS_VAULT_COLLECTION)?, "awsvault"),
        (None, Tool::Granted) => (None, "granted-aws-iam-credentials"),
    };
    in_collection(own.as_deref().unwrap_or(usual))
}

#[cfg(target_os = "linux")]
fn in_collection(name: &str) -> Result<Harvest, CliError> {
    import::in_secret_service(name)
}

#[cfg(not(target_os = "linux"))]
fn in_collection(name: &str) -> Result<Harvest, CliError> {
    Err(CliError::usage(format!(
        "the collection `{name}` cannot be read: only Linux has a Secret Service"
    )))
}
