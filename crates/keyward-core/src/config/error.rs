//! The reasons why the SDKs refuse a file, why an edit is refused, and the fix. No message repeats
//! the content of a line or a value: it may be a secret.

use crate::config::{FileKind, Origin};

/// A file that the SDKs refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {problem}")]
pub struct ParseError {
    /// The file and line.
    pub origin: Origin,
    /// The fault.
    pub problem: Problem,
}

impl ParseError {
    /// The fix, as a sentence without a full stop.
    #[must_use]
    pub fn fix(&self) -> &'static str {
        match (self.problem, self.origin.file) {
            (Problem::UnclosedHeader, FileKind::Config) => {
                "write the header as `[profile NAME]`; a `#` or `;` inside it starts a comment"
            }
            (Problem::UnclosedHeader, FileKind::Credentials) => {
                "write the header as `[NAME]`; a `#` or `;` inside it starts a comment"
            }
            (Problem::OutsideSection, FileKind::Config) => {
                "put a header such as `[default]` or `[profile NAME]` above the line"
            }
            (Problem::OutsideSection, FileKind::Credentials) => {
                "put a header such as `[default]` or `[NAME]` above the line"
            }
            (Problem::IndentedHeader, _) => {
                "remove the blanks before the `[`: boto3 and the AWS CLI read such a header, but not every SDK"
            }
            (Problem::NoEquals, _) => {
                "write `key = value`, or start the line with `#` to make it a comment"
            }
            (Problem::Hidden, _) => {
                "delete the line: some AWS tools skip it, others refuse the file"
            }
            (Problem::NoKey, _) => "put a key before the `=`",
            (Problem::StrayContinuation, _) => {
                "remove the blanks at the start of the line and of those below it: boto3, the AWS CLI, \
                 JavaScript and Go read indented keys, but not every SDK"
            }
            (Problem::NestedNoEquals, _) => {
                "write `name = value` below an empty key, or give the key its value on its own \
                 line; a comment must start in the first column"
            }
            (Problem::NestedNoKey, _) => "put a name before the `=` of the nested line",
            (Problem::ByteOrderMark, _) => "save the file as UTF-8 without a byte order mark",
            (Problem::TooLarge, _) => "split the file",
        }
    }
}

/// The fault of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// `[profile x`
    #[error("the section header does not end with `]`")]
    UnclosedHeader,
    /// ` [profile x]`, where the grammar reads an indented line as a continuation.
    #[error("the section header is indented")]
    IndentedHeader,
    /// A key or a continuation above the first header.
    #[error("the line is before the first section")]
    OutsideSection,
    /// `region us-east-1`
    #[error("the line has no `=`")]
    NoEquals,
    /// A line of no-break spaces or characters without width.
    #[error("the line holds only characters that look like blanks or like nothing")]
    Hidden,
    /// `= us-east-1`
    #[error("the line has no key before its `=`")]
    NoKey,
    /// An indented line directly below a header.
    #[error("the indented line continues no key")]
    StrayContinuation,
    /// A line without `=` in the block of an empty key such as `s3 =`.
    #[error("the nested line has no `=`")]
    NestedNoEquals,
    /// `= 20` in the block of an empty key.
    #[error("the nested line has no name before its `=`")]
    NestedNoKey,
    /// The file starts with U+FEFF, which no AWS tool skips.
    #[error("the file starts with a byte order mark")]
    ByteOrderMark,
    /// 4 GiB or more.
    #[error("the file is larger than 4 GiB")]
    TooLarge,
}

/// An edit that would leave a file which not every AWS tool reads the same way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A name with a blank, a quote or another character that some tools read differently.
    #[error(
        "`{name}` cannot be the name of a section: use letters, digits and `_-/.%@:+`, and not \
         `DEFAULT` in the credentials file"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A key that some tools read differently.
    #[error("that is not a key that every AWS tool reads: use letters, digits and `_-/.%@+`")]
    Key,
    /// An empty value, which counts as absent.
    #[error("the value of `{key}` is empty, which counts as no key")]
    EmptyValue {
        /// The key.
        key: String,
    },
    /// A value that some tools would cut or extend.
    #[error(
        "the value of `{key}` cannot be written so that every AWS tool reads it: no line breaks, \
         no blanks at its ends, no `#` or `;` at its start or after a blank"
    )]
    Value {
        /// The key.
        key: String,
    },
    /// The section is there, but under a header that not every tool reads.
    #[error("{origin}: not every AWS tool reads this header, so nothing is written below it")]
    Header {
        /// The header.
        origin: Origin,
    },
    /// A key such as `region:x`, which Python's parser ends at the colon.
    #[error("{origin}: boto3 reads this line as `{key}`, so a second one would spoil the file")]
    Clash {
        /// The line.
        origin: Origin,
        /// The key.
        key: String,
    },
    /// `[sso-session NAME]` in the credentials file.
    #[error("the AWS tools read SSO sessions in the config file only")]
    WrongFile,
    /// The file would become unreadable.
    #[error("the file would no longer be readable")]
    Unreadable(#[source] ParseError),
}
