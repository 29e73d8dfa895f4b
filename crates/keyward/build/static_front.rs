//! Links the front program without shared libraries, on Linux with GNU's C library.
//!
//! The loader of shared libraries would cost more than a hand-out from the cache. Rust links a
//! whole build statically (`-C target-feature=+crt-static`) or none of it, and `cargo install`
//! takes no such flag from a package. The whole program needs shared libraries, because the system
//! finds hosts and users by them. So this script gives the linker another folder to search for the
//! front alone. There, the names of the shared libraries lead to the static ones.
//!
//! Addresses stay random: the front remains position-independent. A machine without the static
//! libraries (Fedora: `glibc-static`) links the front dynamically, as before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that Rust's standard library links dynamically, and their static parts.
///
/// Source: <https://github.com/rust-lang/rust/blob/master/library/unwind/src/lib.rs> and the `libc`
/// crate, whose lists for `crt-static` these are.
const LIBRARIES: [(&str, &[&str]); 7] = [
    ("gcc_s", &["gcc_eh", "gcc"]),
    ("c", &["c", "gcc_eh", "gcc"]),
    ("m", &["m"]),
    ("rt", &["rt"]),
    ("pthread", &["pthread"]),
    ("util", &["util"]),
    ("dl", &["dl"]),
];

/// A program that shows whether linking works.
const PROBE: &str = "int main(void) { return 0; }\n";

/// How to link a static front.
pub(crate) struct StaticFront {
    /// The linker's arguments.
    pub(crate) arguments: Vec<String>,
    /// The static libraries. Another version of them, or their absence, needs another link.
    pub(crate) archives: Vec<String>,
}

/// Flags for rustc with these words link in a way that the probe below does not try.
const OTHER_LINKS: [&str; 4] = ["link", "relocation-model", "prefer-dynamic", "sanitizer"];

/// How to link a static front. `None` for another target, and on a machine that cannot link one.
/// `variable` looks up what cargo tells a build script.
pub(crate) fn find(variable: impl Fn(&str) -> Option<String>) -> Option<StaticFront> {
    let is = |name: &str, value: &str| variable(name).as_deref() == Some(value);
    let features = variable("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let is_static_already = features.split(',').any(|feature| feature == "crt-static");
    let flags = variable("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if !is("CARGO_CFG_TARGET_OS", "linux")
        || !is("CARGO_CFG_TARGET_ENV", "gnu")
        || variable("TARGET") != variable("HOST")
        || is_static_already
        || OTHER_LINKS.iter().any(|word| flags.contains(word))
    {
        return None;
    }
    let linker = variable("RUSTC_LINKER").unwrap_or_else(|| "cc".to_owned());
    let folder = PathBuf::from(variable("OUT_DIR")?).join("static");
    fs::create_dir_all(&folder).ok()?;
    let mut archives = Vec::new();
    for (name, parts) in LIBRARIES {
        let parts: Option<Vec<_>> = parts.iter().map(|part| archive(&linker, part)).collect();
        let parts = parts?;
        let script = format!("GROUP({})\n", parts.join(" "));
        fs::write(folder.join(format!("lib{name}.so")), script).ok()?;
        archives.extend(parts);
    }
    let plain = vec![format!("-L{}", folder.to_str()?), "-static-pie".to_owned()];
    // Fewer pages to read at the start. The C library knows the packed form since version 2.36.
    let packed = [&plain[..], &["-Wl,-z,pack-relative-relocs".to_owned()]].concat();
    let works = |arguments: &Vec<String>| works(&linker, &folder, arguments);
    let arguments = [packed, plain].into_iter().find(works)?;
    Some(StaticFront {
        arguments,
        archives,
    })
}

/// The path of a static library, if the linker finds one.
fn archive(linker: &str, name: &str) -> Option<String> {
    let file = format!("lib{name}.a");
    let output = Command::new(linker)
        .arg(format!("-print-file-name={file}"))
        .output()
        .ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    // A name that is not found comes back as it was.
    (path != file && Path::new(&path).is_file() && !path.contains(char::is_whitespace))
        .then_some(path)
}

/// Whether a program that is linked with these arguments, after those of rustc, starts.
fn works(linker: &str, folder: &Path, arguments: &[String]) -> bool {
    let source = folder.join("probe.c");
    let program = folder.join("probe");
    let linked = fs::write(&source, PROBE).is_ok()
        && Command::new(linker)
            .arg(&source)
            .args(["-Wl,--as-needed", "-Wl,-Bdynamic", "-lgcc_s"])
            .args(["-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"])
            .args(["-Wl,--gc-sections", "-pie", "-Wl,-z,relro,-z,now"])
            .arg("-nodefaultlibs")
            .args(arguments)
            .arg("-o")
            .arg(&program)
            .output()
            .is_ok_and(|output| output.status.success());
    linked
        && Command::new(&program)
            .status()
            .is_ok_and(|status| status.success())
}
