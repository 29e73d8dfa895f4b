//! The AWS config and credentials files: reading profiles, editing in place, helper lines.

pub(crate) mod credentials_file;
pub(crate) mod helper_line;
pub(crate) mod profiles;
pub(crate) mod rewrite;
