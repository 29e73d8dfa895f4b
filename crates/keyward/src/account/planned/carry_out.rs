//! Carries one account's plan out and says what follows from it: who is to be invited, what stays.

use std::path::Path;
use std::sync::atomic::AtomicUsize;

use keyward_account::plan::checks::{NeedsMfa, needs_mfa};
use keyward_account::plan::{Operation, Plan};
use keyward_account::snapshot::Snapshot;
use keyward_account::stacks::StackPlace;
use keyward_core::id::ProfileName;
use keyward_core::text::count;
use keyward_iam::model::PasswordPolicy;

use super::Ready;
use crate::account::hand_over::HandOver;
use crate::account::{Execution, Interrupt};
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;

/// Carries one plan out, and says what people get.
pub(crate) fn carry_out(
    local: &LocalState,
    ui: &Ui,
    ready: &mut Ready<'_>,
    interrupt: &Interrupt,
) -> Result<(), CliError> {
    if ready.plan.is_empty() {
        return Ok(());
    }
    let reached = &mut ready.reached;
    let account = reached.snapshot.account.id.clone();
    let hand_over = HandOver::new(
        local,
        (ui, interrupt),
        account.clone(),
        std::mem::take(&mut ready.recipients),
        minimum_length(&reached.snapshot.account.password_policy, &ready.plan),
        &ready.plan,
    )?;
    let execution = Execution {
        account: &reached.snapshot.account,
        secrets: &hand_over,
        interrupt: interrupt.clone(),
        ui,
        paths: &local.paths,
        begun: AtomicUsize::new(0),
    };
    let outcome = execution.run(&mut reached.signer, &ready.plan)?;
    ui.say(format!(
        "{GOOD}done{GOOD:#}: {} in account {account}",
        count(outcome.done, "call")
    ));
    for place in ready.plan.operations().filter_map(deleted_stack) {
        say_what_stays(&reached.snapshot, place, ui);
    }
    let blueprint = ready.blueprint.as_deref().map(from_here);
    let blueprint = blueprint.unwrap_or_else(|| "FILE".to_owned());
    for user in hand_over.written().keys() {
        ui.hint(format!(
            "keyward account invite {user} {blueprint}   (prints what {user} needs to begin)"
        ));
    }
    if reached.signer.signs_with_key()
        && let Some(guarded) = needs_mfa(&reached.snapshot, &ready.plan)
    {
        say_what_needs_mfa(&guarded, reached.signer.profile(), ui);
    }
    if reached.snapshot.caller.resource() == "root" {
        ui.warn("the root user's key signed this; it can do everything, and no policy limits it");
        ui.hint(format!(
            "once another person can administer the account: keyward remove {} --revoke",
            reached.signer.profile().argument()
        ));
    }
    Ok(())
}

/// A path as a word of a command in this folder.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    locations::word(below.as_deref().unwrap_or(path))
}

/// The caller has just bound itself and has no device, so the next command would be refused.
fn say_what_needs_mfa(guarded: &NeedsMfa, profile: &ProfileName, ui: &Ui) {
    let NeedsMfa { caller, right, by } = guarded;
    ui.warn(format!(
        "from now on, {caller} needs a session with MFA: {by} denies {right} and most other calls to the key alone"
    ));
    ui.hint(format!(
        "to enrol a device, which works without MFA: {CODE}keyward mfa enroll {}{CODE:#}",
        profile.argument()
    ));
}

/// The stack that an operation deletes.
fn deleted_stack(operation: &Operation) -> Option<&StackPlace> {
    match operation {
        Operation::DeleteStack(place) => Some(place),
        _ => None,
    }
}

/// Names the bucket and the key that outlive the stack of AWS Config, and how to remove them.
fn say_what_stays(before: &Snapshot, place: &StackPlace, ui: &Ui) {
    let live = before.stacks.get(place);
    let Some(live) = live.filter(|live| live.leaves_something()) else {
        return;
    };
    let region = &place.region;
    // A stack's outputs are text from the account, and the hint is pasted into a shell.
    let Some(bucket) = live.bucket().filter(|name| is_plain(name)) else {
        ui.say(format!(
            "the bucket with what AWS Config recorded, and its key, stay in the account in {region}"
        ));
        return;
    };
    ui.say(format!(
        "the bucket `{bucket}` with what AWS Config recorded, and its key, stay in the account"
    ));
    ui.hint(format!(
        "to remove them: empty the bucket in the S3 console, with all versions, then {CODE}aws s3api delete-bucket --bucket {bucket} --region {region}{CODE:#}"
    ));
    if let Some(key) = live.outputs.get("KeyArn").filter(|arn| is_plain(arn)) {
        ui.hint(format!(
            "then the key: {CODE}aws kms schedule-key-deletion --key-id {key} --region {region}{CODE:#}"
        ));
    }
}

/// Whether a text is one harmless word in every shell: letters, digits and `.:/-`.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".:/-".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(plain)
}

/// The length that passwords must have once the plan is carried out.
fn minimum_length(now: &Option<PasswordPolicy>, plan: &Plan) -> Option<u32> {
    let steps = plan.steps.iter();
    let operations = steps.flat_map(|step| &step.operations);
    let mut policies = operations.filter_map(|operation| match operation {
        Operation::UpdatePasswordPolicy(policy) => Some(policy),
        _ => None,
    });
    policies
        .next_back()
        .or(now.as_ref())
        .map(|policy| policy.minimum_length)
}
