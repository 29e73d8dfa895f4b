//! A throw-away home folder and the program run in it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The passphrase of every test vault.
pub const PASSPHRASE: &str = "a passphrase for tests";

/// A home of its own for one test.
#[derive(Debug)]
pub struct Home {
    folder: tempfile::TempDir,
    program: PathBuf,
    variables: Vec<(String, String)>,
}

/// The result of a finished command.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code, or 128+n for a signal.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// Asserts success and returns standard output.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self.stdout
    }

    /// Asserts an exit code and returns standard error.
    #[must_use]
    #[track_caller]
    pub fn fails_with(self, code: i32) -> String {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self.stderr
    }
}

impl Home {
    /// A new home for `program`, with an empty config file, a passphrase file and sessions kept in
    /// a folder of its own. Programs receive signals in it, however the tests were started.
    ///
    /// # Panics
    /// The temporary folder cannot be made.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        #[cfg(unix)]
        crate::signals::let_children_hear();
        let folder = tempfile::Builder::new()
            .prefix("keyward-test-")
            .tempdir()
            .expect("a temporary folder can be made");
        let home = Self {
            folder,
            program: program.into(),
            variables: Vec::new(),
        };
        home.write("passphrase", PASSPHRASE);
        home
    }

    /// The home folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file below the home.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder"))
            .expect("the folder can be made");
        std::fs::write(path, text).expect("the file can be written");
    }

    /// Reads a file below the home; a missing one is empty.
    #[must_use]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_default()
    }

    /// Writes `~/.aws/config`.
    pub fn config(&self, text: &str) {
        self.write(".aws/config", text);
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    /// Another program in this home's environment.
    #[must_use]
    pub fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for kept in ["PATH", "SystemRoot", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
            .env("HOME", self.path())
            .env("USERPROFILE", self.path())
            .env("KEYWARD_HOME", self.path().join("keyward"))
            .env("KEYWARD_TEST_LIGHT_WORK", "1")
            .env("KEYWARD_PASSPHRASE_FILE", self.path().join("passphrase"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path());
        command
    }

    /// The program with these arguments.
    #[must_use]
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.command_of(&self.program);
        command.args(arguments);
        command
    }

    /// Runs the program to its end without a terminal or input.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ran {
        finish(self.command(arguments), "")
    }

    /// Runs the program with this text as its standard input.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn run_with_input<S: AsRef<OsStr>>(&self, arguments: &[S], input: &str) -> Ran {
        finish(self.command(arguments), input)
    }
}

/// Runs a command to its end.
///
/// # Panics
/// It cannot be started.
#[must_use]
pub fn finish(mut command: Command, input: &str) -> Ran {
    detach_from_terminal(&mut command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that reads nothing closes its end first, which is not a failure.
    let _ = child
        .stdin
        .take()
        .expect("standard input is a pipe")
        .write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: exit_code(output.status),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A test run from a terminal must not ask on it: in its own process group the program is in the
/// background of any terminal, which it treats as no terminal.
fn detach_from_terminal(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

fn exit_code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}
