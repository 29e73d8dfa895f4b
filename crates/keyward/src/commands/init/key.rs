//! The step that ends with a checked key in the vault.

use keyward_core::id::{ProfileName, Region};

use super::Args;
use super::guide::Guide;
use super::new_name::NewName;
use crate::aws_files::profiles;
use crate::commands::add::{KeySource, read_key};
use crate::environment as env;
use crate::keys::new_key::{self, EnteredKey, KeyOwner};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::GOOD;
use crate::session::open_or_create;
use crate::state::local_state::LocalState;
use crate::team::{AwsRegion, Team};

/// Returns the profile whose key is in the vault, and the state read again.
pub(super) fn have(
    guide: &mut Guide<'_>,
    local: LocalState,
    args: &Args,
    team: &Team,
) -> Result<(LocalState, ProfileName), CliError> {
    guide.step(
        1,
        "Your access key",
        "It goes into an encrypted vault. Programs only ever see short sessions made from it.",
    );
    let profile = match named(&local, args, team) {
        Some(profile) => profile,
        None => {
            guide.tell("A profile is the name by which you call it.");
            let name: NewName = guide.ask_for("Name of the profile", &usual_name())?;
            name.into()
        }
    };
    if let Some(key) = local.index.keys.iter().find(|key| key.profile == profile) {
        let whose = key
            .user_arn
            .as_ref()
            .map(|arn| format!(" of {}", arn.resource()));
        guide.tell(&format!(
            "{GOOD}There already:{GOOD:#} {}{}, as `{profile}`.",
            key.access_key_id,
            whose.unwrap_or_default()
        ));
        return Ok((local, profile));
    }
    crate::keys::rotation::refuse_change(&local, &profile)?;
    let source = match (args.key_env, args.key_stdin) {
        (true, _) => KeySource::Environment,
        (_, true) => KeySource::Input,
        _ => {
            if !guide.is_attended() {
                let needed = ErrorKind::PersonNeeded;
                let missing = match args.yes {
                    true => {
                        CliError::new(needed, "--yes asks nothing, and the access key is missing")
                    }
                    false => CliError::new(
                        needed,
                        "an access key is needed, and there is no terminal to ask on",
                    ),
                };
                return Err(missing.hint("give it with --key-env or --key-stdin"));
            }
            guide.tell("From the account's administrator, or the console: IAM, Users, you, Security credentials.");
            KeySource::Person
        }
    };
    let (given, owner) = checked(guide, &local, &profile, source)?;
    store(guide, &local, args, team, &profile, given, owner)?;
    Ok((local.reload()?, profile))
}

/// The name from a flag, the vault or the team file.
pub(super) fn named(local: &LocalState, args: &Args, team: &Team) -> Option<ProfileName> {
    let only = match local.index.keys.as_slice() {
        [key] => Some(key.profile.clone()),
        _ => None,
    };
    args.profile.clone().or_else(|| team.login.clone()).or(only)
}

fn usual_name() -> String {
    env::get("USER")
        .or_else(|| env::get("USERNAME"))
        .filter(|name| name != "root" && name.parse::<NewName>().is_ok())
        .unwrap_or_else(|| "default".to_owned())
}

/// The number of times that a person is asked for a key before `init` gives up.
const ATTEMPTS: u32 = 5;

/// Asks for a key until AWS knows it. After an error the same questions come again: what is typed
/// at a question for a yes or a no would be shown.
fn checked(
    guide: &mut Guide<'_>,
    local: &LocalState,
    profile: &ProfileName,
    source: KeySource,
) -> Result<(EnteredKey, KeyOwner), CliError> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        let attempt = read_key(source).and_then(|given| {
            let owner = new_key::verify(local, profile, &given)
                .map_err(|error| CliError::from(error).about_key(profile))?;
            Ok((given, owner))
        });
        match attempt {
            Ok((given, owner)) => {
                if let Some(who) = &owner.identity {
                    guide.tell(&format!(
                        "{GOOD}AWS knows it:{GOOD:#} {} in account {}",
                        who.arn.resource(),
                        who.account
                    ));
                }
                return Ok((given, owner));
            }
            Err(error) if source == KeySource::Person && guide.is_attended() => {
                if error.kind() == ErrorKind::PersonNeeded {
                    return Err(error);
                }
                guide.ui.error(&error);
                if left == 0 {
                    return Err(CliError::failed("nothing was stored"));
                }
                guide.tell("Type the key again, its id first. Ctrl-C ends this.");
            }
            Err(error) => return Err(error),
        }
    }
}

fn store(
    guide: &mut Guide<'_>,
    local: &LocalState,
    args: &Args,
    team: &Team,
    profile: &ProfileName,
    given: EnteredKey,
    owner: KeyOwner,
) -> Result<(), CliError> {
    let region = region(guide, local, args, team, profile)?;
    let serial = new_key::usual_device(local, profile, &owner);
    let key = new_key::record(profile, given, owner, serial.clone());
    let mut vault = open_or_create(local, guide.ui, args.slot.first())?;
    // The identity is remembered, so that the next steps need not ask.
    let _ = local.identity_cache.put(vault.identity());
    // The name was free when this run began; another may have used it in the meantime.
    let stored = vault.try_update(|document| match document.key(profile) {
        None => {
            document.put_key(key);
            Ok(())
        }
        Some(_) => Err(()),
    })?;
    if stored.is_err() {
        return Err(CliError::failed(format!(
            "another run stored a key for `{profile}` in the meantime; that key was kept"
        ))
        .hint("run the command again"));
    }
    profiles::edit(local, |file| {
        let mut changed = false;
        if let Some(region) = &region {
            changed |= profiles::set(file, profile, "region", region.as_str())?;
        }
        if let Some(serial) = &serial {
            changed |= profiles::set(file, profile, "mfa_serial", serial.as_str())?;
        }
        Ok(changed)
    })?;
    guide.tell(&format!("{GOOD}Stored{GOOD:#} as `{profile}`."));
    Ok(())
}

/// The region to write: none if the profile has one already.
fn region(
    guide: &mut Guide<'_>,
    local: &LocalState,
    args: &Args,
    team: &Team,
    profile: &ProfileName,
) -> Result<Option<Region>, CliError> {
    let known = local.config.profile(profile);
    if known.is_some_and(|known| known.section.value("region").is_some()) {
        return Ok(None);
    }
    if let Some(region) = args.region.as_ref().or(team.region.as_ref()) {
        return Ok(Some(region.clone()));
    }
    let usual = env::get(env::AWS_REGION).or_else(|| env::get(env::AWS_DEFAULT_REGION));
    let usual = usual.filter(|text| text.parse::<AwsRegion>().is_ok());
    let usual = usual.as_deref().unwrap_or("us-east-1");
    let region: AwsRegion = guide.ask_for("Region that your programs use", usual)?;
    Ok(Some(region.into()))
}
