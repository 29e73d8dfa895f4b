use super::*;

fn probing(probe: Duration) -> Access {
    Access {
        probe,
        ..Access::unattended()
    }
}

/// Enough for a keystore that answers, however busy the machine is.
const LONG: Duration = Duration::from_secs(60);

/// A time that is enough to see that a call does not end.
const SHORT: Duration = Duration::from_millis(200);

#[test]
fn a_keystore_that_hangs_costs_no_more_than_the_probe() {
    let (_keep, forever) = mpsc::channel::<()>();
    let error = bounded(&probing(SHORT), move |_| {
        let _ = forever.recv();
        Ok(())
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the desktop's keystore did not answer within 1 seconds"
    );
}

/// Records the messages.
struct Listener(mpsc::Sender<String>);

impl crate::slot::Prompter for Listener {
    fn secret(&self, _: &crate::slot::Question) -> Option<keyward_core::secret::Passphrase> {
        None
    }

    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn say(&self, message: &str) {
        self.0.send(message.to_owned()).unwrap();
    }
}

#[test]
fn a_keystore_that_waits_for_the_person_gets_their_time_and_they_are_told() {
    let (say, told) = mpsc::channel();
    let access = Access {
        person: std::sync::Arc::new(Listener(say)),
        unlock: Duration::from_secs(60),
        ..probing(Duration::from_secs(1))
    };
    let answer = bounded(&access, move |patience| {
        (patience.waiting)();
        // Longer than the probe, like a user, and until the message was shown.
        let message = told.recv_timeout(LONG).unwrap();
        assert_eq!(message, WAITING);
        Ok(patience.seconds)
    });
    assert_eq!(answer.unwrap(), 60);
}

#[test]
fn a_keystore_call_that_panics_is_an_error() {
    let error =
        bounded::<()>(&probing(LONG), |_| panic!("inside the keystore's library")).unwrap_err();
    assert_eq!(error.to_string(), "the desktop's keystore is not available");
}

#[cfg(target_os = "linux")]
mod bus {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    const EXPECT: &str = "KEYWARD_BUS_TEST_EXPECT";

    /// Not a test of its own: asks the keystore of the bus that the environment names.
    #[test]
    fn child_on_a_bus() {
        let Ok(expect) = std::env::var(EXPECT) else {
            return;
        };
        let probe = if expect == "did not answer" {
            SHORT
        } else {
            LONG
        };
        let error = read(&KeystoreAccount::random().unwrap(), &probing(probe)).unwrap_err();
        assert!(error.to_string().contains(&expect), "{error}");
    }

    fn child(address: &str, expect: &str) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "slot::os::tests::bus::child_on_a_bus"])
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env(EXPECT, expect)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
    }

    #[test]
    fn without_a_bus_the_keystore_is_not_available() {
        child("unix:path=/nonexistent/bus", "is not available");
    }

    #[test]
    fn a_bus_that_never_answers_is_given_up() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("bus");
        let _silent = UnixListener::bind(&path).unwrap();
        child(&format!("unix:path={}", path.display()), "did not answer");
    }
}
