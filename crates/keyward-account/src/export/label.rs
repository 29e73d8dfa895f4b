//! Names of IAM as identifiers and as file names. Different names stay different.

use std::collections::BTreeSet;

/// The identifiers of one kind of Terraform resource.
#[derive(Debug, Default)]
pub(super) struct Labels {
    taken: BTreeSet<String>,
}

impl Labels {
    /// An identifier that no other name has: letters, digits and `_`, after a letter or `_`. A
    /// number is added where two names differ only in other characters.
    ///
    /// Source: <https://developer.hashicorp.com/terraform/language/syntax/configuration#identifiers>
    pub(super) fn make(&mut self, name: &str) -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut base: String = name
            .chars()
            .map(|c| if fits(c) { c.to_ascii_lowercase() } else { '_' })
            .collect();
        if base.is_empty() || base.starts_with(|c: char| c.is_ascii_digit()) {
            base.insert(0, '_');
        }
        let mut label = base.clone();
        let mut number = 2_u32;
        while !self.taken.insert(label.clone()) {
            label = format!("{base}_{number}");
            number += 1;
        }
        label
    }
}

/// A name of IAM as the name of a file or folder. `.` and `..` are valid names in IAM and mean
/// something else to a file system; `%` occurs in no name of IAM, so the result stays unique.
pub(super) fn file_name(name: &str) -> String {
    match name {
        "." => "%2E".to_owned(),
        ".." => "%2E%2E".to_owned(),
        name => name.replace('/', "%2F"),
    }
}
