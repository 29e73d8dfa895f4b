//! The two forms of a list: drawn, if the terminal can be drawn on, else as lines with numbers.

use std::fmt;
use std::process::ExitCode;

use inquire::ui::Styled;
use inquire::{InquireError, Select};

use crate::environment as env;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;

/// The exit code that a shell reports for a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// Removes the line of an ended list, which is above the cursor.
const ERASE_LINE: &str = "\x1b[1A\r\x1b[J";

/// The abilities of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// Draw a list, and draw it again.
    Drawn,
    /// Write lines, as a printer does.
    Plain,
}

impl Screen {
    /// Returns the abilities of this one.
    pub(super) fn here() -> Self {
        let dumb = || env::get("TERM").is_none_or(|name| name == "dumb");
        match cfg!(unix) && dumb() {
            true => Self::Plain,
            false => Self::Drawn,
        }
    }

    /// Removes the line that a drawn list leaves behind.
    pub(super) fn erase_line(terminal: &mut Terminal) {
        terminal.draw(ERASE_LINE);
    }

    /// One of several, or the exit code of a person who left. `dress` is for the drawn list.
    pub(super) fn ask<'a, T: fmt::Display + 'a>(
        self,
        terminal: &mut Terminal,
        question: &'a str,
        options: Vec<T>,
        dress: impl FnOnce(Select<'a, T>) -> Select<'a, T>,
    ) -> Result<Result<T, ExitCode>, CliError> {
        match self {
            Self::Drawn => {
                let mut select = dress(Select::new(question, options));
                select.render_config.canceled_prompt_indicator = Styled::new("");
                let answer = terminal.while_drawn_on(|| select.prompt())?;
                if matches!(answer, Err(InquireError::OperationCanceled)) {
                    Self::erase_line(terminal);
                }
                chosen(answer)
            }
            Self::Plain => {
                let lines: Vec<String> = options.iter().map(T::to_string).collect();
                let one = terminal.pick(question, &lines)?;
                let one = one.and_then(|at| options.into_iter().nth(at));
                Ok(one.ok_or(ExitCode::SUCCESS))
            }
        }
    }
}

/// An answer, or the exit code of a person who left.
fn chosen<T>(answer: Result<T, InquireError>) -> Result<Result<T, ExitCode>, CliError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(InquireError::OperationCanceled) => Ok(Err(ExitCode::SUCCESS)),
        Err(InquireError::OperationInterrupted) => Ok(Err(ExitCode::from(INTERRUPTED))),
        Err(e) => Err(CliError::failed("the terminal does not answer").because(e)),
    }
}
