//! A port of 127.0.0.1, and the thread that serves it until its handle is dropped.
//!
//! The practice account and the credentials servers use it. Each writes its own conversation with a
//! client; [`Port::serve`] provides the socket, the runtime and the end.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;

mod runtime;

pub use runtime::new as runtime;

/// Connections that wait to be accepted. Any user of the machine may connect, and must not displace
/// this user's programs.
#[cfg(target_os = "linux")]
const WAITING: i32 = 1024;
/// The pause after a connection that could not be accepted.
const RETRY: Duration = Duration::from_millis(20);

/// The reasons why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("cannot listen on 127.0.0.1, port `{port}`")]
    Listen {
        /// The requested port.
        port: u16,
        /// The system's error.
        source: io::Error,
    },
    /// The system could not create a thread or an event queue.
    #[error("cannot start the server's thread")]
    Thread(#[source] io::Error),
}

/// An open port. Clients can connect; they wait until [`Port::serve`].
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    number: u16,
}

impl Port {
    /// Opens a port of 127.0.0.1; 0 selects a free one.
    ///
    /// # Errors
    /// [`StartError::Listen`]
    pub fn open(port: u16) -> Result<Self, StartError> {
        let failed = |source| StartError::Listen { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        #[cfg(target_os = "linux")]
        rustix::net::listen(&listener, WAITING).map_err(|error| failed(error.into()))?;
        listener.set_nonblocking(true).map_err(failed)?;
        let number = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, number })
    }

    /// The number of the port.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Starts a thread with this name that runs `serve`, and the tasks that it spawns. The handle
    /// stops all of them.
    ///
    /// # Errors
    /// [`StartError::Thread`]
    pub fn serve<S, F>(self, name: &str, serve: S) -> Result<ServerThread, StartError>
    where
        S: FnOnce(Listener) -> F + Send + 'static,
        F: Future<Output = ()>,
    {
        let runtime = runtime().map_err(StartError::Thread)?;
        let (stop, stopped) = oneshot::channel();
        let listener = self.listener;
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    // It fails only where the runtime's event queue takes no more files.
                    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                        return;
                    };
                    tokio::select! {
                        () = serve(Listener(listener)) => {}
                        // An error means that the handle is gone, which also means the end.
                        _ = stopped => {}
                    }
                });
                // A task may still wait for a person; the end does not wait for it.
                runtime.shutdown_background();
            })
            .map_err(StartError::Thread)?;
        Ok(ServerThread {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// The connections of a port, inside its thread.
#[derive(Debug)]
pub struct Listener(tokio::net::TcpListener);

impl Listener {
    /// The next connection, with the address of the client. A connection that fails is passed over.
    pub async fn accept(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok(accepted) => return accepted,
                // Out of file descriptors, most likely: wait for some to come back.
                Err(_) => tokio::time::sleep(RETRY).await,
            }
        }
    }
}

/// A running server. Dropping it stops the server and waits for its thread.
#[derive(Debug)]
pub struct ServerThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that has ended by itself needs no message.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // Its panic, if there was one, has been printed where it happened.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
