//! What the process denies to others before it holds a secret.

/// Turns off core dumps and, on Linux, tracing and `/proc` reads by other processes of the same
/// user. If the system refuses either, keyward continues.
#[cfg(unix)]
pub(crate) fn before_any_secret() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Core);
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: limit.maximum,
        },
    );
    #[cfg(target_os = "linux")]
    {
        let _ =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
pub(crate) fn before_any_secret() {}
