//! The AWS config and credentials files, read as the SDKs read them.
//!
//! Two layers: [`ConfigFile`] keeps every byte of one file, so that an edit touches one line;
//! [`ConfigSet`] is what both files say together. The grammar and the merge rules are those of
//! the SDKs: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>. What the AWS
//! CLI and boto3 read differently is read as the SDKs do and reported as a [`Diagnostic`].

mod diagnostic;
mod edit;
mod error;
mod file;
mod header;
mod hidden;
mod join;
mod lines;
mod lint;
mod merge;
mod misspelt;
mod origin;
mod parse;
mod section;
mod set;
mod table;
mod wire;
mod written;

pub use diagnostic::{Diagnostic, Severity};
pub use edit::{ConfigEditor, SectionRef};
pub use error::{EditError, ParseError, Problem};
pub use file::ConfigFile;
pub use origin::Origin;
pub use parse::Faults;
pub use section::{Profile, Property, Section};
pub use set::{ConfigSet, IgnoredHeader};
pub use written::WrittenSection;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `~/.aws/config`, or `AWS_CONFIG_FILE`.
    Config,
    /// `~/.aws/credentials`, or `AWS_SHARED_CREDENTIALS_FILE`.
    Credentials,
}

/// The only blanks of the grammar; other Unicode white space is part of a value.
const BLANKS: [char; 2] = [' ', '\t'];

/// Whether the SDKs accept `text` as a section name or a key: one or more of
/// `A-Z a-z 0-9 _ - / . % @ : +`.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&b))
}
