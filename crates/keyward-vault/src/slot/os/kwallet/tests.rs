use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Command;
use std::thread;

use dbus::Message;

use super::*;

const BUS: &str = "KEYWARD_WALLET_TEST_BUS";

/// A desktop with the newer daemon.
#[derive(Clone, Copy)]
struct Desktop {
    runs: bool,
    open: bool,
    has: bool,
}

impl Desktop {
    fn answer(self, call: &Message) -> Message {
        let reply = call.method_return();
        match call.member().as_deref().unwrap() {
            "Hello" => reply.append1(":1.1"),
            "NameHasOwner" => {
                reply.append1(self.runs && call.read1::<&str>().unwrap() == DAEMONS[0].0)
            }
            "isEnabled" => reply.append1(true),
            "networkWallet" => reply.append1("kdewallet"),
            "keyDoesNotExist" => reply.append1(!self.has),
            "isOpen" => reply.append1(self.open),
            "open" => reply.append1(7),
            "hasEntry" => reply.append1(self.has),
            "readPassword" => reply.append1("the text"),
            other => panic!("nothing answers `{other}`"),
        }
    }

    /// Is the bus and the daemon for one program, and returns what that called.
    fn serve(self, stream: &UnixStream) -> Vec<String> {
        let mut heard = BufReader::new(stream);
        let mut say = stream;
        loop {
            let mut line = String::new();
            heard.read_line(&mut line).unwrap();
            let words = line.trim_start_matches('\0');
            if words.starts_with("BEGIN") {
                break;
            }
            say.write_all(match words.starts_with("AUTH EXTERNAL ") {
                true => b"OK 00112233445566778899aabbccddeeff\r\n",
                false => b"ERROR\r\n",
            })
            .unwrap();
        }
        let mut calls = Vec::new();
        let mut message = vec![0; 16];
        while heard.read_exact(&mut message).is_ok() {
            let length = Message::demarshal_bytes_needed(&message).unwrap();
            message.resize(length, 0);
            heard.read_exact(&mut message[16..]).unwrap();
            let call = Message::demarshal(&message).unwrap();
            calls.push(call.member().unwrap().to_string());
            let mut reply = self.answer(&call);
            reply.set_serial(u32::try_from(calls.len()).unwrap());
            reply.marshal(|bytes| say.write_all(bytes)).unwrap();
            message.truncate(16);
        }
        calls
    }
}

#[track_caller]
fn check(bus: &UnixListener, desktop: Desktop, seconds: u64, expect: &str, called: &[&str]) {
    let account = KeystoreAccount::random().unwrap();
    let patience = Patience {
        seconds,
        waiting: Box::new(|| {}),
    };
    let (read, calls) = thread::scope(|scope| {
        let calls = scope.spawn(|| desktop.serve(&bus.accept().unwrap().0));
        (read(&account, &patience), calls.join().unwrap())
    });
    let read = read.map(|text| String::from_utf8(text.to_vec()).unwrap());
    let read = read.unwrap_or_else(|error| error.to_string());
    assert!(read.contains(expect), "{read}");
    assert_eq!(calls[0], "Hello");
    assert_eq!(calls[1..], *called);
}

/// Not a test of its own: reads from the wallet of the bus that the environment names.
#[test]
fn child_with_a_wallet() {
    let Some(path) = std::env::var_os(BUS) else {
        return;
    };
    let bus = UnixListener::bind(path).unwrap();
    let desktop = |runs, open, has| Desktop { runs, open, has };
    let check = |desktop, seconds, expect, called: &str| {
        let called: Vec<&str> = called.split(' ').collect();
        check(&bus, desktop, seconds, expect, &called);
    };
    let look = "NameHasOwner isEnabled networkWallet keyDoesNotExist";
    let take = "isOpen open hasEntry readPassword";
    // Without permission to prompt, no daemon is started, and none asks for the user's consent.
    let nobody = 0;
    check(
        desktop(false, true, true),
        nobody,
        "not available",
        "NameHasOwner NameHasOwner",
    );
    check(desktop(true, true, false), nobody, "no entry", look);
    check(
        desktop(true, false, true),
        nobody,
        "locked",
        &format!("{look} isOpen"),
    );
    check(
        desktop(true, true, true),
        nobody,
        "the text",
        &format!("{look} {take}"),
    );
    check(
        desktop(false, false, true),
        60,
        "the text",
        &format!("isEnabled networkWallet {take}"),
    );
}

#[test]
fn a_wallet_is_not_opened_for_what_it_does_not_hold_where_nobody_may_be_asked() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("bus");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "slot::os::kwallet::tests::child_with_a_wallet"])
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", path.display()),
        )
        .env(BUS, &path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{message}"
    );
}
