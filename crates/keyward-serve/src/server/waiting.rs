//! Connections that wait for a request. Where every place is taken, the one that has waited longest
//! is closed for a program of this user. Refuses to close one whose request is being answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// All connections that wait, in the order in which they began to.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: BTreeMap<u64, Arc<Notify>>,
}

impl Waiting {
    /// Asks the connection that has waited longest to close; nothing happens if none waits.
    pub(super) fn close_longest(&self) {
        if let Some((_, close)) = self.lock().waiting.pop_first() {
            close.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection, which waits or is being answered. Dropping it removes it from the queue.
pub(super) struct WaitingConnection {
    all: Arc<Waiting>,
    close: Arc<Notify>,
    /// Its number in the queue while it waits.
    number: Mutex<Option<u64>>,
}

impl WaitingConnection {
    /// A new connection, which waits for its first request.
    pub(super) fn new(all: &Arc<Waiting>) -> Self {
        let connection = Self {
            all: Arc::clone(all),
            close: Arc::default(),
            number: Mutex::default(),
        };
        connection.wait();
        connection
    }

    /// Its request has been answered: it waits for the next one, behind all others.
    pub(super) fn wait(&self) {
        let mut queue = self.all.lock();
        let number = queue.next;
        queue.next += 1;
        queue.waiting.insert(number, Arc::clone(&self.close));
        *self.number() = Some(number);
    }

    /// Its request has come.
    pub(super) fn answer(&self) {
        // The lock of the number ends with this line: `wait` takes both the other way round.
        let number = self.number().take();
        if let Some(number) = number {
            self.all.lock().waiting.remove(&number);
        }
    }

    /// Whether a request of it is being answered.
    pub(super) fn is_answered(&self) -> bool {
        self.number().is_none()
    }

    /// Returns when it is to close.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    fn number(&self) -> MutexGuard<'_, Option<u64>> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WaitingConnection {
    fn drop(&mut self) {
        self.answer();
    }
}
