//! `keyward account graph`: who can reach which role, drawn from a blueprint, from the account as
//! it is, or from saved authorization details.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use keyward_account::graph::{Graph, draw, graph, graph_of};

use crate::account::{BlueprintFile, Signer, read_details};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use keyward_aws::Aws;

use super::SignerArgs;

/// Draw who can reach which role, and where no MFA is needed
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("source").args(["blueprint", "profile", "from"]).required(true)))]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    signer: SignerArgs,

    /// Draw the account in this file, which holds the output of
    /// `aws iam get-account-authorization-details`
    #[arg(long, value_name = "AAD.json")]
    from: Option<PathBuf>,

    /// The format
    #[arg(long, value_name = "F", default_value = "svg")]
    format: Format,
}

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A picture
    Svg,
    /// A page with the picture and the paths without MFA
    Html,
    /// For Graphviz
    Dot,
    /// For Markdown
    Mermaid,
}

/// Draws the graph.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let drawn = drawn(args, ui)?;
    ui.data(&match args.format {
        Format::Svg => draw::svg(&drawn),
        Format::Html => draw::html(&drawn),
        Format::Dot => draw::dot(&drawn),
        Format::Mermaid => draw::mermaid(&drawn),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn drawn(args: &Args, ui: &Ui) -> Result<Graph, CliError> {
    if let Some(path) = &args.from {
        return Ok(graph(&read_details(path)?));
    }
    if let Some(path) = &args.file {
        let desired = BlueprintFile::read(path, ui)?.desired();
        let accounts: Vec<_> = desired.iter().map(|desired| &desired.account).collect();
        return Ok(graph_of(&accounts));
    }
    let profile = args.signer.profile.as_ref().ok_or_else(|| {
        CliError::usage("name a blueprint, a profile, or a file with authorization details")
    })?;
    let local = LocalState::load()?;
    let mut signer = Signer::of(&local, ui, profile, args.signer.codes()?)?;
    Ok(graph(&signer.read(Aws::observe)?.account))
}
