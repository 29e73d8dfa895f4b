//! A shell that stops itself by `suspend`. It has a process group of its own, so keyward stops with it, or the
//! outer shell would wait for ever, and continues it as soon as keyward itself is continued. A command in
//! keyward's own group stops by Ctrl-Z together with keyward, and needs nothing.

use std::io;
use std::thread::sleep;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, getpgid, getpgrp, kill_current_process_group,
    kill_process_group, waitid,
};

use crate::prompt::terminal::Foreground;

/// The number of looks whether the child is continued, and the pause between them.
const LOOKS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// Waits for the end of the child and does not reap it.
pub(super) fn wait_for_end(child: Pid) -> io::Result<()> {
    loop {
        let all = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
        match status(child, all)? {
            Some(status) if status.stopped() => {
                // The state counts as seen from now on.
                status_now(child, WaitIdOptions::STOPPED)?;
                // One that was killed just now has no group.
                let group = getpgid(Some(child)).ok();
                if let Some(group) = group.filter(|group| *group != getpgrp())
                    && !is_continued_soon(child)?
                {
                    stop_with(group);
                }
            }
            _ => return Ok(()),
        }
    }
}

/// Whether the child runs again, or has ended: another program may have stopped it for a moment.
fn is_continued_soon(child: Pid) -> io::Result<bool> {
    for _ in 0..LOOKS {
        sleep(PAUSE);
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        if status_now(child, WaitIdOptions::CONTINUED)?.is_some()
            || status_now(child, ended)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stops keyward's job, as Ctrl-Z does, and continues the child's group afterwards. Without a
/// terminal there are no jobs: the process that stopped the child continues it.
fn stop_with(group: Pid) {
    let Some(front) = Foreground::get() else {
        return;
    };
    // The system ignores it where no shell could continue the job. Then the child continues at
    // once.
    let _ = kill_current_process_group(Signal::TSTP);
    // Another thread may receive the signal.
    sleep(PAUSE);
    if front == group && Foreground::get() == Some(getpgrp()) {
        Foreground::set(group);
    }
    let _ = kill_process_group(group, Signal::CONT);
}

fn status_now(child: Pid, of: WaitIdOptions) -> io::Result<Option<WaitIdStatus>> {
    status(child, of | WaitIdOptions::NOHANG)
}

fn status(child: Pid, of: WaitIdOptions) -> io::Result<Option<WaitIdStatus>> {
    loop {
        match waitid(WaitId::Pid(child), of) {
            Err(Errno::INTR) => {}
            other => return Ok(other?),
        }
    }
}
