//! One-time codes: where they come from, and that each is used once.
//!
//! In order: the code from the command line or the environment; the profile's `mfa_process`; a seed
//! in the vault; a YubiKey, if the settings name an account on it; the person, on the terminal
//! or, without one, in a desktop dialog.

mod elsewhere;
mod program;
mod used_codes;
mod wait;

use keyward_aws::{Aws, CallError};
use keyward_core::chain::Chain;
use keyward_core::id::MfaSerial;
use keyward_core::secret::{MfaCode, TotpSeed};
use keyward_core::{Credentials, Timestamp};

use crate::environment as env;
use crate::process::dialog::Dialog;
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::session::totp;
use crate::session::unlock;
use crate::state::local_state::{LocalState, now};

pub(crate) use used_codes::UsedCodes;

/// The number of times that a person may mistype.
const ATTEMPTS: u8 = 3;

/// Sources of a code other than the user.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeSource {
    given: Option<MfaCode>,
}

impl CodeSource {
    /// The code of `--mfa-code`, else of the environment.
    pub(crate) fn new(flag: Option<MfaCode>) -> Result<Self, CliError> {
        let given = match flag {
            Some(code) => Some(code),
            None => env::text(env::MFA_CODE)?
                .map(|text| digits(&text).parse())
                .transpose()
                .map_err(|e: keyward_core::secret::InvalidSecret| {
                    CliError::usage(format!("{} cannot be used", env::MFA_CODE)).because(e)
                })?,
        };
        Ok(Self { given })
    }
}

/// Fails at once where no code can come from anywhere: before the vault is opened, which costs
/// seconds and maybe a passphrase.
pub(crate) fn check_reachable(
    local: &LocalState,
    chain: &Chain,
    source: &CodeSource,
    serial: &MfaSerial,
) -> Result<(), CliError> {
    if let Some(code) = &source.given {
        return refuse_spent(&UsedCodes::of(local, serial), code, serial);
    }
    let somewhere = chain.mfa_process.is_some()
        || local.settings.ykman.is_some()
        || local.index.seeds.contains(serial);
    if somewhere {
        return Ok(());
    }
    Prompt::find(local, chain, serial).map(drop)
}

/// Refuses a given code that was already sent: AWS accepts none twice.
fn refuse_spent(
    used_codes: &UsedCodes,
    code: &MfaCode,
    serial: &MfaSerial,
) -> Result<(), CliError> {
    if !used_codes.was_used(code) {
        return Ok(());
    }
    Err(spent("the code that was given", serial))
}

/// The error about a code that is not sent a second time.
fn spent(what: &str, serial: &MfaSerial) -> CliError {
    CliError::failed(format!(
        "{what} has already been sent to AWS, which accepts each code of {serial} once"
    ))
    .hint(format!(
        "give the next one, which the device shows within {} s",
        totp::seconds_left(now())
    ))
}

/// Gets a code, makes the call, and asks again when a typed code was wrong. `aws` makes the call,
/// and knows AWS's time from its answers.
pub(crate) fn with_code(
    local: &LocalState,
    ui: &Ui,
    chain: &Chain,
    source: &CodeSource,
    serial: &MfaSerial,
    aws: &Aws,
    call: impl Fn(&MfaCode) -> Result<Credentials, CallError>,
) -> Result<Credentials, CliError> {
    let used_codes = UsedCodes::of(local, serial);
    if let Some(code) = &source.given {
        let turn = used_codes.turn(ui)?;
        refuse_spent(&used_codes, code, serial)?;
        return Ok(turn.send(code, call)?);
    }
    if let Some(command) = &chain.mfa_process {
        return with_program(
            ui,
            &used_codes,
            serial,
            || program::mfa_process(command, local.deadline),
            call,
        );
    }
    if let Some(seed) = stored_seed(local, ui, serial)? {
        return with_seed(ui, &used_codes, serial, &seed, &|| aws.aws_time(), call);
    }
    if let Some(account) = &local.settings.ykman {
        let program = || program::ykman(account, local.deadline);
        return with_program(ui, &used_codes, serial, program, call);
    }
    let mut person = Prompt::find(local, chain, serial)?;
    for attempt in 1..=ATTEMPTS {
        let code = person
            .code(ui, &chain.profile.to_string(), serial, &used_codes)
            .map_err(|error| match error.kind() {
                ErrorKind::PersonNeeded => error.hint(elsewhere::hint(local, chain)),
                _ => error,
            })?;
        let turn = used_codes.turn(ui)?;
        match refuse_spent(&used_codes, &code, serial) {
            Err(_) if attempt < ATTEMPTS => {
                drop(turn);
                person.say("Another command has just used that code: type the next one.");
                continue;
            }
            unspent => unspent?,
        }
        match turn.send(&code, &call) {
            Err(CallError::WrongOrUsedCode { .. }) if attempt < ATTEMPTS => {
                person.say(&refused(attempt, serial));
            }
            other => return Ok(other?),
        }
    }
    unreachable!("the last attempt returns")
}

/// Returns the advice after a code that AWS refused. The second refusal is seldom a slip of the
/// finger.
fn refused(attempt: u8, serial: &MfaSerial) -> String {
    match attempt {
        1 => "AWS did not accept that code: it is wrong, or was used before. Wait until the device shows the next one."
            .to_owned(),
        _ => format!(
            "AWS did not accept that code either. It must come from the entry of {serial}, on a device whose clock is right."
        ),
    }
}

/// The seed in the vault, if the index lists one for the device.
fn stored_seed(
    local: &LocalState,
    ui: &Ui,
    serial: &MfaSerial,
) -> Result<Option<TotpSeed>, CliError> {
    if !local.index.seeds.contains(serial) {
        return Ok(None);
    }
    let vault = unlock::open_vault(local, ui)?;
    Ok(vault.document().totp_seed(serial).cloned())
}

/// A program may be slow, and may call keyward itself. It therefore runs before the lock is
/// acquired, and again if another command sent the same code in the meantime.
fn with_program(
    ui: &Ui,
    used_codes: &UsedCodes,
    serial: &MfaSerial,
    program: impl Fn() -> Result<MfaCode, CliError>,
    call: impl Fn(&MfaCode) -> Result<Credentials, CallError>,
) -> Result<Credentials, CliError> {
    for _ in 0..ATTEMPTS {
        used_codes.wait_for_unused_window(ui);
        let code = program()?;
        let turn = used_codes.turn(ui)?;
        if !used_codes.was_used(&code) {
            return Ok(turn.send(&code, call)?);
        }
    }
    Err(spent("the code that the program gives", serial))
}

/// The first code that was not sent, of this window or the next: AWS accepts the next one's too,
/// which spares a wait. One that comes before a code that was sent is spent with it. Codes are made
/// by AWS's time, `theirs`; what was sent is noted by this machine's.
fn unsent(
    seed: &TotpSeed,
    used_codes: &UsedCodes,
    theirs: Timestamp,
) -> Result<Option<MfaCode>, totp::UnusableSeed> {
    let code = |by| totp::code_at(seed, totp::window(theirs, by));
    let (present, next) = (code(0)?, code(1)?);
    let used = |code: &MfaCode| used_codes.was_used(code);
    Ok(match (used(&present), used(&next)) {
        (_, true) => None,
        (true, false) => Some(next),
        (false, false) => Some(present),
    })
}

/// Makes the call with a code of the seed, by AWS's time: `theirs` returns it as far as an answer
/// has shown it.
fn with_seed(
    ui: &Ui,
    used_codes: &UsedCodes,
    serial: &MfaSerial,
    seed: &TotpSeed,
    theirs: &dyn Fn() -> Timestamp,
    call: impl Fn(&MfaCode) -> Result<Credentials, CallError>,
) -> Result<Credentials, CliError> {
    let unusable = |e: totp::UnusableSeed| {
        CliError::failed("the vault's seed does not make a code").because(e)
    };
    let turn = used_codes.turn(ui)?;
    let (mut is_corrected, mut has_waited, mut was_refused) = (false, false, false);
    loop {
        let time = theirs();
        let Some(code) = unsent(seed, used_codes, time).map_err(unusable)? else {
            if has_waited {
                // The clock was moved.
                return Err(spent("the seed's next code", serial));
            }
            has_waited = true;
            // A process that waits for the lock needs a later code than this one anyway.
            wait::for_next_code(ui, totp::seconds_left(theirs()));
            continue;
        };
        match turn.send(&code, &call) {
            // The answer showed that AWS's time is another: the code was of the wrong window.
            Err(CallError::WrongOrUsedCode { .. }) if !is_corrected && is_far(time, theirs()) => {
                is_corrected = true;
                warn_of_clock(ui, now(), theirs());
            }
            // A seed makes no wrong codes, so this one was used where this machine has no note of it:
            // on another machine, on a phone, or before the clock was set.
            Err(CallError::WrongOrUsedCode { .. }) if !(was_refused || has_waited) => {
                was_refused = true;
                spend_window(seed, used_codes, time).map_err(unusable)?;
            }
            other => return Ok(other?),
        }
    }
}

/// Whether two times are so far apart that AWS accepts no code of the one at the other.
fn is_far(one: Timestamp, other: Timestamp) -> bool {
    one.as_second().abs_diff(other.as_second()) >= totp::WINDOW.unsigned_abs()
}

/// Records both codes that AWS accepts now as used. Another machine that used the present code may have
/// used the next one too, and AWS accepts neither again.
fn spend_window(
    seed: &TotpSeed,
    used_codes: &UsedCodes,
    theirs: Timestamp,
) -> Result<(), totp::UnusableSeed> {
    for by in 0..2 {
        used_codes.remember(&totp::code_at(seed, totp::window(theirs, by))?);
    }
    Ok(())
}

/// Says that codes are made by AWS's time, if this machine's clock is off.
pub(crate) fn warn_of_clock(ui: &Ui, ours: Timestamp, theirs: Timestamp) {
    let seconds = theirs.as_second() - ours.as_second();
    ui.warn(format!(
        "this machine's clock is {} s {}; codes are made by AWS's time",
        seconds.unsigned_abs(),
        if seconds > 0 { "behind" } else { "ahead" }
    ));
}

/// The person, however they are reached.
enum Prompt {
    Terminal(Terminal),
    Dialog(Dialog),
}

impl Prompt {
    fn find(local: &LocalState, chain: &Chain, serial: &MfaSerial) -> Result<Self, CliError> {
        if let Some(terminal) = Terminal::open() {
            return Ok(Self::Terminal(terminal));
        }
        if let Some(dialog) = Dialog::find(local.settings.dialogs, local.deadline) {
            return Ok(Self::Dialog(dialog));
        }
        Terminal::required(
            &format!("the MFA code of {serial}"),
            elsewhere::hint(local, chain),
        )
        .map(Self::Terminal)
    }

    fn say(&mut self, text: &str) {
        match self {
            Self::Terminal(terminal) => terminal.say(text),
            Self::Dialog(dialog) => dialog.remember(text),
        }
    }

    fn ask(&mut self, question: &str) -> Result<zeroize::Zeroizing<String>, CliError> {
        match self {
            Self::Terminal(terminal) => terminal.ask(question, Echo::Shown),
            Self::Dialog(dialog) => dialog.ask(question, Echo::Shown),
        }
    }

    /// Asks until the answer is six digits that were not used a moment ago.
    fn code(
        &mut self,
        ui: &Ui,
        profile: &str,
        serial: &MfaSerial,
        used_codes: &UsedCodes,
    ) -> Result<MfaCode, CliError> {
        for _ in 0..ATTEMPTS {
            let answer = self.ask(&format!("MFA code for {profile} ({serial})"))?;
            match digits(&answer).parse::<MfaCode>() {
                Ok(code) if used_codes.was_used(&code) => {
                    wait::for_next_code(ui, totp::seconds_left(now()));
                }
                Ok(code) => return Ok(code),
                Err(error) => self.say(&format!("Not taken: {error}.")),
            }
        }
        Err(CliError::failed("no usable MFA code was typed"))
    }
}

/// A code as people type it: some phones show it in two groups.
pub(crate) fn digits(answer: &str) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(answer.chars().filter(|c| !c.is_whitespace()).collect())
}

#[cfg(test)]
mod tests;
