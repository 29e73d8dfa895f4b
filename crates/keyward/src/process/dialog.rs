//! Questions in a desktop dialog, for programs that a desktop started without a terminal. Only dialog
//! programs that come with the desktop are used; a machine without a display has none. An unanswered
//! dialog closes at the run's deadline and when this process ends. Closing it also answers the
//! processes that wait behind it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use keyward_vault::Paths;
use zeroize::Zeroizing;

use crate::environment as env;
use crate::process::program::{self, Interaction, RunError};
use crate::prompt::deadline::Deadline;
use crate::prompt::terminal::Echo;
use crate::screen::error::{CliError, ErrorKind};
use crate::system::locations::Locations;

/// The least time in which a person can read and answer a question.
const SHORTEST: Duration = Duration::from_secs(2);

/// Whether the person wants dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialogs {
    /// Only without a terminal.
    Allowed,
    /// `dialogs = false` in the settings.
    Unwanted,
}

/// A program that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Zenity,
    Kdialog,
    Osascript,
}

/// A way to ask, and what the next question is to say first.
#[derive(Debug)]
pub(crate) struct Dialog {
    program: Program,
    remark: String,
    unanswered: Unanswered,
    deadline: Deadline,
}

/// The mark of the last dialog that was closed without an answer.
#[derive(Debug)]
struct Unanswered(Option<PathBuf>);

impl Dialog {
    /// The dialog program of this desktop, for questions of a run with this deadline. Looking for
    /// it starts nothing.
    pub(crate) fn find(wish: Dialogs, deadline: Deadline) -> Option<Self> {
        if wish == Dialogs::Unwanted {
            return None;
        }
        let program = if cfg!(target_os = "macos") {
            // Over SSH the user does not sit in front of this screen.
            (env::get("SSH_CONNECTION").is_none() && on_path("osascript"))
                .then_some(Program::Osascript)
        } else if cfg!(unix)
            && (env::get("DISPLAY").is_some() || env::get("WAYLAND_DISPLAY").is_some())
        {
            [(Program::Zenity, "zenity"), (Program::Kdialog, "kdialog")]
                .into_iter()
                .find(|(_, name)| on_path(name))
                .map(|(program, _)| program)
        } else {
            None
        };
        program.map(|program| Self {
            program,
            remark: String::new(),
            unanswered: Unanswered::find(),
            deadline,
        })
    }

    /// Says something with the next question.
    pub(crate) fn remember(&mut self, text: &str) {
        self.remark = format!("{text}\n");
    }

    /// Asks one question, within the time that is left for this run. A process that was already waiting
    /// when another dialog closed unanswered does not open one more.
    pub(crate) fn ask(
        &mut self,
        question: &str,
        echo: Echo,
    ) -> Result<Zeroizing<String>, CliError> {
        let text = format!("{}{question}", std::mem::take(&mut self.remark));
        let error = |what: &str| CliError::new(ErrorKind::PersonNeeded, what);
        let left = self.deadline.left();
        if self.unanswered.is_after(self.deadline.since()) || left < SHORTEST {
            return Err(error("a dialog that asked for it was not answered"));
        }
        let mut command = self.program.entry(&text, echo, left);
        for name in env::SECRETS {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        let ran = match program::run(command, Interaction::Window, Some(left)) {
            Ok(ran) if ran.status.success() => ran,
            Ok(_) => {
                self.unanswered.note();
                return Err(error("the dialog was not answered"));
            }
            Err(RunError::TooLong(_)) => {
                self.unanswered.note();
                return Err(error("the dialog was not answered in time"));
            }
            Err(RunError::TooMuch) => {
                return Err(error(
                    "the dialog printed more than 1 MiB, which is not an answer",
                ));
            }
            Err(RunError::Start(source) | RunError::Wait(source)) => {
                return Err(error("the dialog cannot be shown").because(source));
            }
        };
        let answer = Zeroizing::new(String::from_utf8_lossy(&ran.output).into_owned());
        Ok(Zeroizing::new(answer.trim().to_owned()))
    }
}

impl Unanswered {
    fn find() -> Self {
        let locations = Locations::find().ok();
        Self(locations.map(|locations| Paths::new(&locations.data).locks().join("unanswered")))
    }

    /// Whether one was closed after a run began. A note with a future time comes from before the
    /// clock was set back, and is ignored.
    fn is_after(&self, began: SystemTime) -> bool {
        let noted = |path: &PathBuf| std::fs::metadata(path).ok()?.modified().ok();
        let noted = self.0.as_ref().and_then(noted);
        noted.is_some_and(|noted| noted > began && noted <= SystemTime::now())
    }

    fn note(&self) {
        // Without the note each of the others would ask again.
        let _ = self.0.as_ref().map(|path| std::fs::write(path, ""));
    }
}

impl Program {
    fn entry(self, text: &str, echo: Echo, left: Duration) -> Command {
        match self {
            Self::Zenity => {
                let mut command = Command::new("zenity");
                command.args(["--entry", "--title", "keyward"]);
                if echo != Echo::Shown {
                    command.arg("--hide-text");
                }
                // The dialog closes by itself if this process dies.
                command.arg(format!("--timeout={}", left.as_secs() + 1));
                // An underscore would mark a shortcut.
                command.arg("--text").arg(text.replace('_', "__"));
                command
            }
            Self::Kdialog => {
                let mut command = Command::new("kdialog");
                let kind = match echo {
                    Echo::Shown => "--inputbox",
                    Echo::Hidden => "--password",
                };
                command.args(["--title", "keyward", kind, text]);
                command
            }
            Self::Osascript => {
                let hidden = match echo {
                    Echo::Shown => "",
                    Echo::Hidden => " with hidden answer",
                };
                let ask = format!(
                    "text returned of (display dialog (item 1 of argv) default answer \"\"{hidden} with title \"keyward\")"
                );
                let mut command = Command::new("osascript");
                // The text goes as an argument of the script, so that nothing in it is script.
                command.args(["-e", "on run argv", "-e", &ask, "-e", "end run", text]);
                command
            }
        }
    }
}

fn on_path(name: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

#[cfg(test)]
mod tests;
