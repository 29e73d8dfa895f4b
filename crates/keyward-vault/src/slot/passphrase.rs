//! The passphrase slot: the vault's identity under age's scrypt recipient.

use age::secrecy::SecretString;
use keyward_core::secret::Passphrase;
use zeroize::Zeroizing;

use crate::identity::{self, Identity};

/// The highest work factor that keyward opens: 2^22 costs about ten seconds and 4 GiB. A higher one would
/// hang the program.
const MOST_WORK: u8 = 22;
/// The lowest work factor of a new slot. A machine under load measures less than it can do, and the
/// file outlives the load.
const LEAST_WORK: u8 = 17;
/// The highest work factor that a measurement of one second comes to, with room for faster machines.
const MOST_MEASURED: u8 = 20;
/// The work factor that takes about a second on most machines.
const USUAL_WORK: u8 = 18;
/// The bytes of one block of scrypt, as age sets it.
const BLOCK: u64 = 128 * 8;

/// The work of trying one passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFactor(Option<u8>);

/// A work factor outside 1 to 22.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a work factor is 1 to 22, not {0}")]
pub struct InvalidWorkFactor(u8);

impl WorkFactor {
    /// About one second on this machine, and never less than N = 2^17.
    #[must_use]
    pub const fn one_second() -> Self {
        Self(None)
    }

    /// Scrypt with N = 2^`log_n`, and never less than N = 2^17. Each step doubles time and memory.
    ///
    /// # Errors
    /// `log_n` is not 1 to 22.
    pub fn at_least(log_n: u8) -> Result<Self, InvalidWorkFactor> {
        Self::fixed(log_n)?;
        Self::fixed(log_n.max(LEAST_WORK))
    }

    /// Scrypt with N = 2^`log_n`, for passphrases that need no protection. Each step doubles time
    /// and memory; 18 is about a second.
    ///
    /// # Errors
    /// `log_n` is not 1 to 22.
    pub const fn fixed(log_n: u8) -> Result<Self, InvalidWorkFactor> {
        if 1 <= log_n && log_n <= MOST_WORK {
            Ok(Self(Some(log_n)))
        } else {
            Err(InvalidWorkFactor(log_n))
        }
    }
}

/// The process may not have the memory that the work on a passphrase takes. Rust would end the whole
/// program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a passphrase of this strength takes {mebibytes} MiB of memory, more than this process may have; \
     raise its limit (`ulimit -v`)"
)]
pub struct NoMemory {
    /// The memory of one attempt.
    mebibytes: u64,
}

impl NoMemory {
    /// Refuses scrypt with N = 2^`log_n` if this process may not have its memory now.
    ///
    /// Source: <https://www.rfc-editor.org/rfc/rfc7914#section-2>, with age's block size of 8
    pub(super) fn check(log_n: u8) -> Result<(), Self> {
        let bytes = BLOCK << log_n;
        let mut memory: Vec<u8> = Vec::new();
        // A machine of 32 bits cannot even name the size of some.
        let fits = usize::try_from(bytes).is_ok_and(|size| memory.try_reserve_exact(size).is_ok());
        // Seen by the compiler as used, so that it asks for the memory.
        std::hint::black_box(&memory);
        match fits {
            true => Ok(()),
            false => Err(Self {
                mebibytes: bytes >> 20,
            }),
        }
    }
}

/// The reasons why a passphrase slot did not open.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The passphrase is another one.
    WrongPassphrase,
    /// The file is damaged.
    Damaged(Option<Box<age::DecryptError>>),
    /// The file asks for more work than [`MOST_WORK`].
    TooMuchWork,
    /// The process may not have the memory.
    NoMemory(NoMemory),
}

pub(crate) fn wrap(
    vault: &Identity,
    passphrase: &Passphrase,
    work: WorkFactor,
) -> Result<Vec<u8>, NoMemory> {
    // The identity is exposed because it is what the slot wraps.
    seal(vault.expose().as_bytes(), passphrase, work)
}

/// Encrypts any content to a passphrase.
pub(crate) fn seal(
    content: &[u8],
    passphrase: &Passphrase,
    work: WorkFactor,
) -> Result<Vec<u8>, NoMemory> {
    let work = within_memory(work, &NoMemory::check)?;
    let seal_at = |log_n: Option<u8>| {
        let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
        if let Some(log_n) = log_n {
            recipient.set_work_factor(log_n);
        }
        identity::seal_to(&recipient, content).expect("one scrypt recipient and memory do not fail")
    };
    let sealed = seal_at(work.0);
    Ok(match work {
        WorkFactor(None) => at_least(sealed, || seal_at(Some(LEAST_WORK))),
        WorkFactor(Some(_)) => sealed,
    })
}

/// The work, or less where a measurement could ask for more memory than this process may have.
pub(super) fn within_memory(
    work: WorkFactor,
    check: &dyn Fn(u8) -> Result<(), NoMemory>,
) -> Result<WorkFactor, NoMemory> {
    let Some(log_n) = work.0 else {
        if check(MOST_MEASURED).is_ok() {
            return Ok(work);
        }
        if check(USUAL_WORK).is_ok() {
            return Ok(WorkFactor(Some(USUAL_WORK)));
        }
        return check(LEAST_WORK).map(|()| WorkFactor(Some(LEAST_WORK)));
    };
    check(log_n).map(|()| work)
}

/// The file as it was measured, or again with [`LEAST_WORK`] where that came out lower.
pub(super) fn at_least(sealed: Vec<u8>, again: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    match work_of(&sealed) {
        Some(log_n) if log_n >= LEAST_WORK => sealed,
        _ => again(),
    }
}

/// The work factor in the header of an age file: the last word of its scrypt stanza.
///
/// Source: <https://github.com/C2SP/C2SP/blob/main/age.md>
pub(super) fn work_of(file: &[u8]) -> Option<u8> {
    let mut lines = file.split(|byte| *byte == b'\n');
    let stanza = lines.find(|line| line.starts_with(b"-> scrypt "))?;
    let word = stanza.rsplit(|byte| *byte == b' ').next()?;
    std::str::from_utf8(word).ok()?.parse().ok()
}

pub(crate) fn unwrap(file: &[u8], passphrase: &Passphrase) -> Result<Identity, Refused> {
    let content = open(file, passphrase)?;
    let text = std::str::from_utf8(&content).map_err(|_| Refused::Damaged(None))?;
    text.parse().map_err(|_| Refused::Damaged(None))
}

/// Decrypts any content with its passphrase.
pub(crate) fn open(file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let mut opener = age::scrypt::Identity::new(secret(passphrase));
    opener.set_max_work_factor(MOST_WORK);
    if let Some(log_n) = work_of(file).filter(|log_n| *log_n <= MOST_WORK) {
        NoMemory::check(log_n).map_err(Refused::NoMemory)?;
    }
    identity::open_with(&opener, file).map_err(|error| match error {
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => {
            Refused::WrongPassphrase
        }
        // Its own message counts rounds in a number that overflows.
        age::DecryptError::ExcessiveWork { .. } => Refused::TooMuchWork,
        other => Refused::Damaged(Some(Box::new(other))),
    })
}

/// The passphrase is exposed because age derives the key from it.
fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.expose().to_owned())
}
