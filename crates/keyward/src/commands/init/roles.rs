//! The step that ends with profiles for roles: from the team file, from flags, from the account
//! where it shows its roles, or typed.

mod discover;
mod write;

use std::str::FromStr;

use keyward_core::config::SectionRef;
use keyward_core::id::{InvalidId, MfaSerial, ProfileName, RoleArn};

use super::Args;
use super::guide::Guide;
use crate::aws_files::profiles;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::GOOD;
use crate::state::local_state::LocalState;
use crate::team::{Team, TeamRole, role_arn};

/// A role as a flag names it.
#[derive(Debug, Clone)]
pub(super) struct RoleWish {
    name: Option<ProfileName>,
    arn: RoleArn,
}

impl FromStr for RoleWish {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        // An ARN can hold `=` in the role's name, but never before its first colon.
        match text.split_once('=').filter(|(name, _)| !name.contains(':')) {
            Some((name, arn)) => Ok(Self {
                name: Some(name.parse()?),
                arn: arn.parse()?,
            }),
            None => Ok(Self {
                name: None,
                arn: text.parse()?,
            }),
        }
    }
}

/// The profiles of roles that are in the config file now, the requested ones first.
pub(super) fn have(
    guide: &mut Guide<'_>,
    local: &LocalState,
    args: &Args,
    team: &Team,
    profile: &ProfileName,
    device: Option<&MfaSerial>,
) -> Result<Vec<ProfileName>, CliError> {
    guide.step(
        3,
        "Roles",
        "A role is what you work as. Each becomes a profile in the AWS config file.",
    );
    if args.no_roles {
        guide.tell("None, as wished.");
        return Ok(Vec::new());
    }
    let there = existing(local, profile);
    let mut wanted: Vec<TeamRole> = args.roles.iter().map(of_flag).collect::<Result<_, _>>()?;
    if !team.roles.is_empty() {
        wanted.extend(of_team(guide, team)?);
    }
    if wanted.is_empty() && !there.is_empty() {
        let names: Vec<&str> = there.iter().map(ProfileName::as_str).collect();
        guide.tell(&format!(
            "{GOOD}There already:{GOOD:#} {}",
            names.join(", ")
        ));
        return Ok(there);
    }
    if wanted.is_empty() && guide.is_attended() {
        wanted = discover::ask(guide, local, args, profile, device)?;
    }
    if wanted.is_empty() {
        guide.tell("None. The key's own session serves until there is one.");
        return Ok(there);
    }
    let region = args.region.as_ref().or(team.region.as_ref());
    write::write(guide, local, profile, region, &wanted)
}

/// After a first call that failed: names the line of the role, and lets the person correct it or
/// drop the profile. Returns the profile to try next, or the error if nothing is changed.
pub(super) fn repair(
    guide: &mut Guide<'_>,
    local: &LocalState,
    own: &ProfileName,
    profile: ProfileName,
    error: CliError,
) -> Result<ProfileName, CliError> {
    if error.kind() != ErrorKind::Failed || error.refuses_code() {
        // A missing or wrong code or a closed vault says nothing about the role.
        return Err(error);
    }
    let role = local.config.profile(&profile);
    let Some(role) = role.and_then(|found| found.section.get("role_arn")) else {
        return Err(error);
    };
    let hint = format!(
        "{} names the role {}; correct the line, or remove `[profile {profile}]`",
        role.origin, role.value
    );
    if !guide.is_attended() {
        return Err(error.hint(hint));
    }
    guide.ui.error(&error);
    guide.tell(&format!("{} names this role.", role.origin));
    match corrected(guide, &role.value)? {
        Correction::None => Err(error.hint(hint)),
        Correction::Drop => {
            let section = SectionRef::Profile(profile.clone());
            profiles::edit(local, |file| Ok(file.remove_section(&section)))?;
            guide.tell(&format!("`{profile}` is removed."));
            Ok(own.clone())
        }
        Correction::Role(arn) => {
            profiles::edit(local, |file| {
                profiles::set(file, &profile, "role_arn", arn.as_str())
            })?;
            Ok(profile)
        }
    }
}

/// The correction of a line for a role that AWS refused.
enum Correction {
    /// Nothing: the line stays.
    None,
    /// The profile goes.
    Drop,
    /// The profile has another role.
    Role(RoleArn),
}

/// Asks until the answer is a role. A name alone means a role of the same account.
fn corrected(guide: &mut Guide<'_>, old: &str) -> Result<Correction, CliError> {
    let known: Option<RoleArn> = old.parse().ok();
    let account = known.as_ref().and_then(RoleArn::account);
    loop {
        let answer = guide.ask(
            "The role, by name or ARN, or `drop` to remove the profile",
            old,
        )?;
        if answer == old {
            return Ok(Correction::None);
        }
        if answer == "drop" {
            return Ok(Correction::Drop);
        }
        let role = match (&known, &account) {
            (Some(known), Some(account)) => by_name(&answer, known.partition(), account),
            _ => answer.parse(),
        };
        match role {
            Ok(arn) => return Ok(Correction::Role(arn)),
            Err(error) => guide.tell(&format!("Not taken: {error}.")),
        }
    }
}

/// Profiles that assume a role from this one.
fn existing(local: &LocalState, source: &ProfileName) -> Vec<ProfileName> {
    let from = |profile: &&keyward_core::config::Profile| {
        profile.section.value("source_profile") == Some(source.as_str())
            && profile.section.value("role_arn").is_some()
    };
    let profiles = local.config.profiles().filter(from);
    profiles.map(|profile| profile.name.clone()).collect()
}

fn of_flag(wish: &RoleWish) -> Result<TeamRole, CliError> {
    let name = match &wish.name {
        Some(name) => name.clone(),
        None => usual_name(&wish.arn)?,
    };
    Ok(TeamRole::plain(name, wish.arn.clone()))
}

/// The profiles that the flags name or that their roles get a name for.
pub(super) fn names(args: &Args) -> Result<Vec<ProfileName>, CliError> {
    let named = |wish| Ok(of_flag(wish)?.profile);
    args.roles.iter().map(named).collect()
}

/// The profile name for a role without one. `,` and `=` are valid in role names but not in profile
/// names.
fn usual_name(arn: &RoleArn) -> Result<ProfileName, CliError> {
    let name = arn.role_name().to_lowercase().replace(['=', ','], "-");
    name.parse()
        .map_err(|e: InvalidId| CliError::usage("the role's name is not a profile name").because(e))
}

fn of_team(guide: &mut Guide<'_>, team: &Team) -> Result<Vec<TeamRole>, CliError> {
    for role in &team.roles {
        guide.tell(&format!("{:<24} {}", role.profile.as_str(), role.arn));
    }
    let question = match team.roles.len() {
        1 => "Write this profile of the team file?".to_owned(),
        many => format!("Write these {many} profiles of the team file?"),
    };
    Ok(if guide.agree(&question)? {
        team.roles.clone()
    } else {
        Vec::new()
    })
}

/// A role by ARN, or by its name in an account.
fn by_name(
    text: &str,
    partition: &str,
    account: &keyward_core::id::AccountId,
) -> Result<RoleArn, InvalidId> {
    if text.starts_with("arn:") {
        text.parse()
    } else {
        role_arn(partition, account, text)
    }
}
