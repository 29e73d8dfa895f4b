//! What a command finds when it starts: the AWS files, the vault's index, the settings. Nothing
//! here opens the vault or the network.

mod aws_files;
mod unread;

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use keyward_core::Timestamp;
use keyward_core::chain::{self, Chain, Flags, ResolveError, Sessions, StoredKey};
use keyward_core::config::ConfigSet;
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_vault::{
    Document, Index, IndexError, LockGeneration, OpenVault, Paths, SeenGeneration, Vault,
};

use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::locations::Locations;
use crate::session::deadline::ForVault;
use crate::session::{IdentityCache, open_vault};
use crate::settings::Settings;
use crate::ui::{Color, Ui};

pub(crate) use unread::Unread;
use unread::{AWS_FILES, SETTINGS, go_on_without};

/// What this run found.
#[derive(Debug)]
pub(crate) struct LocalState {
    /// Where everything lies.
    pub(crate) locations: Locations,
    /// The vault's files.
    pub(crate) paths: Paths,
    /// Both AWS files.
    pub(crate) config: ConfigSet,
    /// What the vault holds, in the clear.
    pub(crate) index: Index,
    /// The long-lived keys the index lists.
    pub(crate) stored: Vec<StoredKey>,
    /// `config.toml`.
    pub(crate) settings: Settings,
    /// Why the keys of the vault are not known, where they are not.
    pub(crate) index_error: Option<IndexError>,
    /// What opened the vault in this run, so that the passphrase is asked once. Everything that is
    /// read again in one run shares it.
    pub(crate) identity_cache: Arc<IdentityCache>,
    /// The mark of `keyward lock` when this run first needed it.
    pub(crate) lock_generation: OnceLock<SeenGeneration>,
}

impl LocalState {
    /// Reads what is there; missing files are empty. Where the list of the vault's keys is lost,
    /// the vault is opened to make it anew.
    pub(crate) fn load() -> Result<Self, CliError> {
        let mut local = Self::load_closed()?;
        local.rebuild_missing_index()?;
        Ok(local)
    }

    /// The same for whoever must not open the vault: no key is known where the list is lost.
    pub(crate) fn load_closed() -> Result<Self, CliError> {
        let (local, unread) = Self::load_what_can_be()?;
        unread.into_error().map_or(Ok(local), Err)
    }

    /// The same for what needs the vault and not the AWS files: where those cannot be read, no
    /// profile is known, and the person is told.
    pub(crate) fn load_for_vault(ui: &Ui) -> Result<Self, CliError> {
        let (local, mut unread) = Self::load_what_can_be()?;
        go_on_without(AWS_FILES, std::mem::take(&mut unread.aws_files), ui);
        unread.into_error().map_or(Ok(local), Err)
    }

    /// The same for what only shows the vault: it needs no settings either.
    pub(crate) fn load_to_show(ui: &Ui) -> Result<Self, CliError> {
        let (local, mut unread) = Self::load_what_can_be()?;
        go_on_without(AWS_FILES, std::mem::take(&mut unread.aws_files), ui);
        go_on_without(SETTINGS, std::mem::take(&mut unread.settings), ui);
        unread.into_error().map_or(Ok(local), Err)
    }

    /// Everything that can be read, and why the rest cannot.
    pub(crate) fn load_what_can_be() -> Result<(Self, Unread), CliError> {
        let locations = Locations::find()?;
        let mut unread = Unread::default();
        let config = aws_files::load(&locations).unwrap_or_else(|faults| {
            unread.aws_files = faults;
            ConfigSet::default()
        });
        let paths = Paths::new(&locations.data);
        let (index, index_error) = match Index::load(&paths) {
            Ok(index) => (index, None),
            Err(lost @ (IndexError::Missing { .. } | IndexError::Damaged { .. })) => {
                (Index::default(), Some(lost))
            }
            // What it lists may be shown, and is not acted on before the vault was opened.
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
            index_error,
            stored: index.stored_keys(),
            locations,
            paths,
            config,
            index,
            settings,
            identity_cache: Arc::default(),
            lock_generation: OnceLock::new(),
        };
        Ok((local, unread))
    }

    /// Makes the list of the vault's keys anew where it is lost or outdated, for which the vault is
    /// opened.
    pub(crate) fn rebuild_missing_index(&mut self) -> Result<(), CliError> {
        let Some(lost) = self.index_error.take() else {
            return Ok(());
        };
        self.rebuild_index(&lost)
            .inspect_err(|_| self.index_error = Some(lost))
    }

    /// The mark of `keyward lock` as it was before anything was made or opened: what comes of
    /// this run is kept for others only while that mark stands. It is read once, and not by a
    /// run that finds its session in the cache.
    pub(crate) fn lock_generation(&self) -> &SeenGeneration {
        let see = || LockGeneration::of(&self.paths).see_or_none_stands();
        self.lock_generation.get_or_init(see)
    }

    /// Warns that the vault may hold keys which are not known.
    pub(crate) fn warn_if_index_missing(&self, ui: &Ui) {
        if let Some(lost) = &self.index_error {
            ui.warn(lost.to_string());
            ui.hint("keyward vault status");
        }
    }

    /// Opens the vault, which writes the list beside it again.
    fn rebuild_index(&mut self, lost: &IndexError) -> Result<(), CliError> {
        let ui = Ui::new(Color::Auto, 0);
        self.open(&ui).map_err(|error| {
            let hints = error.hints().to_vec();
            CliError::new(error.kind(), lost.to_string())
                .because(error)
                .hint_all(hints)
        })?;
        ui.say(match lost {
            IndexError::Outdated { .. } => {
                "the list of the vault's keys did not belong to the vault and was made anew"
            }
            _ => "the list of the vault's keys was lost and is made anew",
        });
        Ok(())
    }

    /// The vault, whose lock is waited for as a command may wait.
    pub(crate) fn vault(&self) -> Vault {
        Vault::at(self.paths.clone()).with_waiter(Arc::new(ForVault))
    }

    /// Opens the vault and goes by what it holds from now on, whatever its index said. A command
    /// that acts on a key does this before it chains.
    pub(crate) fn open(&mut self, ui: &Ui) -> Result<OpenVault, CliError> {
        let open = open_vault(self, ui)?;
        self.adopt(open.document());
        Ok(open)
    }

    /// As [`open`](Self::open), where there is a vault.
    pub(crate) fn open_existing(&mut self, ui: &Ui) -> Result<Option<OpenVault>, CliError> {
        match self.vault().exists() {
            true => self.open(ui).map(Some),
            false => Ok(None),
        }
    }

    /// Goes by what an opened vault holds. The index file may still say something else, because
    /// the folder may be read-only.
    fn adopt(&mut self, document: &Document) {
        self.index = Index::of(document);
        self.stored = self.index.stored_keys();
        self.index_error = None;
    }

    /// Plans and acts, and does both once more by what the vault holds where the first plan was
    /// made for another key: before anything was done, since the key was not there to do it with.
    pub(crate) fn plan_and_act<T>(
        &mut self,
        ui: &Ui,
        act: impl Fn(&Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        match act(self) {
            Err(error) if error.kind() == ErrorKind::PlanOutdated => {
                self.open(ui)?;
                act(self)
            }
            done => done,
        }
    }

    /// Refuses to go on with a chain that was made for another key than the one that the vault
    /// holds.
    pub(crate) fn refuse_outdated(
        &self,
        document: &Document,
        profile: &ProfileName,
    ) -> Result<(), CliError> {
        let listed = self.index.keys.iter().find(|key| key.profile == *profile);
        let same = match (listed, document.key(profile)) {
            (Some(listed), Some(held)) => {
                listed.access_key_id == held.access_key_id
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

    /// Reads everything again after a change, without asking for the passphrase again.
    pub(crate) fn reload(&self) -> Result<Self, CliError> {
        let mut fresh = Self::load_closed()?;
        fresh.identity_cache = Arc::clone(&self.identity_cache);
        if let Ok(Some(_)) = self.identity_cache.get() {
            // What was opened before a lock is not newer for being passed on. A world just loaded
            // has no mark yet.
            let _ = fresh.lock_generation.set(self.lock_generation().clone());
            // Even where the index cannot be written, the open vault says what it holds.
            fresh.open(&Ui::new(Color::Auto, 0))?;
        } else {
            fresh.rebuild_missing_index()?;
        }
        Ok(fresh)
    }

    /// The IAM user a stored key belongs to.
    pub(crate) fn user_name(&self, profile: &ProfileName) -> Option<String> {
        let key = self.index.keys.iter().find(|key| key.profile == *profile)?;
        key.user_arn.as_ref()?.user_name().map(str::to_owned)
    }

    /// How AWS is reached with a key that is not stored (yet): as the profile says, where the
    /// files have it, else as the environment does.
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
        };
        let flags = Flags {
            sessions: Sessions::Skip,
            ..Flags::default()
        };
        let stored_keys = &[key];
        let empty = ConfigSet::default();
        let of = |config| {
            let inputs = chain::Inputs {
                profile,
                config,
                stored_keys,
                environment: &env::get,
                flags: &flags,
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

    /// The chain for a profile, or which mistake stands in its way.
    pub(crate) fn try_resolve(
        &self,
        profile: &ProfileName,
        mut flags: Flags,
    ) -> Result<Chain, ResolveError> {
        flags.session_duration = flags.session_duration.or(self.settings.session_duration);
        let inputs = chain::Inputs {
            profile,
            config: &self.config,
            stored_keys: &self.stored,
            environment: &env::get,
            flags: &flags,
        };
        chain::resolve(&inputs)
    }

    /// The mistake as the person is told, with what this run knows of it.
    pub(crate) fn unresolved(&self, profile: &ProfileName, error: ResolveError) -> CliError {
        let unknown = matches!(
            error,
            ResolveError::UnknownProfile { .. } | ResolveError::UnknownSource { .. }
        );
        let error = match &self.index_error {
            // What the vault may hold is not called missing.
            Some(_) => CliError::usage(format!(
                "the keys of the vault are not known, and without them `{profile}` leads nowhere"
            ))
            .because(error)
            .hint("keyward vault status"),
            None => CliError::from(error),
        };
        match self.locations.missing_file().filter(|_| unknown) {
            Some(lost) => error.hint(lost),
            None => error,
        }
    }
}

/// Both AWS files as one.
pub(crate) fn load_config(locations: &Locations) -> Result<ConfigSet, CliError> {
    aws_files::load(locations).map_err(|faults| {
        CliError::all(AWS_FILES, faults).expect("whatever is refused has a fault")
    })
}

/// The time now.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
