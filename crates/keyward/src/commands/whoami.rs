//! `keyward whoami`: who AWS says you are.

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use keyward_aws::Aws;
use keyward_core::chain::Flags;
use keyward_core::config::ConfigSet;
use keyward_core::id::{InvalidId, ProfileName, RoleArn, RoleSessionName};
use keyward_core::secret::MfaCode;
use serde_json::json;

use crate::commands::print_json;
use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui};
use crate::session::parse_code;
use crate::session::{ChainExecution, CodeSource, Freshness, client, environment};
use crate::state::local_state::LocalState;

/// Who AWS says you are; without PROFILE, from the environment
///
/// That is what SDKs would use: keys, else a web identity (AWS_ROLE_ARN and
/// AWS_WEB_IDENTITY_TOKEN_FILE), else AWS_PROFILE, else the profile `default` of the files, else the
/// credentials of the container.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: Option<ProfileName>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Asks AWS.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let named = match args.profile {
        Some(profile) => Some(profile),
        None if env::get(env::AWS_ACCESS_KEY_ID).is_some() => None,
        None if by_web_identity(&mut local, ui)? => Some(nameless()),
        None => Some(match named_by_environment()? {
            Some(profile) => profile,
            None if in_container(&mut local)? => nameless(),
            None => "default".parse().expect("a plain word is a profile name"),
        }),
    };
    let who = match named {
        Some(profile) => {
            let codes = CodeSource::new(args.mfa_code)?;
            local.plan_and_act(ui, |local| {
                let chain = local.resolve(&profile, Flags::default())?;
                let mut execution =
                    ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
                let (_, who) = execution.credentials_for(Aws::get_caller_identity)?;
                Ok(who)
            })?
        }
        None => {
            let credentials = environment()?;
            let chain = local.chain_for_unstored_key(&nameless(), &credentials.access_key_id)?;
            client(&chain)
                .get_caller_identity(&credentials)
                .map_err(|error| CliError::from(error).about_environment())?
        }
    };
    if args.json {
        print_json(
            ui,
            &json!({"arn": who.arn.as_str(), "account_id": who.account.as_str(), "user_id": who.user_id}),
        )?;
    } else {
        let text = format!(
            "{STRONG}{}{STRONG:#}\naccount {}  user id {}\n",
            who.arn, who.account, who.user_id
        );
        ui.text(&text, 2)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The name of credentials without a profile.
fn nameless() -> ProfileName {
    "environment"
        .parse()
        .expect("a plain word is a profile name")
}

/// The profile that `AWS_PROFILE` names, or else `AWS_DEFAULT_PROFILE`.
pub(crate) fn named_by_environment() -> Result<Option<ProfileName>, CliError> {
    let Some((variable, name)) = env::profile() else {
        return Ok(None);
    };
    name.parse()
        .map(Some)
        .map_err(|e: keyward_core::id::InvalidId| {
            CliError::usage(format!("{variable} cannot be used")).because(e)
        })
}

/// Whether the environment has a web identity; then the world has a profile that uses it.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>
fn by_web_identity(local: &mut LocalState, ui: &Ui) -> Result<bool, CliError> {
    let Some(file) = env::get(env::WEB_IDENTITY_TOKEN_FILE) else {
        return Ok(false);
    };
    let Some(role) = env::get(env::ROLE_ARN) else {
        return Err(CliError::usage(format!(
            "{} is set, but {} is not",
            env::WEB_IDENTITY_TOKEN_FILE,
            env::ROLE_ARN
        ))
        .hint(format!(
            "set both, or unset {}",
            env::WEB_IDENTITY_TOKEN_FILE
        )));
    };
    if let Some((variable, profile)) = env::profile() {
        ui.warn(format!(
            "boto3, the AWS CLI and the SDKs for Go and Java use the web identity of the environment before the `{profile}` of {variable}; those for JavaScript and Rust use that"
        ));
    }
    readable::<RoleArn>(env::ROLE_ARN, &role)?;
    let mut lines = format!("role_arn = {role}\nweb_identity_token_file = {file}\n");
    if let Some(name) = env::get(env::ROLE_SESSION_NAME) {
        readable::<RoleSessionName>(env::ROLE_SESSION_NAME, &name)?;
        lines.push_str(&format!("role_session_name = {name}\n"));
    }
    let unusable = || {
        CliError::usage("the web identity of the environment cannot be used").hint(format!(
            "check {} and {}",
            env::ROLE_ARN,
            env::WEB_IDENTITY_TOKEN_FILE
        ))
    };
    if [&role, &file]
        .iter()
        .any(|value| value.contains(['\n', '\r']))
    {
        return Err(unusable());
    }
    take_profile(local, &lines)
        .map_err(|error| unusable().because(error))
        .map(|()| true)
}

/// Refuses a variable with an invalid value. Later, the error would name a line of a profile that keyward
/// made up.
fn readable<T: FromStr<Err = InvalidId>>(name: &str, value: &str) -> Result<(), CliError> {
    match value.parse::<T>() {
        Ok(_) => Ok(()),
        Err(error) => Err(
            CliError::usage(format!("{name} has a value that cannot be used"))
                .because(error)
                .hint(format!("correct {name}, or unset it")),
        ),
    }
}

/// Replaces the state with one profile, made from the environment, and no key of the vault.
fn take_profile(local: &mut LocalState, lines: &str) -> Result<(), CliError> {
    let text = format!("[profile {}]\n{lines}", nameless());
    local.stored = Arc::default();
    local.config = Arc::new(ConfigSet::load(Some(("the environment", &text)), None)?);
    Ok(())
}

/// Whether SDKs would ask the container, because the files have no source for `default`. Then the
/// state gets a profile that asks it.
fn in_container(local: &mut LocalState) -> Result<bool, CliError> {
    let offered = [env::CONTAINER_RELATIVE_URI, env::CONTAINER_FULL_URI];
    if offered.iter().all(|name| env::get(name).is_none()) {
        return Ok(false);
    }
    // SDKs do not know the vault.
    let stored = std::mem::take(&mut local.stored);
    let default = "default".parse().expect("a plain word is a profile name");
    if local.resolve(&default, Flags::default()).is_ok() {
        local.stored = stored;
        return Ok(false);
    }
    take_profile(local, "credential_source = EcsContainer\n")?;
    Ok(true)
}
