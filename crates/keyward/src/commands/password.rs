//! `keyward password`: changes the console password, within the account's rules, which are shown
//! before anything is asked.

mod rules;

use std::io::Read;
use std::process::ExitCode;

use keyward_aws::CallError;
use keyward_core::Credentials;
use keyward_core::id::ProfileName;
use keyward_core::secret::{MfaCode, Passphrase};
use zeroize::Zeroizing;

use crate::keys::iam_user::Owner;
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::CodeSource;
use crate::session::parse_code;
use crate::state::local_state::LocalState;

use rules::Rules;

/// The number of times that a person may choose a password that the rules do not allow.
const ATTEMPTS: u8 = 3;

/// Change the console password within the account's rules
///
/// Works for a first sign-in that demands a new password too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A profile of the user
    profile: ProfileName,

    /// Read the old and the new password from standard input, on a line each
    #[arg(long)]
    stdin: bool,

    /// The current code of the MFA device, should the account demand one for this
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// The two passwords.
struct Change {
    old: Passphrase,
    new: Passphrase,
}

/// Changes it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let profile = args.profile.clone();
    change(args, ui).map_err(|error| error.about(&profile))
}

fn change(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    // Check first, so that the user does not type passwords for a profile without a user.
    Owner::check(&local, &args.profile)?;
    let given = if args.stdin {
        Some(from_stdin()?)
    } else {
        Terminal::required(
            "the old and the new password",
            "give them with --stdin, on a line each",
        )?;
        None
    };
    let owner = Owner::of_current(&mut local, ui, &args.profile)?;
    let rules = match owner.aws.get_account_password_policy(&owner.key) {
        Ok(policy) => Rules::of(policy.as_ref()),
        Err(error) => {
            ui.explain(|| format!("the account does not show its rules: {error}"));
            Rules::unknown()
        }
    };
    ui.say(format!("{rules}"));
    if rules.forbids_change() {
        ui.warn("the account does not let users change their own password; trying anyway, because a policy of yours may allow it");
    }
    let change = match given {
        Some(change) => {
            rules.check(&change.new).map_err(|e| {
                CliError::usage("the account's password policy does not allow that password")
                    .because(e)
            })?;
            change
        }
        None => ask(&owner, &rules)?,
    };
    let codes = CodeSource::new(args.mfa_code)?;
    send(&local, ui, &owner, &codes, &change)?;
    ui.say(format!(
        "{GOOD}changed{GOOD:#} the console password of {} in account {}",
        owner.user, owner.account
    ));
    ui.hint(format!(
        "sign in to the console with it: account {}, user {}",
        owner.account, owner.user
    ));
    Ok(ExitCode::SUCCESS)
}

/// With the key first, since most accounts let a newcomer change the password before there is
/// an MFA device; with a session where AWS wants one.
fn send(
    local: &LocalState,
    ui: &Ui,
    owner: &Owner,
    codes: &CodeSource,
    change: &Change,
) -> Result<(), CliError> {
    let with = |credentials: &Credentials| {
        owner
            .aws
            .change_password(credentials, &change.old, &change.new)
    };
    match with(&owner.key) {
        Err(CallError::Denied { message, .. }) if message.message().contains("old password") => {
            Err(CliError::failed("the old password is wrong").because(message))
        }
        Err(error @ CallError::Denied { .. }) => match owner.device() {
            Some(serial) => {
                ui.explain(|| format!("the key alone may not: {error}"));
                let session = owner.session(local, ui, codes, serial)?;
                with(&session).map_err(refused)
            }
            None => Err(error.into()),
        },
        other => other.map_err(refused),
    }
}

/// The error of a change. After a lost answer, the old password may be wrong in a second try.
fn refused(error: CallError) -> CliError {
    let unsure = error.may_be_done().then_some(
        "the new password may be in force already: try it at the console before you repeat the change",
    );
    CliError::from(error).hint_all(unsure)
}

fn ask(owner: &Owner, rules: &Rules) -> Result<Change, CliError> {
    let mut terminal = Terminal::required("a new password", "give it with --stdin")?;
    let unusable = |_| CliError::usage("nothing was typed");
    let question = format!("Old console password of {}", owner.user);
    let old = terminal
        .ask(&question, Echo::Hidden)?
        .parse()
        .map_err(unusable)?;
    for _ in 0..ATTEMPTS {
        let new = terminal.ask("New password", Echo::Hidden)?;
        let Ok(parsed) = new.parse() else {
            terminal.say("Nothing was typed.");
            continue;
        };
        if let Err(broken) = rules.check(&parsed) {
            terminal.say(&format!("Not taken: {broken}."));
            continue;
        }
        if terminal.ask("Type it once to confirm", Echo::Hidden)? == new {
            return Ok(Change { old, new: parsed });
        }
        terminal.say("The two differ.");
    }
    Err(CliError::failed("no new password was chosen"))
}

fn from_stdin() -> Result<Change, CliError> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|e| CliError::failed("standard input cannot be read").because(e))?;
    // Blanks at the ends of a password count, so only line ends are cut.
    let mut lines = text.lines();
    let (old, new, rest) = (lines.next(), lines.next(), lines.next());
    let wrong = || {
        CliError::usage("standard input does not hold two passwords")
            .hint("give the old one and the new one, on a line each")
    };
    match (old, new, rest) {
        (Some(old), Some(new), None) => Ok(Change {
            old: old.parse().map_err(|_| wrong())?,
            new: new.parse().map_err(|_| wrong())?,
        }),
        _ => Err(wrong()),
    }
}
