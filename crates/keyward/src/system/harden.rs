//! The hardening of the process before it holds a secret, and the limits that it restores for the
//! command that it runs for the person.

#[cfg(not(unix))]
pub(crate) use keyward_ready::harden::give_back_core_limit;
pub(crate) use keyward_ready::harden::with_core_limit;

/// Closes this process to others. A write beyond the limit of file sizes becomes an error instead of
/// a signal that ends the process.
pub(crate) fn before_any_secret() {
    keyward_ready::harden::before_any_secret();
    #[cfg(unix)]
    {
        // Caught and not ignored: a command that replaces this process would inherit that.
        let caught = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, caught);
    }
}

/// Whether the limit of the main thread's stack (`ulimit -s`) is smaller than any system's default.
pub(crate) fn has_small_stack() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        let limit = getrlimit(Resource::Stack).current;
        limit.is_some_and(|bytes| bytes < 2 << 20)
    }
    #[cfg(not(unix))]
    false
}
