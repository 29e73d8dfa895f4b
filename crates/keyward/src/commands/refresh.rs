//! `keyward refresh`: a temporary session written into the credentials file.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use keyward_core::chain::Flags;
use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;
use keyward_core::shell::quoted;
use keyward_core::time::{parse_duration, show_duration};

use crate::aws_files::credentials_file::{self, Written};
use crate::aws_files::rewrite;
use crate::keys::rotation::show as rotation;
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui};
use crate::session::parse_code;
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// Write a temporary session into the credentials file, for tools that know nothing else
///
/// The session stands there in the clear until it ends; `keyward setup` needs no such copy.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// The section to write, when not the profile's own
    #[arg(long = "as", value_name = "NAME")]
    section: Option<ProfileName>,

    /// How long it should live, such as 1h or 12h
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// Gets the session and writes it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let section = args.section.as_ref().unwrap_or(&args.profile);
    refuse_role(&local, section)?;
    refuse_line(&local, section)?;
    rewrite::take_files_only(&local.locations.aws_credentials)?;
    // The session that an earlier refresh wrote cannot be the source of the next one.
    local.config = Arc::new(credentials_file::without_temporary(&local, &args.profile)?);
    let flags = Flags {
        duration: args.duration,
        ..Flags::default()
    };
    let codes = CodeSource::new(args.mfa_code)?;
    let (chain, credentials) = local.plan_and_act(ui, |local| {
        let chain = local.resolve(&args.profile, flags.clone())?;
        for warning in &chain.warnings {
            ui.warn(warning);
        }
        let mut execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
        let credentials = execution.credentials()?;
        Ok((execution.carried_out().clone(), credentials))
    })?;
    log::record(&local, ui, How::Refresh, &chain, &credentials);
    rotation::remind_of(&local, ui, &chain);
    let written = Written {
        profile: section,
        spaced: None,
        credentials: &credentials,
        region: None,
    };
    credentials_file::write(&local, ui, &written)?;
    let life = credentials
        .expires_at
        .map(|end| format!(", valid for {}", show_duration(end.remaining(now()))));
    ui.say(format!(
        "{STRONG}{section}{STRONG:#} written to `{}`{}",
        locations::show(&local.locations.aws_credentials),
        life.unwrap_or_default()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Beside a role, SDKs go past keys: they would assume the role and never look.
pub(crate) fn refuse_role(local: &LocalState, section: &ProfileName) -> Result<(), CliError> {
    let role = local
        .config
        .profile(section)
        .and_then(|profile| profile.section.get("role_arn"));
    match role {
        None => Ok(()),
        Some(role) => Err(CliError::usage(format!(
            "{}: `{section}` has a role, which SDKs assume whatever keys are beside it",
            role.origin
        ))
        .hint(again_elsewhere(section))
        .hint(format!(
            "or let SDKs ask keyward: keyward setup {}",
            section.argument()
        ))),
    }
}

/// The command that writes into a section of its own.
fn again_elsewhere(section: &ProfileName) -> String {
    let other = format!("{section}-session");
    format!(
        "keyward refresh {} --as {}",
        section.argument(),
        quoted(&other)
    )
}

/// Beside a `credential_process`, some SDKs would use the keys and some the line.
pub(crate) fn refuse_line(local: &LocalState, section: &ProfileName) -> Result<(), CliError> {
    let line = local
        .config
        .profile(section)
        .and_then(|profile| profile.section.get("credential_process"));
    match line {
        None => Ok(()),
        Some(line) => Err(CliError::usage(format!(
            "{}: `{section}` has a `credential_process`, and SDKs disagree on whether they use that or the keys beside it",
            line.origin
        ))
        .hint(again_elsewhere(section))
        .hint("or remove the line, if no program needs it")),
    }
}
