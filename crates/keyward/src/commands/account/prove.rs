//! `keyward account prove`: what each user can do with and without the phone.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use keyward_account::html::is_page;
use keyward_account::prove::show::{Style, show};
use keyward_account::prove::{
    Admitted, Baseline, BaselineError, Gain, Gained, Gains, JUDGEMENT, OtherJudgement, OtherList,
    Proof, Scenario, add_fixes, html, prove, wire,
};
use keyward_iam::catalogue::Catalogue;

use crate::account::{ControlArgs, Origin, Proven};
use crate::aws_files::rewrite::put_report;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, FAINT, GOOD, STRONG, Ui};
use crate::system::locations;
use crate::system::read_limited;

use super::SignerArgs;

/// The exit code of a broken promise.
const BROKEN: u8 = 6;

/// Show what each user can do with and without the phone
///
/// A stolen key is judged alone, in a session without MFA, with a fresh code and with an old one:
/// every action of AWS, and every role through every chain. Exits with 6 if a promise is broken;
/// with --baseline, if someone gained an action or a role without a fresh code.
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("origin").args(["blueprint", "profile", "from"]).required(true)))]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    signer: SignerArgs,

    /// Read the account from this file, which holds the output of
    /// `aws iam get-account-authorization-details`
    #[arg(long, value_name = "AAD.json")]
    from: Option<PathBuf>,

    #[command(flatten)]
    controls: ControlArgs,

    /// Compare with a proof that `--json` printed before
    #[arg(long, value_name = "OLD.json")]
    baseline: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Also write a report as one HTML file
    #[arg(long, value_name = "F")]
    html: Option<PathBuf>,
}

/// Says what makes a comparison with this baseline uncertain.
fn warn_of_baseline(baseline: &Baseline, ui: &Ui) {
    let ours = format!("this keyward has judgement {JUDGEMENT}");
    let other = baseline.other_judgement().map(|other| match other {
        OtherJudgement::Unnumbered => {
            "the baseline was printed before keyward numbered its judgement".to_owned()
        }
        OtherJudgement::Older(number) | OtherJudgement::Newer(number) => {
            format!("the baseline was printed with judgement {number}")
        }
    });
    if let Some(other) = &other {
        ui.warn(format!(
            "{other}, and {ours}: a gain may be a better judgement of an unchanged account"
        ));
    }
    if let Some(other) = baseline.other_list() {
        let (listed, so) = match other {
            OtherList::Older(listed) => (listed, "what only the newer list names counts as gained"),
            OtherList::Newer(listed) => (
                listed,
                "a gain of what only the newer list names is not seen",
            ),
        };
        ui.warn(format!(
            "the baseline was printed with the list of actions of {listed}, and this keyward has that of \
             {}: {so}",
            Catalogue::built_in().date()
        ));
    }
    if baseline.lacks_undecided() {
        ui.warn(
            "the baseline does not say which rights depend on the request, so a condition that disappears is \
             not seen",
        );
    }
    if other.is_some() || baseline.lacks_undecided() {
        ui.hint("print the baseline again");
    }
}

/// Proves.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let deadline = Deadline::begin();
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    if let Some(baseline) = &baseline {
        warn_of_baseline(baseline, ui);
    }
    let origin = match (&args.file, &args.signer.profile, &args.from) {
        (Some(file), ..) => Origin::Blueprint(file),
        (_, Some(profile), _) => Origin::Profile(profile),
        (_, _, Some(from)) => Origin::Details(from),
        (None, None, None) => return Err(CliError::usage("name a blueprint, --profile or --from")),
    };
    let proven = Proven::read(origin, &args.controls, || args.signer.codes(), ui)?;
    let mut proof = prove(&proven.accounts());
    if let Some(text) = &proven.blueprint {
        add_fixes(&mut proof, text, &proven.accounts());
    }
    if let Some(path) = &args.html {
        let page = html::page(&proof, &proven.accounts());
        put_report(path, &page, is_page, deadline)?;
    }
    let gains = baseline.map(|baseline| baseline.gains(&proof));
    if args.json {
        ui.document(|out| wire::write(&proof, gains.as_ref(), out))?;
    } else {
        print(&proof, gains.as_ref(), ui)?;
    }
    let bad = match &gains {
        Some(gains) => gains.are_without_mfa(),
        None => proof.breaks_a_promise(),
    };
    Ok(if bad {
        ExitCode::from(BROKEN)
    } else {
        ExitCode::SUCCESS
    })
}

fn print(proof: &Proof, gains: Option<&Gains>, ui: &Ui) -> Result<(), CliError> {
    let mut text = String::new();
    for line in show(proof) {
        let (on, off) = match line.style {
            Style::Heading => (STRONG, true),
            Style::Good => (GOOD, true),
            Style::Warning => (STRONG, true),
            Style::Bad => (BAD, true),
            Style::Faint => (FAINT, true),
            Style::Plain => (STRONG, false),
        };
        match off {
            true => text.push_str(&format!("{on}{line}{on:#}\n")),
            false => text.push_str(&format!("{line}\n")),
        }
    }
    ui.text(&text, 4)?;
    let Some(gains) = gains else {
        return Ok(());
    };
    print_gained("gained without a fresh code", &gains.without_mfa, ui)?;
    print_gained("gained with a fresh code", &gains.with_mfa, ui)?;
    for Admitted { role, who, .. } in &gains.outsiders {
        ui.text(&format!("gained without MFA: role {role}: {who}\n"), 4)?;
    }
    Ok(())
}

fn read_baseline(path: &std::path::Path) -> Result<Baseline, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "cannot use the baseline `{}`",
            locations::show(path)
        ))
    };
    let file = read_limited::open(path, read_limited::PROOF).map_err(|e| unusable().because(e))?;
    Baseline::read(file).map_err(|e| match e {
        BaselineError::Unread(e) => unusable().because(e),
        other => unusable()
            .because(other)
            .hint("keyward account prove FILE --json > baseline.json"),
    })
}

/// Prints one line for each user and context, because the names of all together may be too many for
/// memory.
fn print_gained(title: &str, gained: &Gained, ui: &Ui) -> Result<(), CliError> {
    for (user, contexts) in gained {
        for (scenario, gain) in contexts {
            ui.text(&line_of_gain(title, user, *scenario, gain), 4)?;
        }
    }
    Ok(())
}

fn line_of_gain(title: &str, user: &str, scenario: Scenario, gain: &Gain) -> String {
    let mut actions: Vec<String> = gain.actions.names().collect();
    actions.sort_unstable();
    let roles = gain.roles.iter().map(|role| format!("role {role}"));
    let mut others: Vec<String> = gain.others.names().collect();
    others.sort_unstable();
    let others = others
        .into_iter()
        .map(|action| format!("{action} on other people's"));
    let through = gain.through_roles.iter();
    let through = through.map(|(role, actions)| format!("by role {role}: {}", actions.join(", ")));
    let all = [
        actions.join(", "),
        roles.collect::<Vec<_>>().join(", "),
        others.collect::<Vec<_>>().join(", "),
        through.collect::<Vec<_>>().join("; "),
    ];
    let all: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    format!(
        "{title}: {user}, {}: {}\n",
        scenario.words(),
        all.join(", ")
    )
}
