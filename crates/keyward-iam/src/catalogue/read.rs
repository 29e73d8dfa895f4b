//! Reads the text of the catalogue, whose form `scripts/catalogue.d/actions.py` describes, into
//! tables. Refuses a line that it does not understand.

use super::{
    AccessLevel, ActionRow, Catalogue, Necessity, Reference, References, ServiceRow, Span, TypeRow,
};

/// What the first line begins with; the number is that of the form.
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
    for (index, line) in text.split_terminator('\n').enumerate() {
        if index > 0 {
            tables.line(line, start).ok_or(BadLine(index + 1))?;
        }
        start += line.len() + 1;
    }
    Ok(Catalogue {
        date,
        text: text.into(),
        services: tables.services.into(),
        actions: tables.actions.into(),
        types: tables.types.into(),
        references: tables.references.into(),
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

    /// Reads one line, which begins at `start`.
    fn line(&mut self, line: &str, start: usize) -> Option<()> {
        if let Some(prefix) = line.strip_prefix('>') {
            self.first_type = self.types.len();
            self.services.push(ServiceRow {
                prefix: Span::new(start + 1, start + 1 + prefix.len()),
                actions: Span::new(self.actions.len(), self.actions.len()),
            });
            return Some(());
        }
        let service = self.services.len().checked_sub(1)?;
        if let Some(entry) = line.strip_prefix(':') {
            let (name, formats) = entry.split_once('\t')?;
            let formats_start = start + 1 + name.len() + 1;
            self.types.push(TypeRow {
                name: Span::new(start + 1, start + 1 + name.len()),
                formats: Span::new(formats_start, formats_start + formats.len()),
            });
            return Some(());
        }
        let letter = line.bytes().rposition(|byte| byte.is_ascii_uppercase())?;
        let action = ActionRow {
            name: Span::new(start, start + letter),
            service: u16::try_from(service).ok()?,
            level: level(line.as_bytes()[letter])?,
            references: self.references(&line[letter + 1..])?,
        };
        self.actions.push(action);
        self.services[service].actions.end += 1;
        Some(())
    }

    /// Reads the resource types of an action.
    fn references(&mut self, list: &str) -> Option<References> {
        if list == "~" {
            return Some(References::Unknown);
        }
        let start = self.references.len();
        for entry in list.split(',').filter(|entry| !entry.is_empty()) {
            let (number, necessity) = match entry.strip_suffix('?') {
                Some(number) => (number, Necessity::Optional),
                None => (entry, Necessity::Required),
            };
            let row = self.first_type + number.parse::<usize>().ok()?;
            self.types.get(row)?;
            self.references.push(Reference {
                row: u32::try_from(row).ok()?,
                necessity,
            });
        }
        Some(References::Known(Span::new(start, self.references.len())))
    }
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
