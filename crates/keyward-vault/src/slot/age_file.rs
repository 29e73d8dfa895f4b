//! The content of a slot's age file: an identity, or the error of age.

use std::path::Path;

use super::OpenSlotError;
use crate::identity::Identity;

/// The identity in an age file's content.
pub(super) fn slot_identity(content: &[u8], path: &Path) -> Result<Identity, OpenSlotError> {
    let text = std::str::from_utf8(content)
        .ok()
        .and_then(|text| text.parse().ok());
    text.ok_or_else(|| OpenSlotError::Damaged {
        path: path.to_owned(),
        source: None,
    })
}

/// Converts an error of age about a slot's file.
pub(super) fn age_error(error: age::DecryptError, path: &Path) -> OpenSlotError {
    let path = path.to_owned();
    match error {
        // Its own message counts rounds in a number that overflows.
        age::DecryptError::ExcessiveWork { .. } => OpenSlotError::TooMuchWork { path },
        other => OpenSlotError::Damaged {
            path,
            source: Some(Box::new(other)),
        },
    }
}
