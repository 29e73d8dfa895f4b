//! The hardening of the process before it holds a secret, and the limits that it restores for the
//! program that replaces it.

#[cfg(unix)]
mod limits {
    use std::sync::OnceLock;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// The core limit that this process was started with.
    static CORE: OnceLock<Rlimit> = OnceLock::new();

    /// Turns off core dumps and, on Linux, tracing and `/proc` reads by other processes of the same
    /// user. If the system refuses any of it, keyward continues.
    pub fn before_any_secret() {
        deny_core_dumps(CORE.get_or_init(|| getrlimit(Resource::Core)));
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{DumpableBehavior, set_dumpable_behavior};
            let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        }
    }

    /// Restores the core limit from the start of this process, because `exec` replaces it with
    /// another program.
    pub fn give_back_core_limit() {
        if let Some(core) = CORE.get() {
            let _ = setrlimit(Resource::Core, *core);
        }
    }

    /// Starts a child that runs beside this process with the core limit that the person has. This
    /// process has it in the meantime; on Linux it still leaves no core dump.
    pub fn with_core_limit<T>(start: impl FnOnce() -> T) -> T {
        give_back_core_limit();
        let started = start();
        if let Some(core) = CORE.get() {
            deny_core_dumps(core);
        }
        started
    }

    /// Whether a write cannot end this process by the signal of the limit of file sizes. The whole
    /// program catches that signal.
    #[must_use]
    pub fn files_may_grow() -> bool {
        getrlimit(Resource::Fsize).current.is_none()
    }

    fn deny_core_dumps(core: &Rlimit) {
        let none = Rlimit {
            current: Some(0),
            maximum: core.maximum,
        };
        let _ = setrlimit(Resource::Core, none);
    }
}

#[cfg(not(unix))]
mod limits {
    /// This system has nothing to deny.
    pub fn before_any_secret() {}

    /// This system has no such limit.
    pub fn give_back_core_limit() {}

    /// This system has no such limit.
    pub fn with_core_limit<T>(start: impl FnOnce() -> T) -> T {
        start()
    }
}

#[cfg(unix)]
pub use limits::files_may_grow;
pub use limits::{before_any_secret, give_back_core_limit, with_core_limit};
