//! `keyward vault export` and `import`: an encrypted copy for a backup or a new machine.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_core::secret::Passphrase;
use keyward_vault::{ExportTo, Identity, ImportError, ImportWith, Recipient, Vault};

use crate::bounded;
use crate::error::{CliError, ErrorKind};
use crate::places;
use crate::session::{choose_passphrase, create_vault, open_vault, passphrase_in};
use crate::terminal::{Echo, Terminal};
use crate::ui::{GOOD, Ui};
use crate::world::World;

/// What every age file begins with.
const AGE: &[u8] = b"age-encryption.org/";

/// Who the copy is for, and where it goes.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The file to write, which must not exist yet; `-` is standard output
    file: PathBuf,

    /// An age recipient (age1…); without one the copy gets a passphrase of its own
    #[arg(long, value_name = "RECIPIENT")]
    recipient: Option<Recipient>,

    /// Take the copy's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    copy_passphrase_file: Option<PathBuf>,
}

/// What opens the copy.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The copy; `-` is standard input
    file: PathBuf,

    /// The age identity file of the copy's recipient
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,

    /// Take the copy's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "identity_file")]
    copy_passphrase_file: Option<PathBuf>,
}

/// Writes the copy.
pub(super) fn export(world: &World, args: &ExportArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let to_output = is_stream(&args.file);
    if to_output && std::io::stdout().is_terminal() {
        return Err(CliError::usage("a copy is no text for a terminal")
            .hint("keyward vault export - > FILE"));
    }
    let open = open_vault(world, ui)?;
    let passphrase: Option<Passphrase> = match (&args.recipient, &args.copy_passphrase_file) {
        (Some(_), _) => None,
        (None, Some(file)) => Some(passphrase_in(file)?),
        (None, None) => Some(choose_passphrase(
            "Passphrase of the copy",
            "give --copy-passphrase-file or --recipient",
        )?),
    };
    let to = match (&args.recipient, &passphrase) {
        (Some(recipient), _) => ExportTo::Recipient(recipient),
        (None, Some(passphrase)) => {
            ExportTo::Passphrase(passphrase, world.settings.passphrase_work)
        }
        (None, None) => return Err(CliError::usage("a copy is for a recipient or a passphrase")),
    };
    let copy = keyward_vault::export(open.document(), &to);
    let shown = if to_output {
        ui.bytes(&copy)?;
        "standard output".to_owned()
    } else {
        let shown = places::show(&args.file);
        crate::rewrite::create(&args.file, &copy)
            .map_err(|e| CliError::failed(format!("`{shown}` cannot be written")).because(e))?;
        shown
    };
    let keys = match open.document().keys().len() {
        1 => "1 key".to_owned(),
        n => format!("{n} keys"),
    };
    ui.say(format!("{GOOD}wrote{GOOD:#} {keys} to {shown}"));
    ui.hint("the stock `age` program opens it too; keep it apart from this machine");
    Ok(ExitCode::SUCCESS)
}

/// Whether a stream is meant, and no file.
fn is_stream(file: &Path) -> bool {
    file == Path::new("-")
}

/// Takes keys over.
pub(super) fn import(world: &World, args: &ImportArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let copy = if is_stream(&args.file) {
        bounded::input(bounded::SETTINGS)
            .map_err(|e| CliError::failed("standard input cannot be read").because(e))?
    } else {
        bounded::read(&args.file, bounded::SETTINGS)
            .map_err(|e| bounded::unreadable(&args.file, e))?
    };
    let document = match &args.identity_file {
        Some(file) => {
            let text = bounded::text(file, bounded::PASSPHRASE)
                .map_err(|e| bounded::unreadable(file, e))?;
            let identity: Identity =
                text.parse().map_err(|e: keyward_vault::InvalidIdentity| {
                    CliError::usage(format!("`{}` cannot be used", places::show(file))).because(e)
                })?;
            keyward_vault::read_export(&copy, &ImportWith::Identity(&identity))?
        }
        None => {
            let passphrase = match &args.copy_passphrase_file {
                Some(file) => passphrase_in(file)?,
                // Nobody is asked for the passphrase of what is no copy.
                None if !copy.starts_with(AGE) => return Err(ImportError::Damaged(None).into()),
                None => Terminal::required(
                    "the copy's passphrase",
                    "give --copy-passphrase-file or --identity-file",
                )?
                .ask("Passphrase of the copy", Echo::Hidden)?
                .parse()
                .map_err(|e: keyward_core::secret::InvalidSecret| {
                    CliError::failed("no passphrase was typed").because(e)
                })?,
            };
            keyward_vault::read_export(&copy, &ImportWith::Passphrase(&passphrase))?
        }
    };
    let exists = Vault::at(world.paths.clone()).exists();
    let mut open = if exists {
        open_vault(world, ui)?
    } else {
        create_vault(world, ui)?
    };
    let merged = open.update(|here| here.merge(&document))?;
    for profile in &merged.added {
        ui.say(format!("{GOOD}added{GOOD:#}  {profile}"));
    }
    for profile in &merged.same {
        ui.say(format!("same   {profile}"));
    }
    for profile in &merged.kept {
        ui.warn(format!(
            "`{profile}` holds another key here, which was kept"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        let kind = match error {
            ImportError::WrongPassphrase | ImportError::OtherIdentity => ErrorKind::VaultClosed,
            ImportError::Damaged(_) | ImportError::Document(_) => ErrorKind::Failed,
        };
        Self::new(kind, "nothing was imported").because(error)
    }
}
