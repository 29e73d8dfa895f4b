//! Every conversion from a library's error, with its exit code and its hints.

use keyward_aws::CallError;
use keyward_core::chain::ResolveError;
use keyward_core::config::ParseError;
use keyward_vault::{
    AddSlotError, ChangedOutside, CreateError, Damage, DiskError, IndexError, LockError, LostVault,
    NoMemory, OpenAnyError, OpenSlotError, ReadError, RemoveSlotError, RestoreError, SessionError,
    SetAsideError, SlotError, UnlockError, UnlockSlotError, UpdateError, VaultChange,
};

use super::resolve_fix::fix;
use super::{CliError, ErrorKind, Given, elsewhere};
use crate::environment::NotText;

impl From<ParseError> for CliError {
    fn from(error: ParseError) -> Self {
        let hint = error.fix();
        Self::usage(error.to_string()).hint(hint)
    }
}

impl From<NotText> for CliError {
    fn from(error: NotText) -> Self {
        let NotText(name) = error;
        Self::usage(error.to_string()).hint(format!("set {name} again, or unset it"))
    }
}

impl From<ResolveError> for CliError {
    fn from(error: ResolveError) -> Self {
        let hint = fix(&error);
        Self::wrapping(ErrorKind::Usage, error).hint(hint)
    }
}

impl From<CallError> for CliError {
    fn from(error: CallError) -> Self {
        let steps = error.next_steps();
        let kind = match &error {
            CallError::CaBundle { .. }
            | CallError::NamedRoots { .. }
            | CallError::Request { .. } => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        };
        Self::wrapping(kind, error).hint_all(steps)
    }
}

impl From<UnlockError> for CliError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Slot(error) => error.into(),
            UnlockError::Read(error) => error.into(),
            error => {
                Self::new(ErrorKind::VaultClosed, error.to_string()).hint("keyward vault status")
            }
        }
    }
}

impl From<OpenAnyError> for CliError {
    fn from(error: OpenAnyError) -> Self {
        match error {
            OpenAnyError::WrongPassphrase { .. } => Self::new(
                ErrorKind::VaultClosed,
                "that passphrase does not open the vault",
            )
            .hint("keyward vault slot list   (another slot may open it)"),
            OpenAnyError::NoneOpens { tried } => {
                // The helper may have timed out waiting for a PIN or a touch.
                let waits = |why: &UnlockSlotError| {
                    matches!(
                        why,
                        UnlockSlotError::Slot(OpenSlotError::ProgramTooSlow { .. })
                    )
                };
                let kind = match tried.iter().any(|(_, why)| waits(why)) {
                    true => ErrorKind::PersonNeeded,
                    false => ErrorKind::VaultClosed,
                };
                let error = Self::new(kind, "no slot opens the vault");
                let error = tried.iter().fold(error, |error, (slot, why)| {
                    error.hint(format!("slot `{slot}`: {}", super::last_cause(why)))
                });
                match tried.iter().all(|(_, why)| is_lost(why)) {
                    true => error.hint_all(way_back()),
                    false => error,
                }
            }
            OpenAnyError::Slots(error) => error.into(),
            OpenAnyError::Read(error) => error.into(),
        }
    }
}

/// Whether a slot's own files are what keeps it closed, which no person and no device changes.
fn is_lost(why: &UnlockSlotError) -> bool {
    matches!(
        why,
        UnlockSlotError::Slot(
            OpenSlotError::Gone { .. }
                | OpenSlotError::Damaged { .. }
                | OpenSlotError::OtherKey { .. }
        ) | UnlockSlotError::Read(ReadError::OtherKey(_))
    )
}

/// The next step when no slot can open the vault.
fn way_back() -> [String; 2] {
    [
        "restore the folder `slots`, beside `vault.age`, from a backup".to_owned(),
        "or move the folder of both away, and take the keys from an export: keyward vault import FILE"
            .to_owned(),
    ]
}

/// No slot can open the vault, as its files show.
pub(crate) fn nothing_opens() -> CliError {
    CliError::new(ErrorKind::VaultClosed, "no slot opens the vault").hint_all(way_back())
}

impl From<ChangedOutside> for CliError {
    fn from(error: ChangedOutside) -> Self {
        let closed = Self::new(ErrorKind::VaultClosed, error.to_string());
        if error.changes.iter().any(VaultChange::loses_changes) {
            return closed
                .hint("look for the other copy of `vault.age` that the syncing program kept, and put it back")
                .hint("to give up the last changes of this machine instead: keyward vault accept");
        }
        closed
            .hint("if you changed it, for example from a backup: keyward vault accept")
            .hint("if not, enter no passphrase and store no key there; `keyward vault slot list` shows what would open it")
    }
}

impl From<ReadError> for CliError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing(_) => Self::new(ErrorKind::VaultClosed, "there is no vault yet")
                .hint("keyward add PROFILE"),
            ReadError::Damaged(damage) => damage.into(),
            ReadError::Lost(lost) => lost.into(),
            ReadError::Disk(error) => error.into(),
            ReadError::ChangedOutside(changed) => changed.into(),
            ReadError::OtherKey(_) | ReadError::Newer { .. } => {
                Self::new(ErrorKind::VaultClosed, error.to_string())
            }
        }
    }
}

impl From<Damage> for CliError {
    fn from(damage: Damage) -> Self {
        let error = Self::new(ErrorKind::VaultClosed, damage.to_string());
        match damage.previous {
            Some(_) => error.hint("keyward vault restore"),
            None => error.hint("keyward vault restore --from FILE, if you have a copy"),
        }
    }
}

impl From<LostVault> for CliError {
    fn from(lost: LostVault) -> Self {
        Self::new(ErrorKind::VaultClosed, lost.to_string())
            .hint("mount the disk that the vault is on, or put the file back from a backup: keyward vault restore --from FILE")
            .hint("if it is gone for good: keyward vault accept   (it keeps what is left under other names; then a new vault can be made)")
    }
}

impl From<SetAsideError> for CliError {
    fn from(error: SetAsideError) -> Self {
        match error {
            SetAsideError::Disk(error) => error.into(),
            SetAsideError::Lock(error) => error.into(),
            SetAsideError::Exists(_) => Self::failed(error.to_string()),
        }
    }
}

impl From<RemoveSlotError> for CliError {
    fn from(error: RemoveSlotError) -> Self {
        match error {
            RemoveSlotError::Slot(error) => error.into(),
            RemoveSlotError::Read(error) => error.into(),
            RemoveSlotError::Lock(error) => error.into(),
        }
    }
}

impl From<CreateError> for CliError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists(_) => Self::failed(error.to_string()),
            CreateError::PreviousExists(_) => {
                Self::failed(error.to_string()).hint("keyward vault restore")
            }
            CreateError::Lost(lost) => lost.into(),
            CreateError::FirstSlot(error) => Self::new(
                ErrorKind::VaultClosed,
                "the vault's first slot could not be made",
            )
            .because(error),
            CreateError::Slot(error) => error.into(),
            CreateError::Disk(error) => error.into(),
            CreateError::Lock(error) => error.into(),
        }
    }
}

impl From<UpdateError> for CliError {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::Read(error) => error.into(),
            UpdateError::Disk(error) => error.into(),
            UpdateError::Lock(error) => error.into(),
            UpdateError::Index(cause) => {
                Self::failed("the vault is written, but not its index").because(cause)
            }
        }
    }
}

impl From<RestoreError> for CliError {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Disk(error) => error.into(),
            RestoreError::Lock(error) => error.into(),
            RestoreError::Open(error) => error.into(),
            RestoreError::NoCopy(_) | RestoreError::DamagedToo(_) => {
                Self::failed(error.to_string())
                    .hint(
                        "keyward vault restore --from FILE   (a copy of `vault.age` from a backup)",
                    )
                    .hint("keyward vault import FILE   (what `keyward vault export` wrote)")
            }
            RestoreError::Changed(_) => {
                Self::failed(error.to_string()).hint("run it again: it reads the changes")
            }
        }
    }
}

/// The fix for a folder that is not keyward's alone.
const OWN_FOLDER: &str = "set KEYWARD_HOME to a folder that does not exist yet; keyward makes it";

impl From<DiskError> for CliError {
    fn from(error: DiskError) -> Self {
        let fix = error.fix();
        let message = error.to_string();
        let converted = match error {
            DiskError::Io { path, source, .. } => {
                let next = elsewhere(&path, Given::File, &source);
                Self::failed(message).because(source).hint_all(next)
            }
            DiskError::TooOpen { .. } => Self::new(ErrorKind::VaultClosed, message),
            DiskError::OtherFolder { .. } => {
                Self::new(ErrorKind::VaultClosed, message).hint(OWN_FOLDER)
            }
        };
        converted.hint_all(fix)
    }
}

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        if let LockError::Held { holder, .. } = error {
            return Self::new(
                ErrorKind::PersonNeeded,
                "another keyward is changing the vault, and has not finished",
            )
            .because(error)
            .hint(super::how_to_go_on(holder));
        }
        // keyward can use neither a lock nor a vault there.
        if let LockError::Disk(folder @ DiskError::OtherFolder { .. }) = error {
            return folder.into();
        }
        let denied = matches!(&error, LockError::Disk(error) if error.kind() == Some(std::io::ErrorKind::PermissionDenied));
        let next = match &error {
            LockError::Disk(DiskError::Io { path, source, .. }) if !denied => {
                elsewhere(path, Given::File, source)
            }
            _ => None,
        };
        let converted = Self::failed("the vault's lock is unavailable").because(error);
        match denied {
            true => converted.hint(
                "the folder must belong to you and be writable: `ls -ln` shows the owner of each file, \
                 such as root's after a `sudo keyward`",
            ),
            false => converted.hint_all(next),
        }
    }
}

impl From<SlotError> for CliError {
    fn from(error: SlotError) -> Self {
        match error {
            SlotError::Disk(error) => error.into(),
            SlotError::Lock(error) => error.into(),
            SlotError::Damaged { .. } => Self::new(ErrorKind::VaultClosed, error.to_string()),
            SlotError::Memory(error) => error.into(),
            SlotError::Missing(_) => Self::usage(error.to_string()).hint("keyward vault slot list"),
            SlotError::Exists(_) => Self::usage(error.to_string()).hint("give another with --name"),
            SlotError::Last(_) => {
                Self::usage(error.to_string()).hint("keyward vault slot add --help")
            }
        }
    }
}

impl From<NoMemory> for CliError {
    fn from(error: NoMemory) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<AddSlotError> for CliError {
    fn from(error: AddSlotError) -> Self {
        match error {
            AddSlotError::Slot(error) => error.into(),
            error => Self::failed("the slot was not added").because(error),
        }
    }
}

impl From<IndexError> for CliError {
    fn from(error: IndexError) -> Self {
        let hint = match &error {
            IndexError::Disk(DiskError::Io { path, source, .. })
                if source.kind() == std::io::ErrorKind::NotADirectory =>
            {
                let folder = path.parent().unwrap_or(path);
                format!(
                    "`{}` is not a folder: set KEYWARD_HOME to one",
                    folder.display()
                )
            }
            IndexError::Disk(DiskError::Io { path, .. }) => {
                format!("move `{}` away; keyward makes it", path.display())
            }
            IndexError::Disk(DiskError::OtherFolder { .. }) => OWN_FOLDER.to_owned(),
            IndexError::Disk(disk) => disk
                .fix()
                .unwrap_or_else(|| "remove the link; keyward makes the file anew".to_owned()),
            IndexError::Newer { .. } => "use the newer keyward that wrote it".to_owned(),
            _ => "keyward vault status".to_owned(),
        };
        Self::failed("the list of keys beside the vault cannot be read")
            .because(error)
            .hint(hint)
    }
}

impl From<SessionError> for CliError {
    fn from(error: SessionError) -> Self {
        let holder = match &error {
            SessionError::Busy { holder } => Some(*holder),
            _ => None,
        };
        let converted = Self::failed("the kept sessions cannot be reached").because(error);
        match holder {
            Some(holder) => converted
                .of_kind(ErrorKind::PersonNeeded)
                .hint(super::how_to_go_on(holder)),
            None => converted.hint("keyward lock   (forgets all that is left, when that is fixed)"),
        }
    }
}

#[cfg(test)]
mod tests;
