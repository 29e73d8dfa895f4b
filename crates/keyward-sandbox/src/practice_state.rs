//! Everything one practice server knows, and the way of a request through it: where it belongs,
//! faults, signature, decision, journal. One call is decided at a time.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::MfaSerial;

use crate::authenticate::{authenticate, service};
use crate::call::{Call, Caller, Service};
use crate::clock::Clock;
use crate::cloudformation::{self, Stacks};
use crate::failure::Failure;
use crate::faults::{Effect, Faults};
use crate::federation::Signin;
use crate::identity_center::{self, IdentityCenter};
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::params::Params;
use crate::reply::{Outcome, Reply};
use crate::signin::{self, ConsoleSignIn};
use crate::sigv4::Claim;
use crate::state::{Accounts, HiddenFor, Mfa, Propagation, Sessions, entity_keys};
use crate::totp::Step;
use crate::xml::Xml;
use crate::{control, ec2, federation, iam, sts};

/// The server's memory.
#[derive(Debug)]
pub(crate) struct PracticeState {
    pub(crate) clock: Clock,
    state: Mutex<State>,
}

/// The state that calls change.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) accounts: Accounts,
    pub(crate) sessions: Sessions,
    pub(crate) signin: Signin,
    pub(crate) center: IdentityCenter,
    pub(crate) console: ConsoleSignIn,
    pub(crate) faults: Faults,
    pub(crate) propagation: Propagation,
    pub(crate) stacks: Stacks,
    pub(crate) journal: Vec<Entry>,
    /// The last window whose code a person took from the phone of a device.
    pub(crate) taken: BTreeMap<MfaSerial, Step>,
}

impl PracticeState {
    pub(crate) fn new(accounts: Accounts, clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::new(State {
                accounts,
                ..State::default()
            }),
        }
    }

    /// The state, whatever happened to an earlier holder: a panic in one call must not turn
    /// every later one into another.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole way of one request.
    pub(crate) fn handle(&self, request: &Inbound) -> Outcome {
        let now = self.clock.now();
        if !request.names_loopback() {
            let text = "this server answers only requests to 127.0.0.1 or localhost\n";
            return Reply::text(403, now, text).into();
        }
        match request.path.as_str() {
            "/federation" => self.federation(request, now),
            "/console" => federation::console(request, &self.state(), now).into(),
            path if path.starts_with("/_practice/") => control::handle(self, request).into(),
            _ => self.service(request, now),
        }
    }

    fn service(&self, request: &Inbound, now: Timestamp) -> Outcome {
        if let Some(action) = signin::route(request) {
            return self.console_sign_in(request, action, now);
        }
        match identity_center::route(request) {
            Some((service, action)) => self.identity_center(request, service, action, now),
            None => self.api(request, now),
        }
    }

    fn console_sign_in(&self, request: &Inbound, action: &str, now: Timestamp) -> Outcome {
        let mut state = self.state();
        let effects = state.faults.strike(action);
        let entry = without_params("signin", action, now);
        faulty(&mut state, entry, effects, now, |state, entry| {
            let State {
                accounts,
                sessions,
                console,
                ..
            } = state;
            signin::answer(request, console, accounts, sessions, entry, now)
        })
    }

    fn identity_center(
        &self,
        request: &Inbound,
        service: &str,
        action: &str,
        now: Timestamp,
    ) -> Outcome {
        let mut state = self.state();
        let effects = state.faults.strike(action);
        let entry = without_params(service, action, now);
        faulty(&mut state, entry, effects, now, |state, entry| {
            let State {
                accounts,
                sessions,
                center,
                ..
            } = state;
            identity_center::answer(request, center, accounts, sessions, entry, now)
        })
    }

    fn federation(&self, request: &Inbound, now: Timestamp) -> Outcome {
        let mut state = self.state();
        let params = request.params();
        let action = params.get("Action").unwrap_or_default().to_owned();
        let effects = state.faults.strike(&action);
        let entry = Entry {
            at: now,
            service: "signin".to_owned(),
            action,
            access_key_id: None,
            principal: None,
            outcome: String::new(),
            status: 0,
            has_mfa: false,
            params: params.redacted(),
        };
        faulty(&mut state, entry, effects, now, |state, entry| {
            let reply = federation::answer(request, state, entry, now);
            if entry.outcome.is_empty() {
                entry.outcome = if reply.status < 400 {
                    "OK"
                } else {
                    "BadRequest"
                }
                .to_owned();
            }
            reply
        })
    }

    fn api(&self, request: &Inbound, now: Timestamp) -> Outcome {
        let mut state = self.state();
        let params = request.params();
        let action = params.get("Action").unwrap_or_default().to_owned();
        let claim = Claim::read(request);
        let effects = state.faults.strike(&action);
        let entry = Entry {
            at: now,
            service: claim
                .as_ref()
                .map_or_else(|_| String::new(), |c| c.service.clone()),
            action,
            access_key_id: claim
                .as_ref()
                .ok()
                .map(|claim| claim.access_key_id.to_string()),
            principal: None,
            outcome: String::new(),
            status: 0,
            has_mfa: false,
            params: params.redacted(),
        };
        let (hidden, hides) = (hidden(&effects), hides(&effects));
        faulty(&mut state, entry, effects, now, |state, entry| {
            let spoken = claim.as_ref().ok().and_then(|claim| service(claim).ok());
            let withheld = state.propagation.withhold(&mut state.accounts, now);
            let before = hides.map(|hides| (entity_keys(&state.accounts), hides));
            let result = claim
                .and_then(|claim| decide(request, &claim, params, state, entry, now))
                .inspect(|_| hide_new_keys(state, now, hidden));
            if let Some((before, hides)) = before {
                state
                    .propagation
                    .hide_new(&before, &state.accounts, hides, now);
            }
            withheld.restore(&mut state.accounts);
            entry.outcome = match &result {
                Ok(_) => "OK".to_owned(),
                Err(failure) => failure.code.to_string(),
            };
            Reply::query(spoken.unwrap_or(Service::Sts), &entry.action, now, result)
        })
    }
}

/// The journal's entry of a call whose body holds secrets, or its query codes; what is worth
/// knowing is added later.
fn without_params(service: &str, action: &str, now: Timestamp) -> Entry {
    Entry {
        at: now,
        service: service.to_owned(),
        action: action.to_owned(),
        access_key_id: None,
        principal: None,
        outcome: String::new(),
        status: 0,
        has_mfa: false,
        params: Vec::new(),
    }
}

/// Authenticates and decides one call.
fn decide(
    request: &Inbound,
    claim: &Claim,
    params: Params,
    state: &mut State,
    entry: &mut Entry,
    now: Timestamp,
) -> Result<Xml, Failure> {
    let service = service(claim)?;
    let State {
        accounts,
        sessions,
        stacks,
        ..
    } = state;
    let caller = authenticate(request, claim, accounts, sessions, now)?;
    note_caller(entry, &caller, accounts, &params);
    let action = params.get("Action").unwrap_or_default().to_owned();
    let version = params.get("Version").unwrap_or_default();
    if action.is_empty() {
        return Err(Failure::new(400, "MissingAction", "Missing Action"));
    }
    if version != service.version() {
        return Err(Failure::no_action(&action, version));
    }
    let user_agent = request.header("user-agent").unwrap_or_default().to_owned();
    let region = claim.region.clone();
    let call = Call {
        now,
        service,
        action,
        region,
        user_agent,
        params,
        caller,
    };
    match service {
        Service::Sts => sts::answer(&call, accounts, sessions),
        Service::Iam => iam::answer(&call, accounts),
        Service::CloudFormation => cloudformation::answer(&call, accounts, stacks),
        Service::Ec2 => ec2::answer(&call, accounts, stacks),
    }
}

fn note_caller(entry: &mut Entry, caller: &Caller, accounts: &Accounts, params: &Params) {
    entry.principal = Some(caller.arn(accounts));
    entry.has_mfa = caller.mfa() != Mfa::Absent || params.get("TokenCode").is_some();
}

/// Runs a call under its faults and writes the journal.
fn faulty(
    state: &mut State,
    mut entry: Entry,
    effects: Vec<Effect>,
    now: Timestamp,
    work: impl FnOnce(&mut State, &mut Entry) -> Reply,
) -> Outcome {
    let delay = effects.iter().map(|effect| match effect {
        Effect::Delay(delay) => *delay,
        _ => Duration::ZERO,
    });
    let delay = delay.sum();
    let fault = effects.into_iter().find(|effect| {
        !matches!(
            effect,
            Effect::Delay(_) | Effect::HideNewKey(_) | Effect::HideNewEntity(_)
        )
    });
    let reply = match fault {
        Some(Effect::DropBefore) => {
            entry.outcome = "DroppedBefore".to_owned();
            None
        }
        Some(Effect::Error {
            status,
            code,
            message,
        }) => {
            entry.outcome.clone_from(&code);
            let failure = Failure {
                status,
                code: code.into(),
                message,
            };
            Some(injected(&entry, failure, now))
        }
        Some(Effect::DropAfter) => {
            work(state, &mut entry);
            entry.outcome = "DroppedAfter".to_owned();
            None
        }
        Some(Effect::Garbage) => {
            work(state, &mut entry);
            entry.outcome = "Garbage".to_owned();
            Some(Reply::new(
                200,
                "text/xml",
                now,
                "<html><p>&nbsp;<b>not what".to_owned(),
            ))
        }
        Some(Effect::Delay(_) | Effect::HideNewKey(_) | Effect::HideNewEntity(_)) | None => {
            Some(work(state, &mut entry))
        }
    };
    entry.status = reply.as_ref().map_or(0, |reply| reply.status);
    state.journal.push(entry);
    Outcome { delay, reply }
}

/// The refusal of a fault, in the form of the service that the call was for.
fn injected(entry: &Entry, failure: Failure, now: Timestamp) -> Reply {
    let Failure {
        status,
        code,
        message,
    } = &failure;
    if identity_center::speaks_for(&entry.service) {
        identity_center::refuse(*status, code, "", message, now)
    } else if signin::speaks_for(&entry.service, &entry.action) {
        signin::refuse(*status, code, code, message, now)
    } else {
        let spoken = Service::parse(&entry.service).unwrap_or(Service::Sts);
        Reply::query(spoken, &entry.action, now, Err(failure))
    }
}

/// Returns the time for which an entity that this call creates stays unknown.
fn hides(effects: &[Effect]) -> Option<HiddenFor> {
    effects.iter().find_map(|effect| match effect {
        Effect::HideNewEntity(hidden) => Some(*hidden),
        _ => None,
    })
}

/// Returns the time for which a key that this call creates stays unknown.
fn hidden(effects: &[Effect]) -> Duration {
    let longest = effects.iter().filter_map(|effect| match effect {
        Effect::HideNewKey(hidden) => Some(*hidden),
        _ => None,
    });
    longest.max().unwrap_or(Duration::ZERO)
}

fn hide_new_keys(state: &mut State, now: Timestamp, hidden: Duration) {
    if !hidden.is_zero() {
        state.accounts.hide_keys_made_at(now, now.after(hidden));
    }
}
