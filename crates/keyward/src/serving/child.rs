//! A command beside its credentials server: this process stays, passes on the signals that the
//! terminal does not deliver by itself, and ends as the command ended.

#[cfg(unix)]
mod script;
#[cfg(unix)]
mod stopped;

use std::ffi::OsStr;
use std::process::{Child, Command, ExitCode, ExitStatus};

use keyward_serve::Signals;

use crate::process::cannot_run;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;

/// Runs the command to its end.
pub(crate) fn run_beside(mut command: Command, program: &OsStr) -> Result<ExitCode, CliError> {
    let broken = |e: std::io::Error| CliError::failed("the command cannot be watched").because(e);
    let signals = Signals::catch().map_err(broken)?;
    crate::prompt::terminal::leave_signals();
    Terminal::lend_to_child();
    keyward_ready::output::close_for_children();
    let started = crate::system::harden::with_core_limit(|| spawn(&mut command));
    let child = started.map_err(|e| cannot_run(program, e))?;
    let status = wait(child, signals).map_err(broken)?;
    Ok(ExitCode::from(exit_code(status)))
}

/// Starts the command. The shell runs a script without a `#!` line. The system's `execvp` does the same
/// where the command replaces keyward.
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    let error = match command.spawn() {
        Ok(child) => return Ok(child),
        Err(error) => error,
    };
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::NOEXEC)
        && let Some(mut shell) = script::by_shell(command)
    {
        return shell.spawn();
    }
    Err(error)
}

#[cfg(unix)]
fn wait(mut child: Child, signals: Signals) -> std::io::Result<ExitStatus> {
    use std::sync::{Arc, Mutex, PoisonError};

    use rustix::process::{Pid, kill_process};

    let pid = Pid::from_child(&child);
    let alive = Arc::new(Mutex::new(true));
    let watched = Arc::clone(&alive);
    let pass_on = move || {
        while let Some(signal) = signals.wait() {
            let alive = watched.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(signal) = to_pass_on(signal).filter(|_| *alive) {
                // One that ends just now needs no signal.
                let _ = kill_process(pid, signal);
            }
        }
    };
    // It ends with the process.
    if let Err(error) = std::thread::Builder::new().spawn(pass_on) {
        // A command that no signal reaches would outlive this process.
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    // The number stays the child's until it is reaped. No thread may reap it while a signal is on its way,
    // because the number could then belong to another process.
    stopped::wait_for_end(pid)?;
    *alive.lock().unwrap_or_else(PoisonError::into_inner) = false;
    child.wait()
}

/// The signal to pass to the child. Ctrl-C and Ctrl-\ in a terminal reach it directly. A second one
/// would do harm, because many programs take it for an order to stop at once. A real-time signal has no
/// name by which it can be sent, so the child gets the polite order to end: it must not outlive its server.
#[cfg(unix)]
fn to_pass_on(signal: keyward_serve::Signal) -> Option<rustix::process::Signal> {
    use rustix::process::Signal as System;
    match System::from_named_raw(signal.number()).unwrap_or(System::TERM) {
        System::INT | System::QUIT if Terminal::signals_us() => None,
        signal => Some(signal),
    }
}

/// The console delivers Ctrl-C to every process on it, so keyward only catches it.
#[cfg(not(unix))]
fn wait(mut child: Child, _signals: Signals) -> std::io::Result<ExitStatus> {
    child.wait()
}

/// The child's exit code, as a shell would report it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(255);
        }
    }
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}
