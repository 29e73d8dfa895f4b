//! Signals for the programs under test. Tests that run in the background or under `nohup` start with
//! ignored signals. Children inherit that, and a shell cannot undo it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT};

/// Lets programs that start from now on receive `SIGHUP`, `SIGINT` and `SIGQUIT`. A signal that
/// this process handles is one that its children are started with as usual.
pub(crate) fn let_children_hear() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        for signal in ignored(&status) {
            let heard = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(signal, heard).expect("the signal can be handled");
        }
    });
}

/// Those of the three that a process ignores, by its `/proc/PID/status`.
fn ignored(status: &str) -> Vec<i32> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default();
    [SIGHUP, SIGINT, SIGQUIT]
        .into_iter()
        .filter(|signal| mask >> (signal - 1) & 1 == 1)
        .collect()
}

#[cfg(test)]
mod tests;
