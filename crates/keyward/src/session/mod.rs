//! Carrying out a plan: the cache, the locks, the code, the calls. No policy lives here; every
//! choice was made by the plan.

mod base;
mod code;
mod unlock;
mod walk;

pub(crate) use base::{client, environment};
pub(crate) use code::CodeSource;
pub(crate) use unlock::{create_vault, open_vault, session_tier};
pub(crate) use walk::{Freshness, Walk};
