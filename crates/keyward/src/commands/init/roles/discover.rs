//! Roles that the account shows, and those that a person types.

use keyward_core::id::{MfaSerial, ProfileName};

use super::super::Args;
use super::super::guide::Guide;
use super::super::new_name::NewName;
use super::{by_name, usual_name};
use crate::keys::iam_user::Owner;
use crate::screen::error::CliError;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;
use crate::team::TeamRole;

/// Lets the person choose among the account's roles, or type some.
pub(super) fn ask(
    guide: &mut Guide<'_>,
    local: &LocalState,
    args: &Args,
    profile: &ProfileName,
    device: Option<&MfaSerial>,
) -> Result<Vec<TeamRole>, CliError> {
    let owner = Owner::of(local, guide.ui, profile)?;
    let mut roles = match listed(guide, local, args, &owner, device)? {
        Some(listed) => chosen(guide, listed)?,
        None => Vec::new(),
    };
    if roles.is_empty() {
        typed(guide, &owner, &mut roles)?;
    }
    Ok(roles)
}

/// The roles of the account that people can assume, where its owner lets them be seen.
fn listed(
    guide: &Guide<'_>,
    local: &LocalState,
    args: &Args,
    owner: &Owner,
    device: Option<&MfaSerial>,
) -> Result<Option<Vec<TeamRole>>, CliError> {
    let credentials = match device {
        Some(serial) => {
            guide.tell("Listing the account's roles needs the first session of the day.");
            let codes = CodeSource::new(args.mfa_code.clone())?;
            owner.session(local, guide.ui, &codes, serial)?
        }
        None => owner.key.clone(),
    };
    let roles = match owner.aws.list_roles(&credentials) {
        Ok(roles) => roles,
        Err(error) => {
            guide
                .ui
                .explain(|| format!("the roles cannot be listed: {error}"));
            return Ok(None);
        }
    };
    let for_people = |role: &keyward_aws::Role| {
        let trust = role.trust_policy.as_deref().unwrap_or_default();
        // A person cannot choose a role that only services assume.
        trust.contains("\"AWS\"") && !role.arn.as_str().contains(":role/aws-")
    };
    roles
        .into_iter()
        .filter(for_people)
        .map(|role| Ok(TeamRole::plain(usual_name(&role.arn)?, role.arn)))
        .collect::<Result<Vec<_>, CliError>>()
        .map(Some)
}

fn chosen(guide: &mut Guide<'_>, listed: Vec<TeamRole>) -> Result<Vec<TeamRole>, CliError> {
    if listed.is_empty() {
        return Ok(listed);
    }
    guide.tell("Roles of the account:");
    let options: Vec<String> = listed.iter().map(|role| role.arn.to_string()).collect();
    let numbers = guide.choose("Which ones?", &options)?;
    Ok(numbers.iter().map(|at| listed[*at].clone()).collect())
}

fn typed(guide: &mut Guide<'_>, owner: &Owner, roles: &mut Vec<TeamRole>) -> Result<(), CliError> {
    guide.tell("The account does not show its roles to you; its administrator knows their names.");
    loop {
        let question = if roles.is_empty() {
            "Role, by name or ARN"
        } else {
            "Another role"
        };
        let answer = guide.ask(question, "none")?;
        if answer == "none" {
            return Ok(());
        }
        match by_name(&answer, &owner.partition, &owner.account) {
            Ok(arn) => {
                let usual = usual_name(&arn)?;
                let name: NewName = guide.ask_for("Name of its profile", usual.as_str())?;
                roles.push(TeamRole::plain(name.into(), arn));
            }
            Err(error) => guide.tell(&format!("Not taken: {error}.")),
        }
    }
}
