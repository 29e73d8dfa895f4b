//! The sources a chain can start from, read out of one profile, in the order in which they count.
//! Refuses to read any of them itself beyond that: each kind has a file of its own.

use super::error::{Place, ResolveError};
use super::sso;
use super::view::{Found, View};
use super::{Base, ContainerEndpoint, Inputs, MetadataService, command, written_key};
use crate::config::FileKind;
use crate::id::{AccessKeyId, ProfileName};

impl Base {
    /// The id of the key, where the chain starts from one.
    #[must_use]
    pub fn key_id(&self) -> Option<&AccessKeyId> {
        match self {
            Self::VaultKey { access_key_id, .. }
            | Self::Static { access_key_id, .. }
            | Self::Environment { access_key_id, .. } => Some(access_key_id),
            Self::Process { key, .. } => key.as_ref(),
            Self::WebIdentity { .. }
            | Self::Sso { .. }
            | Self::LoginSession { .. }
            | Self::EcsContainer { .. }
            | Self::Ec2Metadata { .. } => None,
        }
    }
}

/// What a profile itself offers.
pub(super) enum Own<'a> {
    /// Credentials.
    Base(Base),
    /// A `credential_process` line that asks keyward for another profile: following it here
    /// saves a process and finds circles.
    Profile { name: ProfileName, line: Found<'a> },
}

/// The profile's own credentials other than a role and a key in the vault, in the order that most
/// SDKs share; `None` when it has none.
pub(super) fn own<'a>(
    view: &View<'a>,
    inputs: &Inputs<'a>,
    warnings: &mut Vec<String>,
) -> Result<Option<Own<'a>>, ResolveError> {
    let process = process(view);
    warn_of_others(view, process, warnings);
    if let Some(base) = sso::read(view, inputs.config, warnings)? {
        return Ok(Some(Own::Base(base)));
    }
    if keys_file(view) == Some(FileKind::Credentials) {
        return Ok(written_key::in_files(view, warnings)?.map(Own::Base));
    }
    if let Some(session) = view.text("login_session") {
        return Ok(Some(Own::Base(Base::LoginSession {
            profile: view.name.clone(),
            session,
        })));
    }
    if let Some(line) = process {
        let other = command::plain_hand_out(line.value).and_then(|name| name.parse().ok());
        return Ok(Some(match other {
            Some(name) => Own::Profile { name, line },
            None if cfg!(not(windows)) && command::has_open_quote(line.value) => {
                return Err(ResolveError::InvalidSetting {
                    key: "credential_process",
                    place: Place::Line(line.origin.clone()),
                    wanted: "a command line whose quotes are closed",
                });
            }
            None => Own::Base(Base::Process {
                profile: view.name.clone(),
                command: line.value.to_owned(),
                key: None,
                // The account id is optional, so an invalid one counts as absent.
                account_id: view
                    .get("aws_account_id")
                    .and_then(|found| found.value.parse().ok()),
            }),
        }));
    }
    Ok(written_key::in_files(view, warnings)?.map(Own::Base))
}

/// The file of the profile's keys. Those of the credentials file come before a program and a
/// console sign-in, as in botocore and the SDKs for JavaScript, Go and Ruby; those of the config
/// file after them, as in botocore.
///
/// Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence>
fn keys_file(view: &View<'_>) -> Option<FileKind> {
    ["aws_access_key_id", "aws_secret_access_key"]
        .into_iter()
        .find_map(|key| Some(view.get(key)?.origin.file))
}

/// Warns of a second source beside the one that is used.
fn warn_of_others(view: &View<'_>, process: Option<Found<'_>>, warnings: &mut Vec<String>) {
    const KEYS: &str = "aws_access_key_id";
    let keys = keys_file(view);
    let kinds = [
        (
            view.has("sso_account_id") || view.has("sso_role_name"),
            "sso_account_id",
        ),
        (keys == Some(FileKind::Credentials), KEYS),
        (view.has("login_session"), "login_session"),
        (process.is_some(), "credential_process"),
        (keys == Some(FileKind::Config), KEYS),
    ];
    let present: Vec<&str> = kinds
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, key)| *key)
        .collect();
    if let [first, rest @ ..] = present.as_slice()
        && !rest.is_empty()
    {
        warnings.push(format!(
            "profile `{}` has `{first}` beside `{}`: AWS tools disagree on which wins; `{first}` is used",
            view.name,
            rest.join("`, `"),
        ));
    }
}

/// The `credential_process` line, unless it asks keyward for this very profile: that line is
/// keyward's own hand-out to the SDKs, not a source.
fn process<'a>(view: &View<'a>) -> Option<Found<'a>> {
    view.get("credential_process")
        .filter(|line| !command::asks_for(line.value, view.name.as_str()))
}

/// What `credential_source` names.
pub(super) fn credential_source(
    view: &View<'_>,
    source: Found<'_>,
    inputs: &Inputs<'_>,
) -> Result<Base, ResolveError> {
    match source.value {
        "Environment" => written_key::in_environment(view, source, inputs),
        "EcsContainer" => Ok(Base::EcsContainer {
            endpoint: ContainerEndpoint::read(inputs),
        }),
        // How it is reached may be said by a profile above this one.
        "Ec2InstanceMetadata" => Ok(Base::Ec2Metadata {
            service: MetadataService::default(),
        }),
        other => Err(ResolveError::UnknownCredentialSource {
            value: other.to_owned(),
            at: source.origin.clone(),
        }),
    }
}
