//! Ends a program and what it has started. At a terminal a program shares our group, and its processes
//! are ended one by one. A process that has left the group, as a browser does, keeps running.
//!
//! An unattended program has a process group of its own, which is ended as a whole: at its limit by
//! this process, and by a small watcher when this process dies first, were it by a signal that
//! cannot be caught. The watcher is a shell that waits for the end of a pipe which only this
//! process holds open. It starts first, in its own group, so that no moment is unwatched.

#[cfg(unix)]
mod descendants;

use std::io;
#[cfg(unix)]
use std::process::Stdio;
use std::process::{Child, Command};
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use self::descendants::Descendants;

/// The time that a program has to end after the request.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// The script of the watcher. It ends by itself only when the pipe does.
#[cfg(unix)]
const WATCH: &str = "trap '' TERM; read -r _; kill -s TERM 0; sleep 1; kill -s KILL 0";

/// The hold on the group of a program: while it exists, the group ends with this process. Dropping
/// it releases the group. If the system has no such groups, a program ends alone.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    #[cfg(unix)]
    group: rustix::process::Pid,
    #[cfg(unix)]
    watcher: Option<Child>,
}

#[cfg(unix)]
impl ProcessGroup {
    /// Starts a program in a group of its own. A machine without a shell has no watcher.
    pub(crate) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        use std::os::unix::process::CommandExt as _;
        let mut watcher = Command::new("/bin/sh");
        watcher
            .args(["-c", WATCH])
            .current_dir("/")
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut watcher = watcher.spawn().ok();
        let group = watcher
            .as_ref()
            .map_or(Ok(0), |watcher| i32::try_from(watcher.id()));
        command.process_group(group.map_err(io::Error::other)?);
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                release(&mut watcher);
                return Err(error);
            }
        };
        let group = rustix::process::Pid::from_child(watcher.as_ref().unwrap_or(&child));
        Ok((child, Self { group, watcher }))
    }

    /// Ends the program and what it has started, first politely.
    pub(crate) fn end(self, child: &mut Child) {
        use rustix::process::{Signal, WaitId, WaitIdOptions, waitid};
        self.send(Signal::TERM);
        let until = Instant::now() + PATIENCE;
        // It is not reaped, so that the number of its group stays its own.
        let pid = rustix::process::Pid::from_child(child);
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        while matches!(waitid(WaitId::Pid(pid), look), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.send(Signal::KILL);
        // It may have left its group, or have ended just now, which is the same to us.
        let _ = child.kill();
        let _ = child.wait();
    }

    fn send(&self, signal: rustix::process::Signal) {
        // A group that ended just now needs no signal.
        let _ = rustix::process::kill_process_group(self.group, signal);
    }
}

impl ProcessGroup {
    /// Releases the group, as dropping does.
    pub(crate) fn let_go(self) {}
}

#[cfg(unix)]
fn release(watcher: &mut Option<Child>) {
    if let Some(watcher) = watcher {
        // Before its pipe ends, which would mean our death to it.
        let _ = watcher.kill();
        let _ = watcher.wait();
    }
}

#[cfg(unix)]
impl Drop for ProcessGroup {
    fn drop(&mut self) {
        release(&mut self.watcher);
    }
}

#[cfg(not(unix))]
impl ProcessGroup {
    /// Starts a program.
    pub(crate) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        Ok((command.spawn()?, Self {}))
    }

    /// Ends the program.
    pub(crate) fn end(self, child: &mut Child) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Ends a program and what it has started, first politely: its whole group where it has one.
pub(crate) fn end(child: &mut Child, group: Option<ProcessGroup>) {
    match group {
        Some(group) => group.end(child),
        None => end_one_by_one(child),
    }
}

/// In our own group, which has the terminal: a process that changed its modes for a question gets the
/// time to restore them.
#[cfg(unix)]
fn end_one_by_one(child: &mut Child) {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    // The number stays the child's until it is reaped, and nothing here reaps it.
    let pid = Pid::from_child(child);
    let mut descendants = Descendants::of(pid);
    let _ = kill_process(pid, Signal::TERM);
    descendants.send(Signal::TERM);
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    wait(|| matches!(waitid(WaitId::Pid(pid), look), Ok(None)) || descendants.lives());
    // Programs that started in the meantime end too.
    descendants.add(pid);
    let _ = kill_process(pid, Signal::KILL);
    descendants.send(Signal::KILL);
    let _ = child.wait();
}

/// Waits while a process of the group lives, for as long as a polite end may take.
#[cfg(unix)]
fn wait(mut lives: impl FnMut() -> bool) {
    // A machine that runs tests may be slow, and what they ask to end does.
    let patience = match cfg!(test) {
        true => Duration::from_secs(60),
        false => PATIENCE,
    };
    let until = Instant::now() + patience;
    while lives() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(not(unix))]
fn end_one_by_one(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
