//! A slot to be: what the person chose, and the identity put where that kind keeps it.

use std::path::PathBuf;

use keyward_core::secret::Passphrase;

use super::{
    Access, AddSlotError, CommandLine, KeystoreAccount, OpenSlotError, PassEntry, PluginIdentity,
    SlotError, SlotKind, SlotName, WorkFactor, command, gpg, os, pass, passphrase, plugin, ssh,
};
use crate::identity::Identity;

/// A slot to be.
#[derive(Debug)]
pub enum NewSlot<'a> {
    /// A passphrase.
    Passphrase {
        /// The passphrase.
        passphrase: &'a Passphrase,
        /// The cost of trying one.
        work: WorkFactor,
    },
    /// The desktop's keystore.
    Os,
    /// An entry of `pass`, which is written.
    Pass {
        /// The entry.
        entry: PassEntry,
    },
    /// A GnuPG key.
    Gpg {
        /// The user's name for `gpg`: a fingerprint, a key id, an address.
        user: String,
    },
    /// An SSH key pair.
    Ssh {
        /// The private key.
        identity_file: PathBuf,
    },
    /// An age plugin.
    Plugin {
        /// The plugin's identity, as its `--identity` prints it.
        identity: PluginIdentity,
    },
    /// Another program.
    Command {
        /// Prints the identity.
        read: CommandLine,
        /// It receives the identity on its standard input, once. Without it, `read` must print the
        /// identity already.
        store: Option<CommandLine>,
    },
}

/// The result of [`NewSlot::make`].
pub(crate) struct Made {
    pub(crate) kind: SlotKind,
    /// The wrapped identity, for the kinds that keep it in a file.
    pub(crate) secret: Option<Vec<u8>>,
}

impl Made {
    fn in_file(kind: SlotKind, secret: Vec<u8>) -> Self {
        Self {
            kind,
            secret: Some(secret),
        }
    }

    fn elsewhere(kind: SlotKind) -> Self {
        Self { kind, secret: None }
    }
}

impl NewSlot<'_> {
    /// Wraps or stores the identity. Kinds that can be read back without a person are.
    pub(crate) fn make(
        self,
        name: &SlotName,
        vault: &Identity,
        access: &Access,
    ) -> Result<Made, AddSlotError> {
        let came_back = |read: Result<Identity, OpenSlotError>| match read {
            Ok(read) if read.recipient() == vault.recipient() => Ok(()),
            Ok(_) => Err(AddSlotError::DoesNotOpen(name.clone())),
            Err(error) => Err(AddSlotError::Make(error)),
        };
        match self {
            Self::Passphrase { passphrase, work } => Ok(Made::in_file(
                SlotKind::Passphrase,
                passphrase::wrap(vault, passphrase, work).map_err(SlotError::from)?,
            )),
            Self::Os => {
                let account = KeystoreAccount::random().map_err(AddSlotError::Random)?;
                os::store(&account, vault, access).map_err(AddSlotError::Make)?;
                came_back(os::read(&account, access))?;
                Ok(Made::elsewhere(SlotKind::Os { account }))
            }
            Self::Pass { entry } => {
                if pass::exists(&entry, access).map_err(AddSlotError::Make)? {
                    return Err(AddSlotError::EntryExists(entry));
                }
                pass::store(&entry, vault, access).map_err(AddSlotError::Make)?;
                Ok(Made::elsewhere(SlotKind::Pass { entry }))
            }
            Self::Gpg { user } => {
                let fingerprint = gpg::find_secret_key(&user, access)?;
                let secret = gpg::wrap(&fingerprint, vault, access).map_err(AddSlotError::Make)?;
                Ok(Made::in_file(SlotKind::Gpg { fingerprint }, secret))
            }
            Self::Ssh { identity_file } => {
                // Relative paths would mean another file from another folder.
                let identity_file = std::path::absolute(&identity_file).unwrap_or(identity_file);
                let (public_key, secret) =
                    ssh::wrap(&identity_file, vault).map_err(AddSlotError::Make)?;
                Ok(Made::in_file(
                    SlotKind::Ssh {
                        identity_file,
                        public_key,
                    },
                    secret,
                ))
            }
            Self::Plugin { identity } => {
                let secret = plugin::wrap(&identity, vault, access).map_err(AddSlotError::Make)?;
                Ok(Made::in_file(SlotKind::Plugin { identity }, secret))
            }
            Self::Command { read, store } => {
                if let Some(store) = store {
                    command::store(&store, vault, access).map_err(AddSlotError::Make)?;
                }
                came_back(command::read(&read, access))?;
                Ok(Made::elsewhere(SlotKind::Command { read }))
            }
        }
    }
}
