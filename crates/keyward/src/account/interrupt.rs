//! Ctrl-C while a plan is carried out: the call under way ends, and no further one begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the person asked to stop. A second Ctrl-C ends the program at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on. If signals cannot be caught, Ctrl-C ends the program at once.
    #[cfg(unix)]
    pub(crate) fn listen() -> Self {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // The first registration acts on the second signal, once the flag is up.
            let caught =
                signal_hook::flag::register_conditional_default(signal, Arc::clone(&interrupt.0))
                    .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&interrupt.0)));
            if caught.is_err() {
                return Self::default();
            }
        }
        interrupt
    }

    /// Ctrl-C ends the program at once; the next run continues.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> Self {
        Self::default()
    }

    /// Whether to stop.
    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
