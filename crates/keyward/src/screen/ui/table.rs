//! Tables: columns as wide as their widest cell. On a terminal that is too narrow, the widest
//! columns get narrower and their cells are cut with `…`; a row never has two lines.

use std::borrow::Cow;
use std::iter::repeat_n;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::FAINT;

/// The blanks between two columns.
const GAP: usize = 2;
/// A column is not cut below this width: a name could not be recognised.
const NARROWEST: usize = 8;

/// A cell: its text, and how it is coloured.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: Cow<'static, str>,
    style: Style,
}

impl Cell {
    /// A cell of that text and style.
    pub(crate) fn new(text: impl Into<Cow<'static, str>>, style: Style) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }

    /// A cell without colour.
    pub(crate) fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(text, Style::new())
    }
}

/// Whether cells have their colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Colours,
    Plain,
}

/// A head and rows of as many cells.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[Cell; N]>,
    widest: [usize; N],
}

impl<const N: usize> Table<N> {
    /// A table without rows.
    pub(crate) fn new(head: [&'static str; N]) -> Self {
        Self {
            head,
            rows: Vec::new(),
            widest: head.map(width),
        }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: [Cell; N]) {
        for (widest, cell) in self.widest.iter_mut().zip(&row) {
            *widest = (*widest).max(width(&cell.text));
        }
        self.rows.push(row);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it needs no more than this number of columns, so that no cell is cut. `None` means no
    /// terminal.
    pub(crate) fn fits(&self, columns: Option<usize>) -> bool {
        let gaps = GAP * N.saturating_sub(1);
        columns.is_none_or(|columns| self.widest.iter().sum::<usize>() + gaps <= columns)
    }

    /// Its lines with their ends, the head first, for a terminal with this number of columns.
    /// `None` means no terminal, and the table then cuts nothing.
    pub(crate) fn lines(&self, columns: Option<usize>, ink: Ink) -> impl Iterator<Item = String> {
        let widths = match columns {
            Some(columns) => self.fitted(columns),
            None => self.widest,
        };
        let head = self.head.map(|text| Cell::new(text, FAINT));
        let rows = self.rows.iter().map(move |row| line(row, widths, ink));
        std::iter::once(line(&head, widths, ink)).chain(rows)
    }

    /// The widths, the widest taken from until the sum fits.
    fn fitted(&self, columns: usize) -> [usize; N] {
        let mut widths = self.widest;
        let room = columns.saturating_sub(GAP * N.saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let Some(most) = widths.iter_mut().max().filter(|most| **most > NARROWEST) else {
                break;
            };
            *most -= 1;
        }
        widths
    }
}

fn line<const N: usize>(row: &[Cell; N], widths: [usize; N], ink: Ink) -> String {
    // Blanks between the cells, a line end, and some room for colours.
    let mut line = String::with_capacity(widths.iter().sum::<usize>() + N * (GAP + 16));
    let last = row.iter().rposition(|cell| !cell.text.is_empty());
    for (at, (cell, wide)) in row.iter().zip(widths).enumerate() {
        if last.is_none_or(|last| at > last) {
            break;
        }
        if at > 0 {
            line.extend(repeat_n(' ', GAP));
        }
        let text = cut(&cell.text, wide);
        match (ink, cell.style) {
            (Ink::Colours, style) => line.push_str(&format!("{style}{text}{style:#}")),
            (Ink::Plain, _) => line.push_str(&text),
        }
        if last != Some(at) {
            line.extend(repeat_n(' ', wide.saturating_sub(width(&text))));
        }
    }
    line.push('\n');
    line
}

/// A text of at most so many columns.
pub(crate) fn cut(text: &str, wide: usize) -> Cow<'_, str> {
    if width(text) <= wide {
        return Cow::Borrowed(text);
    }
    let mut left = wide.saturating_sub(1);
    let fits = |c: &char| {
        let taken = left.checked_sub(c.width().unwrap_or(0));
        left = taken.unwrap_or(0);
        taken.is_some()
    };
    let kept: String = text.chars().take_while(fits).collect();
    Cow::Owned(format!("{}…", kept.trim_end()))
}

fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

#[cfg(test)]
mod tests;
