//! Prints a note for a test that needs something this machine lacks.

use std::io::Write as _;

/// Says that the test of this thread was skipped, and why. It is said past the harness, which keeps
/// what a test prints to itself unless that fails.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    let line = format!("SKIPPED: {why} ({})\n", thread.name().unwrap_or("a test"));
    // A closed standard error is not the test's fault.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
