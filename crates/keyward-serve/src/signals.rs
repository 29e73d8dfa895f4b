//! The signals that a program gets while it stays beside its server, as events instead of its end.
//! They are caught, not ignored: a child would inherit ignored signals.

use std::io;
use std::sync::mpsc;
use std::thread;

/// A signal of the terminal or of another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal(i32);

impl Signal {
    /// The system's number of the signal.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }

    /// The exit code that a shell reports for a program that this signal ended.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        u8::try_from(128 + self.0).unwrap_or(u8::MAX)
    }
}

/// The signals of this process from now on.
#[derive(Debug)]
pub struct Signals(mpsc::Receiver<Signal>);

impl Signals {
    /// Begins to catch them, for the rest of the process's life.
    ///
    /// # Errors
    /// The system gives no thread, or does not let the signals be caught.
    pub fn catch() -> io::Result<Self> {
        let (send, receive) = mpsc::channel();
        let (ready, begun) = mpsc::channel();
        let runtime = keyward_loopback::runtime()?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let caught = Caught::new();
                    let (outcome, caught) = match caught {
                        Ok(caught) => (Ok(()), Some(caught)),
                        Err(error) => (Err(error), None),
                    };
                    // The parent waits for this signal.
                    let _ = ready.send(outcome);
                    if let Some(caught) = caught {
                        caught.pass_on(&send).await;
                    }
                });
            })?;
        begun.recv().map_err(io::Error::other)??;
        Ok(Self(receive))
    }

    /// Waits for the next one; `None` when none can come.
    pub fn wait(&self) -> Option<Signal> {
        self.0.recv().ok()
    }
}

#[cfg(unix)]
struct Caught(Vec<(tokio::signal::unix::Signal, Signal)>);

#[cfg(unix)]
impl Caught {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let caught = ending_signals()
            .into_iter()
            .map(|number| Ok((signal(SignalKind::from_raw(number))?, Signal(number))));
        Ok(Self(caught.collect::<io::Result<_>>()?))
    }

    async fn pass_on(self, to: &mpsc::Sender<Signal>) {
        let passing = self.0.into_iter().map(|(mut signal, name)| {
            let to = to.clone();
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    // With no listener left, the program is about to end by itself; caught signals
                    // stay caught.
                    let _ = to.send(name);
                }
            })
        });
        for each in passing.collect::<Vec<_>>() {
            // None of them ends while the process lives.
            let _ = each.await;
        }
    }
}

/// The signals that end a program by default, except those that the parent wants ignored and those
/// that nothing may catch. The signals of a fault in the program itself stay as they are: the
/// program cannot continue after them. So do those of a closed pipe and of the limit of file sizes,
/// which are errors to keyward.
///
/// Source: <https://man7.org/linux/man-pages/man7/signal.7.html>
#[cfg(unix)]
#[must_use]
pub fn ending_signals() -> Vec<i32> {
    use rustix::process::Signal as System;
    let everywhere = [
        System::HUP,
        System::INT,
        System::QUIT,
        System::TRAP,
        System::ABORT,
        System::USR1,
        System::USR2,
        System::ALARM,
        System::TERM,
        System::VTALARM,
        System::PROF,
        System::XCPU,
        System::SYS,
    ];
    let ignored = ignored_signals();
    everywhere
        .into_iter()
        .map(System::as_raw)
        .chain(of_this_system())
        .filter(|number| ignored & (1 << (number - 1)) == 0)
        .collect()
}

/// The first real-time signal of programs. The C libraries keep the ones from 32 to themselves:
/// glibc two, musl three.
#[cfg(target_os = "linux")]
const FIRST_OWN: i32 = if cfg!(target_env = "musl") { 35 } else { 34 };

/// Other systems ignore these, or lack them.
#[cfg(target_os = "linux")]
fn of_this_system() -> impl Iterator<Item = i32> {
    use rustix::process::Signal as System;
    [System::STKFLT, System::IO, System::POWER]
        .into_iter()
        .map(System::as_raw)
        .chain(FIRST_OWN..=64)
}

/// Other systems ignore the ones of Linux, or lack them.
#[cfg(all(unix, not(target_os = "linux")))]
fn of_this_system() -> impl Iterator<Item = i32> {
    std::iter::empty()
}

/// The signals that the parent wants ignored, one bit each: `nohup` the hang-up, a script's
/// background job the interrupt. They stay ignored, here and in a child. Other systems than Linux
/// cannot report them without unsafe code.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(windows)]
struct Caught {
    interrupt: tokio::signal::windows::CtrlC,
    terminate: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Caught {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
            terminate: tokio::signal::windows::ctrl_close()?,
        })
    }

    async fn pass_on(mut self, to: &mpsc::Sender<Signal>) {
        loop {
            let signal = tokio::select! {
                _ = self.interrupt.recv() => Signal(2),
                _ = self.terminate.recv() => Signal(15),
            };
            let _ = to.send(signal);
        }
    }
}
