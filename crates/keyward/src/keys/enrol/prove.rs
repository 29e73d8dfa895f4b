//! Showing a new device to the phone, and proving it to AWS by two codes.

use keyward_aws::CallError;

use super::{Enrolment, Made, Pair, SeedKeeping, SeedText, picture};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::session::totp;
use crate::session::{UsedCodes, warn_of_clock};
use crate::state::local_state::now;

/// The number of times that both codes may be wrong.
const ATTEMPTS: u8 = 3;

impl Enrolment<'_> {
    /// Proves the device to AWS by two codes.
    pub(super) fn switch_on(&self, made: &Made) -> Result<(), CliError> {
        if self.wish.seed == SeedKeeping::Vault {
            let terminal = Terminal::open().filter(|_| self.wish.text != SeedText::Unseen);
            if let Some(mut terminal) = terminal {
                self.show(&mut terminal, made);
            } else if self.wish.text == SeedText::Shown {
                // Asked for by name, on the stream that scripts read.
                self.ui.data(&format!("{}\n", made.seed.expose()))?;
            }
            return self.prove_by_seed(made);
        }
        let mut terminal =
            Terminal::required("a person with a phone", "run the command in a terminal")?;
        self.show(&mut terminal, made);
        for _ in 1..ATTEMPTS {
            let pair = Pair::ask(&mut terminal)?;
            match self.enable(made, &pair) {
                Err(CallError::WrongOrUsedCode { .. }) => terminal.say(
                    "AWS did not accept them: they must be two codes in a row, of the entry just scanned, on a device whose clock is right.",
                ),
                other => return Ok(other?),
            }
        }
        Ok(self.enable(made, &Pair::ask(&mut terminal)?)?)
    }

    /// Proves it by the codes that the seed makes at AWS's time, which its answers have shown.
    fn prove_by_seed(&self, made: &Made) -> Result<(), CliError> {
        let theirs = self.owner.aws.aws_time();
        if theirs.as_second().abs_diff(now().as_second()) >= totp::WINDOW.unsigned_abs() {
            warn_of_clock(self.ui, now(), theirs);
        }
        let pair = Pair::of(&made.seed, theirs)
            .map_err(|e| CliError::failed("AWS's seed does not make a code").because(e))?;
        Ok(self.enable(made, &pair)?)
    }

    fn enable(&self, made: &Made, pair: &Pair) -> Result<(), CallError> {
        self.owner.aws.enable_mfa_device(
            &self.credentials,
            &self.owner.user,
            &made.serial,
            (&pair.first, &pair.second),
        )?;
        UsedCodes::of(self.local, &made.serial).remember(&pair.second);
        Ok(())
    }

    /// The picture, and the seed as text on request or if the picture does not fit.
    fn show(&self, terminal: &mut Terminal, made: &Made) {
        let address = totp::address(&made.seed, &self.owner.user, &self.owner.account);
        let (rows, columns) = terminal.size();
        let picture = picture::draw(&address, rows, columns);
        let is_text = picture.is_none() || self.wish.text == SeedText::Shown;
        terminal.say("Scan this with an authenticator app; it then shows a code every 30 s.");
        if !is_text {
            // A picture says nothing to a screen reader or to an app without a camera. Above the
            // picture, this line may scroll away in a small terminal.
            terminal.say(&format!(
                "To type it instead: Ctrl-C, then `keyward mfa enroll {} --show-seed`.",
                self.owner.holder.argument()
            ));
        }
        match &picture {
            Some(picture) => terminal.draw(picture),
            None => terminal.say("(This terminal is too small for the picture.)"),
        }
        if is_text {
            // Shown because the person asked, or has no other way to read it.
            terminal.say(&format!(
                "Or type this seed into it: {}",
                made.seed.expose()
            ));
        }
    }
}
