//! The console's own link for switching into a role: it needs no credentials, and the console
//! session that follows it carries the MFA of its sign-in.

use form_urlencoded::Serializer;
use keyward_core::chain::{Call, Chain};

use super::console::Console;
use crate::screen::error::CliError;

/// The link, with account, role and the profile's name to show.
pub(super) fn link(chain: &Chain) -> Result<String, CliError> {
    let role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(&role.role_arn),
        Call::GetSessionToken => None,
    });
    let no_role = || {
        CliError::usage(format!(
            "profile `{}` has no role to switch into",
            chain.profile
        ))
        .hint("keyward list")
    };
    let role = role.ok_or_else(no_role)?;
    let account = role.account().ok_or_else(no_role)?;
    let path = role.as_str().split_once(":role/").map(|(_, path)| path);
    // The console cuts longer names with an error.
    let shown: String = chain.profile.as_str().chars().take(64).collect();
    let query = Serializer::new(String::new())
        .append_pair("account", account.as_str())
        .append_pair("roleName", path.unwrap_or(role.role_name()))
        .append_pair("displayName", &shown)
        .finish();
    Ok(Console::of(chain)?.switch_role(&query))
}
