//! Signals for the programs under test. Whoever starts the tests in the background or under
//! `nohup` leaves them with ignored signals; children inherit that, and a shell cannot take it back.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT};

/// Lets the programs that are started from now on hear `SIGHUP`, `SIGINT` and `SIGQUIT`. A signal
/// that this process handles is one that its children are started with as usual.
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
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_is_read_from_the_mask() {
        let check = |status: &str, expect: &[i32]| assert_eq!(ignored(status), expect);
        check(
            "Name:\tsh\nSigIgn:\t0000000080001007\n",
            &[SIGHUP, SIGINT, SIGQUIT],
        );
        check(
            "SigBlk:\t0000000000000007\nSigIgn:\t0000000000001000\n",
            &[],
        );
        check("SigIgn:\t0000000000000002\n", &[SIGINT]);
        check("", &[]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_hears_what_its_parent_was_started_without() {
        let_children_hear();
        let child = std::process::Command::new("sh")
            .args(["-c", "grep SigIgn /proc/$$/status"])
            .output()
            .expect("a shell can be started");
        let status = String::from_utf8(child.stdout).expect("it is text");
        assert!(status.contains("SigIgn"), "{status}");
        assert_eq!(ignored(&status), [0; 0]);
    }
}
