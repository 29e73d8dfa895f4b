//! Reads one stream of a program on a thread of its own: to its end, or until the program has ended
//! and the pipe is empty. A child of the program may hold the stream open for hours, or write to it
//! now and then.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// The time to read the pipe of a program that has ended, where the system cannot say that the pipe
/// is empty, or where a process that the program left behind keeps writing.
const REST: Duration = Duration::from_secs(1);

/// A stream that is being read.
pub(crate) struct Reader {
    bytes: Arc<Mutex<Zeroizing<Vec<u8>>>>,
    end: Receiver<()>,
    rest: Duration,
}

impl Reader {
    /// Reads up to `most` bytes. `over` says that the program has ended; an empty pipe is then
    /// watched for `linger`.
    pub(crate) fn start(
        mut stream: impl Stream,
        most: usize,
        linger: Duration,
        over: &Arc<AtomicBool>,
    ) -> io::Result<Self> {
        // Room for all of it from the start: a growing buffer leaves copies of a secret behind.
        let bytes = Arc::new(Mutex::new(Zeroizing::new(Vec::with_capacity(most))));
        let (done, end) = mpsc::channel();
        let (heard, over) = (Arc::clone(&bytes), Arc::clone(over));
        let rest = REST.max(linger);
        let read = move || {
            let mut piece = Zeroizing::new([0; 8192]);
            let mut ended: Option<Instant> = None;
            loop {
                // In this order: what it wrote was in the pipe before it was over.
                if ended.is_none() && over.load(Ordering::SeqCst) {
                    ended = Some(Instant::now());
                }
                if !readable(&stream) {
                    match ended {
                        Some(ended) if ended.elapsed() >= linger => break,
                        _ => continue,
                    }
                }
                match stream.read(piece.as_mut_slice()) {
                    Ok(count) => {
                        let mut bytes = heard.lock().unwrap_or_else(PoisonError::into_inner);
                        let fits = count.min(most - bytes.len());
                        if fits == 0 {
                            break;
                        }
                        bytes.extend_from_slice(&piece[..fits]);
                        // The pipe was empty but for this, so that what the program itself wrote
                        // has been read, however slow this machine is.
                        let drained = count < piece.len();
                        if drained && ended.is_some_and(|ended| ended.elapsed() >= rest) {
                            break;
                        }
                    }
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    // Bytes that arrived before an error count.
                    Err(_) => break,
                }
            }
            let _ = done.send(());
        };
        std::thread::Builder::new().spawn(read)?;
        Ok(Self { bytes, end, rest })
    }

    /// The bytes of a program that has ended.
    pub(crate) fn rest(self) -> Zeroizing<Vec<u8>> {
        // The thread has ended either way, except where its read cannot be cut short.
        let _ = match cfg!(unix) {
            true => self.end.recv().ok(),
            false => self.end.recv_timeout(self.rest).ok(),
        };
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A stream that a program writes to.
#[cfg(unix)]
pub(crate) trait Stream: io::Read + std::os::fd::AsFd + Send + 'static {}
#[cfg(unix)]
impl<T: io::Read + std::os::fd::AsFd + Send + 'static> Stream for T {}
#[cfg(not(unix))]
pub(crate) trait Stream: io::Read + Send + 'static {}
#[cfg(not(unix))]
impl<T: io::Read + Send + 'static> Stream for T {}

/// Whether there is something to read now or within a moment, the end included.
#[cfg(unix)]
fn readable(stream: &impl Stream) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: 20_000_000,
    };
    let mut streams = [PollFd::new(stream, PollFlags::IN)];
    // A stream that cannot be polled is read, and the read reports what is wrong with it.
    match poll(&mut streams, Some(&moment)) {
        Ok(ready) => ready > 0,
        Err(error) => error != rustix::io::Errno::INTR,
    }
}

/// Pipes cannot be asked here: reading waits.
#[cfg(not(unix))]
fn readable(_stream: &impl Stream) -> bool {
    true
}
