//! Running a workflow with the new secrets, and waiting for its verdict.
//!
//! Source: <https://docs.github.com/en/rest/actions/workflows>

use std::time::{Duration, Instant};

use keyward_aws::{Aws, Method};
use serde::Deserialize;
use serde_json::json;

use super::host::{Host, escape};
use crate::keys::rotation::destination::Repository;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::system::crash_point as point;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// A run that takes longer is left to the person.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// A dispatched run appears in the list within seconds.
const APPEARANCE: Duration = Duration::from_secs(2 * 60);

#[derive(Deserialize)]
struct Described {
    default_branch: String,
}

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    status: Option<String>,
    conclusion: Option<String>,
    #[serde(default)]
    html_url: String,
}

/// Starts the workflow on the default branch and waits until it has succeeded.
pub(crate) fn must_succeed(
    aws: &Aws,
    ui: &Ui,
    repository: &Repository,
    workflow: &str,
) -> Result<(), CliError> {
    let host = Host::find(aws)?;
    let base = format!("/repos/{}/{}", repository.owner, repository.name);
    let described: Described = read(host.ask(Method::Get, &base, None)?, &host)?;
    let actions = format!("{base}/actions/workflows/{}", escape(workflow));
    let list = format!("{actions}/runs?event=workflow_dispatch&per_page=100");
    let known: Vec<u64> = runs(&host, &list)?.into_iter().map(|run| run.id).collect();
    let body = json!({"ref": described.default_branch});
    host.ask(Method::Post, &format!("{actions}/dispatches"), Some(&body))?;
    ui.say(format!("waiting for `{workflow}` of {repository}…"));
    let begun = Instant::now();
    loop {
        // The first run that was not there before; a person's own would prove the key as well.
        let ours = runs(&host, &list)?
            .into_iter()
            .filter(|run| !known.contains(&run.id))
            .min_by_key(|run| run.id);
        match ours {
            None if begun.elapsed() > APPEARANCE => {
                return Err(CliError::failed(format!(
                    "`{workflow}` was started and does not appear among its runs"
                )));
            }
            Some(run) if run.status.as_deref() == Some("completed") => {
                return verdict(&run, workflow);
            }
            Some(run) if begun.elapsed() > PATIENCE => {
                return Err(
                    CliError::failed(format!("`{workflow}` has not ended within an hour"))
                        .hint(run.html_url),
                );
            }
            _ => std::thread::sleep(point::pace(PAUSE)),
        }
    }
}

fn verdict(run: &Run, workflow: &str) -> Result<(), CliError> {
    match run.conclusion.as_deref() {
        Some("success") => Ok(()),
        other => {
            let error = CliError::failed(format!("`{workflow}` did not succeed with the new key"))
                .because(format!("it ended with `{}`", other.unwrap_or("nothing")));
            Err(if run.html_url.is_empty() {
                error
            } else {
                error.hint(run.html_url.clone())
            })
        }
    }
}

fn runs(host: &Host<'_>, list: &str) -> Result<Vec<Run>, CliError> {
    let runs: Runs = read(host.ask(Method::Get, list, None)?, host)?;
    Ok(runs.workflow_runs)
}

fn read<T: serde::de::DeserializeOwned>(
    answer: serde_json::Value,
    host: &Host<'_>,
) -> Result<T, CliError> {
    serde_json::from_value(answer)
        .map_err(|_| CliError::failed(format!("an answer of {} is not as documented", host.name())))
}
