//! `keyward remove`: forgets a key, its sessions, or only the sessions; with `--revoke`, ends the
//! key at AWS first.

mod left;
mod revoke;
mod sessions;

use std::process::ExitCode;

use keyward_core::chain::{Base, Chain, Flags, HandOut, StoredKey};
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName};
use keyward_core::secret::MfaCode;
use keyward_core::suggest::similar_names;
use keyward_core::text::count;
use keyward_vault::{Document, OpenVault, SessionStore};

use self::revoke::Ending;
pub(super) use self::sessions::{kept_by, plans};
use crate::aws_files::credentials_file;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{Ui, listed};
use crate::session::parse_code;
use crate::session::{CodeSource, session_tier};
use crate::state::local_state::LocalState;

/// Forget a stored key and the sessions made from it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// Forget only the sessions
    #[arg(long)]
    sessions_only: bool,

    /// Delete the key at AWS first
    #[arg(long, conflicts_with = "sessions_only")]
    revoke: bool,

    /// The profile that deletes the key, instead of its owner
    #[arg(long, value_name = "PROFILE", requires = "revoke")]
    via: Option<ProfileName>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code, requires = "revoke")]
    mfa_code: Option<MfaCode>,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

impl Args {
    /// The arguments of `--sessions-only` alone.
    pub(crate) fn sessions_of(profile: ProfileName) -> Self {
        Self {
            profile,
            sessions_only: true,
            revoke: false,
            via: None,
            mfa_code: None,
            yes: false,
        }
    }
}

/// Forgets the key or its sessions.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    // Removing a key needs no profile: the stored data says which sessions came from it.
    let mut local = match args.revoke || args.sessions_only {
        true => LocalState::load()?,
        false => LocalState::load_for_vault(ui)?,
    };
    if args.sessions_only {
        return forget_sessions(&local, &args.profile, ui);
    }
    if stored(&local, &args.profile).is_none() && local.is_index_current() {
        // A mistyped name must not cost a passphrase.
        return Err(no_key(&local, &args.profile));
    }
    // The vault decides which key ends, even if the index differs.
    let mut vault = local.open_existing(ui)?;
    if vault.is_none() && stored(&local, &args.profile).is_some() {
        // The index lists the key, so the vault is lost. The error names the remedy.
        vault = Some(local.open(ui)?);
    }
    let (Some(vault), Some(key)) = (vault, stored(&local, &args.profile)) else {
        return Err(no_key(&local, &args.profile));
    };
    crate::keys::rotation::refuse_change(&local, &args.profile)?;
    let request = Request::new(&local, args, key);
    request.confirm()?;
    request.carry_out(&local, vault, ui)
}

/// The error for a name without a key: perhaps a role's, or mistyped.
fn no_key(local: &LocalState, profile: &ProfileName) -> CliError {
    let flags = Flags {
        hand_out: HandOut::Refreshing,
        ..Flags::default()
    };
    let chain = local.try_resolve(profile, flags);
    if let Ok(Chain {
        base: Base::VaultKey(key),
        ..
    }) = &chain
        && key.profile != *profile
    {
        return CliError::usage(format!(
            "`{profile}` has no key of its own; it starts from that of `{}`",
            key.profile
        ))
        .hint(format!("keyward remove {}", key.profile.argument()))
        .hint(format!(
            "keyward remove {} --sessions-only",
            profile.argument()
        ));
    }
    let known = local.stored.iter().map(|key| key.profile.as_str());
    let error = CliError::usage(format!("the vault holds no key for `{profile}`"));
    match similar_names(profile.as_str(), known).first() {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error.hint("keyward list"),
    }
}

fn forget_sessions(
    local: &LocalState,
    profile: &ProfileName,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let store = SessionStore::open(&local.paths, session_tier());
    let key = stored(local, profile);
    let removed = sessions::forget(local, &store, profile, key.as_ref(), &[])?;
    if removed == 0 && key.is_none() && local.config.profile(profile).is_none() {
        // A mistyped name is an error: its sessions still exist.
        local.resolve(profile, Flags::default())?;
    }
    ui.say(format!("forgot {} of `{profile}`", counted(removed)));
    credentials_file::tell_of_left_sessions(local, ui);
    Ok(ExitCode::SUCCESS)
}

/// The removal of one key.
struct Request {
    args: Args,
    key: StoredKey,
    /// The owner of the key, if known.
    owner: Option<PrincipalArn>,
    /// The other names of the key.
    others: Vec<ProfileName>,
}

impl Request {
    fn new(local: &LocalState, args: Args, key: StoredKey) -> Self {
        let mut listed = local.index.keys.iter();
        let owner = listed
            .find(|known| known.profile == args.profile)
            .and_then(|known| known.user_arn.clone());
        let others = local
            .stored
            .iter()
            .filter(|stored| stored.access_key_id == key.access_key_id)
            .map(|stored| stored.profile.clone())
            .filter(|name| *name != args.profile)
            .collect();
        Self {
            args,
            key,
            owner,
            others,
        }
    }

    fn ending(&self) -> Ending<'_> {
        Ending {
            profile: &self.args.profile,
            others: &self.others,
            id: &self.key.access_key_id,
            arn: self.owner.as_ref(),
            via: self.args.via.as_ref(),
        }
    }

    /// Asks the user, unless `--yes` answers.
    fn confirm(&self) -> Result<(), CliError> {
        if self.args.yes {
            return Ok(());
        }
        let question = match self.args.revoke {
            true => self.ending().question(),
            false => format!(
                "Remove {} of `{}` from the vault?",
                self.key.access_key_id, self.args.profile
            ),
        };
        let mut terminal =
            Terminal::required("your consent", "pass --yes to remove it without asking")?;
        match terminal.confirm(&question)? {
            true => Ok(()),
            false => Err(CliError::failed("nothing was changed")),
        }
    }

    /// Deletes the key at AWS if requested, and forgets it and its sessions.
    fn carry_out(
        &self,
        local: &LocalState,
        mut vault: OpenVault,
        ui: &Ui,
    ) -> Result<ExitCode, CliError> {
        let id = &self.key.access_key_id;
        let mut names = vec![&self.args.profile];
        let mut remaining = self.others.as_slice();
        if self.args.revoke {
            self.revoke(local, ui)?;
            // The key no longer works under any of its names.
            names.extend(&self.others);
            remaining = &[];
        }
        let mut removed = false;
        let mut replaced = None;
        vault.update(|document| {
            for name in &names {
                // Another run may have removed it, or stored another key under the name, in the meantime.
                if holds(document, name, id) {
                    document.remove_key(name);
                    removed = true;
                }
            }
            let left = document.key(&self.args.profile);
            replaced = left.map(|key| key.access_key_id.clone());
        })?;
        let store = SessionStore::open(&local.paths, session_tier());
        let forgotten = sessions::forget(
            local,
            &store,
            &self.args.profile,
            Some(&self.key),
            remaining,
        );
        // The key is gone, whatever became of its sessions.
        ui.say(match (&forgotten, removed) {
            (Ok(sessions), true) => format!("removed {id} and {}", counted(*sessions)),
            (Ok(sessions), false) => format!(
                "another run removed {id} in the meantime; this one removed {}",
                counted(*sessions)
            ),
            (Err(_), true) => format!("removed {id}, but its sessions may still be here"),
            (Err(_), false) => format!(
                "another run removed {id} in the meantime, but its sessions may still be here"
            ),
        });
        if let Some(other) = replaced {
            ui.warn(format!(
                "another run stored {other} for `{}` in the meantime; that key was kept",
                self.args.profile
            ));
        }
        self.say_what_remains(remaining, ui);
        for name in &names {
            left::tell(local, name, ui);
        }
        credentials_file::tell_of_left_sessions(local, ui);
        forgotten.map(|_| ExitCode::SUCCESS)
    }

    fn revoke(&self, local: &LocalState, ui: &Ui) -> Result<(), CliError> {
        if self.args.yes && !self.others.is_empty() {
            ui.warn(format!("it is the key of {} too", listed(&self.others)));
        }
        let codes = CodeSource::new(self.args.mfa_code.clone())?;
        revoke::revoke(local, ui, &self.ending(), &codes)
    }

    /// Reports who can still use the key.
    fn say_what_remains(&self, remaining: &[ProfileName], ui: &Ui) {
        match (self.args.revoke, self.ending().farewell(), remaining) {
            (true, Some(farewell), _) => ui.say(farewell),
            (true, None, _) => {}
            (false, _, []) => ui.warn(format!(
                "the key still works at AWS until it is deleted there, which --revoke would have done: {}",
                self.key.access_key_id
            )),
            (false, _, [_]) => ui.say(format!("{} still uses the key", listed(remaining))),
            (false, ..) => ui.say(format!("{} still use the key", listed(remaining))),
        }
    }
}

/// The entries under a name.
fn stored(local: &LocalState, profile: &ProfileName) -> Option<StoredKey> {
    local.stored.get(profile).cloned()
}

fn holds(document: &Document, profile: &ProfileName, id: &AccessKeyId) -> bool {
    let held = document.key(profile);
    held.is_some_and(|key| key.access_key_id == *id)
}

fn counted(sessions: usize) -> String {
    match sessions {
        0 => "no session".to_owned(),
        n => count(n, "session"),
    }
}
