//! The console's sign-in service for programs: a page where the person approves, and tokens for
//! codes. It enforces the verifier of a code, the address a browser may be sent back to, single
//! use, proofs of possession and expiry, and it rotates refresh tokens. The person is signed in
//! at the console with the phone and approves whatever page is opened, unless the test says
//! otherwise.
//!
//! AWS documents that a refresh may be repeated for a while; here a refresh token is good once,
//! so that a client that loses the new one is found out.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, UserName};

use crate::identity_center::Approval;
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::reply::Reply;
use crate::state::{Accounts, Sessions};

mod authorize;
mod proof;
mod refusal;
mod token;

pub(crate) use refusal::refuse;

use refusal::Refusal;
use token::{Code, Grant};

/// The settings of the sign-in service. It makes its codes and tokens itself.
#[derive(Debug, Clone)]
pub struct ConsoleSignIn {
    /// The account that the person is signed in to.
    pub account: AccountId,
    /// The user that the person is.
    pub user: UserName,
    /// The person's reaction to an approval page.
    pub approval: Approval,
    /// The lifetime of a session's credentials.
    pub credentials_life: Duration,
    /// The time in which a session can be refreshed.
    pub session_life: Duration,
    codes: BTreeMap<String, Code>,
    refreshes: BTreeMap<String, Grant>,
    proofs: BTreeSet<String>,
}

impl Default for ConsoleSignIn {
    fn default() -> Self {
        Self {
            account: "123456789012"
                .parse()
                .expect("twelve digits are an account"),
            user: "alice".parse().expect("a plain word is a user name"),
            approval: Approval::AtOnce,
            credentials_life: Duration::from_secs(900),
            session_life: Duration::from_secs(12 * 3600),
            codes: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            proofs: BTreeSet::new(),
        }
    }
}

impl ConsoleSignIn {
    /// Ends every session, as when the person's password changes. Issued credentials stay valid.
    pub fn end_sessions(&mut self) {
        self.refreshes.clear();
    }

    /// The person's ARN, as sessions name it.
    #[must_use]
    pub fn session(&self) -> String {
        format!("arn:aws:iam::{}:user/{}", self.account, self.user)
    }
}

/// The action of a request, if it is for this service.
pub(crate) fn route(request: &Inbound) -> Option<&'static str> {
    Some(match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v1/authorize") => "Authorize",
        ("GET", authorize::CONFIRMATION) => "Confirmation",
        ("POST", "/v1/token") => "CreateOAuth2Token",
        _ => return None,
    })
}

/// Whether an action of `signin` is this service's, and not the federation endpoint's.
pub(crate) fn speaks_for(service: &str, action: &str) -> bool {
    service == "signin" && matches!(action, "Authorize" | "Confirmation" | "CreateOAuth2Token")
}

/// Answers one request and says in the entry how it went.
pub(crate) fn answer(
    request: &Inbound,
    service: &mut ConsoleSignIn,
    accounts: &Accounts,
    sessions: &mut Sessions,
    entry: &mut Entry,
    now: Timestamp,
) -> Reply {
    let result = match entry.action.as_str() {
        "Authorize" => authorize::browser(service, request, now),
        "Confirmation" => authorize::confirmation(request, now),
        _ => token::create(service, accounts, sessions, request, entry, now),
    };
    match result {
        Ok(reply) => {
            entry.outcome = "OK".to_owned();
            reply
        }
        Err(refusal) => {
            // The exception says little: several reasons share one.
            entry.outcome = refusal.word.to_owned();
            refusal.reply(now)
        }
    }
}

/// An answer, or a refusal.
type Answer = Result<Reply, Refusal>;

/// This server as the request names it.
fn origin(request: &Inbound) -> String {
    format!("http://{}", request.header("host").unwrap_or_default())
}
