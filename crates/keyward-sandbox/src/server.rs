//! The HTTP server, and the handle that tests and the program hold.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;
use keyward_loopback::{Listener, Port, ServerThread, StartError};

use crate::clock::Clock;
use crate::cloudformation::StackPace;
use crate::faults::Fault;
use crate::identity_center::IdentityCenter;
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::practice_state::PracticeState;
use crate::reply::Reply;
use crate::signin::ConsoleSignIn;
use crate::state::Accounts;
use crate::totp::{self, Step};

/// No call of the query protocol is longer.
const LONGEST_BODY: usize = 1024 * 1024;

/// The options to start a [`Sandbox`].
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 selects a free one.
    pub port: u16,
    /// The clock that the server uses.
    pub clock: Clock,
}

/// A running practice account. Dropping it stops the server.
///
/// Everything is on one port of 127.0.0.1, and the scope of a request's signature says whether
/// STS or IAM is meant. `/federation` is the sign-in endpoint and `/console` a page that shows
/// who is signed in. The Identity Center and the console's sign-in for programs have the paths
/// of their own APIs. Requests whose `Host` is not `127.0.0.1`, `localhost` or `[::1]` are
/// refused. The region of a signature is not checked: SDKs sign for the profile's region when
/// they are given an endpoint.
///
/// For tests in other languages there are
/// - `GET /_practice/journal`, `DELETE /_practice/journal`: the calls so far, as JSON;
/// - `POST /_practice/faults` with
///   `{"action": "AssumeRole", "skip": 0, "times": 1, "effect": EFFECT}`, where all but `effect`
///   may be left out and EFFECT is `"drop_before"`, `"drop_after"`, `"garbage"`, `"throttle"`,
///   `{"delay_ms": N}`, `{"hide_new_key_seconds": N}`, `{"hide_new_entity_calls": N}`,
///   `{"hide_new_entity_seconds": N}` or
///   `{"error": {"status": 503, "code": "…", "message": "…"}}`; `DELETE` forgets all faults;
/// - `GET /_practice/code?serial=ARN`: what the phone shows, `{"code", "next", "seconds_left",
///   "spent", "next_spent"}`; `POST` takes the code, so that no other `POST` shows it again;
/// - `POST /_practice/advance` with `{"seconds": N}`: moves the clock;
/// - `GET /_practice/state`: the accounts, as [`Accounts::from_json`] reads them.
#[derive(Debug)]
pub struct Sandbox {
    practice: Arc<PracticeState>,
    port: u16,
    /// It stops when this is dropped.
    _thread: ServerThread,
}

impl Sandbox {
    /// Starts a server; it is ready when this returns.
    ///
    /// # Errors
    /// The port is not available, or the system provides no thread.
    pub fn start(accounts: Accounts, options: Options) -> Result<Self, StartError> {
        let Options { port, clock } = options;
        let port = Port::open(port)?;
        let number = port.number();
        let practice = Arc::new(PracticeState::new(accounts, clock));
        let served = Arc::clone(&practice);
        let thread = port.serve("practice account", |listener| serve(listener, served))?;
        Ok(Self {
            practice,
            port: number,
            _thread: thread,
        })
    }

    /// The endpoint for every service, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The clock the server goes by; a clone moves with it.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.practice.clock.clone()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.practice.clock.advance(by);
    }

    /// The calls so far, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.practice.state().journal.clone()
    }

    /// Forgets the calls so far.
    pub fn clear_journal(&self) {
        self.practice.state().journal.clear();
    }

    /// Adds a fault, which affects later calls.
    pub fn inject(&self, fault: Fault) {
        self.practice.state().faults.add(fault);
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        self.practice.state().faults.clear();
    }

    /// Pauses or resumes CloudFormation: while it is paused, a started operation stays in progress.
    pub fn pause_stacks(&self, pace: StackPace) {
        self.practice.state().stacks.pace = pace;
    }

    /// Plays the phone: the code that the device shows now, spent or not.
    #[must_use]
    pub fn code(&self, serial: &MfaSerial) -> Option<MfaCode> {
        self.code_in(serial, 0)
    }

    /// The code that the device will show next.
    #[must_use]
    pub fn next_code(&self, serial: &MfaSerial) -> Option<MfaCode> {
        self.code_in(serial, 1)
    }

    /// Plays the patient phone: waits, by moving the clock, until the device shows a code that
    /// has not been spent.
    #[must_use]
    pub fn fresh_code(&self, serial: &MfaSerial) -> Option<MfaCode> {
        let now = self.practice.clock.now();
        let (last, drift) = {
            let state = self.practice.state();
            let device = state.accounts.device(serial)?;
            (device.last_step, device.drift)
        };
        let step = Step::at(now).plus(drift);
        if let Some(last) = last.filter(|last| *last >= step) {
            let free = Step::at(now).plus(last.distance(step) + 1);
            self.advance(free.start().remaining(now));
        }
        self.code(serial)
    }

    fn code_in(&self, serial: &MfaSerial, windows: i64) -> Option<MfaCode> {
        let now = Step::at(self.practice.clock.now());
        let state = self.practice.state();
        let device = state.accounts.device(serial)?;
        Some(totp::code(&device.seed, now.plus(device.drift + windows)))
    }

    /// Looks at or changes the accounts between calls. The closure must not use the sandbox itself,
    /// which is locked during the call.
    pub fn with_accounts<T>(&self, change: impl FnOnce(&mut Accounts) -> T) -> T {
        change(&mut self.practice.state().accounts)
    }

    /// Looks at or changes the Identity Center between calls, under the same rule.
    pub fn with_identity_center<T>(&self, change: impl FnOnce(&mut IdentityCenter) -> T) -> T {
        change(&mut self.practice.state().center)
    }

    /// Looks at or changes the console's sign-in service between calls, under the same rule.
    pub fn with_console_sign_in<T>(&self, change: impl FnOnce(&mut ConsoleSignIn) -> T) -> T {
        change(&mut self.practice.state().console)
    }
}

async fn serve(listener: Listener, practice: Arc<PracticeState>) {
    loop {
        let (stream, _) = listener.accept().await;
        let practice = Arc::clone(&practice);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(Arc::clone(&practice), request));
            // A client that goes away in the middle is its own business, and an error is how a
            // fault drops an answer.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer was dropped")]
struct Dropped;

async fn respond(
    practice: Arc<PracticeState>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
        return Ok(response(Reply::text(
            413,
            practice.clock.now(),
            "the request is too long\n",
        )));
    };
    let inbound = Inbound {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_bytes(),
    };
    let outcome = practice.handle(&inbound);
    if !outcome.delay.is_zero() {
        tokio::time::sleep(outcome.delay).await;
    }
    outcome.reply.map(response).ok_or(Dropped)
}

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Full::new(Bytes::from(reply.body)))
        .unwrap_or_else(|_: hyper::http::Error| {
            // A fault asked for a status that HTTP does not have.
            let mut plain = Response::new(Full::new(Bytes::new()));
            *plain.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
            plain
        })
}
