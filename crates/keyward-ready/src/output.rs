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
/// Standard output cannot be written.
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
/// that was started by them passes its own on. In doubt, nothing was closed.
#[cfg(target_os = "linux")]
fn was_closed_by_a_shell(stream: u8) -> bool {
    const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "busybox", "fish"];
    /// Programs that wait for a child to which they pass their streams on.
    const WRAPPERS: [&str; 2] = ["timeout", "time"];
    let own = std::fs::read_link(format!("/proc/self/fd/{stream}"));
    if !own.is_ok_and(|to| to.as_os_str() == "/dev/null") {
        return false;
    }
    let mut parent = rustix::process::getppid().map(|id| id.as_raw_nonzero().get());
    while let Some(id) = parent {
        let Ok(name) = std::fs::read_to_string(format!("/proc/{id}/comm")) else {
            return false;
        };
        let name = name.trim_end();
        if SHELLS.contains(&name) {
            return matches!(stream_of(id, stream), Stream::Closed | Stream::Elsewhere);
        }
        if !WRAPPERS.contains(&name) || stream_of(id, stream) != Stream::Closed {
            return false;
        }
        parent = parent_of(id);
    }
    false
}

/// The destination of another program's stream.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Null,
    Elsewhere,
    Closed,
    /// The program has ended, or belongs to another user.
    Unknown,
}

#[cfg(target_os = "linux")]
fn stream_of(process: i32, stream: u8) -> Stream {
    let open = format!("/proc/{process}/fd");
    match std::fs::read_link(format!("{open}/{stream}")) {
        Ok(to) if to.as_os_str() == "/dev/null" => Stream::Null,
        Ok(_) => Stream::Elsewhere,
        // The folder is gone as well once the program has ended.
        Err(error) if error.kind() == io::ErrorKind::NotFound => match std::fs::read_dir(open) {
            Ok(_) => Stream::Closed,
            Err(_) => Stream::Unknown,
        },
        Err(_) => Stream::Unknown,
    }
}

/// The parent of a program. Its line in `stat` has the name in brackets, then the state, then the parent.
#[cfg(target_os = "linux")]
fn parent_of(process: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}

/// Other systems do not report it.
#[cfg(all(unix, not(target_os = "linux")))]
fn was_closed_by_a_shell(_stream: u8) -> bool {
    false
}
