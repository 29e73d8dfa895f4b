use std::io::Read as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Port, StartError};

#[test]
fn a_port_serves_until_its_handle_is_dropped() {
    let accepted = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&accepted);
    let port = Port::open(0).unwrap();
    let number = port.number();
    // A client may connect before anybody serves.
    let early = TcpStream::connect(("127.0.0.1", number)).unwrap();
    let serving = port
        .serve("test", |listener| async move {
            loop {
                let connection = listener.accept().await;
                counted.fetch_add(1, Ordering::SeqCst);
                // The client sees this, and looks at the number.
                drop(connection);
            }
        })
        .unwrap();
    for mut client in [early, TcpStream::connect(("127.0.0.1", number)).unwrap()] {
        client
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        assert_eq!(client.read(&mut [0; 1]).unwrap(), 0);
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
    drop(serving);
    assert!(TcpStream::connect(("127.0.0.1", number)).is_err());
}

/// A task that waits for ever must not hold up the end.
#[test]
fn the_end_waits_for_no_task() {
    let serving = Port::open(0)
        .unwrap()
        .serve("test", |_listener| async {
            tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_secs(600)));
            std::future::pending::<()>().await;
        })
        .unwrap();
    drop(serving);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let first = Port::open(0).unwrap();
    let error = Port::open(first.number()).unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }));
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1, port `{}`", first.number())
    );
}
