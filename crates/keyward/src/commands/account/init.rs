//! `keyward account init`: a blueprint to begin with, from a template or from an account as it
//! is.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use keyward_account::adopt::{Adoption, Source, adopt};
use keyward_account::blueprint::{GithubSubject, InvalidGithubSubject};
use keyward_account::federation::github_role;
use keyward_account::templates::Template;
use keyward_core::text::count;

use crate::account::{Signer, read_details};
use crate::aws_files::rewrite;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;
use keyward_aws::Aws;

use super::SignerArgs;

/// Write a blueprint from a template or an existing account
///
/// With --profile or --from, the blueprint describes what exists, and its plan is empty.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("source").args(["template", "profile", "from"])))]
pub(crate) struct Args {
    /// The template: team, readonly-admin, kickstarter or two-accounts
    #[arg(long, value_name = "T")]
    template: Option<Template>,

    #[command(flatten)]
    signer: SignerArgs,

    /// Adopt the account in this file, which holds the output of
    /// `aws iam get-account-authorization-details`
    #[arg(long, value_name = "AAD.json")]
    from: Option<PathBuf>,

    /// Add a role that workflows of a GitHub repository can assume without a stored key; without
    /// SUBJECT, only those on the branch `main`
    #[arg(long, value_name = "OWNER/REPO[:SUBJECT]", value_parser = workflow)]
    github: Option<GithubSubject>,

    /// Write to this new file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the blueprint.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut text = if let Some(path) = &args.from {
        printed(ui, adopt(&read_details(path)?, Source::Details, None))
    } else if let Some(profile) = &args.signer.profile {
        let local = LocalState::load()?;
        let mut signer = Signer::of(&local, ui, profile, args.signer.codes()?)?;
        let account = signer.read(Aws::observe)?.account;
        printed(ui, adopt(&account, Source::Live, Some(profile)))
    } else {
        let template = args.template.unwrap_or(Template::Team);
        match &args.output {
            Some(path) => template.text_in(&locations::word(path)),
            None => template.text().to_owned(),
        }
    };
    if let Some(subject) = &args.github {
        text.push('\n');
        let role = github_role(subject, &text);
        text.push_str(&role);
    }
    let Some(path) = &args.output else {
        ui.data(&text)?;
        return Ok(ExitCode::SUCCESS);
    };
    rewrite::create(path, text.as_bytes()).map_err(|e| rewrite::unwritten(path, e))?;
    ui.say(format!("{GOOD}wrote{GOOD:#} {}", locations::show(path)));
    ui.hint(format!(
        "read it, then: {CODE}keyward account plan {}{CODE:#}",
        locations::word(path)
    ));
    Ok(ExitCode::SUCCESS)
}

/// `OWNER/REPO`, or with the subject that GitHub's tokens name, such as
/// `OWNER/REPO:environment:production`.
fn workflow(text: &str) -> Result<GithubSubject, InvalidGithubSubject> {
    match text.contains(':') {
        true => text.parse(),
        false => format!("{text}:{DEFAULT_SUBJECT}").parse(),
    }
}

/// The subject of workflows on the branch `main`.
const DEFAULT_SUBJECT: &str = "ref:refs/heads/main";

/// The text of an adoption. Reports on standard error how much the adoption leaves out.
fn printed(ui: &Ui, adoption: Adoption) -> String {
    if !adoption.unmanaged.is_empty() {
        ui.say(format!(
            "left out {}; the table [unmanaged] gives the reasons",
            count(adoption.unmanaged.len(), "thing")
        ));
    }
    adoption.text
}
