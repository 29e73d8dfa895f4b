//! The JSON of policy documents, version 2008-10-17 and 2012-10-17, in and out. Strict where AWS
//! is strict, and about repeated names stricter than most readers, which keep the last silently.

mod json;
mod parse;
mod statement;
mod write;

pub(crate) use parse::read;
pub(crate) use write::write;
