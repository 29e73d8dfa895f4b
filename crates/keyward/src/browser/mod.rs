//! The browser of the person, and the loopback listener that it returns to.

pub(crate) mod callback;
pub(crate) mod launch;
pub(crate) mod listener;
pub(crate) mod redirect;
