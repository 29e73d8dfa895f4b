//! The server, and the handle that the program holds.

mod waiting;

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use keyward_core::Timestamp;
use keyward_core::id::ProfileName;
use keyward_loopback::{Listener, Port, ServerThread, StartError};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::document;
use crate::path;
use crate::peer_uid::{self, is_own_peer};
use crate::route::{self, Refusal};
use crate::source::{Now, Reason, RenewingCredentials, Source, Unavailable};
use crate::token::BearerToken;
use waiting::{Waiting, WaitingConnection};

/// The time that a client has to send a request, at first and between two requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// No SDK's request is longer; hyper accepts no smaller number.
const LONGEST_HEAD: usize = 8 * 1024;
/// Connections at a time, so that a client that leaks them does not use up our file descriptors.
const CONNECTIONS: usize = 256;
/// As many of them are for programs of this user alone, since any user of the machine may connect.
const OWN_CONNECTIONS: usize = 64;
/// The time that a connection has to close by itself, after its last answer is written.
const CLOSING: Duration = Duration::from_millis(100);
/// The pause between two checks of an idle server whether it may still hold credentials.
const LOOK: Duration = Duration::from_secs(2);

/// The options to start a [`Server`].
pub struct Options {
    /// The port on 127.0.0.1; 0 means a free one.
    pub port: u16,
    /// The token that a program must show.
    pub token: BearerToken,
    /// The time that expiry is judged by.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Called before each answer and every other second: whether credentials may be handed out.
    /// [`Reason::Locked`] is final: all credentials and their sources are forgotten. Any other reason
    /// refuses one request.
    pub permit: Box<Permit>,
}

/// Says whether a connection, from one address to another, is of a program of this user.
#[derive(Clone, Copy)]
struct Judge {
    /// Without waiting; none if it cannot.
    at_once: fn(SocketAddr, SocketAddr) -> Option<bool>,
    /// In milliseconds.
    slowly: OwnPeer,
}

type OwnPeer = fn(SocketAddr, SocketAddr) -> bool;

/// Says whether anything may be handed out now. It must not take long.
pub type Permit = dyn Fn() -> Result<(), Unavailable> + Send + Sync;

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// A running server. Dropping it stops it.
///
/// `GET /v1/credentials/PROFILE` with the token as `Authorization` and the server's own address
/// as `Host` is answered with `{"AccessKeyId","SecretAccessKey","Token","Expiration"}`; anything
/// else with `{"code","message",…}` and 400, 403, 404, 405, 500 or 503.
#[derive(Debug)]
pub struct Server {
    port: u16,
    /// It stops when this is dropped.
    _thread: ServerThread,
}

impl Server {
    /// Starts a server for these profiles; it is ready when this returns.
    ///
    /// # Errors
    /// The port is taken, or the system cannot start a thread.
    pub fn start(sources: Vec<Source>, options: Options) -> Result<Self, StartError> {
        let judge = Judge {
            at_once: peer_uid::at_once,
            slowly: is_own_peer,
        };
        Self::start_judging(sources, options, judge)
    }

    fn start_judging(
        sources: Vec<Source>,
        options: Options,
        judge: Judge,
    ) -> Result<Self, StartError> {
        let Options {
            port,
            token,
            now,
            permit,
        } = options;
        let open = Port::open(port)?;
        let port = open.number();
        let now: Now = Arc::from(now);
        let desks = sources.into_iter().map(|source| {
            let profile = source.profile.clone();
            (
                profile,
                Arc::new(RenewingCredentials::new(source, Arc::clone(&now))),
            )
        });
        let counter = Arc::new(Counter {
            port,
            token,
            desks: desks.collect(),
            permit,
            closed: OnceLock::new(),
        });
        let thread = open.serve("credentials", move |listener| {
            serve(listener, counter, judge)
        })?;
        Ok(Self {
            port,
            _thread: thread,
        })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a profile's credentials.
    #[must_use]
    pub fn url(&self, profile: &ProfileName) -> String {
        format!("http://127.0.0.1:{}{}", self.port, path::of(profile))
    }
}

/// The data that every connection needs.
struct Counter {
    port: u16,
    token: BearerToken,
    desks: HashMap<ProfileName, Arc<RenewingCredentials>>,
    permit: Box<Permit>,
    closed: OnceLock<Unavailable>,
}

impl Counter {
    /// Whether anything may be handed out.
    fn permitted(&self) -> Result<(), Unavailable> {
        if let Some(why) = self.closed.get() {
            return Err(why.clone());
        }
        let refused = match (self.permit)() {
            Ok(()) => return Ok(()),
            Err(why) => why,
        };
        if refused.reason == Reason::Locked {
            let why = self.closed.get_or_init(|| refused.clone());
            for desk in self.desks.values() {
                desk.close(why);
            }
        }
        Err(refused)
    }

    /// Checks every other second, so that nothing stays in memory until the next request.
    async fn watch(&self) {
        while self.closed.get().is_none() {
            tokio::time::sleep(LOOK).await;
            // A temporary refusal concerns requests, and no request is open now.
            let _ = self.permitted();
        }
    }
}

async fn serve(listener: Listener, counter: Arc<Counter>, judge: Judge) {
    let watched = Arc::clone(&counter);
    tokio::spawn(async move { watched.watch().await });
    let room = ConnectionLimit::new();
    loop {
        let (stream, peer) = listener.accept().await;
        // The listener is on loopback; this holds even where the system forwards to it.
        if !route::is_local(peer) {
            continue;
        }
        // Before it waits for anything: connections of other users must not delay this user's.
        let place = match is_of_this_user(&stream, peer, judge).await {
            true => room.own().await,
            false => room.foreign(),
        };
        let Some(place) = place else {
            continue;
        };
        let counter = Arc::clone(&counter);
        let connection = Arc::new(WaitingConnection::new(&room.waiting));
        tokio::spawn(async move {
            let _place = place;
            converse(stream, counter, connection).await;
        });
    }
}

/// Places for connections. The last ones are for programs of this user.
struct ConnectionLimit {
    all: Arc<Semaphore>,
    foreign: Arc<Semaphore>,
    waiting: Arc<Waiting>,
}

/// A place for one connection. Dropping it frees the place.
struct ConnectionSlot {
    _one: OwnedSemaphorePermit,
    _foreign: Option<OwnedSemaphorePermit>,
}

impl ConnectionLimit {
    fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(CONNECTIONS)),
            foreign: Arc::new(Semaphore::new(CONNECTIONS - OWN_CONNECTIONS)),
            waiting: Arc::default(),
        }
    }

    /// The next free place. Where none is free, the connection that has waited longest for a request gives
    /// up its own. If all are being answered, this waits for one. `None` if the semaphore was closed,
    /// which never happens.
    async fn own(&self) -> Option<ConnectionSlot> {
        if self.all.available_permits() == 0 {
            self.waiting.close_longest();
        }
        let one = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(ConnectionSlot {
            _one: one,
            _foreign: None,
        })
    }

    /// A place for a connection of another user, if one is free now.
    fn foreign(&self) -> Option<ConnectionSlot> {
        let foreign = Arc::clone(&self.foreign).try_acquire_owned().ok()?;
        Some(ConnectionSlot {
            _one: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _foreign: Some(foreign),
        })
    }
}

/// Asks the system for the owner of the connection. A slow query runs apart from the thread that serves the
/// others.
async fn is_of_this_user(stream: &TcpStream, peer: SocketAddr, judge: Judge) -> bool {
    let Ok(local) = stream.local_addr() else {
        return false;
    };
    if let Some(is_own) = (judge.at_once)(peer, local) {
        return is_own;
    }
    let asked = tokio::task::spawn_blocking(move || (judge.slowly)(peer, local));
    asked.await.unwrap_or(false)
}

async fn converse(stream: TcpStream, counter: Arc<Counter>, waiting: Arc<WaitingConnection>) {
    // Answers are one small write each; waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let (counter, waiting) = (Arc::clone(&counter), Arc::clone(&waiting));
        async move {
            waiting.answer();
            let response = respond(counter, request).await;
            waiting.wait();
            response
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // A client that goes away in the middle is its own business.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = waiting.closed() => connection.as_mut().graceful_shutdown(),
    }
    // A request that came in that moment is answered.
    if waiting.is_answered() {
        let _ = connection.await;
    } else {
        let _ = tokio::time::timeout(CLOSING, connection).await;
    }
}

async fn respond(
    counter: Arc<Counter>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let found = route::judge(&request, counter.port, &counter.token)
        .and_then(|profile| counter.desks.get(&profile).ok_or(route::NOT_FOUND));
    let mut response = match found {
        Err(refusal) => refused(&refusal),
        Ok(desk) => match answer(&counter, desk).await {
            Ok(body) => Response::new(Full::new(body)),
            Err(why) => unavailable(&why),
        },
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Asks for the permit before and after: a fetch may have taken its time.
async fn answer(counter: &Counter, desk: &Arc<RenewingCredentials>) -> Result<Bytes, Unavailable> {
    counter.permitted()?;
    let body = desk.answer().await?;
    counter.permitted()?;
    Ok(body)
}

fn refused(refusal: &Refusal) -> Response<Full<Bytes>> {
    let body = document::error(refusal.code, refusal.message);
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = refusal.status;
    // A client without a token must not keep a place by repeated requests.
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

fn unavailable(why: &Unavailable) -> Response<Full<Bytes>> {
    let (status, code) = match why.reason {
        Reason::PersonNeeded => (StatusCode::SERVICE_UNAVAILABLE, "PersonNeeded"),
        Reason::NotYet => (StatusCode::SERVICE_UNAVAILABLE, "NotYet"),
        Reason::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "Failed"),
        // A retry would not help, and some SDKs show the text of refusals only.
        Reason::Locked => (StatusCode::FORBIDDEN, "Locked"),
    };
    let mut response = Response::new(Full::new(document::error(code, &why.message)));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
