use std::net::{Ipv4Addr, TcpListener, TcpStream};

use super::*;

#[test]
fn the_kernel_tells_the_user_of_a_connection_until_it_is_closed() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let local = listener.local_addr().unwrap();
    let client = TcpStream::connect(local).unwrap();
    let (accepted, peer) = listener.accept().unwrap();
    let Some(found) = user(peer, local) else {
        keyward_testkit::skipped("the kernel answers no questions about sockets");
        return;
    };
    let own = rustix::process::geteuid().as_raw();
    assert_eq!(found, User::Is(own));
    drop(client);
    assert_eq!(user(peer, local), Some(User::Gone));
    drop(accepted);
    assert_eq!(user(local, local), Some(User::Gone));
}

#[test]
fn an_answer_that_is_cut_says_nothing() {
    let mut answer = vec![0; HEAD + 72];
    answer[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
    answer[HEAD + 1] = 1;
    answer[HEAD + 64..HEAD + 68].copy_from_slice(&1001u32.to_ne_bytes());
    assert_eq!(read(&answer), Some(SocketState::Established(1001)));
    assert_eq!(read(&answer[..HEAD + 66]), None);
    assert_eq!(read(&answer[..5]), None);
    answer[HEAD + 1] = 10;
    assert_eq!(read(&answer), Some(SocketState::Other));
    let mut error = vec![0; HEAD + 20];
    error[4..6].copy_from_slice(&2u16.to_ne_bytes());
    error[HEAD..HEAD + 4].copy_from_slice(&(-2i32).to_ne_bytes());
    assert_eq!(read(&error), Some(SocketState::Nothing));
    error[HEAD..HEAD + 4].copy_from_slice(&(-1i32).to_ne_bytes());
    assert_eq!(read(&error), None);
}
