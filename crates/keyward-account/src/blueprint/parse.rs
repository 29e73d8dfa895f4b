//! Reading a blueprint with all its checks. Some of them look at what the blueprint renders to, so
//! this file is above `desired`, and the types of a blueprint are below.

use super::problem::Report;
use super::{Blueprint, InvalidBlueprint, check, read};

impl Blueprint {
    /// Reads a blueprint, version 1.
    ///
    /// # Errors
    /// The text is not a valid blueprint. The error lists every problem with line, column and fix.
    pub fn parse(text: &str) -> Result<Self, InvalidBlueprint> {
        let mut report = Report::new(text);
        let read = read::blueprint(text, &mut report);
        if let Some(blueprint) = &read {
            check::check(blueprint, &mut report);
        }
        let failed = report.has_errors();
        let problems = report.finish();
        match read {
            Some(mut blueprint) if !failed => {
                blueprint.warnings = problems;
                Ok(blueprint)
            }
            _ => Err(InvalidBlueprint { problems }),
        }
    }
}
