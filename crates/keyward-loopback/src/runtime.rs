//! The runtime of one thread. Refuses to make one where the process may open too few files: the
//! runtime panics there.

use std::io;

/// A runtime for the thread that will drive it.
///
/// # Errors
/// The process may open too few files.
pub fn new() -> io::Result<tokio::runtime::Runtime> {
    #[cfg(unix)]
    {
        /// The runtime's own, and those of a connection.
        const PAIRS: usize = 4;
        let pairs: io::Result<Vec<_>> = (0..PAIRS)
            .map(|_| std::os::unix::net::UnixStream::pair())
            .collect();
        drop(pairs?);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
