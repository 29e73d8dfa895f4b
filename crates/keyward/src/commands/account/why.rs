//! `keyward account why`: whether a user may do one thing, and which statement decides.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use keyward_account::prove::controls::in_words;
use keyward_account::prove::{Outcome, why};

use crate::account::{ControlArgs, Origin, Proven};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui, WARN};

use super::SignerArgs;

/// Say whether a user may do one thing, and by which statement
///
/// Answers for an access key alone, a session without MFA, a fresh code and an old one. Without
/// RESOURCE, the answer is for some resource of the action's own types in the account.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("origin").args(["blueprint", "profile", "from"]).required(true)))]
pub(crate) struct Args {
    /// The user; ACCOUNT/NAME if several accounts have a user of that name
    user: String,

    /// The action, such as iam:CreateAccessKey
    action: String,

    /// The ARN of the resource
    #[arg(default_value = "*")]
    resource: String,

    /// The blueprint
    #[arg(long, value_name = "FILE")]
    blueprint: Option<PathBuf>,

    #[command(flatten)]
    signer: SignerArgs,

    /// Read the account from this file, which holds the output of
    /// `aws iam get-account-authorization-details`
    #[arg(long, value_name = "AAD.json")]
    from: Option<PathBuf>,

    #[command(flatten)]
    controls: ControlArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Answers the question.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let origin = match (&args.blueprint, &args.signer.profile, &args.from) {
        (Some(file), ..) => Origin::Blueprint(file),
        (_, Some(profile), _) => Origin::Profile(profile),
        (_, _, Some(from)) => Origin::Details(from),
        (None, None, None) => {
            return Err(CliError::usage("name --blueprint, --profile or --from"));
        }
    };
    let proven = Proven::read(origin, &args.controls, || args.signer.codes(), ui)?;
    let answer = why(&proven.accounts(), &args.user, &args.action, &args.resource)
        .map_err(|e| CliError::usage(e.to_string()))?;
    if args.json {
        ui.data(&answer.json())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = format!(
        "{STRONG}{} of {} on {}{STRONG:#}\n",
        answer.action, answer.user, answer.resource
    );
    for answer in &answer.answers {
        let context = answer.scenario.words();
        let line = match answer.outcome {
            Outcome::Allowed => format!("{GOOD}allowed{GOOD:#} with {context}"),
            Outcome::ExplicitlyDenied => format!("{BAD}denied{BAD:#} with {context}"),
            Outcome::ImplicitlyDenied => format!("{BAD}not allowed{BAD:#} with {context}"),
        };
        text.push_str(&line);
        text.push('\n');
        for deciding in &answer.by {
            text.push_str(&format!("  by {}\n", deciding.statement));
        }
        if let Some(limit) = &answer.limit {
            text.push_str(&format!("  {limit}\n"));
        }
        if let Some(chain) = &answer.chain {
            text.push_str(&format!("  {chain}\n"));
        }
    }
    if let Some(note) = &answer.resource_note {
        text.push_str(&format!("{WARN}note{WARN:#}: {note}\n"));
    }
    if let Some(not_judged) = answer.not_judged {
        text.push_str(&format!("{FAINT}{not_judged}{FAINT:#}\n"));
    }
    if !answer.controls.is_empty() {
        let counted = in_words(&answer.controls);
        text.push_str(&format!("{FAINT}{counted}{FAINT:#}\n"));
    }
    ui.text(&text, 4)?;
    Ok(ExitCode::SUCCESS)
}
