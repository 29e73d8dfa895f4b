//! Runs a program to its end or to a limit, whichever comes first.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::terminal::Terminal;

/// How much of a program's last words is repeated.
const LONGEST_WORDS: usize = 600;
/// An answer is a few thousand bytes.
const LONGEST_OUTPUT: u64 = 1024 * 1024;
/// How often a program that has closed its output is looked at.
const PACE: Duration = Duration::from_millis(5);

/// What a finished program left.
pub(super) struct Ran {
    /// How it ended.
    pub(super) status: ExitStatus,
    /// Its standard output.
    pub(super) output: Zeroizing<Vec<u8>>,
    /// What it said on standard error, where no terminal showed it; secrets struck out.
    pub(super) said: Option<String>,
}

/// Why there is nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    /// There is no such program, or it may not be run.
    #[error("the program cannot be started")]
    Start(#[source] io::Error),
    /// It was ended at its limit.
    #[error("the program took too long")]
    TooLong(Option<String>),
    /// The system lost it.
    #[error("the program was lost")]
    Wait(#[source] io::Error),
}

/// Runs the program. Its questions go to the terminal, where there is one, and its standard
/// input is the terminal or nothing: what is piped into keyward is meant for somebody else.
pub(super) fn to_the_end(mut command: Command, limit: Duration) -> Result<Ran, RunError> {
    let until = Instant::now() + limit;
    let terminal = Terminal::open().and_then(|_| terminal_for_words());
    let shown = terminal.is_some();
    let input = match io::stdin().is_terminal() {
        true => Stdio::inherit(),
        false => Stdio::null(),
    };
    let mut child = command
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(terminal.map_or_else(Stdio::piped, Stdio::from))
        .spawn()
        .map_err(RunError::Start)?;
    let output = child.stdout.take().map(listen);
    let words = child.stderr.take().map(listen);
    let heard = output.map(|output| output.recv_timeout(limit));
    let status = match heard {
        Some(Err(_)) => None,
        _ => wait(&mut child, until).map_err(RunError::Wait)?,
    };
    let Some(status) = status else {
        // It may have ended just now, which is the same to us.
        let _ = child.kill();
        let _ = child.wait();
        return Err(RunError::TooLong(last_words(words, &[])));
    };
    let output = heard.and_then(Result::ok).unwrap_or_default();
    let said = match shown {
        true => None,
        false => last_words(words, &output),
    };
    Ok(Ran {
        status,
        output,
        said,
    })
}

/// Reads a stream to its end, apart from whoever waits for it.
fn listen(stream: impl Read + Send + 'static) -> Receiver<Zeroizing<Vec<u8>>> {
    let (done, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::new());
        // What came before an error is what there is.
        let _ = stream.take(LONGEST_OUTPUT).read_to_end(&mut bytes);
        let _ = done.send(bytes);
    });
    heard
}

/// Waits for a program that has closed its output, which most do by ending.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            return Ok(None);
        }
        std::thread::sleep(PACE);
    }
}

/// The end of what was said, on one line. A grandchild that keeps the stream open is not waited
/// for.
fn last_words(words: Option<Receiver<Zeroizing<Vec<u8>>>>, output: &[u8]) -> Option<String> {
    let words = words?.recv_timeout(Duration::from_millis(200)).ok()?;
    let text = String::from_utf8_lossy(&words);
    let line: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = strike_out(line, output);
    let skipped = line.chars().count().saturating_sub(LONGEST_WORDS);
    let mut line: String = line.chars().skip(skipped).collect();
    if skipped > 0 {
        line.insert(0, '…');
    }
    (!line.is_empty()).then_some(line)
}

/// Takes out what is, or looks like, a secret: every text of the answer, and words with the
/// shape of a secret key or of a token.
fn strike_out(mut line: String, output: &[u8]) -> String {
    if let Ok(serde_json::Value::Object(fields)) = serde_json::from_slice(output) {
        for secret in ["SecretAccessKey", "SessionToken"] {
            let value = fields.get(secret).and_then(serde_json::Value::as_str);
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                line = line.replace(value, "***");
            }
        }
    }
    let of_base64 = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
    let mut struck = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(start) = rest.find(of_base64) {
        struck.push_str(&rest[..start]);
        let word_and_rest = &rest[start..];
        let end = word_and_rest
            .find(|c| !of_base64(c))
            .unwrap_or(word_and_rest.len());
        let word = &word_and_rest[..end];
        struck.push_str(if word.len() == 40 || word.len() >= 100 {
            "***"
        } else {
            word
        });
        rest = &word_and_rest[end..];
    }
    struck.push_str(rest);
    struck
}

#[cfg(unix)]
fn terminal_for_words() -> Option<File> {
    File::options().write(true).open("/dev/tty").ok()
}

#[cfg(windows)]
fn terminal_for_words() -> Option<File> {
    File::options().read(true).write(true).open("CONOUT$").ok()
}

#[cfg(all(test, unix))]
mod tests;
