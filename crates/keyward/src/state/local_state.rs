//! The state that a command finds when it starts: the AWS files, the vault's index, the settings.
//! Nothing here opens the vault or the network.

mod aws_files;
mod many;
mod unread;

use std::sync::{Arc, OnceLock};

use keyward_core::chain::{
    self, Chain, Flags, KeyHolder, LastCacheKeys, ResolveError, Sessions, SimilarNames, StoredKey,
    StoredKeys,
};
use keyward_core::config::ConfigSet;
use keyward_core::id::{AccessKeyId, AccountId, PrincipalArn, ProfileName};
use keyward_vault::{
    Document, Index, IndexError, LockGeneration, Paths, SeenGeneration, TierChoice, Vault,
};

pub(crate) use keyward_ready::now;

use crate::environment as env;
use crate::prompt::deadline::{Deadline, ForVault};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::state::identity_cache::IdentityCache;
use crate::state::settings::Settings;
use crate::system::locations::{self, Locations};

pub(crate) use many::ManyProfiles;
pub(crate) use unread::Unread;
use unread::{AWS_FILES, SETTINGS, go_on_without};

/// The state that this run found. A clone shares the large parts and the opened vault; a run that
/// begins later has one with its own deadline.
#[derive(Debug, Clone)]
pub(crate) struct LocalState {
    /// The time that this run waits for the person and for other processes.
    pub(crate) deadline: Deadline,
    /// The locations of all files.
    pub(crate) locations: Locations,
    /// The vault's files.
    pub(crate) paths: Paths,
    /// Both AWS files.
    pub(crate) config: Arc<ConfigSet>,
    /// The content of the vault, in the clear.
    pub(crate) index: Arc<Index>,
    /// The long-lived keys the index lists.
    pub(crate) stored: Arc<StoredKeys>,
    /// `config.toml`.
    pub(crate) settings: Settings,
    /// The reason why the keys of the vault are not known, if they are not.
    pub(crate) index_error: Option<Arc<IndexError>>,
    /// The identity that opened the vault in this run. Every reload in one run shares it, so that the
    /// passphrase is asked for once.
    pub(crate) identity_cache: Arc<IdentityCache>,
    /// The mark of `keyward lock` when this run first needed it.
    pub(crate) lock_generation: Arc<OnceLock<SeenGeneration>>,
}

impl LocalState {
    /// Reads the files; missing ones are empty. If the vault's key index is missing, the vault is opened to
    /// rebuild it.
    pub(crate) fn load() -> Result<Self, CliError> {
        let mut local = Self::load_closed()?;
        local.rebuild_missing_index()?;
        Ok(local)
    }

    /// Like `load`, without opening the vault: no key is known if the index is missing.
    pub(crate) fn load_closed() -> Result<Self, CliError> {
        Self::load_closed_in(Deadline::begin())
    }

    /// The same in a run that has begun.
    pub(crate) fn load_closed_in(deadline: Deadline) -> Result<Self, CliError> {
        let (local, unread) = Self::load_what_can_be(deadline)?;
        unread.into_error().map_or(Ok(local), Err)
    }

    /// Like `load`, for commands that need the vault but not the AWS files: if those cannot be read, no
    /// profile is known, and a warning says so.
    pub(crate) fn load_for_vault(ui: &Ui) -> Result<Self, CliError> {
        let (local, mut unread) = Self::load_what_can_be(Deadline::begin())?;
        // The variables decide how AWS is reached. What opens the vault is read again.
        unread.environment.clear();
        go_on_without(AWS_FILES, std::mem::take(&mut unread.aws_files), ui);
        unread.into_error().map_or(Ok(local), Err)
    }

    /// The same for what only shows the vault: it needs no settings either.
    pub(crate) fn load_to_show(ui: &Ui) -> Result<Self, CliError> {
        let (local, mut unread) = Self::load_what_can_be(Deadline::begin())?;
        // The variables decide how AWS is reached. What opens the vault is read again.
        unread.environment.clear();
        go_on_without(AWS_FILES, std::mem::take(&mut unread.aws_files), ui);
        go_on_without(SETTINGS, std::mem::take(&mut unread.settings), ui);
        unread.into_error().map_or(Ok(local), Err)
    }

    /// Everything that can be read in a run that has begun, and why the rest cannot.
    pub(crate) fn load_what_can_be(deadline: Deadline) -> Result<(Self, Unread), CliError> {
        let locations = locations::find()?;
        let mut unread = Unread {
            environment: faults_of_environment(),
            ..Unread::default()
        };
        let config = aws_files::load(&locations).unwrap_or_else(|faults| {
            unread.aws_files = faults;
            ConfigSet::default()
        });
        let paths = Paths::new(&locations.data);
        let (index, index_error) = match vault_at(&paths, &locations, deadline).index() {
            Ok(index) => (index, None),
            Err(
                lost @ (IndexError::Missing { .. }
                | IndexError::Damaged { .. }
                | IndexError::Unreadable { .. }),
            ) => (Index::default(), Some(lost)),
            // The index may be shown, but no command acts on it before the vault was opened.
            Err(IndexError::Outdated { path, mut listed }) => {
                let index = std::mem::take(&mut *listed);
                (index, Some(IndexError::Outdated { path, listed }))
            }
            Err(error) => {
                unread.index = Some(error.into());
                (Index::default(), None)
            }
        };
        let settings = Settings::read(&locations.settings).unwrap_or_else(|faults| {
            unread.settings = faults;
            Settings::unread()
        });
        let local = Self {
            deadline,
            index_error: index_error.map(Arc::new),
            stored: Arc::new(index.stored_keys()),
            locations,
            paths,
            config: Arc::new(config),
            index: Arc::new(index),
            settings,
            identity_cache: Arc::default(),
            lock_generation: Arc::default(),
        };
        Ok((local, unread))
    }

    /// The mark of `keyward lock` as it was before anything was made or opened: the results of this
    /// run are stored for others only while that mark is current. It is read once, and not by a run
    /// that finds its session in the cache.
    pub(crate) fn lock_generation(&self) -> &SeenGeneration {
        let see = || LockGeneration::of(&self.paths).see_or_never_current();
        self.lock_generation.get_or_init(see)
    }

    /// Warns that the vault may hold keys which are not known.
    pub(crate) fn warn_if_index_missing(&self, ui: &Ui) {
        if let Some(lost) = &self.index_error {
            ui.warn(lost.to_string());
            ui.hint("keyward vault status");
        }
    }

    /// Warns where the vault's files are not those that this machine last saw. Their entries are
    /// shown, but not used.
    pub(crate) fn warn_if_changed_outside(&self, ui: &Ui) {
        if self.is_changed_outside() {
            ui.warn(CHANGED_OUTSIDE);
            ui.hint("keyward vault status   (it opens the vault and names the changes)");
        }
    }

    /// Whether the list of keys is what the vault last wrote.
    pub(crate) fn is_index_current(&self) -> bool {
        self.index_error.is_none() && !self.is_changed_outside()
    }

    fn is_changed_outside(&self) -> bool {
        let vault = self.vault();
        let slots_differ = vault.changes().is_ok_and(|changes| !changes.is_empty());
        slots_differ || !vault.is_as_pinned()
    }

    /// The vault, with the deadline of this run for its lock.
    pub(crate) fn vault(&self) -> Vault {
        vault_at(&self.paths, &self.locations, self.deadline)
    }

    /// Goes by what an opened vault holds. The index file may still say something else, because
    /// the folder may be read-only.
    pub(crate) fn adopt(&mut self, document: &Document) {
        self.index = Arc::new(Index::of(document));
        self.stored = Arc::new(self.index.stored_keys());
        self.index_error = None;
    }

    /// Refuses to go on if the chain is for another key than the one in the vault, or if the index
    /// lists other names of that key than the vault. A session of the key is cached for all of its
    /// names.
    pub(crate) fn refuse_outdated(
        &self,
        document: &Document,
        profile: &ProfileName,
    ) -> Result<(), CliError> {
        let listed = self.index.keys.iter().find(|key| key.profile == *profile);
        let same = match (listed, document.key(profile)) {
            (Some(listed), Some(held)) => {
                let stored: StoredKeys = Index::of(document).stored_keys();
                let id = &held.access_key_id;
                listed.access_key_id == held.access_key_id
                    && self.stored.names_of(id) == stored.names_of(id)
                    && listed.account_id == held.account_id
                    && listed.mfa_serial == held.mfa_serial
                    && listed.user_arn == held.user_arn
            }
            (None, None) => true,
            _ => false,
        };
        match same {
            true => Ok(()),
            false => Err(CliError::new(
                ErrorKind::PlanOutdated,
                format!("the vault's key of `{profile}` was changed while this command ran"),
            )
            .hint("run the command again")),
        }
    }

    /// The IAM user a stored key belongs to.
    pub(crate) fn user_name(&self, profile: &ProfileName) -> Option<String> {
        self.user_arn(profile)?.user_name().map(str::to_owned)
    }

    /// The ARN of the owner of a stored key.
    pub(crate) fn user_arn(&self, profile: &ProfileName) -> Option<&PrincipalArn> {
        let position = self.stored.position(profile)?;
        // Both lists have the order of the index.
        self.index.keys.get(position)?.user_arn.as_ref()
    }

    /// The account of a stored key, if AWS has told it.
    pub(crate) fn account_of(&self, profile: &ProfileName) -> Option<&AccountId> {
        let position = self.stored.position(profile)?;
        self.index.keys.get(position)?.account_id.as_ref()
    }

    /// Returns the connection settings for a key that is not stored (yet): as the profile says, where the files have
    /// it, else as the environment does.
    pub(crate) fn chain_for_unstored_key(
        &self,
        profile: &ProfileName,
        access_key_id: &AccessKeyId,
    ) -> Result<Chain, CliError> {
        let key = StoredKey {
            profile: profile.clone(),
            access_key_id: access_key_id.clone(),
            account_id: None,
            mfa_serial: None,
            owner: KeyHolder::default(),
        };
        let flags = Flags {
            sessions: Sessions::Skip,
            ..Flags::default()
        };
        let stored_keys = StoredKeys::from_iter([key]);
        let empty = ConfigSet::default();
        let of = |config| {
            let inputs = chain::Inputs {
                profile,
                config,
                stored_keys: &stored_keys,
                environment: &env::get,
                flags: &flags,
                similar_names: SimilarNames::Listed,
                last_cache_keys: &LastCacheKeys::default(),
            };
            chain::resolve(&inputs)
        };
        // A profile that is not fit for use yet must not keep its key out of the vault.
        Ok(of(&self.config).or_else(|_| of(&empty))?)
    }

    /// The chain for a profile.
    pub(crate) fn resolve(&self, profile: &ProfileName, flags: Flags) -> Result<Chain, CliError> {
        self.try_resolve(profile, flags)
            .map_err(|error| self.unresolved(profile, error))
    }

    /// The chain for a profile, or the mistake that prevents it.
    pub(crate) fn try_resolve(
        &self,
        profile: &ProfileName,
        flags: Flags,
    ) -> Result<Chain, ResolveError> {
        let flags = self.with_settings(flags);
        let inputs = chain::Inputs {
            profile,
            config: &self.config,
            stored_keys: &self.stored,
            environment: &env::get,
            flags: &flags,
            similar_names: SimilarNames::Listed,
            last_cache_keys: &LastCacheKeys::default(),
        };
        chain::resolve(&inputs)
    }

    /// The flags, with the settings as defaults.
    fn with_settings(&self, mut flags: Flags) -> Flags {
        flags.session_setting = self.settings.session_duration;
        flags
    }

    /// The resolve error for the user, completed by what this run knows.
    pub(crate) fn unresolved(&self, profile: &ProfileName, error: ResolveError) -> CliError {
        let unknown = matches!(
            error,
            ResolveError::UnknownProfile { .. } | ResolveError::UnknownSource { .. }
        );
        let keyless = matches!(error, ResolveError::NoCredentials { .. });
        let misspelt = self.misspelt(&error);
        let error = match &self.index_error {
            // A key that the vault may hold is not called missing.
            Some(_) => CliError::usage(format!(
                "cannot resolve `{profile}`: the vault's key index is missing or cannot be read"
            ))
            .because(error)
            .hint("keyward vault status"),
            None => misspelt
                .into_iter()
                .fold(CliError::from(error), CliError::hint),
        };
        if !unknown && !keyless {
            return error;
        }
        // A key that is not found may be one that a changed or missing vault no longer shows.
        let error = match self.vault().lost() {
            Some(lost) => error.hint(lost.to_string()).hint("keyward vault status"),
            None if self.is_changed_outside() => {
                error.hint(format!("{CHANGED_OUTSIDE}: keyward vault status"))
            }
            None => error,
        };
        match locations::missing_file(&self.locations).filter(|_| unknown) {
            Some(lost) => error.hint(lost),
            None => error,
        }
    }

    /// The keys that a profile which lacks something has under another name.
    fn misspelt(&self, error: &ResolveError) -> Vec<String> {
        let (ResolveError::NoCredentials { profile }
        | ResolveError::RoleWithoutSource { profile, .. }
        | ResolveError::HalfKey { profile, .. }
        | ResolveError::IncompleteSso { profile, .. }) = error
        else {
            return Vec::new();
        };
        let keys = self.config.misspelt_keys(profile);
        keys.map(|(key, known, at)| format!("{at}: no AWS tool reads `{key}`; write `{known}`"))
            .collect()
    }
}

/// The variables that cannot be used, each with its fix. A mistyped session tier must not keep
/// sessions where the user wants none.
fn faults_of_environment() -> Vec<CliError> {
    let mut faults: Vec<CliError> = env::unreadable().map(CliError::from).collect();
    if let Ok(Some(tier)) = env::text(env::SESSION_TIER)
        && let Err(unknown) = tier.parse::<TierChoice>()
    {
        let refused = CliError::usage(format!("{} cannot be used", env::SESSION_TIER));
        faults.push(refused.because(unknown));
    }
    faults
}

/// The message about a vault that differs from the pin.
const CHANGED_OUTSIDE: &str =
    "the vault's files were changed since keyward last used them on this machine";

/// The vault of these paths, with its pin and the deadline of this run for its lock.
fn vault_at(paths: &Paths, locations: &Locations, deadline: Deadline) -> Vault {
    let vault = Vault::at(paths.clone()).with_waiter(Arc::new(ForVault(deadline)));
    match &locations.pins {
        Some(folder) => vault.with_pins(folder),
        None => vault,
    }
}

/// Both AWS files as one.
pub(crate) fn load_config(locations: &Locations) -> Result<ConfigSet, CliError> {
    aws_files::load(locations).map_err(|faults| {
        CliError::all(AWS_FILES, faults).expect("whatever is refused has a fault")
    })
}
