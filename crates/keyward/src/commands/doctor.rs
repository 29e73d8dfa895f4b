//! `keyward doctor`: surprises in the environment, the files and the vault, and each SDK's
//! credentials for each profile. It opens no vault, and asks the network only with `--online`; what
//! it fixes with `--fix` changes no meaning.

mod clock;
mod environment;
mod files;
mod finding;
mod fix;
mod process_line;
mod profiles;
mod sdk;
mod unread;

use std::process::ExitCode;

use keyward_core::text::count;
use serde_json::json;

use crate::commands::print_json;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, CODE, FAINT, GOOD, STRONG, Ui, WARN};
use crate::state::local_state::LocalState;
use crate::system::locations::Locations;

use finding::{Finding, Weight};
use sdk::Matrix;

/// Config and environment problems, and what each SDK would do with each profile
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Fix what is safe: file modes, `mfa_arn`, comments that some tools read as values
    #[arg(long)]
    pub(crate) fix: bool,

    /// Compare this machine's clock with AWS's, which takes the network
    #[arg(long)]
    online: bool,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Looks, fixes where asked, and fails while problems are left.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let deadline = Deadline::begin();
    let locations = Locations::find()?;
    let fixed = if args.fix {
        fix::all(&locations, deadline)?
    } else {
        Vec::new()
    };
    let (local, unread) = LocalState::load_what_can_be(deadline)?;
    // A profile that may exist is not called missing.
    let known = unread.aws_files.is_empty();
    let mut findings = unread::look(&local.locations, &unread);
    findings.extend(environment::look(&local, &unread));
    findings.extend(files::look(&local));
    let matrix = match known {
        true => Matrix::of(&local),
        false => Matrix::default(),
    };
    if known {
        findings.extend(profiles::look(&local, &matrix));
    }
    if args.online {
        findings.extend(clock::look(&local));
    }
    if args.json {
        print_json(ui, &to_json(&findings, &fixed, &matrix))?;
    } else {
        for line in &fixed {
            ui.say(format!("{GOOD}fixed{GOOD:#}   {line}"));
        }
        ui.data(&show(&findings, &|line, hang| ui.folded(line, hang)))?;
        show_matrix(&matrix, ui)?;
    }
    let left = findings
        .iter()
        .any(|finding| finding.weight == Weight::Problem);
    Ok(ExitCode::from(u8::from(left)))
}

fn to_json(findings: &[Finding], fixed: &[String], matrix: &Matrix) -> serde_json::Value {
    json!({
        "findings": findings.iter().map(Finding::to_json).collect::<Vec<_>>(),
        "fixed": fixed,
        "profiles": matrix.to_json(),
    })
}

fn show(findings: &[Finding], folded: &dyn Fn(&str, usize) -> String) -> String {
    let mut text = String::new();
    for finding in findings {
        let (tint, word) = match finding.weight {
            Weight::Problem => (BAD, "problem"),
            Weight::Note => (WARN, "note   "),
        };
        let place = finding
            .place
            .as_ref()
            .map(|place| format!("{STRONG}{place}{STRONG:#}: "));
        let line = format!(
            "{tint}{word}{tint:#}  {}{}\n",
            place.unwrap_or_default(),
            finding.message
        );
        text.push_str(&folded(&line, 9));
        if let Some(hint) = &finding.hint {
            let line = format!("         {CODE}{hint}{CODE:#}\n");
            text.push_str(&folded(&line, 2));
        }
    }
    let problems = findings
        .iter()
        .filter(|finding| finding.weight == Weight::Problem)
        .count();
    text.push_str(&match problems {
        0 => format!("{GOOD}no problems{GOOD:#}\n"),
        n => format!("{BAD}{}{BAD:#}\n", count(n, "problem")),
    });
    if findings.iter().any(|finding| finding.fixable) {
        text.push_str(&format!(
            "{FAINT}some of this is fixed by{FAINT:#} {CODE}keyward doctor --fix{CODE:#}\n"
        ));
    }
    text
}

fn show_matrix(matrix: &Matrix, ui: &Ui) -> Result<(), CliError> {
    let table = matrix.table();
    if table.is_empty() {
        return Ok(());
    }
    ui.data("\n")?;
    ui.table(&table)?;
    let mut legend: String = matrix
        .legend()
        .into_iter()
        .map(|line| ui.folded(&format!("{FAINT}{line}{FAINT:#}\n"), 2))
        .collect();
    if !legend.is_empty() {
        legend.insert(0, '\n');
    }
    ui.data(&legend)
}
