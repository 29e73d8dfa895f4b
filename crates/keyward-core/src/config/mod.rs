//! The AWS config and credentials files, read as the SDKs read them.
//!
//! Two layers: [`ConfigFile`] keeps every byte of one file, so that an edit touches one line;
//! [`ConfigSet`] is what both files say together. The grammar and the merge rules are those of
//! the SDKs: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>.

mod set;

pub use set::{ConfigSet, Diagnostic, Origin, Profile, Property, Section, Severity};

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// `~/.aws/config`, or `AWS_CONFIG_FILE`.
    Config,
    /// `~/.aws/credentials`, or `AWS_SHARED_CREDENTIALS_FILE`.
    Credentials,
}
