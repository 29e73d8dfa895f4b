//! One-time codes: where they come from, and that each is used once.

use std::process::{Command, Stdio};
use std::time::Duration;

use data_encoding::HEXLOWER;
use keyward_aws::CallError;
use keyward_core::Credentials;
use keyward_core::id::MfaSerial;
use keyward_core::plan::Plan;
use keyward_core::secret::MfaCode;
use sha2::{Digest, Sha256};

use crate::environment as env;
use crate::error::CliError;
use crate::terminal::{Echo, Terminal};
use crate::ui::Ui;
use crate::world::{World, now};

/// How often a person may mistype.
const ATTEMPTS: u8 = 3;
/// The length of a code's window. Source: RFC 6238.
const WINDOW: i64 = 30;

/// Where a code may come from besides the person.
#[derive(Debug, Clone, Default)]
pub(crate) struct CodeSource {
    given: Option<MfaCode>,
}

impl CodeSource {
    /// The code of `--mfa-code`, else of the environment.
    pub(crate) fn new(flag: Option<MfaCode>) -> Result<Self, CliError> {
        let given = match flag {
            Some(code) => Some(code),
            None => env::get(env::MFA_CODE)
                .map(|text| text.trim().parse())
                .transpose()
                .map_err(|e: keyward_core::secret::InvalidSecret| {
                    CliError::usage(format!("{} cannot be used", env::MFA_CODE)).because(e)
                })?,
        };
        Ok(Self { given })
    }
}

/// Gets a code, makes the call, and asks again when a typed code was wrong.
pub(crate) fn with_code(
    world: &World,
    ui: &Ui,
    plan: &Plan,
    source: &CodeSource,
    serial: &MfaSerial,
    call: impl Fn(&MfaCode) -> Result<Credentials, CallError>,
) -> Result<Credentials, CliError> {
    let ledger = Ledger::of(world, serial);
    if let Some(code) = &source.given {
        return finish(&ledger, code, call(code));
    }
    if let Some(command) = &plan.mfa_process {
        ledger.wait_for_unused_window(ui);
        let code = from_process(command)?;
        return finish(&ledger, &code, call(&code));
    }
    let mut terminal = Terminal::required(
        &format!("the MFA code of {serial}"),
        format!(
            "run `keyward exec {} -- true` in a terminal first, or give the code with --mfa-code or {}",
            plan.profile,
            env::MFA_CODE
        ),
    )?;
    for attempt in 1..=ATTEMPTS {
        let code = ask(&mut terminal, &plan.profile.to_string(), serial, &ledger)?;
        match call(&code) {
            Err(CallError::WrongOrUsedCode { .. }) if attempt < ATTEMPTS => {
                terminal.say("AWS did not take that code: it is wrong, or was used before.");
            }
            other => return finish(&ledger, &code, other),
        }
    }
    unreachable!("the last attempt returns")
}

fn finish(
    ledger: &Ledger,
    code: &MfaCode,
    result: Result<Credentials, CallError>,
) -> Result<Credentials, CliError> {
    if result.is_ok() {
        ledger.remember(code);
    }
    Ok(result?)
}

/// Asks until the answer is six digits that were not used a moment ago.
fn ask(
    terminal: &mut Terminal,
    profile: &str,
    serial: &MfaSerial,
    ledger: &Ledger,
) -> Result<MfaCode, CliError> {
    for _ in 0..ATTEMPTS {
        let answer = terminal.ask(&format!("MFA code for {profile} ({serial})"), Echo::Shown)?;
        let digits: String = answer.chars().filter(|c| !c.is_whitespace()).collect();
        match digits.parse::<MfaCode>() {
            Ok(code) if ledger.was_used(&code) => {
                terminal.say(&format!(
                    "That code was used already; the next one comes in {} s.",
                    ledger.window_left()
                ));
            }
            Ok(code) => return Ok(code),
            Err(error) => terminal.say(&format!("Not taken: {error}.")),
        }
    }
    Err(CliError::failed("no usable MFA code was typed"))
}

/// The output of `mfa_process`, run by the shell as the profile's owner wrote it.
fn from_process(command: &str) -> Result<MfaCode, CliError> {
    let failed = || CliError::failed("the `mfa_process` command gave no code");
    let mut shell = if cfg!(windows) {
        Command::new("cmd.exe")
    } else {
        Command::new("sh")
    };
    shell
        .arg(if cfg!(windows) { "/C" } else { "-c" })
        .arg(command);
    for name in [env::PASSPHRASE, env::PASSPHRASE_FILE, env::MFA_CODE] {
        shell.env_remove(name);
    }
    // Its questions, such as a touch request, belong on the terminal.
    let terminal = |write: bool| {
        std::fs::File::options()
            .read(!write)
            .write(write)
            .open("/dev/tty")
            .map_or_else(|_| Stdio::null(), Stdio::from)
    };
    let output = shell
        .stdin(terminal(false))
        .stderr(terminal(true))
        .output()
        .map_err(|e| failed().because(e))?;
    if !output.status.success() {
        return Err(failed().because(format!("it ended with {}", output.status)));
    }
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|e: keyward_core::secret::InvalidSecret| failed().because(e))
}

/// Remembers which code was last used, so that it is not sent twice. The file holds a digest
/// of a code that AWS will not take again.
#[derive(Debug)]
struct Ledger {
    file: std::path::PathBuf,
    salt: String,
}

impl Ledger {
    fn of(world: &World, serial: &MfaSerial) -> Self {
        let digest = Sha256::digest(serial.as_str().as_bytes());
        let name = HEXLOWER.encode(&digest[..8]);
        Self {
            file: world.places.data.join("locks").join(format!("code-{name}")),
            salt: serial.to_string(),
        }
    }

    fn mark(&self, code: &MfaCode) -> String {
        let mut digest = Sha256::new();
        digest.update(self.salt.as_bytes());
        // The code enters a digest, not the file.
        digest.update(code.expose().as_bytes());
        HEXLOWER.encode(&digest.finalize()[..16])
    }

    fn remember(&self, code: &MfaCode) {
        let line = format!("{} {}", now().as_second(), self.mark(code));
        // Losing the note costs one refused code, no more.
        let _ = crate::rewrite::read(&self.file)
            .and_then(|old| crate::rewrite::replace(&self.file, old.as_deref(), &line));
    }

    /// Time and mark of the last code, if it can still be the one that the device shows.
    fn last(&self) -> Option<(i64, String)> {
        let text = std::fs::read_to_string(&self.file).ok()?;
        let (at, mark) = text.trim().split_once(' ')?;
        let at: i64 = at.parse().ok()?;
        (now().as_second() - at < 2 * WINDOW).then(|| (at, mark.to_owned()))
    }

    fn was_used(&self, code: &MfaCode) -> bool {
        self.last().is_some_and(|(_, mark)| mark == self.mark(code))
    }

    fn window_left(&self) -> i64 {
        WINDOW - now().as_second().rem_euclid(WINDOW)
    }

    fn wait_for_unused_window(&self, ui: &Ui) {
        let Some((at, _)) = self.last() else { return };
        if at.div_euclid(WINDOW) == now().as_second().div_euclid(WINDOW) {
            let left = self.window_left();
            ui.say(format!(
                "the current code was used already; waiting {left} s for the next"
            ));
            std::thread::sleep(Duration::from_secs(u64::try_from(left).unwrap_or(0)));
        }
    }
}
