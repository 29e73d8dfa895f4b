//! Credentials behind a loopback server: the providers that walk chains for it, and how it is
//! started. Refuses to serve what has not been fetched once while the person could be asked.

mod child;
mod token_file;
mod unlocked;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyward_core::Credentials;
use keyward_core::chain::{Base, Chain, HandOut};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_serve::{BearerToken, Options, Provider, Reason, Server, Source, Unavailable};
use keyward_vault::AnnouncedServer;

use crate::log::{self, How};
use crate::prompt::deadline::Deadline;
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::{Color, Ui};
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::session::{HandOutArgs, gives_key, restrict};
use crate::state::identity_cache::IdentityCache;
use crate::state::local_state::{LocalState, now};

pub(crate) use child::run_beside;
pub(crate) use token_file::TokenFile;
pub(crate) use unlocked::{Tell, Unlocked};

/// A profile whose credentials are ready to be served.
pub(crate) struct Prepared {
    /// The chain they came from.
    pub(crate) chain: Chain,
    args: HandOutArgs,
    first: Credentials,
}

/// Plans for a program that asks again by itself, and fetches for the first time.
pub(crate) fn prepare(
    local: &mut LocalState,
    ui: &Ui,
    profile: &ProfileName,
    args: &HandOutArgs,
) -> Result<Prepared, CliError> {
    let codes = CodeSource::new(args.mfa_code.clone())?;
    let (chain, first) = local.plan_and_act(ui, |local| {
        let chain = planned(local, ui, profile, args)?;
        let mut execution =
            ChainExecution::new(local, ui, &chain, codes.clone(), Freshness::CacheAllowed);
        let first = execution.credentials()?;
        Ok((execution.carried_out().clone(), first))
    })?;
    if first.session_token.is_none() {
        return Err(
            gives_no_session(profile).hint(format!("keyward explain {}", profile.argument()))
        );
    }
    log::record(local, ui, How::Server, &chain, &first);
    Ok(Prepared {
        chain,
        args: args.clone(),
        first,
    })
}

/// The chain of a profile for a server.
fn planned(
    local: &LocalState,
    ui: &Ui,
    profile: &ProfileName,
    args: &HandOutArgs,
) -> Result<Chain, CliError> {
    let flags = args.flags(HandOut::Refreshing);
    let chain = restrict::resolve(local, profile, flags, &args.less)?;
    // The kind of credentials from another program is known only once they arrive.
    if gives_key(&chain) {
        let refused = gives_no_session(profile);
        return Err(match args.no_session {
            true => refused.hint("leave --no-session out"),
            false => refused,
        });
    }
    for warning in &chain.warnings {
        ui.warn(warning);
    }
    Ok(chain)
}

fn gives_no_session(profile: &ProfileName) -> CliError {
    CliError::usage(format!(
        "profile `{profile}` gives a long-lived key, and only temporary credentials are served"
    ))
}

/// A server that runs and is on the list of `keyward status`. Dropping it ends both.
pub(crate) struct Serving {
    /// The server.
    pub(crate) server: Server,
    _announced: AnnouncedServer,
}

/// Starts a server for these profiles. From here on the opened vault stays in memory only if a profile
/// could not be renewed unattended otherwise. In all other cases each renewal opens the vault and then
/// forgets the identity.
pub(crate) fn start(
    local: LocalState,
    unlocked: Unlocked,
    prepared: Vec<Prepared>,
    token: &BearerToken,
    port: u16,
) -> Result<Serving, CliError> {
    unlocked
        .look()
        .map_err(|why| CliError::failed(why.message))?;
    let stays = |one: &Prepared| renews_from_vault(&local, &one.chain);
    let after = match prepared.iter().any(stays) {
        true => Opening::Stays,
        false => Opening::Ends,
    };
    let walks = Arc::new(Walks::default());
    drop(walks.begin(after, &local.identity_cache));
    let local = Arc::new(local);
    let sources: Vec<_> = prepared
        .into_iter()
        .map(|one| {
            let Prepared { chain, args, first } = one;
            let planned = Planned {
                local: Arc::clone(&local),
                chain: Arc::new(chain),
            };
            Source {
                profile: planned.chain.profile.clone(),
                provider: Arc::new(Renewal {
                    planned: Mutex::new(Some(planned)),
                    args,
                    after,
                    walks: Arc::clone(&walks),
                    noted: Mutex::new(first.access_key_id.clone()),
                }),
                first: Some(first),
            }
        })
        .collect();
    let permit = unlocked.clone();
    let options = Options {
        port,
        token: token.clone(),
        now: Box::new(now),
        permit: Box::new(move || permit.permit()),
    };
    let server = Server::start(sources, options)
        .map_err(|e| CliError::failed("the credentials server cannot start").because(e))?;
    let announced = unlocked.announce(&local, server.port());
    Ok(Serving {
        server,
        _announced: announced,
    })
}

/// A new token.
pub(crate) fn new_token() -> Result<BearerToken, CliError> {
    BearerToken::random()
        .map_err(|e| CliError::failed("the system provides no random numbers").because(e))
}

/// Whether the vault's identity stays in memory after the last execution ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Stays,
    Ends,
}

/// The number of walks under way: one that ends must not close the vault under another, which may
/// need it again.
#[derive(Debug, Default)]
struct Walks(Mutex<usize>);

/// One of them.
#[must_use = "the walk ends when this is dropped"]
struct UnderWay<'a> {
    walks: &'a Walks,
    after: Opening,
    identity_cache: &'a IdentityCache,
}

impl Walks {
    fn begin<'a>(&'a self, after: Opening, identity_cache: &'a IdentityCache) -> UnderWay<'a> {
        *self.count() += 1;
        UnderWay {
            walks: self,
            after,
            identity_cache,
        }
    }

    fn count(&self) -> MutexGuard<'_, usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        // Held to the end, so that no walk begins between the look and the letting go.
        let mut count = self.walks.count();
        *count -= 1;
        if *count == 0 && self.after == Opening::Ends {
            self.identity_cache.forget();
        }
    }
}

/// Walks one plan again whenever the server asks.
struct Renewal {
    /// `None` once it was locked.
    planned: Mutex<Option<Planned>>,
    /// The profile and flags, to resolve the chain again if the vault's key was replaced.
    args: HandOutArgs,
    after: Opening,
    walks: Arc<Walks>,
    /// The key that was last written to the log.
    noted: Mutex<AccessKeyId>,
}

/// A chain, with what has been opened for it.
#[derive(Clone)]
struct Planned {
    local: Arc<LocalState>,
    chain: Arc<Chain>,
}

impl Planned {
    /// The same for a request, which does not share the time of earlier ones.
    fn in_a_new_run(mut self) -> Self {
        let mut local = LocalState::clone(&self.local);
        local.deadline = Deadline::begin();
        self.local = Arc::new(local);
        self
    }
}

impl Provider for Renewal {
    fn credentials(&self) -> Result<Credentials, Unavailable> {
        let ui = Ui::new(Color::Auto, 0);
        let locked = || Unavailable {
            reason: Reason::Locked,
            message: unlocked::SAID.to_owned(),
        };
        let planned = self.planned().clone().ok_or_else(locked)?.in_a_new_run();
        let under_way = self.walks.begin(self.after, &planned.local.identity_cache);
        let (planned, made) = match self.execution(&planned, &ui) {
            Err(error) if error.kind() == ErrorKind::PlanOutdated => {
                let anew = self.plan_anew(&planned, &ui);
                let anew = anew.map_err(|error| unavailable(&error))?;
                // A lock in the meantime has closed the identity cache that both states share.
                if let Some(kept) = self.planned().as_mut() {
                    *kept = anew.clone();
                }
                let made = self.execution(&anew, &ui);
                (anew, made)
            }
            made => (planned.clone(), made),
        };
        drop(under_way);
        let made = made.map_err(|error| unavailable(&error))?;
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if *noted != made.access_key_id {
            log::record(&planned.local, &ui, How::Server, &planned.chain, &made);
            noted.clone_from(&made.access_key_id);
        }
        Ok(made)
    }

    fn forget(&self) {
        if let Some(planned) = self.planned().take() {
            // A renewal that waits for something holds on to the rest.
            planned.local.identity_cache.lock();
        }
    }
}

impl Renewal {
    fn execution(&self, planned: &Planned, ui: &Ui) -> Result<Credentials, CliError> {
        // The code from the start has been used.
        let codes = CodeSource::default();
        ChainExecution::new(
            &planned.local,
            ui,
            &planned.chain,
            codes,
            Freshness::CacheAllowed,
        )
        .without_sign_in()
        .credentials()
    }

    /// The chain for the key that the vault holds now.
    fn plan_anew(&self, planned: &Planned, ui: &Ui) -> Result<Planned, CliError> {
        let local = planned.local.reload()?;
        let chain = self::planned(&local, ui, &planned.chain.profile, &self.args)?;
        Ok(Planned {
            chain: Arc::new(chain),
            local: Arc::new(local),
        })
    }

    fn planned(&self) -> MutexGuard<'_, Option<Planned>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether every renewal needs the vault but no person. Then the vault must stay open, or the job would
/// stop for want of a passphrase. A person who types a code anyway can open the vault too.
fn renews_from_vault(local: &LocalState, chain: &Chain) -> bool {
    let by_program = chain.mfa_process.is_some();
    let seed = |serial| local.index.seeds.contains(serial);
    let unattended = |serial| by_program || local.settings.ykman.is_some() || seed(serial);
    let serials = || chain.hops.iter().filter_map(|hop| hop.mfa_serial.as_ref());
    let opens = match chain.base {
        Base::LoginSession(_) => return true,
        Base::VaultKey(_) => true,
        // The vault only supplies the seed for the code. The profile's own program has priority.
        _ => !by_program && serials().any(seed),
    };
    opens && serials().all(unattended)
}

/// An error in one line, with what to do: SDKs show little more than that.
fn unavailable(error: &CliError) -> Unavailable {
    let mut message = format!("keyward: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        message.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    for hint in error.hints() {
        message.push_str(&format!("; {hint}"));
    }
    let reason = match error.kind() {
        ErrorKind::PersonNeeded | ErrorKind::VaultClosed => Reason::PersonNeeded,
        _ => Reason::Failed,
    };
    Unavailable { reason, message }
}

#[cfg(test)]
mod tests;
