//! Questions in a desktop dialog, for programs that a desktop started without a terminal. Only
//! programs that the desktop brings along are used; a machine without a display has none.

use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::terminal::Echo;

/// Whether the person wants dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialogs {
    /// Where there is no terminal.
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
}

impl Dialog {
    /// The dialog program of this desktop. Looking for it starts nothing.
    pub(crate) fn find(wish: Dialogs) -> Option<Self> {
        if wish == Dialogs::Unwanted {
            return None;
        }
        let program = if cfg!(target_os = "macos") {
            // Over SSH there is nobody in front of the screen.
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
        })
    }

    /// Says something with the next question.
    pub(crate) fn remember(&mut self, text: &str) {
        self.remark = format!("{text}\n");
    }

    /// Asks one question.
    pub(crate) fn ask(
        &mut self,
        question: &str,
        echo: Echo,
    ) -> Result<Zeroizing<String>, CliError> {
        let text = format!("{}{question}", std::mem::take(&mut self.remark));
        let mut command = self.program.entry(&text, echo);
        for name in env::SECRETS {
            command.env_remove(name);
        }
        let unanswered = || CliError::new(ErrorKind::PersonNeeded, "the dialog was not answered");
        let output = command
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .map_err(|e| unanswered().because(e))?;
        if !output.status.success() {
            return Err(unanswered());
        }
        let answer = Zeroizing::new(String::from_utf8_lossy(&output.stdout).into_owned());
        Ok(Zeroizing::new(answer.trim().to_owned()))
    }
}

impl Program {
    fn entry(self, text: &str, echo: Echo) -> Command {
        match self {
            Self::Zenity => {
                let mut command = Command::new("zenity");
                command.args(["--entry", "--title", "keyward"]);
                if echo == Echo::Hidden {
                    command.arg("--hide-text");
                }
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
