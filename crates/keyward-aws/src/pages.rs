//! The pages of a listing. A server that repeats a token, or never returns a last page, would cause
//! endless calls. A listing that ends early would be worse: a plan treats what it does not see as
//! absent. Therefore both are errors.

use std::collections::BTreeSet;

use crate::error::{Action, CallError};

/// The most pages that keyward reads. AWS returns a hundred to a thousand entries a page, and no
/// quota allows a million.
const MOST: usize = 10_000;

/// The tokens of the pages so far. The SDK's own paginators are not used: they end in silence at a
/// token that comes twice in a row, and never at two that alternate.
#[derive(Debug, Default)]
pub(crate) struct Pages(BTreeSet<String>);

impl Pages {
    /// All entries of a listing. `read` returns the entries of one page and the token of the next.
    ///
    /// # Errors
    /// Those of `read`, and those of [`Self::next`].
    pub(crate) fn all<T>(
        action: Action,
        mut read: impl FnMut(Option<String>) -> Result<(Vec<T>, Option<String>), CallError>,
    ) -> Result<Vec<T>, CallError> {
        let (mut pages, mut token) = (Self::default(), None);
        let mut all = Vec::new();
        loop {
            let (entries, next) = read(token)?;
            all.extend(entries);
            token = pages.next(action, next)?;
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// The marker of IAM's next page; `None` after the last one.
    ///
    /// # Errors
    /// There are more entries, but no marker.
    pub(crate) fn marker(
        action: Action,
        marker: Option<String>,
        is_truncated: bool,
    ) -> Result<Option<String>, CallError> {
        match marker.filter(|marker| !marker.is_empty()) {
            None if is_truncated => Err(CallError::Unreadable {
                action,
                what: "a page that is not the last names no next one".to_owned(),
            }),
            marker => Ok(marker.filter(|_| is_truncated)),
        }
    }

    /// The token of the next page; `None` after the last one. AWS also marks the last page by an
    /// empty token.
    ///
    /// # Errors
    /// The token was there before, or there are too many pages.
    pub(crate) fn next(
        &mut self,
        action: Action,
        token: Option<String>,
    ) -> Result<Option<String>, CallError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        if self.0.len() >= MOST || !self.0.insert(token.clone()) {
            return Err(CallError::Unreadable {
                action,
                what: "its pages do not end".to_owned(),
            });
        }
        Ok(Some(token))
    }
}

#[cfg(test)]
mod tests;
