//! Carrying out a chain: the cache, the locks, the code, the calls. No policy lives here; every
//! choice was made by the chain.

mod base;
mod cache_entry;
mod code;
pub(crate) mod deadline;
mod execution;
mod identity_cache;
pub(crate) mod plugin_host;
mod source;
mod unlock;

pub(crate) use base::{client, environment, session_name};
pub(crate) use code::{CodeSource, UsedCodes, digits, warn_of_clock, with_code};
pub(crate) use execution::{ChainExecution, Freshness, after_answers};
pub(crate) use identity_cache::IdentityCache;
pub(crate) use source::sso::browser;
pub(crate) use source::{Center, SignIn, SignInWay, fingerprint, login, origin};
pub(crate) use unlock::{
    choose_passphrase, create_vault, last_cause, look_back, new_passphrase_in, open_vault,
    passphrase_in, session_tier, slot_access,
};
