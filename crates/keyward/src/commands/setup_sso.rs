//! `keyward setup --sso SESSION`: a profile for each account and role that the Identity Center
//! gives a person. It changes no profile with other settings.

mod names;

use std::process::ExitCode;

use keyward_core::config::{ConfigEditor, EditError, SectionRef};
use keyward_core::id::{ProfileName, Region};
use keyward_core::shell::quoted;
use keyward_core::text::count;

use crate::aws_files::profiles;
use crate::commands::sso::asked;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, Cell, STRONG, Table, Ui};
use crate::session::Center;
use crate::state::local_state::LocalState;

pub(crate) use names::Template;

use names::AccountRole;

/// The flags beside `--sso`.
#[derive(Debug, clap::Args)]
pub(crate) struct SsoArgs {
    /// Write a profile for each account and role of an `sso-session`
    #[arg(long, value_name = "SESSION", conflicts_with_all = ["profiles", "all", "move_mfa"])]
    pub(crate) sso: Option<String>,

    /// The start URL, to make the `sso-session` section
    #[arg(long, value_name = "URL", requires_all = ["sso", "sso_region"])]
    start_url: Option<String>,

    /// The region of the Identity Center, to make the section
    #[arg(long, value_name = "REGION", requires_all = ["sso", "start_url"])]
    sso_region: Option<Region>,

    /// How the profiles are called
    #[arg(
        long,
        value_name = "TEMPLATE",
        requires = "sso",
        default_value = "{account}-{role}"
    )]
    name_template: Template,

    /// The region to write into each profile
    #[arg(long, value_name = "REGION", requires = "sso")]
    region: Option<Region>,

    /// Sign in by a code, in a browser elsewhere
    #[arg(long, requires = "sso")]
    no_browser: bool,
}

/// Signs in where needed, lists, and writes.
pub(crate) fn setup_sso(session: &str, args: &SsoArgs, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let section = SectionRef::SsoSession(session.to_owned());
    let new = match (&args.start_url, &args.sso_region) {
        (Some(start_url), Some(region)) => new_section(&local, session, start_url, region)?,
        _ => Vec::new(),
    };
    if !new.is_empty() {
        // The sign-in comes before the edit: a mistyped address in the file would block the right
        // one.
        let config = profiles::preview(&local, |file| {
            new.iter()
                .try_for_each(|(key, value)| file.set(&section, key, value))
        })?;
        local.config = config.into();
    }
    let center = Center::of_session(&local, session)?;
    let listed = list(&local, ui, &center, args);
    // `sso logout` and `lock` know only sign-ins that the file names, so the section is written as soon
    // as there is one, whatever fails later.
    if listed.is_ok() || Center::signed_in(&local).iter().any(|name| name == session) {
        local = keep_section(&local, session, args)?;
    }
    let found = listed?;
    if found.is_empty() {
        return Err(CliError::failed(format!(
            "`{session}` gives access to no account"
        )));
    }
    let named = names::choose(&args.name_template, &found)?;
    for (name, found) in &named {
        refuse_strangers(&local, session, name, found)?;
    }
    let mut written = Vec::new();
    profiles::edit_many(&local, |file| {
        written.clear();
        for (name, found) in &named {
            if write(file, session, name, found, args.region.as_ref())? {
                written.push(name.clone());
            }
        }
        Ok(!written.is_empty())
    })?;
    show(&named, ui)?;
    ui.say(format!(
        "{} of {} new or changed",
        written.len(),
        count(named.len(), "profile")
    ));
    if let Some((first, _)) = named.first() {
        ui.say(format!(
            "{CODE}try:{CODE:#} keyward whoami {}",
            first.argument()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists the profiles: a table on a terminal, else columns between tabs.
fn show(named: &[(ProfileName, AccountRole)], ui: &Ui) -> Result<(), CliError> {
    if Ui::columns().is_none() {
        let lines = named.iter().map(|(name, AccountRole { account, role })| {
            format!("{name}\t{}\t{}\n", account.id, role.name)
        });
        return ui.data(&lines.collect::<String>());
    }
    let mut table = Table::new(["PROFILE", "ACCOUNT", "ROLE"]);
    for (name, AccountRole { account, role }) in named {
        table.push([
            Cell::new(name.to_string(), STRONG),
            Cell::plain(account.id.to_string()),
            Cell::plain(role.name.clone()),
        ]);
    }
    ui.table(&table)
}

/// Writes the section of a new Identity Center, and reads the files as they are now: another run may have
/// changed them during the sign-in.
fn keep_section(local: &LocalState, session: &str, args: &SsoArgs) -> Result<LocalState, CliError> {
    let fresh = local.reload()?;
    let (Some(start_url), Some(region)) = (&args.start_url, &args.sso_region) else {
        return Ok(fresh);
    };
    let section = SectionRef::SsoSession(session.to_owned());
    let new = new_section(&fresh, session, start_url, region)?;
    profiles::edit_many(&fresh, |file| {
        for (key, value) in &new {
            file.set(&section, key, value)?;
        }
        Ok(!new.is_empty())
    })?;
    fresh.reload()
}

fn list(
    local: &LocalState,
    ui: &Ui,
    center: &Center,
    args: &SsoArgs,
) -> Result<Vec<AccountRole>, CliError> {
    center.with_token(local, ui, asked(args.no_browser), |aws, token| {
        let mut found = Vec::new();
        for account in aws.sso_accounts(token)? {
            for role in aws.sso_roles(token, &account.id)? {
                found.push(AccountRole {
                    account: account.clone(),
                    role,
                });
            }
        }
        Ok(found)
    })
}

/// The lines of a new `[sso-session NAME]` section. An existing one keeps its settings.
fn new_section<'a>(
    local: &LocalState,
    session: &str,
    start_url: &'a str,
    region: &'a Region,
) -> Result<Vec<(&'static str, &'a str)>, CliError> {
    let wanted = [
        ("sso_start_url", start_url),
        ("sso_region", region.as_str()),
        ("sso_registration_scopes", "sso:account:access"),
    ];
    let Some(section) = local.config.sso_session(session) else {
        return Ok(wanted.into());
    };
    for (key, value) in &wanted[..2] {
        if let Some(old) = section.get(key).filter(|old| old.value != *value) {
            return Err(CliError::usage(format!(
                "section `[sso-session {session}]` has another `{key}`"
            ))
            .hint(format!(
                "if {} is wrong, correct it there, and then: keyward setup --sso {}",
                old.origin,
                quoted(session)
            ))
            .hint("if it is right, leave out --start-url and --sso-region"));
        }
    }
    Ok(Vec::new())
}

/// Returns the keys that make a profile lead to a role of the Identity Center.
fn wanted<'a>(session: &'a str, found: &'a AccountRole) -> [(&'static str, &'a str); 3] {
    [
        ("sso_session", session),
        ("sso_account_id", found.account.id.as_str()),
        ("sso_role_name", found.role.name.as_str()),
    ]
}

/// An existing profile of that name with another destination stays unchanged.
fn refuse_strangers(
    local: &LocalState,
    session: &str,
    name: &ProfileName,
    found: &AccountRole,
) -> Result<(), CliError> {
    let Some(profile) = local.config.profile(name) else {
        return Ok(());
    };
    let same = wanted(session, found)
        .iter()
        .all(|(key, value)| profile.section.value(key) == Some(*value));
    match same {
        true => Ok(()),
        false => Err(
            CliError::usage(format!("profile `{name}` exists and is for something else"))
                .hint("choose other names, such as --name-template 'sso-{account}-{role}'"),
        ),
    }
}

/// Writes one profile. Says whether the file changed.
fn write(
    file: &mut ConfigEditor,
    session: &str,
    name: &ProfileName,
    found: &AccountRole,
    region: Option<&Region>,
) -> Result<bool, EditError> {
    let section = SectionRef::Profile(name.clone());
    let mut changed = false;
    for (key, value) in wanted(session, found) {
        changed |= file.set(&section, key, value)?;
    }
    if let Some(region) = region {
        changed |= file.set(&section, "region", region.as_str())?;
    }
    Ok(changed)
}
