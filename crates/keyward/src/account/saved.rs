//! Saved answers of the AWS CLI in a folder, as input of an audit. Only the authorization details
//! must be there; a check whose file is missing is not made.

use std::error::Error;
use std::path::Path;

use keyward_account::audit::Input;
use keyward_account::audit::input::{CredentialReport, Known, saved};
use keyward_account::desired::wire::read_details;
use keyward_core::Timestamp;

use crate::screen::error::CliError;
use crate::system::locations;
use crate::system::read_limited;

/// Reads the folder. Times are judged as of `now`.
pub(crate) fn read(folder: &Path, now: Timestamp) -> Result<Input, CliError> {
    if folder.is_file() {
        let message = format!(
            "`{}` is a file, where a folder is wanted",
            locations::show(folder)
        );
        return Err(CliError::usage(message).hint(
            "name the folder, and call the authorization details in it `authorization-details.json`",
        ));
    }
    let path = folder.join("authorization-details.json");
    let unusable = || {
        CliError::usage(format!(
            "cannot read the authorization details `{}`",
            locations::show(&path)
        ))
        .hint("aws iam get-account-authorization-details > authorization-details.json")
    };
    let text =
        read_limited::text(&path, read_limited::SETTINGS).map_err(|e| unusable().because(e))?;
    let account = read_details(&text).map_err(|e| unusable().because(e))?;
    Ok(Input {
        account,
        summary: part(folder, "account-summary.json", saved::summary)?,
        password_policy: part(folder, "password-policy.json", saved::password_policy)?,
        credentials: part(folder, "credential-report.csv", |text| {
            CredentialReport::parse(text, None)
        })?,
        devices: part(folder, "virtual-mfa-devices.json", saved::devices)?,
        certificates: part(folder, "server-certificates.json", saved::certificates)?,
        service_credentials: part(
            folder,
            "service-specific-credentials.json",
            saved::service_credentials,
        )?,
        ssh_keys: part(folder, "ssh-public-keys.json", saved::ssh_keys)?,
        now,
    })
}

/// One file. It may be missing; one that is there must be readable.
fn part<T, E: Error + Send + Sync + 'static>(
    folder: &Path,
    name: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Known<T>, CliError> {
    let path = folder.join(name);
    let text = match read_limited::text(&path, read_limited::SETTINGS) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Known::Missing(format!("there is no file `{name}`")));
        }
        Err(error) => return Err(read_limited::unreadable(&path, error)),
    };
    parse(&text).map(Known::Read).map_err(|error| {
        let message = format!(
            "`{}` is not an answer of the AWS CLI",
            locations::show(&path)
        );
        CliError::usage(message).because(error)
    })
}
