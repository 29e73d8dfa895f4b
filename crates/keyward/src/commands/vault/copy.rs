//! `keyward vault export` and `import`: an encrypted copy for a backup or a new machine.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_core::secret::Passphrase;
use keyward_core::text::count;
use keyward_recipients::RecipientKind;
use keyward_recipients::age_key::AgeKey;
use keyward_recipients::ssh_key::SshKey;
use keyward_vault::{Document, ExportTo, Identity, ImportError, ImportWith, OpenSlotError};

use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::{GOOD, Ui};
use crate::session::{
    FirstSlotArgs, Opens, choose_passphrase, new_passphrase_in, open_or_create, open_vault,
    passphrase_in, slot_access,
};
use crate::state::local_state::LocalState;
use crate::system::locations;
use crate::system::read_limited;

/// The first bytes of every age file.
const AGE: &[u8] = b"age-encryption.org/";

/// The recipient and the file of the copy.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The file to write, which must not exist yet; `-` is standard output
    file: PathBuf,

    /// An age recipient (age1…) or an SSH public key ("ssh-ed25519 …"); without one the copy gets
    /// a passphrase of its own
    #[arg(long, value_name = "RECIPIENT")]
    recipient: Option<String>,

    /// Take the copy's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    copy_passphrase_file: Option<PathBuf>,
}

/// What opens the copy.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The copy; `-` is standard input
    file: PathBuf,

    /// The age identity file of the copy's recipient, or the SSH private key
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,

    /// Take the copy's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "identity_file")]
    copy_passphrase_file: Option<PathBuf>,

    #[command(flatten)]
    slot: FirstSlotArgs,
}

/// Writes the copy.
pub(super) fn export(local: &LocalState, args: &ExportArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let to_output = is_stream(&args.file);
    if to_output && std::io::stdout().is_terminal() {
        return Err(CliError::usage("a copy is not text for a terminal")
            .hint("keyward vault export - > FILE"));
    }
    let recipient = args.recipient.as_deref().map(copy_recipient).transpose()?;
    let open = open_vault(local, ui)?;
    let passphrase: Option<Passphrase> = match (&recipient, &args.copy_passphrase_file) {
        (Some(_), _) => None,
        (None, Some(file)) => Some(new_passphrase_in(file)?),
        (None, None) => Some(choose_passphrase(
            Opens::Copy,
            "Passphrase of the copy",
            "give --copy-passphrase-file or --recipient",
        )?),
    };
    let to = match (&recipient, &passphrase) {
        (Some(CopyRecipient::Age(key)), _) => ExportTo::Age(key.recipient()),
        (Some(CopyRecipient::Ssh(key)), _) => ExportTo::Ssh(key.recipient()),
        (None, Some(passphrase)) => {
            ExportTo::Passphrase(passphrase, local.settings.passphrase_work)
        }
        (None, None) => return Err(CliError::usage("a copy is for a recipient or a passphrase")),
    };
    let copy = keyward_vault::export(open.document(), &to)?;
    let shown = if to_output {
        ui.bytes(&copy)?;
        "standard output".to_owned()
    } else {
        let shown = locations::show(&args.file);
        crate::aws_files::rewrite::create(&args.file, &copy)
            .map_err(|e| crate::aws_files::rewrite::unwritten(&args.file, e))?;
        shown
    };
    let keys = count(open.document().keys().len(), "key");
    ui.say(format!("{GOOD}wrote{GOOD:#} {keys} to {shown}"));
    ui.hint("the stock `age` program opens it too; keep it apart from this machine");
    Ok(ExitCode::SUCCESS)
}

/// The recipient who opens a copy that has no passphrase.
enum CopyRecipient {
    Age(AgeKey),
    Ssh(Box<SshKey>),
}

/// Reads a recipient. The text is not repeated, since it may be a private key.
fn copy_recipient(text: &str) -> Result<CopyRecipient, CliError> {
    let refused = || CliError::usage("no copy can be made for that recipient");
    match RecipientKind::of(text.as_bytes()) {
        Some(RecipientKind::Ssh) => SshKey::read(text.as_bytes())
            .map(|key| CopyRecipient::Ssh(Box::new(key)))
            .map_err(|e| refused().because(e)),
        Some(RecipientKind::Pgp) => Err(refused().because(
            "this is a PGP key, and a copy is an age file; give an age recipient or an SSH public key",
        )),
        Some(RecipientKind::Age) | None => AgeKey::read(text.as_bytes())
            .map(CopyRecipient::Age)
            .map_err(|e| refused().because(e)),
    }
}

/// Whether a stream is meant, and no file.
fn is_stream(file: &Path) -> bool {
    file == Path::new("-")
}

/// Takes keys over.
pub(super) fn import(local: &LocalState, args: &ImportArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let copy = if is_stream(&args.file) {
        read_limited::input(read_limited::SETTINGS)
            .map_err(|e| CliError::failed("standard input cannot be read").because(e))?
    } else {
        read_limited::read(&args.file, read_limited::SETTINGS)
            .map_err(|e| read_limited::unreadable(&args.file, e))?
    };
    let document = match &args.identity_file {
        Some(file) => open_with_file(local, &copy, file)?,
        None => {
            let passphrase = match &args.copy_passphrase_file {
                Some(file) => passphrase_in(file)?,
                // Check that the file is a copy before asking for its passphrase.
                None if !copy.starts_with(AGE) => return Err(ImportError::Damaged(None).into()),
                None if keyward_vault::is_for_recipient(&copy) => {
                    return Err(ImportError::ForRecipient.into());
                }
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
    let mut open = open_or_create(local, ui, args.slot.first())?;
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

/// Opens a copy with an age identity file or an SSH private key.
fn open_with_file(local: &LocalState, copy: &[u8], file: &Path) -> Result<Document, CliError> {
    let text = read_limited::text_without_mark(file, read_limited::PASSPHRASE)
        .map_err(|e| read_limited::unreadable(file, e))?;
    if text.trim_start().starts_with("-----BEGIN") {
        let access = slot_access(local)?;
        return Ok(keyward_vault::read_export(
            copy,
            &ImportWith::SshKey(file, &access),
        )?);
    }
    let identity: Identity = text.parse().map_err(|e: keyward_vault::InvalidIdentity| {
        CliError::usage(format!("`{}` cannot be used", locations::show(file))).because(e)
    })?;
    Ok(keyward_vault::read_export(
        copy,
        &ImportWith::Identity(&identity),
    )?)
}

impl From<ImportError> for CliError {
    fn from(error: ImportError) -> Self {
        let kind = match error {
            ImportError::SshKey(OpenSlotError::NoAnswer { .. }) => ErrorKind::PersonNeeded,
            ImportError::SshKey(OpenSlotError::WrongPassphrase { .. }) => ErrorKind::VaultClosed,
            ImportError::SshKey(_) => ErrorKind::Failed,
            ImportError::WrongPassphrase
            | ImportError::ForRecipient
            | ImportError::OtherIdentity => ErrorKind::VaultClosed,
            ImportError::Damaged(_) | ImportError::Document(_) | ImportError::Memory(_) => {
                ErrorKind::Failed
            }
        };
        let hint = matches!(error, ImportError::ForRecipient).then_some("--identity-file FILE");
        Self::new(kind, "nothing was imported")
            .because(error)
            .hint_all(hint)
    }
}
