//! Two codes in a row, as AWS wants them before it believes in a device.

use keyward_core::Timestamp;
use keyward_core::secret::{MfaCode, TotpSeed};

use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::CliError;
use crate::session::digits;
use crate::session::totp;

/// The number of times that a person may mistype one code.
const ATTEMPTS: u8 = 3;

/// A code and the one after it.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// The earlier.
    pub(crate) first: MfaCode,
    /// The later.
    pub(crate) second: MfaCode,
}

impl Pair {
    /// Two codes as they were entered. Two equal codes are refused.
    pub(crate) fn new(first: MfaCode, second: MfaCode) -> Result<Self, CliError> {
        // Compared, and neither shown.
        if first.expose() == second.expose() {
            return Err(CliError::usage("the two codes are the same")
                .hint("wait until the device shows another, and give both in order"));
        }
        Ok(Self { first, second })
    }

    /// The previous and the current code of a device with this seed, so that the user need not wait for the
    /// next one. `now` is AWS's time, which decides.
    pub(crate) fn of(seed: &TotpSeed, now: Timestamp) -> Result<Self, totp::UnusableSeed> {
        let at = |by| totp::code_at(seed, totp::window(now, by));
        Ok(Self {
            first: at(-1)?,
            second: at(0)?,
        })
    }

    /// Asks for both.
    pub(crate) fn ask(terminal: &mut Terminal) -> Result<Self, CliError> {
        let first = ask_one(terminal, "Code shown now", None)?;
        let second = ask_one(terminal, "The next code (within 30 s)", Some(&first))?;
        Ok(Self { first, second })
    }
}

fn ask_one(
    terminal: &mut Terminal,
    question: &str,
    before: Option<&MfaCode>,
) -> Result<MfaCode, CliError> {
    for _ in 0..ATTEMPTS {
        let answer = terminal.ask(question, Echo::Shown)?;
        match digits(&answer).parse::<MfaCode>() {
            Ok(code) if before.is_some_and(|before| before.expose() == code.expose()) => {
                terminal.say("That is the first code again: wait until another is shown.");
            }
            Ok(code) => return Ok(code),
            Err(error) => terminal.say(&format!("Not taken: {error}.")),
        }
    }
    Err(CliError::failed("no usable MFA code was typed"))
}
