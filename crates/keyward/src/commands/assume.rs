//! `keyward assume`: a role by the names of its account and itself, written as a profile.

mod account;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use keyward_core::chain::{Chain, Flags, VaultKey};
use keyward_core::config::{ConfigFile, ConfigSet, FileKind, SectionRef};
use keyward_core::id::{ExternalId, ProfileName, Region, RoleArn};
use keyward_core::secret::MfaCode;
use keyward_core::shell::{argument, quoted};
use keyward_core::time::{parse_duration, show_duration};

use crate::aws_files::credentials_file::{self, Written};
use crate::aws_files::rewrite;
use crate::commands::refresh::{refuse_line, refuse_role};
use crate::keys::rotation::show as rotation;
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::shell::Shell;
use crate::screen::ui::{STRONG, Ui};
use crate::session::parse_code;
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

use account::Account;

/// Assume a role by account and role name, written as profile `ACCOUNT ROLE`
///
/// Accounts have names in `config.toml`, below `[accounts]`. The role's credentials are written
/// into the credentials file twice: as `ACCOUNT-ROLE`, which every SDK reads, and as
/// `ACCOUNT ROLE`, which boto3 and the AWS CLI read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The account: its name, any part of it that fits no other, or its number
    account: String,

    /// The role's name
    role: String,

    /// The profile to start from; by default `assume_from` of config.toml, else the only key
    #[arg(long, value_name = "PROFILE")]
    from: Option<ProfileName>,

    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    external_id: Option<ExternalId>,

    /// The region of the profile
    #[arg(long, value_name = "R")]
    region: Option<Region>,

    /// How long the role should live, such as 1h
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    /// Print the lines with which a shell of this kind switches to the profile
    #[arg(long, value_enum, value_name = "F")]
    export: Option<Shell>,
}

/// Assumes the role and writes the profile.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let account = Account::find(&local.settings.accounts, &args.account)?;
    refuse_other_than_names(&args)?;
    let from = source(&local, args.from)?;
    let name = profile_name(&account, &args.role)?;
    refuse_role(&local, &name)?;
    refuse_line(&local, &name)?;
    rewrite::take_files_only(&local.locations.aws_credentials)?;
    let role = role_arn(&local, &from, &account, &args.role)?;
    local.config = Arc::new(with_role(
        &local,
        &name,
        &from,
        &role,
        args.external_id.as_ref(),
    )?);
    let flags = Flags {
        duration: args.duration,
        region: args.region,
        ..Flags::default()
    };
    let codes = CodeSource::new(args.mfa_code)?;
    let (chain, credentials) = local.plan_and_act(ui, |local| {
        let chain = local.resolve(&name, flags.clone())?;
        for warning in &chain.warnings {
            ui.warn(warning);
        }
        let mut execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
        let credentials = execution.credentials()?;
        Ok((execution.carried_out().clone(), credentials))
    })?;
    log::record(&local, ui, How::Assume, &chain, &credentials);
    rotation::remind_of(&local, ui, &chain);
    let spaced = format!("{} {}", account.name, role.role_name());
    let written = Written {
        profile: &name,
        spaced: Some(&spaced),
        credentials: &credentials,
        region: chain.region.as_ref(),
    };
    // The settings invented above must not keep the file from being written.
    local.config = Arc::new(crate::state::local_state::load_config(&local.locations)?);
    credentials_file::write(&local, ui, &written)?;
    let life = credentials
        .expires_at
        .map(|end| format!(" for {}", show_duration(end.remaining(now()))));
    ui.say(format!(
        "{STRONG}{name}{STRONG:#} (`{spaced}` for the AWS CLI){} in `{}`",
        life.unwrap_or_default(),
        locations::show(&local.locations.aws_credentials)
    ));
    if let Some(shell) = args.export {
        ui.data(&shell.switch(&name, chain.region.as_ref()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the start of the chain.
fn source(local: &LocalState, given: Option<ProfileName>) -> Result<ProfileName, CliError> {
    if let Some(from) = given {
        return existing(local, from, "the name is that of --from");
    }
    if let Some(from) = local.settings.assume_from.clone() {
        return existing(
            local,
            from,
            "the name is that of `assume_from` in config.toml",
        );
    }
    match local.stored.as_slice() {
        [only] => Ok(only.profile.clone()),
        [] => Err(CliError::usage("there is no key to assume a role with")
            .hint("keyward add PROFILE")
            .hint("or name a profile with --from")),
        several => {
            let names: Vec<&str> = several.iter().map(|key| key.profile.as_str()).collect();
            Err(CliError::usage(format!(
                "several keys could assume the role: {}",
                names.join(", ")
            ))
            .hint(format!(
                "--from {}, or once and for all `assume_from` in config.toml",
                several[0].profile.argument()
            )))
        }
    }
}

/// The profile, unless neither the files nor the vault know it.
fn existing(
    local: &LocalState,
    from: ProfileName,
    whence: &'static str,
) -> Result<ProfileName, CliError> {
    if local.config.profile(&from).is_some() || local.stored.get(&from).is_some() {
        return Ok(from);
    }
    match local.resolve(&from, Flags::default()) {
        Ok(_) => Ok(from),
        Err(error) => Err(error.hint(whence)),
    }
}

/// A role is meant by its name, with its path where it has one. Anything else would end up in the
/// middle of an ARN, about which AWS only says that it may not be assumed.
fn refuse_other_than_names(args: &Args) -> Result<(), CliError> {
    let Args { account, role, .. } = args;
    let named = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let in_path = |c: char| c.is_ascii_graphic() && c != ':';
    let mut parts = role.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let is_name = (1..=64).contains(&name.len()) && name.chars().all(named);
    if is_name && parts.all(|part| !part.is_empty() && part.chars().all(in_path)) {
        return Ok(());
    }
    let error = CliError::usage(format!("`{role}` is not a role name"));
    let meant = role
        .rsplit_once(":role/")
        .map_or(role.as_str(), |(_, name)| name);
    let meant = meant.trim_matches('/');
    Err(
        if meant != role && !meant.contains(':') && !meant.is_empty() {
            error.hint(format!(
                "keyward assume {} {}",
                argument(account),
                quoted(meant)
            ))
        } else {
            error.hint("a name is made of letters, digits and `_+=,.@-`, with its path before it: team/ReadOnly")
        },
    )
}

/// A name that every SDK reads.
fn profile_name(account: &Account, role: &str) -> Result<ProfileName, CliError> {
    let role = role.rsplit('/').next().unwrap_or(role);
    let plain: String = format!("{}-{role}", account.name)
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' | '@' | '+' => c,
            _ => '-',
        })
        .collect();
    plain
        .parse()
        .map_err(|e: keyward_core::id::InvalidId| CliError::usage("no such role").because(e))
}

/// The role in the partition that the source is in.
fn role_arn(
    local: &LocalState,
    from: &ProfileName,
    account: &Account,
    role: &str,
) -> Result<RoleArn, CliError> {
    let partition = local
        .resolve(from, Flags::default())
        .ok()
        .and_then(|chain| partition(local, &chain))
        .unwrap_or_else(|| "aws".to_owned());
    format!("arn:{partition}:iam::{}:role/{role}", account.id)
        .parse()
        .map_err(|e: keyward_core::id::InvalidId| {
            CliError::usage(format!("`{role}` is not a role name")).because(e)
        })
}

fn partition(local: &LocalState, chain: &Chain) -> Option<String> {
    let of_device = chain
        .hops
        .iter()
        .find_map(|hop| hop.mfa_serial.as_ref()?.as_str().split(':').nth(1));
    if let Some(found) = of_device {
        return Some(found.to_owned());
    }
    let VaultKey { profile, .. } = chain.base.vault_key()?;
    let key = local
        .index
        .keys
        .iter()
        .find(|key| key.profile == *profile)?;
    Some(key.user_arn.as_ref()?.partition().to_owned())
}

/// The files with the role in them, for this run alone.
fn with_role(
    local: &LocalState,
    name: &ProfileName,
    from: &ProfileName,
    role: &RoleArn,
    external_id: Option<&ExternalId>,
) -> Result<ConfigSet, CliError> {
    let file = |path: &std::path::Path, kind| -> Result<ConfigFile, CliError> {
        let shown = locations::show(path);
        let text = rewrite::read(path)
            .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
        Ok(ConfigFile::parse(
            kind,
            &shown,
            text.as_deref().unwrap_or_default(),
        )?)
    };
    let mut config = file(&local.locations.aws_config, FileKind::Config)?;
    let credentials = file(&local.locations.aws_credentials, FileKind::Credentials)?;
    let section = SectionRef::Profile(name.clone());
    let cannot = |e| CliError::usage(format!("profile `{name}` is in the way")).because(e);
    config
        .set(&section, "role_arn", role.as_str())
        .map_err(cannot)?;
    config
        .set(&section, "source_profile", from.as_str())
        .map_err(cannot)?;
    if let Some(id) = external_id {
        config
            .set(&section, "external_id", id.as_str())
            .map_err(cannot)?;
    }
    Ok(ConfigSet::merge(Some(&config), Some(&credentials)))
}
