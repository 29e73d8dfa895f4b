//! Standard output, and whether it accepts data. The runtime opens `/dev/null` in the place of a closed
//! stream, and drops data for a read-only stream. keyward would then lose data without an error.

use std::io;

/// Writes data that is safe for a terminal as it is. A closed pipe is not an error.
///
/// # Errors
/// Standard output accepts nothing, or not all of it.
#[cfg(unix)]
pub fn write(text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    refuse_closed()?;
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        // Without a buffer, which would keep a copy of a secret.
        match rustix::io::write(rustix::stdio::stdout(), rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => rest = &rest[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::PIPE) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Refuses a standard output that may only be read, or that a shell closed (`>&-`).
///
/// # Errors
/// Standard output takes nothing.
#[cfg(unix)]
pub fn refuse_closed() -> io::Result<()> {
    use rustix::fs::OFlags;
    let Ok(flags) = rustix::fs::fcntl_getfl(rustix::stdio::stdout()) else {
        return Ok(());
    };
    let mode = flags & OFlags::RWMODE;
    let closed = mode == OFlags::RDONLY || (mode == OFlags::RDWR && was_closed_by_a_shell(1));
    match closed {
        true => Err(io::Error::other("standard output is closed")),
        false => Ok(()),
    }
}

/// Closes standard output and standard error for children where a shell closed them (`>&-`). With
/// the runtime's `/dev/null` in their place, a child would lose data without an error.
#[cfg(unix)]
pub fn close_for_children() {
    use rustix::fs::OFlags;
    use rustix::io::FdFlags;
    for (stream, number) in [(rustix::stdio::stdout(), 1), (rustix::stdio::stderr(), 2)] {
        let both = rustix::fs::fcntl_getfl(stream)
            .is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR);
        if both && was_closed_by_a_shell(number) {
            let _ = rustix::io::fcntl_setfd(stream, FdFlags::CLOEXEC);
        }
    }
}

/// Windows does not report it.
#[cfg(not(unix))]
pub fn close_for_children() {}

/// Windows does not report it.
///
/// # Errors
/// None.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
pub fn refuse_closed() -> io::Result<()> {
    Ok(())
}

/// Whether `/dev/null` is there because a shell closed the stream of this number. A shell that
/// redirects there opens it for writing alone. Other programs open it for both, and so does the runtime; a shell
/// that was started by them passes its own on.
#[cfg(target_os = "linux")]
fn was_closed_by_a_shell(stream: u8) -> bool {
    const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "busybox", "fish"];
    let is_null = |path: &str| std::fs::read_link(path).map(|to| to.as_os_str() == "/dev/null");
    if !is_null(&format!("/proc/self/fd/{stream}")).unwrap_or(false) {
        return false;
    }
    let Some(parent) = rustix::process::getppid() else {
        return false;
    };
    let of_parent = |name: &str| format!("/proc/{}/{name}", parent.as_raw_nonzero());
    let name = std::fs::read_to_string(of_parent("comm")).unwrap_or_default();
    let passed_on = match is_null(&of_parent(&format!("fd/{stream}"))) {
        Ok(null) => null,
        // The parent's own is closed as well, such as that of `timeout` under a shell.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return true,
        Err(_) => true,
    };
    SHELLS.contains(&name.trim_end()) && !passed_on
}

/// Other systems do not report it.
#[cfg(all(unix, not(target_os = "linux")))]
fn was_closed_by_a_shell(_stream: u8) -> bool {
    false
}
