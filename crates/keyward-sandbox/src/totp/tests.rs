//! Codes against the vectors of RFC 6238 (last six digits) and against replay.

use keyward_core::Timestamp;

use super::{Pair, Reach, Step, accept, accept_pair, code};
use crate::state::Seed;

fn seed() -> Seed {
    Seed::new(b"12345678901234567890".to_vec()).unwrap()
}

fn at(second: i64) -> Step {
    Step::at(Timestamp::from_second(second))
}

#[test]
fn codes_are_those_of_the_rfc() {
    let check = |second: i64, expect: &str| assert_eq!(code(&seed(), at(second)).expose(), expect);
    check(59, "287082");
    check(1_111_111_109, "081804");
    check(1_111_111_111, "050471");
    check(1_234_567_890, "005924");
    check(2_000_000_000, "279037");
    check(20_000_000_000, "353130");
}

#[test]
fn a_code_is_taken_one_step_early_or_late_and_only_once() {
    let now = at(2_000_000_000);
    let check = |off: i64, last: Option<i64>, expect: bool| {
        let given = code(&seed(), now.plus(off));
        let accepted = accept(&seed(), &given, now, last.map(|l| now.plus(l)));
        assert_eq!(
            accepted,
            expect.then(|| now.plus(off)),
            "offset {off}, last {last:?}"
        );
    };
    check(0, None, true);
    check(-1, None, true);
    check(1, None, true);
    check(-2, None, false);
    check(2, None, false);
    check(0, Some(-1), true);
    check(0, Some(0), false);
    check(-1, Some(0), false);
    check(0, Some(1), false);
    check(1, Some(0), true);
}

#[test]
fn a_pair_must_be_consecutive_and_near() {
    let now = at(2_000_000_000);
    let check = |first: i64, second: i64, reach: Reach, expect: bool| {
        let given = Pair {
            first: code(&seed(), now.plus(first)),
            second: code(&seed(), now.plus(second)),
        };
        let accepted = accept_pair(&seed(), &given, now, None, reach);
        assert_eq!(
            accepted.is_some(),
            expect,
            "codes {first} and {second}, {reach:?}"
        );
    };
    check(-1, 0, Reach::Enrol, true);
    check(0, 1, Reach::Enrol, true);
    check(-2, -1, Reach::Enrol, true);
    check(0, 0, Reach::Enrol, false);
    check(1, 0, Reach::Enrol, false);
    check(-1, 1, Reach::Enrol, false);
    check(2, 3, Reach::Enrol, false);
    check(-100, -99, Reach::Enrol, false);
    check(-100, -99, Reach::Resync, true);
    check(-100, -98, Reach::Resync, false);
}
