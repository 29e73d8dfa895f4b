//! Profiles of roles into the config file, and nothing else touched. A profile that exists and
//! says something else is left as it is.

use keyward_core::config::{ConfigEditor, EditError, SectionRef};
use keyward_core::id::{ProfileName, Region};

use super::super::guide::Guide;
use crate::aws_files::profiles;
use crate::screen::error::CliError;
use crate::screen::ui::GOOD;
use crate::state::local_state::LocalState;
use crate::team::TeamRole;

/// Writes them all at once. Returns the names of those that the file contains now.
pub(super) fn write(
    guide: &Guide<'_>,
    local: &LocalState,
    source: &ProfileName,
    region: Option<&Region>,
    roles: &[TeamRole],
) -> Result<Vec<ProfileName>, CliError> {
    let (mine, others): (Vec<&TeamRole>, Vec<&TeamRole>) =
        roles.iter().partition(|role| is_free(local, role));
    for role in others {
        guide.ui.warn(format!(
            "profile `{}` exists and is something else; it is left as it is",
            role.profile
        ));
    }
    profiles::edit_many(local, |file| {
        let mut changed = false;
        for role in &mine {
            changed |= one(local, file, source, region, role)?;
        }
        Ok(changed)
    })?;
    let names: Vec<ProfileName> = mine.iter().map(|role| role.profile.clone()).collect();
    if !names.is_empty() {
        let list: Vec<&str> = names.iter().map(ProfileName::as_str).collect();
        guide.tell(&format!("{GOOD}Profiles:{GOOD:#} {}", list.join(", ")));
    }
    Ok(names)
}

/// Whether the name is free, or already means this role.
fn is_free(local: &LocalState, role: &TeamRole) -> bool {
    local
        .config
        .profile(&role.profile)
        .is_none_or(|there| there.section.value("role_arn") == Some(role.arn.as_str()))
}

fn one(
    local: &LocalState,
    file: &mut ConfigEditor,
    own: &ProfileName,
    region: Option<&Region>,
    role: &TeamRole,
) -> Result<bool, EditError> {
    let profile = &role.profile;
    let own_region = local
        .config
        .profile(own)
        .and_then(|own| own.section.value("region"));
    let region = role.region.as_ref().or(region).map(Region::as_str);
    let source = role.source.as_ref().unwrap_or(own);
    let seconds = role.session.map(|session| session.as_secs().to_string());
    let colour = role.colour.as_ref().map(ToString::to_string);
    let section = SectionRef::Profile(profile.clone());
    let mut changed = false;
    for (key, value) in [
        ("source_profile", Some(source.as_str())),
        ("role_arn", Some(role.arn.as_str())),
        ("region", region.or(own_region)),
        ("duration_seconds", seconds.as_deref()),
        (
            "external_id",
            role.external_id.as_ref().map(|id| id.as_str()),
        ),
        // Read by the browser extension that switches roles; AWS's tools ignore it.
        ("color", colour.as_deref()),
    ] {
        if let Some(value) = value {
            changed |= file.set(&section, key, value)?;
        }
    }
    Ok(changed)
}
