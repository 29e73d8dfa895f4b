//! `keyward account invite`: the sheet that a newcomer gets, with the secrets encrypted to them.
//! Asks AWS nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::blueprint::Blueprint;
use keyward_account::desired::Desired;
use keyward_core::id::{RoleArn, UserName};
use keyward_core::suggest::similar_names;
use keyward_iam::model::{Account, Document};
use keyward_iam::{Effect, Policy};

use crate::account::{BlueprintFile, Ciphertext, Format, Sheet};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use crate::system::locations;

/// The line that installs keyward, as the README has it.
const INSTALL: &str = concat!(
    "cargo install --locked --git ",
    env!("CARGO_PKG_REPOSITORY"),
    " keyward"
);

/// Print what a new user needs to begin: sign-in URL, encrypted secrets, commands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user
    user: UserName,

    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: PathBuf,
}

/// Prints the sheet.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    let blueprint = &file.blueprint;
    if !blueprint.users.contains_key(&args.user) {
        return Err(unknown_user(&args.user, blueprint));
    }
    let local = LocalState::load()?;
    let account = &blueprint.users_account().id.value;
    let path = Sheet::path(&local.locations, account, &args.user);
    let sheet = Sheet::read(&path)?;
    if sheet.is_none() {
        ui.warn(format!(
            "nothing was handed out to `{}` from this machine ({} does not exist)",
            args.user,
            locations::show(&path)
        ));
    }
    let desired = file.desired();
    let desired = desired
        .iter()
        .find(|desired| desired.account.id == *account)
        .expect("every account of a blueprint is rendered");
    let roles = roles(desired, &args.user);
    let sheet = text(blueprint, &args.user, &sheet.unwrap_or_default(), &roles);
    // Indented lines are commands and texts to copy, so the terminal breaks them.
    let lines = sheet
        .split_inclusive('\n')
        .map(|line| match line.starts_with("    ") {
            true => line.to_owned(),
            false => ui.folded(line, 3),
        });
    ui.data(&lines.collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// How many users of a blueprint an error names.
const NAMED: usize = 10;

fn unknown_user(user: &UserName, blueprint: &Blueprint) -> CliError {
    let error = CliError::usage(format!("the blueprint has no user `{user}`"));
    let known: Vec<&str> = blueprint.users.keys().map(UserName::as_str).collect();
    if let Some(name) = similar_names(user.as_str(), known.iter().copied()).first() {
        return error.hint(format!("did you mean `{name}`?"));
    }
    if known.is_empty() {
        return error.hint(format!("describe it as [users.{user}]"));
    }
    let named = known.iter().take(NAMED);
    let named: Vec<String> = named.map(|name| format!("`{name}`")).collect();
    let more = match known.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    error.hint(format!("its users are {}{more}", named.join(", ")))
}

fn text(
    blueprint: &Blueprint,
    user: &UserName,
    sheet: &Sheet,
    roles: &[(String, RoleArn)],
) -> String {
    let spec = blueprint.users_account();
    let host = spec.alias.as_ref().map_or_else(
        || spec.id.value.to_string(),
        |alias| alias.value.to_string(),
    );
    let mut out = format!(
        "Welcome, {user}.\n\n\
         Account       {id}\n\
         User          {user}\n\
         Console       https://{host}.signin.aws.amazon.com/console\n",
        id = spec.id.value
    );
    let _ = write!(
        out,
        "\n1. Install keyward, unless you have it. This needs Rust {} or later and a C compiler:\n\n    {INSTALL}\n",
        env!("CARGO_PKG_RUST_VERSION")
    );
    out.push_str(&openers(sheet));
    let mut step = 2;
    if !sheet.password.is_empty() {
        let _ = write!(
            out,
            "\n{step}. Your first console password. Change it when you sign in.\n"
        );
        ciphertexts(&mut out, &sheet.password, "");
        step += 1;
    }
    if !sheet.access_key.is_empty() {
        let _ = write!(
            out,
            "\n{step}. Your access key {}. This stores it in keyward:\n",
            sheet.access_key_id.as_deref().unwrap_or_default()
        );
        ciphertexts(
            &mut out,
            &sheet.access_key,
            &format!(" | keyward add {user} --stdin"),
        );
        step += 1;
    }
    let _ = write!(
        out,
        "\n{step}. Your MFA device. Name it `{user}`, or a name that begins with `{user}-`; the \
         account accepts no other.\n\n    keyward mfa enroll {user}\n"
    );
    step += 1;
    if !roles.is_empty() {
        let _ = write!(out, "\n{step}. Your roles. Add them to ~/.aws/config:\n\n");
        for (profile, arn) in roles {
            let _ = write!(
                out,
                "    [profile {profile}]\n    role_arn = {arn}\n    source_profile = {user}\n\n"
            );
        }
        let (profile, _) = &roles[0];
        let _ = write!(
            out,
            "   Then any tool works with any of them, for example:\n\n    \
             keyward exec {profile} -- aws sts get-caller-identity\n"
        );
    }
    out
}

/// The programs that open the secrets of a sheet, in a sentence; empty for a sheet without secrets.
fn openers(sheet: &Sheet) -> String {
    let texts = || sheet.password.iter().chain(&sheet.access_key);
    let programs: Vec<&str> = [
        (Format::Age, "`age` (https://age-encryption.org)"),
        (Format::Pgp, "`gpg` (GnuPG)"),
    ]
    .into_iter()
    .filter(|(format, _)| texts().any(|text| text.format == *format))
    .map(|(_, program)| program)
    .collect();
    match programs.is_empty() {
        true => String::new(),
        false => format!(
            "\n   To open the secrets below, you also need {}.\n",
            programs.join(" or ")
        ),
    }
}

fn ciphertexts(out: &mut String, texts: &[Ciphertext], pipe: &str) {
    for text in texts {
        if !text.recipients.is_empty() {
            let _ = write!(out, "\n   Encrypted to {}:\n", text.recipients.join(", "));
        }
        match text.format {
            Format::Pgp => {
                let _ = write!(
                    out,
                    "\n    echo {} | base64 --decode | gpg --decrypt{pipe}\n",
                    text.text.trim()
                );
            }
            Format::Age => {
                let _ = write!(
                    out,
                    "\n    age --decrypt -i YOUR_KEY_FILE <<'END'{pipe}\n{}\nEND\n",
                    text.text.trim()
                );
            }
        }
    }
}

/// The roles that a user's groups may assume: a name for the profile, and the ARN.
fn roles(desired: &Desired, user: &UserName) -> Vec<(String, RoleArn)> {
    let account = &desired.account;
    let Some(entity) = account.users.get(user) else {
        return Vec::new();
    };
    let groups = entity
        .groups
        .iter()
        .filter_map(|name| account.groups.get(name));
    // Many roles do not fit into the inline policy, and attached policies list them.
    let documents = groups.flat_map(|group| {
        let attached = group.grants.attached.iter();
        let attached = attached.filter_map(|arn| account.policies.get(arn));
        let inline = group.grants.inline.values();
        inline.chain(attached.map(|policy| &policy.document))
    });
    let arns: BTreeSet<RoleArn> = documents
        .filter_map(Document::policy)
        .flat_map(Policy::statements)
        .filter(|statement| {
            let mut actions = statement.actions().listed().iter();
            statement.effect() == Effect::Allow
                && actions.any(|action| action.as_str() == "sts:AssumeRole")
        })
        .filter_map(|statement| statement.resources())
        .flat_map(|resources| resources.listed())
        .filter_map(|resource| resource.as_str().parse().ok())
        .collect();
    arns.into_iter()
        .map(|arn| (profile_name(account, &arn), arn))
        .collect()
}

/// The role's name; with the account's id in front where the role is in another account.
fn profile_name(account: &Account, arn: &RoleArn) -> String {
    match arn.account() {
        Some(id) if id != account.id => format!("{id}-{}", arn.role_name()),
        _ => arn.role_name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use keyward_account::desired::render;

    use super::*;

    /// 120 roles do not fit into the inline policy of a group.
    #[test]
    fn roles_in_attached_policies_are_listed_too() {
        let names: Vec<String> = (0..120).map(|number| format!("Role{number}")).collect();
        let assume = names.iter().map(|name| format!("\"{name}\""));
        let assume: Vec<String> = assume.collect();
        let mut text = format!(
            "version = 1\n[account]\nid = \"123456789012\"\n[groups.admins]\nassume = [{}]\n",
            assume.join(", ")
        );
        for name in &names {
            let _ = write!(text, "[roles.{name}]\nmanaged = [\"ReadOnlyAccess\"]\n");
        }
        text += "[users.zoe]\ngroups = [\"admins\"]\n";
        let desired = render(&Blueprint::parse(&text).unwrap()).remove(0);
        let found = roles(&desired, &"zoe".parse().unwrap());
        assert_eq!(found.len(), 120);
    }
}
