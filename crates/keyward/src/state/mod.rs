//! The data that one run loaded: the settings, the AWS files, the index of the vault, the open
//! identity.

pub(crate) mod clock;
pub(crate) mod identity_cache;
pub(crate) mod local_state;
pub(crate) mod session_name;
pub(crate) mod settings;
