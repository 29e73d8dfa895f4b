//! Prints a note for a test that needs something this machine lacks.

use std::io::Write as _;

/// Says that the test of this thread was skipped, and why. The line bypasses the harness, which
/// hides the output of a passing test.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    let line = format!("SKIPPED: {why} ({})\n", thread.name().unwrap_or("a test"));
    // A closed standard error is not the test's fault.
    let _ = std::io::stderr().write_all(line.as_bytes());
}
