//! One file per verb: `Args` is its data and its help, `run` does it.

pub(crate) mod account;
pub(crate) mod add;
pub(crate) mod assume;
pub(crate) mod audit;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod credential_process;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod login;
pub(crate) mod mfa;
pub(crate) mod password;
pub(crate) mod plugin_host;
pub(crate) mod refresh;
pub(crate) mod remove;
pub(crate) mod restrict;
pub(crate) mod rotate;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod setup_sso;
pub(crate) mod shell_init;
pub(crate) mod signin;
pub(crate) mod sso;
pub(crate) mod status;
pub(crate) mod switch;
pub(crate) mod vault;
pub(crate) mod whoami;

use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use keyward_core::Credentials;
use keyward_core::chain::{Base, Chain, Flags, HandOut, Sessions};
use keyward_core::id::{ProfileName, Region};
use keyward_core::secret::MfaCode;
use keyward_core::time::parse_duration;

use crate::cli::Cli;
use crate::error::CliError;
use crate::local_state::LocalState;
use crate::log::How;
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::ui::Ui;

/// Flags of every command that hands credentials out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct HandOutArgs {
    /// How long they should live, such as 1h or 45m
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    pub(crate) duration: Option<Duration>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    pub(crate) mfa_code: Option<MfaCode>,

    /// Hand out the long-lived key itself, or roles straight from it
    #[arg(long)]
    pub(crate) no_session: bool,

    /// The region for the program
    #[arg(long, value_name = "R")]
    pub(crate) region: Option<Region>,

    #[command(flatten)]
    pub(crate) less: restrict::RestrictArgs,
}

impl HandOutArgs {
    /// What they mean for the chain, restrictions apart.
    pub(crate) fn flags(&self, hand_out: HandOut) -> Flags {
        Flags {
            duration: self.duration,
            region: self.region.clone(),
            sessions: if self.no_session {
                Sessions::Skip
            } else {
                Sessions::Use
            },
            hand_out,
            ..Flags::default()
        }
    }
}

/// What was planned and got.
pub(crate) struct HandedOut {
    /// The chain.
    pub(crate) chain: Chain,
    /// What it ended in.
    pub(crate) credentials: Credentials,
}

/// Plans and walks for a command that hands out static credentials.
pub(crate) fn hand_out(
    profile: &ProfileName,
    args: HandOutArgs,
    how: How,
    ui: &Ui,
) -> Result<HandedOut, CliError> {
    let mut local = LocalState::load()?;
    let flags = args.flags(HandOut::Static);
    let codes = CodeSource::new(args.mfa_code)?;
    let (chain, credentials) = local.plan_and_act(ui, |local| {
        let chain = restrict::resolve(local, profile, flags.clone(), &args.less)?;
        for warning in &chain.warnings {
            ui.warn(warning);
        }
        let execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
        let credentials = execution.credentials()?;
        Ok((execution.carried_out().clone(), credentials))
    })?;
    crate::log::record(&local, ui, how, &chain, &credentials);
    Ok(HandedOut { chain, credentials })
}

/// Whether a chain ends in the long-lived key that it starts from.
pub(crate) fn gives_key(chain: &Chain) -> bool {
    let is_key = match &chain.base {
        Base::VaultKey { .. } | Base::Process { key: Some(_), .. } => true,
        Base::Static { temporary, .. } | Base::Environment { temporary, .. } => !temporary,
        _ => false,
    };
    is_key && chain.hops.is_empty()
}

/// The bare command: help.
pub(crate) fn help(ui: &Ui) -> Result<ExitCode, CliError> {
    ui.data(&Cli::command().render_help().ansi().to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn parse_code(text: &str) -> Result<MfaCode, keyward_core::secret::InvalidSecret> {
    text.parse()
}

/// Writes a JSON document with a line end.
pub(crate) fn print_json(ui: &Ui, value: &serde_json::Value) -> Result<(), CliError> {
    ui.data(&format!("{value:#}\n"))
}
