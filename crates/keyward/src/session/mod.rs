//! Carrying out a chain: the cache, the locks, the code, the calls. No policy lives here; every
//! choice was made by the chain.

mod cache_entry;
mod client;
mod code;
mod execution;
mod hand_out;
pub(crate) mod key_age;
mod margin;
pub(crate) mod plugin_host;
pub(crate) mod restrict;
mod single_flight;
mod source;
pub(crate) mod totp;
mod unlock;
mod vault_access;

#[cfg(target_os = "linux")]
pub(crate) use cache_entry::keep_ready;
pub(crate) use client::client;
pub(crate) use code::{CodeSource, UsedCodes, digits, warn_of_clock, with_code};
pub(crate) use execution::{ChainExecution, Freshness, LastAnswers, after_answers};
pub(crate) use hand_out::{HandOutArgs, gives_key, hand_out, parse_code};
pub(crate) use source::{
    Center, SignIn, SignInMethod, environment, fingerprint, in_code, is_assignment,
    is_of_the_shell, is_quoted_whole, is_trusted_container, login, origin, shell_sign,
};
pub(crate) use unlock::{
    FirstSlot, FirstSlotArgs, Opens, choose_passphrase, create_vault, create_with, look_back,
    new_passphrase_in, open_or_create, open_unpinned, open_vault, passphrase_in, session_tier,
    slot_access,
};
