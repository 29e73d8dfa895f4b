//! The desired account for other engines: files with names and texts. It writes no file, and no
//! secret: console passwords and access keys stay with keyward.

pub mod cloudformation;
mod label;
pub mod policies;
pub mod terraform;

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// The path below the folder of the export. It has names separated by `/`, and contains neither
    /// `.` nor `..`.
    pub path: String,
    /// The content. It ends with a line end.
    pub text: String,
}

#[cfg(test)]
mod tests;
