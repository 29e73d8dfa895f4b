//! Words to the person who signs in.

use crate::prompt::terminal::Terminal;
use crate::screen::ui::Ui;

/// Says something to the person: on the terminal if there is one, because standard error may
/// be swallowed.
pub(super) fn say(ui: &Ui, text: &str) {
    match Terminal::open() {
        Some(mut terminal) => terminal.say(text),
        None => ui.say(text),
    }
}
