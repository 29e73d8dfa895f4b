//! The signals that a program gets while it stays beside its server, as events instead of its
//! end. They are caught, not ignored: a child would inherit the ignoring.

use std::io;
use std::sync::mpsc;
use std::thread;

/// A signal of the terminal or of another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\.
    Quit,
    /// The polite end.
    Terminate,
    /// The terminal went away.
    HangUp,
    /// Whatever the program that receives it takes it for, such as an order to reopen its files.
    User1,
    /// The same.
    User2,
}

/// The signals to catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catch {
    /// Those that end a program.
    Ends,
    /// Also those that mean something to a child alone. Not caught, they would end this process and
    /// leave the child without it.
    ForChild,
}

/// The signals of this process from now on.
#[derive(Debug)]
pub struct Signals(mpsc::Receiver<Signal>);

impl Signals {
    /// Begins to catch them, for the rest of the process's life.
    ///
    /// # Errors
    /// The system gives no thread, or does not let the signals be caught.
    pub fn catch(which: Catch) -> io::Result<Self> {
        let (send, receive) = mpsc::channel();
        let (ready, begun) = mpsc::channel();
        let runtime = crate::runtime::new()?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let caught = Caught::new(which);
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

    /// Waits for the next one; `None` when none can come any more.
    pub fn wait(&self) -> Option<Signal> {
        self.0.recv().ok()
    }
}

#[cfg(unix)]
struct Caught(Vec<(tokio::signal::unix::Signal, Signal)>);

#[cfg(unix)]
impl Caught {
    fn new(which: Catch) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored_signals();
        let ends = [
            (SignalKind::interrupt(), Signal::Interrupt),
            (SignalKind::quit(), Signal::Quit),
            (SignalKind::terminate(), Signal::Terminate),
            (SignalKind::hangup(), Signal::HangUp),
        ];
        let for_child = match which {
            Catch::Ends => None,
            Catch::ForChild => Some([
                (SignalKind::user_defined1(), Signal::User1),
                (SignalKind::user_defined2(), Signal::User2),
            ]),
        };
        let caught = ends
            .into_iter()
            .chain(for_child.into_iter().flatten())
            .filter(|(kind, _)| ignored & (1 << (kind.as_raw_value() - 1)) == 0)
            .map(|(kind, name)| Ok((signal(kind)?, name)));
        Ok(Self(caught.collect::<io::Result<_>>()?))
    }

    async fn pass_on(self, to: &mpsc::Sender<Signal>) {
        let passing = self.0.into_iter().map(|(mut signal, name)| {
            let to = to.clone();
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    // With no listener left, the program is about to end by itself; caught signals stay caught.
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

/// The signals that the parent wants ignored, one bit each: `nohup` the hang-up, a script's background
/// job the interrupt. They stay ignored, here and in a child. Other systems than Linux cannot report
/// them without unsafe code.
#[cfg(unix)]
#[must_use]
pub fn ignored_signals() -> u64 {
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
    fn new(_: Catch) -> io::Result<Self> {
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
            terminate: tokio::signal::windows::ctrl_close()?,
        })
    }

    async fn pass_on(mut self, to: &mpsc::Sender<Signal>) {
        loop {
            let signal = tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
            };
            let _ = to.send(signal);
        }
    }
}
