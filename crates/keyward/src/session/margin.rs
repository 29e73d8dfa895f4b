//! The margin of a renewal: the life that credentials must have left to be used.

use std::time::Duration;

/// For a session that a person must type a code for: it is used up to its last minutes.
pub(super) const WITH_CODE: Duration = Duration::from_secs(5 * 60);

/// For a session that is renewed without a person: early enough for SDKs not to ask again at once.
pub(super) const SILENT: Duration = Duration::from_secs(15 * 60);

/// For anything whose renewal has failed.
pub(super) const LAST_RESORT: Duration = Duration::from_secs(60);
