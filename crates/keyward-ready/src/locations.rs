//! The locations of keyward's own files and of the AWS files.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use etcetera::BaseStrategy as _;

use crate::environment as env;
use crate::vault_files;

/// The folders and files of this run.
#[derive(Debug, Clone)]
pub struct Locations {
    /// `config.toml`.
    pub settings: PathBuf,
    /// The vault, its slots, the index, the sessions, the log.
    pub data: PathBuf,
    /// The state in which this machine last saw its vaults: outside the data folder, also where
    /// `KEYWARD_HOME` names that. Nowhere without a home folder.
    pub pins: Option<PathBuf>,
    /// The AWS config file.
    pub aws_config: PathBuf,
    /// The AWS credentials file.
    pub aws_credentials: PathBuf,
}

/// The reasons why the locations are unknown.
#[derive(Debug)]
pub enum NoLocation {
    /// There is no home folder.
    Home,
    /// `KEYWARD_HOME` names a path that cannot be used.
    Unusable(PathBuf, io::Error),
}

impl fmt::Display for NoLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("there is no home folder"),
            Self::Unusable(path, _) => {
                write!(f, "`{}` cannot be used as {}", path.display(), env::HOME)
            }
        }
    }
}

impl Locations {
    /// The places that the environment names.
    ///
    /// # Errors
    /// They are unknown.
    pub fn find() -> Result<Self, NoLocation> {
        let (settings, data) = own_folders()?;
        Ok(Self {
            settings: settings.join(vault_files::SETTINGS),
            data,
            pins: pins(),
            aws_config: aws_file(env::AWS_CONFIG_FILE, "config")?,
            aws_credentials: aws_file(env::AWS_SHARED_CREDENTIALS_FILE, "credentials")?,
        })
    }

    /// The folder of the vault, for callers that need no other. It is known even if the AWS files
    /// are not, as without `HOME`.
    ///
    /// # Errors
    /// It is unknown.
    pub fn data_folder() -> Result<PathBuf, NoLocation> {
        own_folders().map(|(_, data)| data)
    }
}

fn own_folders() -> Result<(PathBuf, PathBuf), NoLocation> {
    if let Some(home) = env::path(env::HOME) {
        let home = std::path::absolute(&home).map_err(|e| NoLocation::Unusable(home, e))?;
        return Ok((home.clone(), home));
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| NoLocation::Home)?;
    Ok((
        strategy.config_dir().join("keyward"),
        strategy.data_dir().join("keyward"),
    ))
}

/// The folder of the pins. No variable of keyward's own moves it or turns pins off.
fn pins() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    // Windows has no folder for state; its cache folder is the machine's own too.
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.cache_dir());
    let folder = folder.join("keyward");
    missing_home(&folder).is_none().then_some(folder)
}

fn aws_file(variable: &str, name: &str) -> Result<PathBuf, NoLocation> {
    match env::path(variable) {
        Some(path) => Ok(path),
        None => Ok(env::home_folder()
            .ok_or(NoLocation::Home)?
            .join(".aws")
            .join(name)),
    }
}

/// The home folder, if a path is inside it and it does not exist. System services have such a home;
/// files in a folder that keyward made there would never be found again.
#[must_use]
pub fn missing_home(path: &Path) -> Option<PathBuf> {
    env::home_folder().filter(|home| path.starts_with(home) && !home.exists())
}
