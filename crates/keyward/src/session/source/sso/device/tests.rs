//! The pace of asking, without a clock.

use super::*;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The pauses made until the answers ran out or the code was over, and whether a token came.
fn check(answers: Vec<DeviceAnswer>, life: u64, expect: (&[u64], bool)) {
    let mut answers = answers.into_iter();
    let mut pauses = Vec::new();
    let ask = || Ok(answers.next().unwrap_or(DeviceAnswer::Pending));
    let token = poll(seconds(5), seconds(life), ask, |pause| {
        pauses.push(pause.as_secs());
    });
    assert_eq!((pauses.as_slice(), token.unwrap().is_some()), expect);
}

fn token() -> DeviceAnswer {
    DeviceAnswer::Token(SsoToken {
        access_token: "access".parse().unwrap(),
        life: seconds(3600),
        refresh_token: None,
    })
}

#[test]
fn a_waiting_device_keeps_the_pace_that_it_is_told() {
    use DeviceAnswer::{Pending, SlowDown};
    check(vec![token()], 600, (&[5], true));
    check(vec![Pending, Pending, token()], 600, (&[5, 5, 5], true));
    // Slower after each warning, and never faster again.
    check(
        vec![SlowDown, Pending, SlowDown, token()],
        600,
        (&[5, 10, 10, 15], true),
    );
    // The code ends before the next turn.
    check(Vec::new(), 17, (&[5, 5, 5], false));
    check(vec![SlowDown], 14, (&[5], false));
}
