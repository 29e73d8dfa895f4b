//! The credential report: a CSV table with one row for each user and one for the root user. The
//! parser finds columns by name, so new columns are harmless.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::UserName;

/// The reasons why a text is not a credential report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialReportError {
    /// A column is not there.
    #[error("the credential report has no column `{0}`")]
    NoColumn(&'static str),
    /// A row has another number of cells than the header.
    #[error("line {line} of the credential report has {found} cells instead of {expected}")]
    Ragged {
        /// The line, from 1.
        line: usize,
        /// Its cells.
        found: usize,
        /// The header's cells.
        expected: usize,
    },
    /// A cell has another form than AWS documents.
    #[error("line {line} of the credential report has an unknown value in column `{column}`")]
    Cell {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: &'static str,
    },
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialReport {
    /// The time when AWS made the report, or `None` if unknown. AWS keeps a report for up to four
    /// hours.
    pub generated: Option<Timestamp>,
    /// The rows.
    pub rows: Vec<CredentialRow>,
}

/// The user of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The root user.
    Root,
    /// A user.
    User(UserName),
}

/// The credentials of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Whose they are.
    pub holder: Holder,
    /// The time of the user's creation.
    pub created: Option<Timestamp>,
    /// The console password, if the user has an enabled one. The report does not say whether the
    /// root user has one; it is taken to have one.
    pub password: Option<ReportedPassword>,
    /// Whether an MFA device is enabled.
    pub mfa_active: bool,
    /// The active access keys, by their number in the report.
    pub keys: BTreeMap<u8, ReportedKey>,
    /// The number of active X.509 signing certificates.
    pub signing_certificates: usize,
}

/// A console password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedPassword {
    /// The time of its last use, as far as AWS knows.
    pub last_used: Option<Timestamp>,
    /// The time of its last change.
    pub changed: Option<Timestamp>,
}

/// An active access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedKey {
    /// The time of its creation.
    pub created: Option<Timestamp>,
    /// The time of its last use, as far as AWS knows.
    pub last_used: Option<Timestamp>,
}

impl CredentialReport {
    /// Reads the table.
    ///
    /// # Errors
    /// A column is missing, or a row does not fit.
    pub fn parse(text: &str, generated: Option<Timestamp>) -> Result<Self, CredentialReportError> {
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| (index + 1, cells(line)));
        let header = lines.next().map(|(_, cells)| cells).unwrap_or_default();
        let rows = lines
            .map(|(line, cells)| {
                let row = Row {
                    header: &header,
                    cells,
                    line,
                };
                row.read()
            })
            .collect::<Result<_, _>>()?;
        if !header.iter().any(|name| name == "user") {
            return Err(CredentialReportError::NoColumn("user"));
        }
        Ok(Self { generated, rows })
    }

    /// The rows of users, without the root user's.
    pub(in crate::audit) fn users(&self) -> impl Iterator<Item = (&UserName, &CredentialRow)> {
        self.rows.iter().filter_map(|row| match &row.holder {
            Holder::User(name) => Some((name, row)),
            Holder::Root => None,
        })
    }

    /// The root user's row.
    pub(in crate::audit) fn root(&self) -> Option<&CredentialRow> {
        self.rows.iter().find(|row| row.holder == Holder::Root)
    }
}

/// One row before it is understood.
struct Row<'a> {
    header: &'a [String],
    cells: Vec<String>,
    line: usize,
}

impl Row<'_> {
    fn read(&self) -> Result<CredentialRow, CredentialReportError> {
        if self.cells.len() != self.header.len() {
            return Err(CredentialReportError::Ragged {
                line: self.line,
                found: self.cells.len(),
                expected: self.header.len(),
            });
        }
        let holder = match self.cell("user")? {
            "<root_account>" => Holder::Root,
            name => Holder::User(name.parse().map_err(|_| self.unknown("user"))?),
        };
        let password = ReportedPassword {
            last_used: self.time("password_last_used")?,
            changed: self.time("password_last_changed")?,
        };
        let has_password = match self.cell("password_enabled")? {
            "not_supported" => true,
            _ => self.flag("password_enabled")?,
        };
        let columns = [
            (
                1,
                "access_key_1_active",
                "access_key_1_last_rotated",
                "access_key_1_last_used_date",
            ),
            (
                2,
                "access_key_2_active",
                "access_key_2_last_rotated",
                "access_key_2_last_used_date",
            ),
        ];
        let mut keys = BTreeMap::new();
        for (number, active, rotated, used) in columns {
            if self.flag(active)? {
                let key = ReportedKey {
                    created: self.time(rotated)?,
                    last_used: self.time(used)?,
                };
                keys.insert(number, key);
            }
        }
        Ok(CredentialRow {
            holder,
            created: self.time("user_creation_time")?,
            password: has_password.then_some(password),
            mfa_active: self.flag("mfa_active")?,
            keys,
            signing_certificates: usize::from(self.flag("cert_1_active")?)
                + usize::from(self.flag("cert_2_active")?),
        })
    }

    fn cell(&self, column: &'static str) -> Result<&str, CredentialReportError> {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at))
            .map(String::as_str)
            .ok_or(CredentialReportError::NoColumn(column))
    }

    /// `N/A`, `no_information` and `not_supported` say no time.
    fn time(&self, column: &'static str) -> Result<Option<Timestamp>, CredentialReportError> {
        match self.cell(column)? {
            "N/A" | "no_information" | "not_supported" | "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.unknown(column)),
        }
    }

    fn flag(&self, column: &'static str) -> Result<bool, CredentialReportError> {
        match self.cell(column)? {
            "true" | "TRUE" => Ok(true),
            "false" | "FALSE" | "N/A" => Ok(false),
            _ => Err(self.unknown(column)),
        }
    }

    fn unknown(&self, column: &'static str) -> CredentialReportError {
        CredentialReportError::Cell {
            line: self.line,
            column,
        }
    }
}

/// The cells of a line. A cell in quotation marks may hold commas; two marks in it mean one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.trim_end_matches('\r').chars().peekable();
    while let Some(character) = characters.next() {
        let cell = cells.last_mut().expect("there is always a cell");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cell.push(other),
        }
    }
    cells
}

#[cfg(test)]
mod tests;
