//! The drift of stacks, on request: CloudFormation checks every resource, which takes a minute or
//! more and changes nothing.

use std::thread;
use std::time::{Duration, Instant};

use keyward_account::ownership::blueprint_of_stack;
use keyward_account::stacks::{StackDrift, StackPhase, StackPlace};
use keyward_aws::DriftDetection;

use super::planned::{PlannedAccount, Ready};
use super::targets::side_by_side;
use super::{Planned, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::system::crash_point::pace;

/// The pause between two polls.
const PAUSE: Duration = Duration::from_secs(3);

/// The time that CloudFormation has.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Whether every stack could be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// All of them.
    Everywhere,
    /// Some of them; the others were named.
    Partly,
}

/// Makes CloudFormation check every stack of keyward in the accounts of the plans.
pub(crate) fn detect(planned: &mut Planned<'_>, ui: &Ui) -> Looked {
    let ready: Vec<&mut Ready<'_>> = planned
        .accounts
        .iter_mut()
        .filter_map(|account| match account {
            PlannedAccount::Ready(ready) => Some(&mut **ready),
            PlannedAccount::Failed { .. } => None,
        })
        .collect();
    let places: Vec<(&Signer<'_>, StackPlace)> = ready.iter().flat_map(|it| stacks(it)).collect();
    if !places.is_empty() {
        ui.say("CloudFormation is checking for drift; this can take minutes");
    }
    let found = side_by_side(&places, |(signer, place)| look(signer, place));
    let places: Vec<StackPlace> = places.into_iter().map(|(_, place)| place).collect();
    let mut looked = Looked::Everywhere;
    let mut found = places.into_iter().zip(found);
    for ready in ready {
        let count = stacks(ready).count();
        let mut drift = Vec::new();
        for (place, found) in found.by_ref().take(count) {
            match found {
                Ok(resources) => drift.push(resources),
                Err(error) => {
                    looked = Looked::Partly;
                    let account = &ready.reached.snapshot.account.id;
                    let unknown = CliError::failed(format!(
                        "the drift of the stack `{}` in {} of account {account} is unknown",
                        place.name, place.region
                    ));
                    let unknown = match error.hints() {
                        [] => unknown.hint("run the command again: it starts a new check"),
                        hints => unknown.hint_all(hints.to_vec()),
                    };
                    ui.error(&unknown.because(error));
                }
            }
        }
        ready.drift = Some(drift);
    }
    looked
}

/// The stacks of an account that can be checked.
fn stacks<'r>(ready: &'r Ready<'_>) -> impl Iterator<Item = (&'r Signer<'r>, StackPlace)> {
    let reached = &ready.reached;
    let stacks = reached.snapshot.stacks.iter();
    let ours = stacks.filter(|(_, live)| {
        blueprint_of_stack(&live.tags).is_some() && live.status.phase() == StackPhase::Deployed
    });
    ours.map(|(place, _)| (&reached.signer, place.clone()))
}

fn look(signer: &Signer<'_>, place: &StackPlace) -> Result<StackDrift, CliError> {
    let Signer {
        aws, credentials, ..
    } = signer;
    let id = aws.detect_stack_drift(credentials, place)?;
    let begun = Instant::now();
    loop {
        match aws.drift_detection(credentials, place, &id)? {
            DriftDetection::Running if begun.elapsed() > PATIENCE => {
                return Err(CliError::failed("CloudFormation is still looking"));
            }
            DriftDetection::Running => thread::sleep(pace(PAUSE)),
            DriftDetection::Done => break,
            DriftDetection::Failed(reason) => {
                return Err(CliError::failed(format!(
                    "CloudFormation could not check all resources: {reason}"
                )));
            }
        }
    }
    Ok(StackDrift {
        place: place.clone(),
        resources: aws.resource_drifts(credentials, place)?,
    })
}
