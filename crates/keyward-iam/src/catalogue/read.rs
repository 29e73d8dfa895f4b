//! Reads the text of the catalogue, whose form `scripts/catalogue.d/actions.py` describes, into
//! tables. Refuses a line that it does not understand.

use super::{
    AccessLevel, ActionRow, Catalogue, Necessity, Reference, References, ServiceRow, Span, TypeRow,
};

/// The beginning of the first line; the number is that of the form.
const HEADER: &str = "keyward-actions 1 ";

/// A line that does not have the catalogue's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the catalogue cannot be read")]
pub(super) struct BadLine(usize);

/// The tables while they grow.
struct Tables {
    services: Vec<ServiceRow>,
    actions: Vec<ActionRow>,
    types: Vec<TypeRow>,
    references: Vec<Reference>,
    /// The first resource type of the service that is being read.
    first_type: usize,
}

/// Reads a catalogue.
///
/// # Errors
/// The text has another form, and where.
pub(super) fn read(text: String) -> Result<Catalogue, BadLine> {
    let date = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix(HEADER))
        .ok_or(BadLine(1))?
        .into();
    let mut tables = Tables::for_text(&text);
    let mut start = 0;
    let lines = text.strip_suffix('\n').unwrap_or(&text).as_bytes();
    for (index, line) in lines.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            tables.line(line, start).ok_or(BadLine(index + 1))?;
        }
        start += line.len() + 1;
    }
    Ok(Catalogue {
        date,
        text,
        services: tables.services,
        actions: tables.actions,
        types: tables.types,
        references: tables.references,
    })
}

impl Tables {
    /// Room for about as much as a text of that length holds.
    fn for_text(text: &str) -> Self {
        Self {
            services: Vec::new(),
            actions: Vec::with_capacity(text.len() / 32),
            types: Vec::new(),
            references: Vec::with_capacity(text.len() / 32),
            first_type: 0,
        }
    }

    /// Reads one line, which begins at `start`. Bytes are faster here than characters, and every
    /// separator is one byte.
    fn line(&mut self, line: &[u8], start: usize) -> Option<()> {
        if let Some(prefix) = line.strip_prefix(b">") {
            self.first_type = self.types.len();
            self.services.push(ServiceRow {
                prefix: Span::new(start + 1, start + 1 + prefix.len()),
                actions: Span::new(self.actions.len(), self.actions.len()),
            });
            return Some(());
        }
        let service = self.services.len().checked_sub(1)?;
        if let Some(entry) = line.strip_prefix(b":") {
            let tab = start + 1 + entry.iter().position(|byte| *byte == b'\t')?;
            self.types.push(TypeRow {
                name: Span::new(start + 1, tab),
                formats: Span::new(tab + 1, start + line.len()),
            });
            return Some(());
        }
        let letter = line.iter().rposition(u8::is_ascii_uppercase)?;
        let action = ActionRow {
            name: Span::new(start, start + letter),
            service: u16::try_from(service).ok()?,
            level: level(line[letter])?,
            references: self.references(&line[letter + 1..])?,
        };
        self.actions.push(action);
        self.services[service].actions.end += 1;
        Some(())
    }

    /// Reads the resource types of an action.
    fn references(&mut self, list: &[u8]) -> Option<References> {
        if list == b"~" {
            return Some(References::Unknown);
        }
        let start = self.references.len();
        let entries = list.split(|byte| *byte == b',');
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let (digits, necessity) = match entry.strip_suffix(b"?") {
                Some(digits) => (digits, Necessity::Optional),
                None => (entry, Necessity::Required),
            };
            let row = self.first_type + number(digits)?;
            self.types.get(row)?;
            self.references.push(Reference {
                row: u32::try_from(row).ok()?,
                necessity,
            });
        }
        Some(References::Known(Span::new(start, self.references.len())))
    }
}

/// The number that the digits make.
fn number(digits: &[u8]) -> Option<usize> {
    let valid = !digits.is_empty() && digits.len() <= 6 && digits.iter().all(u8::is_ascii_digit);
    valid.then(|| {
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
    })
}

fn level(letter: u8) -> Option<AccessLevel> {
    Some(match letter {
        b'L' => AccessLevel::List,
        b'R' => AccessLevel::Read,
        b'T' => AccessLevel::Tagging,
        b'W' => AccessLevel::Write,
        b'P' => AccessLevel::PermissionsManagement,
        _ => return None,
    })
}
