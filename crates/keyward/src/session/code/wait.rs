//! Waiting for the next code, visibly.

use std::time::Duration;

use crate::prompt::terminal::Terminal;
use crate::screen::ui::Ui;

/// Waits, counting down if there is a terminal.
pub(crate) fn for_next_code(ui: &Ui, seconds: i64) {
    let Some(mut terminal) = Terminal::open() else {
        ui.say(format!(
            "the current code was used already; waiting {seconds} s for the next"
        ));
        pause(seconds);
        return;
    };
    for left in (1..=seconds).rev() {
        terminal.overwrite(&format!(
            "That code was used; the next one comes in {left:2} s "
        ));
        pause(1);
    }
    terminal.overwrite("");
}

fn pause(seconds: i64) {
    std::thread::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
}
