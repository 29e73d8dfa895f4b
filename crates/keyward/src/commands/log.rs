//! `keyward log`: what was handed out.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::ProfileName;
use keyward_core::time::{parse_duration, show_duration};

use crate::log::{self, Broken, Entry, Whole};
use crate::screen::error::CliError;
use crate::screen::ui::{FAINT, STRONG, Ui};
use crate::state::local_state::now;
use crate::system::locations::{self, Locations};

/// Show what keyward handed out: when, to which program, under which key id
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only entries of this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Option<ProfileName>,

    /// Only entries of the last D, such as 2h or 7d
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    since: Option<Duration>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Accept the log as complete, after you moved or shortened it yourself
    #[arg(long, conflicts_with_all = ["profile", "since", "json"])]
    pub(crate) accept: bool,
}

/// Prints the entries; a broken chain is a failure.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let locations = Locations::find()?;
    let shown = locations::show(&log::path(&locations));
    let unread = |e: io::Error| CliError::failed(format!("`{shown}` cannot be read")).because(e);
    let mut whole = Whole::open(&locations).map_err(unread)?;
    if args.accept {
        whole.accept(&locations).map_err(unread)?;
        ui.say(format!("accepted `{shown}` as complete"));
        return Ok(ExitCode::SUCCESS);
    }
    let request = Request::from(args);
    let mut columns = Columns::default();
    let broken = whole
        .read(&mut |entry| {
            if request.wants(&entry) {
                columns.widen(&entry);
            }
            Ok(())
        })
        .map_err(unread)?;
    request.print(&mut whole, &columns, ui, unread)?;
    broken.map_or(Ok(ExitCode::SUCCESS), |broken| Err(failure(&broken)))
}

/// The entries to show, and their form.
struct Request {
    profile: Option<ProfileName>,
    start: Option<Timestamp>,
    form: Form,
}

impl From<Args> for Request {
    fn from(args: Args) -> Self {
        Self {
            profile: args.profile,
            start: args.since.map(|since| now().before(since)),
            form: match args.json {
                true => Form::Json,
                false => Form::Table,
            },
        }
    }
}

impl Request {
    fn wants(&self, entry: &Entry) -> bool {
        let of_profile = self.profile.as_ref();
        of_profile.is_none_or(|name| *name == entry.profile)
            && self.start.is_none_or(|start| entry.time >= start)
    }

    /// Prints what is wanted. The files are read again rather than kept: a log may hold a million
    /// lines.
    fn print(
        &self,
        whole: &mut Whole,
        columns: &Columns,
        ui: &Ui,
        unread: impl Fn(io::Error) -> CliError,
    ) -> Result<(), CliError> {
        if columns.rows == 0 && self.form == Form::Table {
            ui.say("nothing was handed out");
            return Ok(());
        }
        let mut page = Page::new(ui, self.form);
        let mut failed = None;
        let printed = whole.read(&mut |entry| {
            if !self.wants(&entry) {
                return Ok(());
            }
            page.add(&entry, columns).map_err(|error| {
                failed = Some(error);
                io::ErrorKind::Other.into()
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        printed.map_err(unread)?;
        page.end()
    }
}

/// The error about a chain that breaks.
fn failure(broken: &Broken) -> CliError {
    let error = CliError::failed(format!("the log's chain is broken: {}", broken.what.says()));
    match broken.what {
        log::Break::Cut => error.hint("keyward log --accept   (if you removed them)"),
        _ => error.hint(format!(
            "look at `{}`; to start a new log, move it away and run: keyward log --accept",
            locations::show(&broken.path)
        )),
    }
}

/// The widths of the columns.
#[derive(Debug, Default)]
struct Columns {
    rows: usize,
    name: usize,
    how: usize,
}

impl Columns {
    fn widen(&mut self, entry: &Entry) {
        self.rows += 1;
        self.name = self.name.max(entry.profile.as_str().chars().count());
        self.how = self.how.max(entry.how.as_str().len());
    }
}

/// The output, one part at a time.
struct Page<'a> {
    ui: &'a Ui,
    form: Form,
    text: String,
    rows: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Table,
}

/// The size of the text that is printed at once.
const PART: usize = 64 << 10;

impl<'a> Page<'a> {
    fn new(ui: &'a Ui, form: Form) -> Self {
        Self {
            ui,
            form,
            text: String::new(),
            rows: 0,
        }
    }

    fn add(&mut self, entry: &Entry, columns: &Columns) -> Result<(), CliError> {
        match self.form {
            Form::Table => row(&mut self.text, entry, columns),
            Form::Json => {
                self.text
                    .push_str(if self.rows == 0 { "[\n" } else { ",\n" });
                let document = format!("{:#}", entry.to_json());
                for (number, line) in document.lines().enumerate() {
                    self.text.push_str(if number == 0 { "  " } else { "\n  " });
                    self.text.push_str(line);
                }
            }
        }
        self.rows += 1;
        if self.text.len() >= PART {
            self.flush()?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), CliError> {
        if self.form == Form::Json {
            self.text.push_str(match self.rows {
                0 => "[]\n",
                _ => "\n]\n",
            });
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<(), CliError> {
        let text = std::mem::take(&mut self.text);
        match self.form {
            Form::Json => self.ui.data(&text),
            Form::Table => self.ui.text(&text, 4),
        }
    }
}

fn row(text: &mut String, entry: &Entry, columns: &Columns) {
    let Columns { name, how, .. } = *columns;
    let by = entry.parent.as_deref().unwrap_or("-");
    let life = entry
        .expires_at
        .map(|end| format!(" for {}", show_duration(end.remaining(entry.time))));
    text.push_str(&format!(
        "{FAINT}{}{FAINT:#}  {STRONG}{:name$}{STRONG:#}  {:how$}  {}{}  by {by} ({})",
        entry.time,
        entry.profile.as_str(),
        entry.how.as_str(),
        entry.access_key_id,
        life.unwrap_or_default(),
        entry.pid,
    ));
    if let Some(role) = &entry.role {
        let session = entry.session.as_deref().unwrap_or("-");
        text.push_str(&format!("  {FAINT}{} as {session}{FAINT:#}", role.as_str()));
    }
    text.push('\n');
}
