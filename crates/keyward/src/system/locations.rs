//! The locations of keyward's own files and of the AWS files.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::environment as env;
use crate::screen::error::{CliError, ErrorKind};

/// The folders and files of this run.
#[derive(Debug, Clone)]
pub(crate) struct Locations {
    /// `config.toml`.
    pub(crate) settings: PathBuf,
    /// The vault, its slots, the index, the sessions, the log.
    pub(crate) data: PathBuf,
    /// What this machine last saw of its vaults: outside the data folder, also where
    /// `KEYWARD_HOME` names that. Nowhere without a home folder.
    pub(crate) pins: Option<PathBuf>,
    /// The AWS config file.
    pub(crate) aws_config: PathBuf,
    /// The AWS credentials file.
    pub(crate) aws_credentials: PathBuf,
}

impl Locations {
    /// The places that the environment names.
    pub(crate) fn find() -> Result<Self, CliError> {
        let (settings, data) = own_folders()?;
        Ok(Self {
            settings: settings.join("config.toml"),
            data,
            pins: pins(),
            aws_config: aws_file(env::AWS_CONFIG_FILE, "config")?,
            aws_credentials: aws_file(env::AWS_SHARED_CREDENTIALS_FILE, "credentials")?,
        })
    }

    /// The folder of the vault, for what needs no other: it is known also where the AWS files
    /// are not, as without `HOME`.
    pub(crate) fn data_folder() -> Result<PathBuf, CliError> {
        own_folders().map(|(_, data)| data)
    }

    /// A variable that names an AWS file which is not there, as a sentence. Such a file counts
    /// as empty, which is seldom what was meant.
    pub(crate) fn missing_file(&self) -> Option<String> {
        [
            (env::AWS_CONFIG_FILE, &self.aws_config),
            (env::AWS_SHARED_CREDENTIALS_FILE, &self.aws_credentials),
        ]
        .into_iter()
        .find(|(variable, path)| env::get(variable).is_some() && !path.exists())
        .map(|(variable, path)| format!("{variable} names `{}`, which does not exist", show(path)))
    }
}

fn own_folders() -> Result<(PathBuf, PathBuf), CliError> {
    if let Some(home) = env::path(env::HOME) {
        let home = std::path::absolute(&home).map_err(|e| {
            CliError::new(
                ErrorKind::Usage,
                format!("`{}` cannot be used as {}", home.display(), env::HOME),
            )
            .because(e)
        })?;
        return Ok((home.clone(), home));
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| no_home())?;
    Ok((
        strategy.config_dir().join("keyward"),
        strategy.data_dir().join("keyward"),
    ))
}

/// The folder of the pins. A practice home goes with all that was seen of it.
fn pins() -> Option<PathBuf> {
    if env::get(env::PRACTICE_URL).is_some() {
        return None;
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    // Windows has no folder for state; its cache folder is the machine's own too.
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.cache_dir());
    let folder = folder.join("keyward");
    missing_home(&folder).is_none().then_some(folder)
}

fn aws_file(variable: &str, name: &str) -> Result<PathBuf, CliError> {
    match env::path(variable) {
        Some(path) => Ok(path),
        None => Ok(env::home_folder()
            .ok_or_else(no_home)?
            .join(".aws")
            .join(name)),
    }
}

/// The home folder, if a path is inside it and it does not exist. System services have such a home;
/// files in a folder that keyward made there would never be found again.
pub(crate) fn missing_home(path: &Path) -> Option<PathBuf> {
    env::home_folder().filter(|home| path.starts_with(home) && !home.exists())
}

fn no_home() -> CliError {
    CliError::new(ErrorKind::Usage, "there is no home folder").hint(format!(
        "set HOME, or all of {}, {} and {}",
        env::HOME,
        env::AWS_CONFIG_FILE,
        env::AWS_SHARED_CREDENTIALS_FILE
    ))
}

/// A path as people write it: the home folder as `~`.
pub(crate) fn show(path: &Path) -> String {
    match env::home_folder().and_then(|home| path.strip_prefix(home).ok().map(Path::to_path_buf)) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}
