//! Notes for tests of the places that a run passes. A release build notes nothing and reads no
//! variable.

/// Notes that a place was passed.
#[cfg(not(debug_assertions))]
pub fn note(_name: &str) {}

/// Notes that a place was passed.
#[cfg(debug_assertions)]
pub fn note(name: &str) {
    use crate::environment as env;
    use std::io::Write as _;
    if let Some(path) = env::path(env::TEST_TRACE)
        && let Ok(mut file) = std::fs::File::options()
            .append(true)
            .create(true)
            .open(path)
    {
        let _ = writeln!(file, "{name}");
    }
}
