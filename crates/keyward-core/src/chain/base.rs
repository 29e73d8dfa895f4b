//! The sources that one profile names, in the order in which they count. Refuses to read any of them
//! itself: each has a file in `source/`.

use super::error::ResolveError;
use super::source::Own;
use super::view::{LocatedValue, View};
use super::{
    Base, Container, EnvironmentKey, Inputs, LoginSession, MetadataService, Process, SsoRole,
    StaticKey,
};
use crate::config::FileKind;

/// The profile's own credentials other than a role and a key in the vault, in the order that most
/// SDKs share; `None` when it has none.
pub(super) fn own<'a>(
    view: &View<'a>,
    inputs: &Inputs<'a>,
    warnings: &mut Vec<String>,
) -> Result<Option<Own<'a>>, ResolveError> {
    let process = Process::line(view);
    warn_of_others(view, process, warnings);
    if let Some(role) = SsoRole::read(view, inputs.config, warnings)? {
        return Ok(Some(Own::Base(Base::Sso(role))));
    }
    if keys_file(view) == Some(FileKind::Credentials) {
        return in_files(view, warnings);
    }
    if let Some(sign_in) = LoginSession::read(view) {
        return Ok(Some(Own::Base(Base::LoginSession(sign_in))));
    }
    match process {
        Some(line) => Process::read(view, line).map(Some),
        None => in_files(view, warnings),
    }
}

fn in_files<'a>(
    view: &View<'a>,
    warnings: &mut Vec<String>,
) -> Result<Option<Own<'a>>, ResolveError> {
    let key = StaticKey::read(view, warnings)?;
    Ok(key.map(|key| Own::Base(Base::Static(key))))
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
fn warn_of_others(view: &View<'_>, process: Option<LocatedValue<'_>>, warnings: &mut Vec<String>) {
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

/// Returns the source that `credential_source` names.
pub(super) fn credential_source(
    view: &View<'_>,
    source: LocatedValue<'_>,
    inputs: &Inputs<'_>,
) -> Result<Base, ResolveError> {
    match source.value {
        "Environment" => EnvironmentKey::read(view, source, inputs).map(Base::Environment),
        "EcsContainer" => Ok(Base::EcsContainer(Container::read(inputs))),
        // A profile above this one may say how to reach it.
        "Ec2InstanceMetadata" => Ok(Base::Ec2Metadata(MetadataService::default())),
        other => Err(ResolveError::UnknownCredentialSource {
            value: other.to_owned(),
            at: source.origin.clone(),
        }),
    }
}
