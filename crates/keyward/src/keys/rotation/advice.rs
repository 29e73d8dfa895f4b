//! Facts that a person needs to choose between two keys.

use keyward_account::federation::github_role;
use keyward_aws::{AccessKey, Aws, KeyStatus};
use keyward_core::Credentials;
use keyward_core::id::UserName;
use keyward_core::shell::argument;

use super::destination::Repository;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, Ui};

/// One line for each key: id, state, age, last use where the caller may ask.
pub(crate) fn lines(aws: &Aws, credentials: &Credentials, keys: &[AccessKey]) -> Vec<String> {
    keys.iter()
        .map(|key| {
            let status = match key.status {
                KeyStatus::Active => "active",
                KeyStatus::Inactive => "inactive",
            };
            let made = key
                .created_at
                .map_or_else(String::new, |at| format!(", made {at}"));
            let used = match aws.get_access_key_last_used(credentials, &key.id) {
                Ok(used) => match (used.at, used.service) {
                    (Some(at), Some(service)) => format!(", last used {at} for {service}"),
                    (Some(at), None) => format!(", last used {at}"),
                    (None, _) => ", never used".to_owned(),
                },
                Err(_) => String::new(),
            };
            format!("  {} {status}{made}{used}", key.id)
        })
        .collect()
}

/// Advises a role by GitHub's tokens, which makes the key of a workflow unnecessary.
pub(crate) fn no_key_at_all(ui: &Ui, repository: &Repository) {
    let Repository {
        owner,
        name,
        environment,
    } = repository;
    let subject = match environment {
        Some(environment) => format!("{owner}/{name}:environment:{environment}"),
        None => format!("{owner}/{name}:ref:refs/heads/main"),
    };
    let Ok(subject) = subject.parse() else {
        return;
    };
    ui.say(format!(
        "GitHub Actions needs no key: these lines of a blueprint make a role for {owner}/{name}"
    ));
    for line in github_role(&subject, "").lines() {
        ui.say_unbroken(format!("  {line}").trim_end());
    }
    ui.hint(format!(
        "{CODE}keyward account init --github {subject}{CODE:#} writes them"
    ));
}

/// The refusal to begin when the user already has two keys.
pub(crate) fn two_keys(
    ui: &Ui,
    aws: &Aws,
    credentials: &Credentials,
    keys: &[AccessKey],
    user: Option<&UserName>,
    by: &str,
) -> CliError {
    for line in lines(aws, credentials, keys) {
        ui.say(line);
    }
    let whose = user.map_or_else(|| "the user".to_owned(), |user| format!("user `{user}`"));
    let name = user.map_or_else(String::new, |user| format!(" --user-name {user}"));
    CliError::failed(format!(
        "{whose} has two access keys already, and AWS allows no third"
    ))
    .hint(format!(
        "delete the unused one: keyward exec {} -- aws iam delete-access-key{name} --access-key-id ID",
        argument(by)
    ))
}
