//! The places where a test can make the program die or the vault refuse a write. In release
//! builds there are none: the functions are empty, and no variable is read.

use std::time::Duration;

use keyward_vault::Paths;

/// Goes through a named place: `before`, the work, `after`.
pub(crate) fn through<T>(name: &str, paths: &Paths, work: impl FnOnce() -> T) -> T {
    reach(name, "before", paths);
    let done = work();
    reach(name, "after", paths);
    done
}

/// Returns the pause between two looks: as given, or as a test says.
pub(crate) fn pace(usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(ms) =
        crate::environment::get(crate::environment::TEST_PACE_MS).and_then(|text| text.parse().ok())
    {
        return Duration::from_millis(ms);
    }
    usual
}

#[cfg(not(debug_assertions))]
fn reach(_name: &str, _side: &str, _paths: &Paths) {}

/// `KEYWARD_TEST_POINT=NAME:before`, `NAME:after` kill the process there;
/// `NAME:unwritable` makes the vault refuse the write that follows.
#[cfg(debug_assertions)]
fn reach(name: &str, side: &str, paths: &Paths) {
    use crate::environment as env;
    if side == "before" {
        keyward_ready::trace::note(name);
    }
    let Some(wanted) = env::get(env::TEST_POINT) else {
        return;
    };
    if wanted == format!("{name}:{side}") {
        // No drop runs and no buffer is flushed, as when the power goes.
        std::process::abort();
    }
    if side == "before" && wanted == format!("{name}:unwritable") {
        // A folder cannot be opened for writing, not even by root.
        let lock = paths.locks().join("vault.lock");
        let _ = std::fs::remove_file(&lock);
        let _ = std::fs::create_dir(&lock);
    }
}
