//! One-time codes (RFC 6238: SHA-1, six digits, thirty seconds) as AWS checks them: one step of
//! tolerance either way, and no code twice.

use keyward_core::Timestamp;
use keyward_core::secret::MfaCode;

use crate::state::Seed;

/// Seconds that one code lives.
const STEP: i64 = 30;

/// The number of steps by which a device's clock may be off.
const TOLERANCE: i64 = 1;

/// The distance of a device and the server up to which they can be synchronised again: a day.
const RESYNC_REACH: i64 = 24 * 3600 / STEP;

/// The number of a thirty-second window since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(i64);

impl Step {
    /// The window that holds `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(now.as_second().max(0) / STEP)
    }

    /// The window `by` places later.
    #[must_use]
    pub fn plus(self, by: i64) -> Self {
        Self(self.0.saturating_add(by).max(0))
    }

    /// The first second of this window.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.saturating_mul(STEP))
    }

    /// The number of windows between the two.
    pub(crate) fn distance(self, other: Self) -> i64 {
        self.0 - other.0
    }
}

/// The code that a device with this seed shows in this window.
#[must_use]
pub(crate) fn code(seed: &Seed, step: Step) -> MfaCode {
    let second = u64::try_from(step.start().as_second()).unwrap_or(0);
    let token = seed.generator().generate(second).to_string();
    token.parse().expect("a generated token has six digits")
}

/// The window in which `given` is right, if it is right now and later than `last`, the last
/// window whose code was accepted.
pub(crate) fn accept(seed: &Seed, given: &MfaCode, now: Step, last: Option<Step>) -> Option<Step> {
    (-TOLERANCE..=TOLERANCE)
        .map(|off| now.plus(off))
        .filter(|step| last.is_none_or(|last| *step > last))
        .find(|step| same(&code(seed, *step), given))
}

/// Two codes that a person reads one after the other.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) first: MfaCode,
    pub(crate) second: MfaCode,
}

/// The distance from the present in which a pair of codes is searched.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reach {
    /// A device whose clock is right, allowing for the wait between the two codes.
    Enrol,
    /// A device whose clock has drifted.
    Resync,
}

/// The window of the second code, if the two are consecutive.
pub(crate) fn accept_pair(
    seed: &Seed,
    given: &Pair,
    now: Step,
    last: Option<Step>,
    reach: Reach,
) -> Option<Step> {
    let reach = match reach {
        Reach::Enrol => TOLERANCE + 1,
        Reach::Resync => RESYNC_REACH,
    };
    // The pair may be as far ahead as behind, so the last first code is one window short of the limit.
    (-reach..reach)
        .map(|off| now.plus(off))
        .filter(|step| last.is_none_or(|last| *step > last))
        .find(|step| {
            same(&code(seed, *step), &given.first) && same(&code(seed, step.plus(1)), &given.second)
        })
        .map(|step| step.plus(1))
}

fn same(expected: &MfaCode, given: &MfaCode) -> bool {
    // Exposed to be compared; neither is kept or shown.
    expected.expose() == given.expose()
}

#[cfg(test)]
mod tests;
