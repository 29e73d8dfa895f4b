//! Credentials for a program: the flags that every such command has, and the chain carried out for
//! them.

use std::time::Duration;

use keyward_core::Credentials;
use keyward_core::chain::{Chain, Flags, HandOut, Sessions};
use keyward_core::id::{ProfileName, Region};
use keyward_core::secret::MfaCode;
use keyward_core::time::parse_duration;

use super::{ChainExecution, CodeSource, Freshness, restrict};
use crate::log::How;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

/// Flags of every command that hands credentials out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct HandOutArgs {
    /// How long they should live, such as 1h or 45m
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    pub(crate) duration: Option<Duration>,

    /// How long the MFA session below a role should live; without it, `session_ttl` in config.toml
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    pub(crate) session_ttl: Option<Duration>,

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
    /// The flags of the chain, without restrictions.
    pub(crate) fn flags(&self, hand_out: HandOut) -> Flags {
        Flags {
            duration: self.duration,
            session_duration: self.session_ttl,
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

    /// Whether the same words mean the same again: no code that is good once, no file that may
    /// change, and not the key itself.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.mfa_code.is_none() && !self.no_session && !self.less.reads_a_file()
    }
}

/// The plan and its result.
pub(crate) struct HandedOut {
    /// The state behind the plan.
    pub(crate) local: LocalState,
    /// The chain.
    pub(crate) chain: Chain,
    /// The credentials at its end.
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
        let mut execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
        let credentials = execution.credentials()?;
        Ok((execution.carried_out().clone(), credentials))
    })?;
    crate::log::record(&local, ui, how, &chain, &credentials);
    Ok(HandedOut {
        local,
        chain,
        credentials,
    })
}

/// Whether a chain ends in the long-lived key that it starts from.
pub(crate) fn gives_key(chain: &Chain) -> bool {
    chain.base.is_long_lived_key() && chain.hops.is_empty()
}

pub(crate) fn parse_code(text: &str) -> Result<MfaCode, keyward_core::secret::InvalidSecret> {
    text.parse()
}
