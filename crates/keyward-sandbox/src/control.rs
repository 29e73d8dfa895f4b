//! The practice account's own paths under `/_practice/`: for tests and people, no part of AWS.
//! They refuse requests that a web page of another origin sends.

use std::time::Duration;

use keyward_core::id::MfaSerial;
use serde_json::{Value, json};

use crate::Accounts;
use crate::faults;
use crate::inbound::Inbound;
use crate::practice_state::PracticeState;
use crate::reply::Reply;
use crate::totp::{Step, code};

pub(crate) fn handle(practice: &PracticeState, request: &Inbound) -> Reply {
    let now = practice.clock.now();
    if request.is_from_foreign_page() {
        return Reply::text(403, now, "web pages may not use these paths\n");
    }
    let answer = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/_practice/journal") => Ok(journal(practice)),
        ("DELETE", "/_practice/journal") => {
            practice.state().journal.clear();
            Ok(json!({}))
        }
        ("POST", "/_practice/faults") => inject(practice, request),
        ("DELETE", "/_practice/faults") => {
            practice.state().faults.clear();
            Ok(json!({}))
        }
        ("GET", "/_practice/code") => phone(practice, request, Looked::On),
        ("POST", "/_practice/code") => phone(practice, request, Looked::Taken),
        ("POST", "/_practice/advance") => advance(practice, request),
        ("GET", "/_practice/state") => Ok(state(practice)),
        _ => return Reply::text(404, now, "there is no such path\n"),
    };
    match answer {
        Ok(body) => Reply::json(200, practice.clock.now(), &body),
        Err(message) => Reply::json(400, now, &json!({ "error": message })),
    }
}

fn journal(practice: &PracticeState) -> Value {
    practice
        .state()
        .journal
        .iter()
        .map(crate::journal::Entry::to_json)
        .collect()
}

fn inject(practice: &PracticeState, request: &Inbound) -> Result<Value, String> {
    let fault = faults::from_json(&request.body).map_err(|error| {
        format!(
            r#"say what goes wrong: {{"action": "AssumeRole", "times": 1, "effect": "throttle"}} ({error})"#
        )
    })?;
    practice.state().faults.add(fault);
    Ok(json!({}))
}

/// What becomes of a code that the phone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    /// It may be shown again.
    On,
    /// A person takes it: the next one who takes a code gets a later one, also while this one is not sent yet, as
    /// between the two codes of an enrolment.
    Taken,
}

fn phone(practice: &PracticeState, request: &Inbound, looked: Looked) -> Result<Value, String> {
    let params = request.query_params();
    let serial: MfaSerial = params
        .get("serial")
        .ok_or("say which device: ?serial=ARN")?
        .parse()
        .map_err(|error: keyward_core::id::InvalidId| error.to_string())?;
    let now = practice.clock.now();
    let mut state = practice.state();
    let device = state
        .accounts
        .device(&serial)
        .ok_or_else(|| no_such_device(&state.accounts))?;
    let step = Step::at(now).plus(device.drift);
    let used = match looked {
        Looked::On => device.last_step,
        Looked::Taken => device.last_step.max(state.taken.get(&serial).copied()),
    };
    let is_used = |step: Step| used.is_some_and(|last| last >= step);
    // Exposed because playing the phone is what this path is for.
    let shown = |by: i64| code(&device.seed, step.plus(by)).expose().to_owned();
    let answer = json!({
        "code": shown(0), "next": shown(1),
        "seconds_left": Step::at(now).plus(1).start().remaining(now).as_secs(),
        "spent": is_used(step),
        "next_spent": is_used(step.plus(1)),
    });
    let fresh = [step, step.plus(1)]
        .into_iter()
        .find(|step| !is_used(*step));
    if let (Looked::Taken, Some(fresh)) = (looked, fresh) {
        state.taken.insert(serial, fresh);
    }
    Ok(answer)
}

/// Names the devices that there are: a serial is easy to mistype.
fn no_such_device(accounts: &Accounts) -> String {
    let serials: Vec<&str> = accounts.serials().map(MfaSerial::as_str).collect();
    match serials.is_empty() {
        true => "the practice account has no device".to_owned(),
        false => format!(
            "no device has this ARN; the devices are {}",
            serials.join(", ")
        ),
    }
}

fn advance(practice: &PracticeState, request: &Inbound) -> Result<Value, String> {
    let asked = serde_json::from_slice::<Value>(&request.body).ok();
    let seconds = asked.and_then(|asked| asked.get("seconds")?.as_u64());
    let seconds = seconds.ok_or(r#"say how far: {"seconds": N}"#)?;
    practice.clock.advance(Duration::from_secs(seconds));
    Ok(json!({ "now": practice.clock.now().to_string() }))
}

fn state(practice: &PracticeState) -> Value {
    let text = practice.state().accounts.to_json();
    serde_json::from_str(&text).expect("the accounts write themselves as JSON")
}
