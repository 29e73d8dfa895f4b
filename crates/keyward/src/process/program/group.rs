//! Ends a program and its descendants. An unattended program has its own process group, which is ended
//! as a whole. At a terminal it shares ours, and its processes are ended one by one. A process that has
//! left the group, as a browser does, keeps running in both cases.

#[cfg(unix)]
mod descendants;

use std::process::Child;
#[cfg(unix)]
use std::time::{Duration, Instant};

pub(super) use keyward_vault::ProcessGroup;

#[cfg(unix)]
use self::descendants::Descendants;

/// How long a program that was asked to end may take to do so. A machine that runs tests may be
/// slow, and what they ask ends.
#[cfg(unix)]
const PATIENCE: Duration = match cfg!(test) {
    true => Duration::from_secs(60),
    false => Duration::from_millis(500),
};

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

/// Ends a program and what it has started, first politely: its whole group where it has one.
pub(super) fn end(child: &mut Child, group: Option<ProcessGroup>) {
    match group {
        Some(group) => group.end(child),
        None => end_with_kin(child),
    }
}

/// In our own group, which has the terminal: a process that changed its modes for a question gets the
/// time to restore them.
#[cfg(unix)]
fn end_with_kin(child: &mut Child) {
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    // The number stays the child's until it is reaped, and nothing here reaps it.
    let pid = Pid::from_child(child);
    let mut descendants = Descendants::of(pid);
    let _ = kill_process(pid, Signal::TERM);
    descendants.send(Signal::TERM);
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    wait(|| matches!(waitid(WaitId::Pid(pid), look), Ok(None)) || descendants.lives());
    // What was started meanwhile.
    descendants.add(pid);
    let _ = kill_process(pid, Signal::KILL);
    descendants.send(Signal::KILL);
    let _ = child.wait();
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
fn end_with_kin(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
