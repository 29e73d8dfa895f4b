//! Prompts for the vault's slots: on the terminal, or in a desktop dialog without one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use keyward_core::secret::Passphrase;
use keyward_vault::{Prompter, Question};

use crate::process::dialog::{Dialog, Dialogs};
use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::{Echo, Terminal};

/// The person, as slots ask: the given passphrase for the vault's own slots, the terminal for
/// everything else.
pub(in crate::session) struct UserPrompter {
    /// Until when the run that asks waits.
    pub(super) deadline: Deadline,
    pub(super) given: OnceLock<Option<Passphrase>>,
    dialogs: Dialogs,
    pub(super) on_terminal: AtomicBool,
    pub(super) nobody: AtomicBool,
    pub(super) unanswered: AtomicBool,
}

impl UserPrompter {
    /// One that has asked nothing yet.
    pub(in crate::session) fn new(deadline: Deadline, dialogs: Dialogs) -> Self {
        Self {
            deadline,
            given: OnceLock::new(),
            dialogs,
            on_terminal: AtomicBool::new(false),
            nobody: AtomicBool::new(false),
            unanswered: AtomicBool::new(false),
        }
    }

    fn terminal(&self) -> Option<Terminal> {
        let terminal = Terminal::open();
        let noted = if terminal.is_some() {
            &self.on_terminal
        } else {
            &self.nobody
        };
        noted.store(true, Ordering::Relaxed);
        terminal
    }

    /// Asks through a desktop program, without a terminal.
    fn in_dialog(&self, words: &str) -> Option<Passphrase> {
        let mut dialog = Dialog::find(self.dialogs, self.deadline)?;
        let answer = dialog.ask(words, Echo::Hidden);
        let noted = match answer {
            Ok(_) => &self.nobody,
            Err(_) => &self.unanswered,
        };
        noted.store(answer.is_err(), Ordering::Relaxed);
        answer.ok()?.parse().ok()
    }
}

impl Prompter for UserPrompter {
    fn secret(&self, question: &Question) -> Option<Passphrase> {
        if let (Question::Slot(_), Some(Some(given))) = (question, self.given.get()) {
            return Some(given.clone());
        }
        let words = match question {
            Question::Slot(_) => "Vault passphrase".to_owned(),
            Question::SshKey(path) => {
                format!("Passphrase of {}", crate::system::locations::show(path))
            }
            Question::Plugin(words) => words.trim_end_matches(':').to_owned(),
        };
        if let Some(mut terminal) = self.terminal() {
            return terminal.ask(&words, Echo::Hidden).ok()?.parse().ok();
        }
        self.in_dialog(&words)
    }

    fn text(&self, question: &str) -> Option<String> {
        Some(
            self.terminal()?
                .ask(question, Echo::Shown)
                .ok()?
                .to_string(),
        )
    }

    fn choose(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let choices = no.map_or_else(|| yes.to_owned(), |no| format!("{yes}/{no}"));
        let answer = self
            .terminal()?
            .ask(&format!("{question} [{choices}]"), Echo::Shown)
            .ok()?;
        Some(answer.eq_ignore_ascii_case(yes) || (no.is_none() && answer.is_empty()))
    }

    fn say(&self, message: &str) {
        if let Some(mut terminal) = self.terminal() {
            terminal.say(message);
        }
    }
}
