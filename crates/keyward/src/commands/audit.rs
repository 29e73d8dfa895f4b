//! `keyward audit`: an account judged by the CIS benchmark's identity controls and by whether MFA
//! is enforced. Changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::audit::report::sarif::ArtifactUri;
use keyward_account::audit::report::text::Style;
use keyward_account::audit::report::{html, json, sarif, text};
use keyward_account::audit::{Audit, Input, Severity, audit};
use keyward_account::desired::add_aws_managed;
use keyward_account::html::is_page;

use crate::account::{ControlArgs, Signer, saved};
use crate::aws_files::rewrite::put_report;
use crate::commands::account::SignerArgs;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui, first_warned};
use crate::state::local_state::LocalState;
use keyward_aws::Aws;

/// The exit code of an audit that reaches `--fail-on`.
const FOUND: u8 = 1;

/// The artifact that SARIF results name if keyward read the account itself.
const LIVE_ARTIFACT: &str = "account.json";

/// The artifact that SARIF results name if keyward read a folder.
const SAVED_ARTIFACT: &str = "authorization-details.json";

/// Check an account against the CIS benchmark and for what a stolen key can do without MFA
///
/// Exits with 0 regardless of findings, or with 1 if a finding is at least as severe as `--fail-on`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    signer: SignerArgs,

    /// Check saved answers of the AWS CLI: `authorization-details.json` and, if present,
    /// `credential-report.csv`, `account-summary.json`, `password-policy.json`,
    /// `virtual-mfa-devices.json`, `server-certificates.json`, `service-specific-credentials.json`
    /// and `ssh-public-keys.json`
    #[arg(long, value_name = "DIR", conflicts_with_all = ["profile", "mfa_code"])]
    from: Option<PathBuf>,

    #[command(flatten)]
    controls: ControlArgs,

    /// Print JSON
    #[arg(long, conflicts_with = "sarif")]
    json: bool,

    /// Print SARIF 2.1.0, for code scanning
    #[arg(long)]
    sarif: bool,

    /// Also write a report as one HTML file
    #[arg(long, value_name = "F")]
    html: Option<PathBuf>,

    /// Exit with 1 if a finding is at least this severe
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<Level>,
}

/// The lowest severity that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Low,
    Medium,
    High,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
        }
    }
}

/// Judges.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let deadline = Deadline::begin();
    let mut input = input(&args, ui)?;
    // The texts of AWS's own policies are the same everywhere; some emulators leave them out.
    add_aws_managed(&mut input.account);
    args.controls.attach(&mut [(None, &mut input.account)])?;
    let found = audit(&input);
    if let Some(path) = &args.html {
        put_report(path, &html::write(&found, &input), is_page, deadline)?;
    }
    if args.json {
        ui.data(&json::write(&found))?;
    } else if args.sarif {
        let artifact = match args.from {
            Some(_) => SAVED_ARTIFACT,
            None => LIVE_ARTIFACT,
        };
        ui.data(&sarif::write(&found, ArtifactUri(artifact)))?;
    } else {
        print(&found, ui)?;
    }
    let reached = args
        .fail_on
        .is_some_and(|level| found.reaches(level.into()));
    Ok(match reached {
        true => ExitCode::from(FOUND),
        false => ExitCode::SUCCESS,
    })
}

fn input(args: &Args, ui: &Ui) -> Result<Input, CliError> {
    if let Some(folder) = &args.from {
        return saved::read(folder, crate::state::local_state::now());
    }
    let profile = args.signer.profile.as_ref().ok_or_else(|| {
        CliError::usage("no account is named")
            .hint("name a profile that reaches it: keyward audit --profile P")
            .hint("or a folder with saved answers: keyward audit --from DIR")
    })?;
    let local = LocalState::load()?;
    let mut signer = Signer::of(&local, ui, profile, args.signer.codes()?)?;
    signer.read(Aws::observe_audit)
}

fn print(found: &Audit, ui: &Ui) -> Result<(), CliError> {
    let mut out = String::new();
    for line in text::lines(found) {
        let tint = match line.style {
            Style::Heading => STRONG,
            Style::Finding(Severity::High) => BAD,
            Style::Finding(Severity::Medium) | Style::NotChecked => {
                out.push_str(&format!("{}\n", first_warned(&line.to_string())));
                continue;
            }
            Style::Finding(Severity::Low) => STRONG,
            Style::Detail => FAINT,
            Style::Good => GOOD,
        };
        out.push_str(&format!("{tint}{line}{tint:#}\n"));
    }
    ui.text(&out, 8)
}
