//! The locations of keyward's own files and of the AWS files, for this program's errors.

use std::path::Path;

use keyward_core::shell::quoted;
use keyward_ready::locations::NoLocation;

use crate::environment as env;
use crate::screen::error::{CliError, ErrorKind};

pub(crate) use keyward_ready::locations::{Locations, missing_home};

impl From<NoLocation> for CliError {
    fn from(error: NoLocation) -> Self {
        let failed = Self::new(ErrorKind::Usage, error.to_string());
        match error {
            NoLocation::Unusable(_, cause) => failed
                .because(cause)
                .hint(format!("set {} to a folder", env::HOME)),
            NoLocation::Home => failed.hint(format!(
                "set HOME, or all of {}, {} and {}",
                env::HOME,
                env::AWS_CONFIG_FILE,
                env::AWS_SHARED_CREDENTIALS_FILE
            )),
        }
    }
}

/// The locations of this run. A home that is not a folder has no files, and none can be made in it.
pub(crate) fn find() -> Result<Locations, CliError> {
    let locations = Locations::find()?;
    let Some(home) = env::home_folder().filter(|home| home.exists() && !home.is_dir()) else {
        return Ok(locations);
    };
    let Locations {
        settings,
        data,
        pins: _,
        aws_config,
        aws_credentials,
    } = &locations;
    match [settings, data, aws_config, aws_credentials]
        .iter()
        .any(|path| path.starts_with(&home))
    {
        true => Err(CliError::usage(format!(
            "the home folder `{}` is not a folder",
            home.display()
        ))
        .hint("set HOME to a folder")),
        false => Ok(locations),
    }
}

/// A variable that names an AWS file which is not there, as a sentence. Such a file counts
/// as empty, which is seldom what was meant.
pub(crate) fn missing_file(locations: &Locations) -> Option<String> {
    [
        (env::AWS_CONFIG_FILE, &locations.aws_config),
        (env::AWS_SHARED_CREDENTIALS_FILE, &locations.aws_credentials),
    ]
    .into_iter()
    .find(|(variable, path)| env::path(variable).is_some() && !path.exists())
    .map(|(variable, path)| format!("{variable} names `{}`, which does not exist", show(path)))
}

/// A path as one word of a command. A shell expands `~` only outside quotes.
pub(crate) fn word(path: &Path) -> String {
    let path = match path.as_os_str().as_encoded_bytes().first() {
        Some(b'-') => &Path::new(".").join(path),
        _ => path,
    };
    let shown = show(path);
    match shown.strip_prefix("~/") {
        Some(rest) if quoted(rest) == rest => shown,
        _ => quoted(&path.display().to_string()),
    }
}

/// A path as people write it: the home folder as `~`.
pub(crate) fn show(path: &Path) -> String {
    match env::home_folder().and_then(|home| path.strip_prefix(home).ok().map(Path::to_path_buf)) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}
