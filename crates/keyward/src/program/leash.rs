//! A program in a process group of its own, which is ended as a whole: at its limit by this
//! process, and by a small watcher when this process dies first, were it by a signal that cannot
//! be caught. The watcher is a shell that waits for the end of a pipe which only this process
//! holds open. It is there first, and the group is its own, so that no moment goes unwatched.
//!
//! A program at a terminal stays in our own group, and is ended one process after another.

#[cfg(unix)]
mod kin;

use std::io;
#[cfg(unix)]
use std::process::Stdio;
use std::process::{Child, Command};
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use self::kin::Kin;

/// How long a program that was asked to end may take to do so.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// What the watcher does. It ends by itself only when the pipe does.
#[cfg(unix)]
const WATCH: &str = "trap '' TERM; read -r _; kill -s TERM 0; sleep 1; kill -s KILL 0";

/// A stream that a program writes to.
#[cfg(unix)]
pub(super) trait Stream: std::io::Read + std::os::fd::AsFd + Send + 'static {}
#[cfg(unix)]
impl<T: std::io::Read + std::os::fd::AsFd + Send + 'static> Stream for T {}
#[cfg(not(unix))]
pub(super) trait Stream: std::io::Read + Send + 'static {}
#[cfg(not(unix))]
impl<T: std::io::Read + Send + 'static> Stream for T {}

/// Whether there is something to read now or within a moment, the end included.
#[cfg(unix)]
pub(super) fn readable(stream: &impl Stream) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let mut streams = [PollFd::new(stream, PollFlags::IN)];
    // A stream that cannot be polled is read, which tells what is wrong with it.
    match poll(&mut streams, Some(&moment)) {
        Ok(ready) => ready > 0,
        Err(error) => error != rustix::io::Errno::INTR,
    }
}

/// Pipes cannot be asked here: reading waits.
#[cfg(not(unix))]
pub(super) fn readable(_stream: &impl Stream) -> bool {
    true
}

/// The hold on a group: while it stands, the group ends with this process. Dropping it lets the
/// group go.
#[derive(Debug)]
pub(super) struct Leash {
    #[cfg(unix)]
    group: rustix::process::Pid,
    watcher: Option<Child>,
}

#[cfg(unix)]
impl Leash {
    /// Starts a program in a group of its own. A machine without a shell has no watcher.
    pub(super) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        use std::os::unix::process::CommandExt;
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

    fn send(&self, signal: rustix::process::Signal) {
        // A group that ended just now needs no signal.
        let _ = rustix::process::kill_process_group(self.group, signal);
    }
}

fn release(watcher: &mut Option<Child>) {
    if let Some(watcher) = watcher {
        // Before its pipe ends, which it would take for our death.
        let _ = watcher.kill();
        let _ = watcher.wait();
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        release(&mut self.watcher);
    }
}

#[cfg(not(unix))]
impl Leash {
    pub(super) fn start(command: &mut Command) -> io::Result<(Child, Self)> {
        Ok((command.spawn()?, Self { watcher: None }))
    }
}

/// Ends a program and what it has started, first politely: its whole group where it has one.
#[cfg(unix)]
pub(super) fn end(child: &mut Child, leash: Option<Leash>) {
    use rustix::process::Signal;
    match &leash {
        Some(leash) => {
            leash.send(Signal::TERM);
            wait(|| matches!(child.try_wait(), Ok(None)));
            leash.send(Signal::KILL);
        }
        None => end_with_kin(child),
    }
    // It may have ended just now, which is the same to us.
    let _ = child.kill();
    let _ = child.wait();
    drop(leash);
}

/// In our own group, which has the terminal: whoever changed that for a question gets the time to
/// give it back.
#[cfg(unix)]
fn end_with_kin(child: &Child) {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    // The number stays the child's until it is reaped, which nobody does here.
    let pid = Pid::from_child(child);
    let mut kin = Kin::of(pid);
    let _ = kill_process(pid, Signal::TERM);
    kin.send(Signal::TERM);
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    wait(|| matches!(waitid(WaitId::Pid(pid), look), Ok(None)) || kin.lives());
    // What was started meanwhile.
    kin.add(pid);
    let _ = kill_process(pid, Signal::KILL);
    kin.send(Signal::KILL);
}

/// Waits while something lives, for as long as a polite end may take.
#[cfg(unix)]
fn wait(mut lives: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while lives() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(not(unix))]
pub(super) fn end(child: &mut Child, leash: Option<Leash>) {
    let _ = child.kill();
    let _ = child.wait();
    drop(leash);
}
