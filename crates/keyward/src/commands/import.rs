//! `keyward import`: imports the keys and settings of another tool. Each form shows what it would
//! do first; it does nothing without consent.

mod awstools;
mod keyring;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_core::config::FileKind;

use crate::import::{self, Agreed, AwsFile, Choices, Overwrite, Verification};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::FirstSlotArgs;
use crate::state::local_state::LocalState;
use crate::system::locations;

/// Move in: take over the keys and settings of another tool
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    /// Keys of aws-vault: its files, `pass`, or the Secret Service
    AwsVault(keyring::Args),
    /// Unencrypted keys in the AWS files
    Credentials(FileArgs),
    /// Accounts and key rotation of awstools
    Awstools(awstools::Args),
    /// IAM keys of granted: its files, `pass`, or the Secret Service
    Granted(keyring::Args),
    /// Keys of aws-mfa, in its `-long-term` sections
    AwsMfa(FileArgs),
}

/// Flags of every form that moves keys.
#[derive(Debug, Clone, Copy, clap::Args)]
struct Take {
    /// Do what is shown without asking
    #[arg(short = 'y', long)]
    yes: bool,

    /// Do not ask AWS whose keys they are
    #[arg(long)]
    no_verify: bool,

    /// Replace other keys that the vault holds under the same names
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    slot: FirstSlotArgs,
}

impl From<Take> for Choices {
    fn from(flags: Take) -> Self {
        Self {
            agreed: agreed(flags.yes),
            verification: if flags.no_verify {
                Verification::Skip
            } else {
                Verification::Ask
            },
            overwrite: overwrite(flags.force),
            first_slot: flags.slot.first(),
        }
    }
}

fn agreed(yes: bool) -> Agreed {
    if yes { Agreed::Yes } else { Agreed::Ask }
}

fn overwrite(force: bool) -> Overwrite {
    if force {
        Overwrite::Yes
    } else {
        Overwrite::Never
    }
}

/// Flags of the forms that read AWS files.
#[derive(Debug, clap::Args)]
struct FileArgs {
    /// The credentials file, instead of the one the SDKs read
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    #[command(flatten)]
    take: Take,
}

/// Takes over.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    match args.source {
        Source::AwsVault(args) => keyring::run(keyring::Tool::AwsVault, args, ui),
        Source::Granted(args) => keyring::run(keyring::Tool::Granted, args, ui),
        Source::Credentials(args) => credentials(&args, ui),
        Source::AwsMfa(args) => aws_mfa(&args, ui),
        Source::Awstools(args) => awstools::run(&args, ui),
    }
}

fn credentials(args: &FileArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    let (credentials, config) = (
        &local.locations.aws_credentials,
        &local.locations.aws_config,
    );
    let (files, places) = match &args.from {
        Some(path) => (vec![given(path)?], vec![path.as_path()]),
        None => (
            vec![
                AwsFile::read(credentials, FileKind::Credentials)?,
                AwsFile::read(config, FileKind::Config)?,
            ],
            vec![credentials.as_path(), config.as_path()],
        ),
    };
    let harvest = import::in_the_clear(&files).of(places);
    import::carry(&local, ui, harvest, args.take.into())
}

fn aws_mfa(args: &FileArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    let credentials = &local.locations.aws_credentials;
    let file = match &args.from {
        Some(path) => given(path)?,
        None => AwsFile::read(credentials, FileKind::Credentials)?,
    };
    let place = args.from.as_deref().unwrap_or(credentials);
    let harvest = import::of_aws_mfa(&file).of([place]);
    import::carry(&local, ui, harvest, args.take.into())
}

/// A file that the person named, which must be there.
fn given(path: &Path) -> Result<AwsFile, CliError> {
    // The reader refuses folders, pipes and devices.
    if !path.exists() {
        return Err(CliError::usage(format!(
            "there is no file `{}`",
            locations::show(path)
        )));
    }
    AwsFile::read(path, FileKind::Credentials)
}
