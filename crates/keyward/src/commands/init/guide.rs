//! The questions of `init`: each has a default, which applies without a terminal and with `--yes`.

use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui, wrap};

/// The user of `init`.
pub(super) struct Guide<'a> {
    /// The output for messages.
    pub(super) ui: &'a Ui,
    terminal: Option<Terminal>,
}

/// Whether questions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Questions {
    /// The user answers at a terminal.
    Asked,
    /// `--yes`: the defaults.
    Answered,
}

impl<'a> Guide<'a> {
    pub(super) fn new(ui: &'a Ui, questions: Questions) -> Self {
        let terminal = match questions {
            Questions::Asked => Terminal::open(),
            Questions::Answered => None,
        };
        Self { ui, terminal }
    }

    /// Whether somebody answers.
    pub(super) fn is_attended(&self) -> bool {
        self.terminal.is_some()
    }

    /// Begins a step.
    pub(super) fn step(&self, number: u8, name: &str, explanation: &str) {
        self.ui.say(format!("{STRONG}{number}  {name}{STRONG:#}"));
        self.tell(explanation);
    }

    /// Says something below a step, in lines that a small terminal does not break.
    pub(super) fn tell(&self, text: &str) {
        let width = Ui::width().map_or(WIDTH, |columns| columns.min(WIDTH));
        self.ui.say(wrap(&format!("   {text}"), width, 0));
    }

    /// Asks for a text.
    pub(super) fn ask(&mut self, question: &str, default: &str) -> Result<String, CliError> {
        match &mut self.terminal {
            Some(terminal) => terminal.ask_or(&format!("   {question}"), default),
            None => Ok(default.to_owned()),
        }
    }

    /// Asks for a text that is of some type, until it is.
    pub(super) fn ask_for<T>(&mut self, question: &str, default: &str) -> Result<T, CliError>
    where
        T: std::str::FromStr,
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        loop {
            let answer = self.ask(question, default)?;
            match (answer.parse(), self.is_attended()) {
                (Ok(value), _) => return Ok(value),
                (Err(error), true) => self.tell(&format!("Not taken: {error}.")),
                (Err(error), false) => {
                    return Err(CliError::usage(format!("{question}: not usable")).because(error));
                }
            }
        }
    }

    /// Asks whether to do something; Enter means yes, and so does the absence of a terminal.
    pub(super) fn agree(&mut self, question: &str) -> Result<bool, CliError> {
        match &mut self.terminal {
            Some(terminal) => terminal.agree(&format!("   {question}")),
            None => Ok(true),
        }
    }

    /// Asks for a yes. Enter means no, and so does a missing terminal.
    pub(super) fn confirm(&mut self, question: &str) -> Result<bool, CliError> {
        match &mut self.terminal {
            Some(terminal) => terminal.confirm(&format!("   {question}")),
            None => Ok(false),
        }
    }

    /// Asks the user to choose from a list; without an answer, the first entry.
    pub(super) fn choose(
        &mut self,
        question: &str,
        options: &[String],
    ) -> Result<Vec<usize>, CliError> {
        match &mut self.terminal {
            Some(terminal) => terminal.choose(&format!("   {question}"), options),
            None => Ok(vec![0]),
        }
    }
}

/// The width of a standard terminal, minus one column.
const WIDTH: usize = 79;
