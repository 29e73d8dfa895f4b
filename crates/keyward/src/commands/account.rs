//! `keyward account`: sets an account up from a blueprint, and says what is in it.

mod apply;
mod destroy;
mod export;
mod graph;
mod init;
mod invite;
mod plan;
mod prove;
mod remove;
mod render;
mod revoke;
mod schema;
mod why;

use std::process::ExitCode;

use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;

use crate::account::AccountCommand;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::session::parse_code;

/// Set up an AWS account from a blueprint, and prove what its users can do
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Init(init::Args),
    Schema(schema::Args),
    Plan(plan::Args),
    Apply(apply::Args),
    Destroy(destroy::Args),
    Render(render::Args),
    Prove(prove::Args),
    Why(why::Args),
    Invite(invite::Args),
    Export(export::Args),
    Graph(graph::Args),
    Revoke(revoke::Args),
    Remove(remove::Args),
}

/// Who signs.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SignerArgs {
    /// The profile that reaches the account; by default the one that the blueprint names
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<ProfileName>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

impl SignerArgs {
    /// Returns the source of codes.
    pub(crate) fn codes(&self) -> Result<CodeSource, CliError> {
        CodeSource::new(self.mfa_code.clone())
    }

    /// A command with these words after its verb, and with the same profile.
    fn command(&self, verb: &str, words: &[String]) -> AccountCommand {
        let words: Vec<String> = std::iter::once(verb.to_owned())
            .chain(words.iter().cloned())
            .collect();
        AccountCommand::new(&words, self.profile.as_ref())
    }
}

/// Does it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    match args.action {
        Action::Init(args) => init::run(args, ui),
        Action::Schema(args) => schema::run(&args, ui),
        Action::Plan(args) => plan::run(args, ui),
        Action::Apply(args) => apply::run(args, ui),
        Action::Destroy(args) => destroy::run(args, ui),
        Action::Render(args) => render::run(&args, ui),
        Action::Prove(args) => prove::run(args, ui),
        Action::Why(args) => why::run(args, ui),
        Action::Invite(args) => invite::run(&args, ui),
        Action::Export(args) => export::run(&args, ui),
        Action::Graph(args) => graph::run(&args, ui),
        Action::Revoke(args) => revoke::run(&args, ui),
        Action::Remove(args) => remove::run(&args, ui),
    }
}
