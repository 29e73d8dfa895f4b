//! Questions to the person, on the controlling terminal itself: standard input and output may
//! both be pipes, and SDKs swallow standard error.

#[cfg(unix)]
mod foreground;
#[cfg(unix)]
mod hidden;
#[cfg(unix)]
mod last_words;
mod lists;
#[cfg(unix)]
mod modes;
#[cfg(unix)]
mod signals;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::screen::error::{CliError, ErrorKind, Hint};
use crate::screen::ui::{shown, wrap};

#[cfg(unix)]
pub(crate) use foreground::Foreground;
#[cfg(unix)]
pub(crate) use last_words::LastWords;

/// Whether what is typed is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// One-time codes, key ids, names.
    Shown,
    /// Passphrases and secret keys.
    Hidden,
}

/// The controlling terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    input: BufReader<File>,
    output: File,
}

/// Whether a child has the terminal for itself.
static LENT: AtomicBool = AtomicBool::new(false);

/// Whether the present question is for one half of a key, so that the other may follow unasked.
static SECRET_MAY_FOLLOW: AtomicBool = AtomicBool::new(false);

/// Serializes questions: a server renews several profiles at once, and two questions on one
/// terminal would read each other's answers.
static ASKING: Mutex<()> = Mutex::new(());

impl Terminal {
    /// Leaves the terminal to a child from now on: a question beside the child would read what is
    /// typed for it.
    pub(crate) fn lend_to_child() {
        LENT.store(true, Ordering::Relaxed);
    }

    /// Whether what is typed, Ctrl-C included, reaches this process and its children at once.
    #[cfg(unix)]
    pub(crate) fn signals_us() -> bool {
        devices().is_some_and(|(input, _)| in_foreground(&input))
    }

    /// The terminal this process may talk to: it has one, and is in its foreground.
    pub(crate) fn open() -> Option<Self> {
        if LENT.load(Ordering::Relaxed) {
            return None;
        }
        let (input, output) = devices()?;
        in_foreground(&input).then(|| Self {
            input: BufReader::new(input),
            output,
        })
    }

    /// The terminal, or the error that says a person is needed.
    pub(crate) fn required(what: &str, hint: impl Into<Hint>) -> Result<Self, CliError> {
        Self::open().ok_or_else(|| {
            CliError::new(
                ErrorKind::PersonNeeded,
                format!("keyward needs {what}, and {}", Self::why_not()),
            )
            .hint(hint)
        })
    }

    /// Returns why there is no terminal to ask at.
    pub(crate) fn why_not() -> &'static str {
        match !LENT.load(Ordering::Relaxed) && devices().is_some() {
            // It would be stopped as soon as it reads.
            true => "this command runs in the background of its terminal",
            false => "there is no terminal to ask on",
        }
    }

    /// Shows a line.
    pub(crate) fn say(&mut self, text: &str) {
        // A terminal that went away is noticed by the next question.
        let text = self.fitted(text, 0);
        let mut out = anstream::AutoStream::auto(&mut self.output);
        let _ = writeln!(out, "{text}");
    }

    /// Writes over the present line, without ending it. The end of a text that needs two lines is left
    /// out: the first of them would stay.
    pub(crate) fn overwrite(&mut self, text: &str) {
        let (_, columns) = self.size();
        let text: String = shown(text)
            .chars()
            .take(columns.saturating_sub(1))
            .collect();
        let _ = write!(self.output, "\r\x1b[K{text}").and_then(|()| self.output.flush());
    }

    /// A text that breaks between words.
    fn fitted(&self, text: &str, room: usize) -> String {
        let (_, columns) = self.size();
        wrap(&shown(text), columns.saturating_sub(room), 0)
    }

    /// Shows lines as they are, colours included: a picture needs them.
    pub(crate) fn draw(&mut self, lines: &str) {
        let _ = self.output.write_all(lines.as_bytes());
    }

    /// Rows and columns; 24 by 80 where the system does not say.
    pub(crate) fn size(&self) -> (usize, usize) {
        size(&self.output).unwrap_or((24, 80))
    }

    /// Asks one question; the answer comes without its line end and outer blanks.
    pub(crate) fn ask(
        &mut self,
        question: &str,
        echo: Echo,
    ) -> Result<Zeroizing<String>, CliError> {
        let gone = |e: std::io::Error| {
            CliError::new(
                ErrorKind::PersonNeeded,
                "the terminal went away before the answer",
            )
            .because(e)
        };
        let _turn = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
        // Room for the colon, and for a short answer.
        let question = self.fitted(question, 10);
        let show = |mut output: &File| write!(output, "{question}: ").and_then(|()| output.flush());
        let answer = match echo {
            Echo::Shown => {
                show_again();
                show(&self.output).map_err(gone)?;
                let mut answer = Zeroizing::new(String::new());
                match self.input.read_line(&mut answer).map_err(gone)? {
                    0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
                    _ => Ok(answer),
                }
            }
            // Silent before the question shows: the answer may come at once.
            Echo::Hidden => read_hidden(self.input.get_ref(), || show(&self.output)),
        };
        match answer {
            Ok(answer) => Ok(Zeroizing::new(answer.trim().to_owned())),
            Err(ended) if ended.kind() == std::io::ErrorKind::UnexpectedEof => {
                // Ctrl-D leaves the cursor behind the question.
                let _ = writeln!(self.output);
                Err(CliError::new(
                    ErrorKind::PersonNeeded,
                    "no answer was given",
                ))
            }
            Err(error) => Err(gone(error)),
        }
    }

    /// Forgets what was typed so far and is not read: it belongs to an answer that was refused.
    pub(crate) fn forget_typed_ahead(&self) {
        #[cfg(unix)]
        let _ =
            rustix::termios::tcflush(self.input.get_ref(), rustix::termios::QueueSelector::IFlush);
    }

    /// Notes whether a secret may have been pasted after the answer to the present question.
    pub(crate) fn secret_may_follow(may: bool) {
        SECRET_MAY_FOLLOW.store(may, Ordering::Relaxed);
    }

    /// Discards a secret that may have been pasted after the last answer of this failed command.
    /// Otherwise the shell would run it, and keep it in its history.
    pub(crate) fn forget_answers() {
        if SECRET_MAY_FOLLOW.load(Ordering::Relaxed)
            && let Some(terminal) = Self::open()
        {
            terminal.forget_typed_ahead();
        }
    }

    /// Asks one question that has an answer already: Enter takes it.
    pub(crate) fn ask_or(&mut self, question: &str, default: &str) -> Result<String, CliError> {
        let answer = self.ask(&format!("{question} [{default}]"), Echo::Shown)?;
        Ok(if answer.is_empty() {
            default.to_owned()
        } else {
            answer.to_string()
        })
    }

    /// Asks for a yes or a no; Enter means yes.
    pub(crate) fn agree(&mut self, question: &str) -> Result<bool, CliError> {
        let answer = self.ask(&format!("{question} [Y/n]"), Echo::Shown)?;
        Ok(matches!(answer.to_lowercase().as_str(), "" | "y" | "yes"))
    }

    /// Lets a program of ours draw on the terminal and read single keys. A signal that ends this
    /// process leaves the terminal as it was.
    #[cfg(unix)]
    pub(crate) fn while_drawn_on<T>(&mut self, draw: impl FnOnce() -> T) -> Result<T, CliError> {
        let gone = |e| CliError::failed("the terminal does not answer").because(e);
        let held = signals::Held::hold(|| {
            modes::give_back_for_good();
            signals::end_by_it();
        })
        .map_err(gone)?;
        let changed = modes::Changed::make(&self.output, UNDRAWN, |_| ()).map_err(gone)?;
        let drawn = draw();
        drop(changed);
        held.let_go().map_err(gone)?;
        Ok(drawn)
    }

    /// The console gets its modes back from the system.
    #[cfg(not(unix))]
    pub(crate) fn while_drawn_on<T>(&mut self, draw: impl FnOnce() -> T) -> Result<T, CliError> {
        Ok(draw())
    }

    /// Asks for a yes; anything else is a no.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, CliError> {
        let answer = self.ask(&format!("{question} [y/N]"), Echo::Shown)?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }
}

/// Ctrl-C ends the process without a word there.
#[cfg(not(unix))]
pub(crate) struct LastWords;

#[cfg(not(unix))]
impl LastWords {
    pub(crate) fn keep(_say: impl Fn() + Send + Sync + 'static) -> Option<Self> {
        None
    }
}

#[cfg(unix)]
fn size(terminal: &File) -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    (size.ws_row > 0 && size.ws_col > 0).then(|| (size.ws_row.into(), size.ws_col.into()))
}

#[cfg(windows)]
fn size(_terminal: &File) -> Option<(usize, usize)> {
    None
}

/// From here on signals that end a process are another's business: a server, or a child that
/// this process waits for.
#[cfg(unix)]
pub(crate) use signals::leave_signals;

#[cfg(not(unix))]
pub(crate) fn leave_signals() {}

/// Restores the terminal in the middle of a question, for a thread that ends the process while another
/// one asks. No question changes the terminal afterwards.
#[cfg(unix)]
pub(crate) use modes::give_back_for_good as give_back;

#[cfg(not(unix))]
pub(crate) fn give_back() {}

#[cfg(unix)]
pub(crate) use modes::Modes;

/// The console's modes end with the program that set them.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Modes;

#[cfg(not(unix))]
impl Modes {
    pub(crate) fn now() -> Option<Self> {
        None
    }

    pub(crate) fn give_back(&self) {}
}

/// Ends what a list on the screen has begun: pasting in brackets, the hidden cursor, the lines below.
#[cfg(unix)]
const UNDRAWN: &str = "\x1b[?2004l\x1b[?25h\r\n\x1b[J";

#[cfg(unix)]
fn read_hidden(
    terminal: &File,
    ask: impl FnOnce() -> std::io::Result<()>,
) -> std::io::Result<Zeroizing<String>> {
    let silent = hidden::Silent::begin(terminal)?;
    ask()?;
    silent.read_line(terminal)
}

#[cfg(not(unix))]
fn read_hidden(
    _terminal: &File,
    ask: impl FnOnce() -> std::io::Result<()>,
) -> std::io::Result<Zeroizing<String>> {
    ask()?;
    rpassword::read_password().map(Zeroizing::new)
}

#[cfg(unix)]
pub(crate) use hidden::StayHidden;

#[cfg(unix)]
use hidden::show_again;

/// The console's silence ends with each question.
#[cfg(not(unix))]
pub(crate) struct StayHidden;

#[cfg(not(unix))]
impl StayHidden {
    pub(crate) fn begin() -> Self {
        Self
    }
}

#[cfg(not(unix))]
fn show_again() {}

/// The terminal for a program that reads keys.
pub(crate) fn for_keys() -> Option<File> {
    devices().map(|(input, _)| input)
}

/// The terminal for what a program says.
#[cfg(unix)]
pub(crate) fn for_words() -> Option<File> {
    File::options().write(true).open("/dev/tty").ok()
}

#[cfg(windows)]
pub(crate) fn for_words() -> Option<File> {
    File::options().read(true).write(true).open("CONOUT$").ok()
}

#[cfg(unix)]
fn devices() -> Option<(File, File)> {
    let input = File::open("/dev/tty").ok()?;
    let output = File::options().write(true).open("/dev/tty").ok()?;
    Some((input, output))
}

#[cfg(windows)]
fn devices() -> Option<(File, File)> {
    let input = File::options().read(true).write(true).open("CONIN$").ok()?;
    let output = File::options()
        .read(true)
        .write(true)
        .open("CONOUT$")
        .ok()?;
    Some((input, output))
}

/// A background job that reads from the terminal is stopped, which looks like a hang to the
/// program that waits for it: such a process counts as having no terminal.
#[cfg(unix)]
fn in_foreground(terminal: &File) -> bool {
    rustix::termios::tcgetpgrp(terminal).is_ok_and(|group| group == rustix::process::getpgrp())
}

#[cfg(windows)]
fn in_foreground(_terminal: &File) -> bool {
    true
}
