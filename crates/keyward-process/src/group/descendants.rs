//! The program's descendants in our process group, each held by a pidfd, because process numbers are
//! reused. A process that has left the group, such as a browser, was not meant to end with the
//! program. Linux only.

#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

use rustix::process::{Pid, Signal};

/// The children of a program, and theirs.
#[derive(Debug, Default)]
pub(super) struct Descendants {
    #[cfg(target_os = "linux")]
    held: Vec<OwnedFd>,
}

#[cfg(target_os = "linux")]
impl Descendants {
    /// Holds them. The program must not have been reaped, so that its number is its own.
    pub(super) fn of(program: Pid) -> Self {
        let mut descendants = Self::default();
        descendants.add(program);
        descendants
    }

    /// Holds what has come since, too.
    pub(super) fn add(&mut self, program: Pid) {
        self.held.extend(held_below(program));
    }

    /// Sends a signal to each that lives.
    pub(super) fn send(&self, signal: Signal) {
        for each in &self.held {
            // An ended process is gone, and the pidfd names no other one.
            let _ = rustix::process::pidfd_send_signal(each, signal);
        }
    }

    /// Whether one of them has not ended.
    pub(super) fn lives(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // It can be read once the process has ended.
        self.held.iter().any(|each| {
            let mut look = [PollFd::new(each, PollFlags::IN)];
            poll(&mut look, Some(&now)) == Ok(0)
        })
    }
}

#[cfg(target_os = "linux")]
fn held_below(parent: Pid) -> Vec<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};
    let mut all = Vec::new();
    for child in children(parent) {
        // Nor does what it starts in turn.
        if !is_in_our_group(child) {
            continue;
        }
        // Systems from before 2019 give no descriptors; what we have started ourselves ends there.
        let Ok(held) = pidfd_open(child, PidfdFlags::empty()) else {
            continue;
        };
        let below = held_below(child);
        // If the number is not a child's now, it may have belonged to another process before.
        if children(parent).contains(&child) {
            all.push(held);
            all.extend(below);
        }
    }
    all
}

/// Whether the terminal's keys would reach it as they reach us.
#[cfg(target_os = "linux")]
fn is_in_our_group(process: Pid) -> bool {
    use rustix::process::{getpgid, getpgrp};
    getpgid(Some(process)).is_ok_and(|group| group == getpgrp())
}

/// The present children, whichever thread has started them.
#[cfg(target_os = "linux")]
fn children(parent: Pid) -> Vec<Pid> {
    let path = format!("/proc/{}/task", parent.as_raw_nonzero());
    let Ok(threads) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        let listed = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let numbers = listed.split_whitespace();
        found.extend(numbers.filter_map(|number| Pid::from_raw(number.parse().ok()?)));
    }
    found
}

#[cfg(not(target_os = "linux"))]
impl Descendants {
    pub(super) fn of(_: Pid) -> Self {
        Self::default()
    }

    pub(super) fn add(&mut self, _: Pid) {}

    pub(super) fn send(&self, _: Signal) {}

    pub(super) fn lives(&self) -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
