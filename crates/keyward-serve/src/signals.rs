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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let caught = Caught::new();
                    let (outcome, caught) = match caught {
                        Ok(caught) => (Ok(()), Some(caught)),
                        Err(error) => (Err(error), None),
                    };
                    // Whoever started this waits for it.
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
struct Caught {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Caught {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn pass_on(mut self, to: &mpsc::Sender<Signal>) {
        loop {
            let signal = tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.quit.recv() => Signal::Quit,
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.hang_up.recv() => Signal::HangUp,
            };
            // Nobody listening any more means that the program is about to end by itself; what
            // is caught stays caught.
            let _ = to.send(signal);
        }
    }
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
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
            };
            let _ = to.send(signal);
        }
    }
}
