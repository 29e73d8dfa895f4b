//! The Identity Center: the token service, the page where a person approves, and the portal that
//! hands out roles. It enforces polling intervals, single use, proofs of possession and expiry, and
//! it rotates refresh tokens. The person is there and approves whatever page is opened, unless the
//! test says otherwise.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html>,
//! <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/Welcome.html>

use std::collections::BTreeMap;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::AccountId;

use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::reply::Reply;
use crate::state::{Accounts, Sessions};

mod authorize;
mod client;
mod portal;
mod refusal;
mod token;

pub(crate) use refusal::refuse;

use client::Client;
use refusal::Refusal;
use token::{Code, Device, Grant};

/// The settings of an Identity Center. It makes its tokens and codes itself.
#[derive(Debug, Clone)]
pub struct IdentityCenter {
    /// The start URL that clients must name.
    pub start_url: String,
    /// The person that signs in.
    pub person: String,
    /// The pause between two questions of a waiting device.
    pub interval: Duration,
    /// The lifetime of an access token.
    pub token_life: Duration,
    /// The person's reaction to an approval page.
    pub approval: Approval,
    /// The roles that the person may use: accounts by name, and roles of them that exist.
    pub assignments: Vec<Assignment>,
    clients: BTreeMap<String, Client>,
    devices: BTreeMap<String, Device>,
    codes: BTreeMap<String, Code>,
    refreshes: BTreeMap<String, Grant>,
    tokens: BTreeMap<String, Timestamp>,
}

/// The person's reaction to an approval page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// Approves it as soon as it is opened.
    AtOnce,
    /// Turns it down.
    Denied,
}

/// Roles of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The roles' names.
    pub roles: Vec<String>,
}

impl Default for IdentityCenter {
    fn default() -> Self {
        let assignment = |account: &str, name: &str, roles: &[&str]| Assignment {
            account: account.parse().expect("twelve digits are an account"),
            name: name.to_owned(),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
        };
        Self {
            start_url: "https://practice.awsapps.com/start".to_owned(),
            person: "alice@example.com".to_owned(),
            interval: Duration::from_secs(5),
            token_life: Duration::from_secs(3600),
            approval: Approval::AtOnce,
            assignments: vec![
                assignment("123456789012", "Practice", &["Administrator", "ReadOnly"]),
                assignment("111122223333", "Partner Account", &["ReadOnly"]),
            ],
            clients: BTreeMap::new(),
            devices: BTreeMap::new(),
            codes: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            tokens: BTreeMap::new(),
        }
    }
}

impl IdentityCenter {
    /// Ends every access token, as when an administrator ends the person's sessions. Refresh
    /// tokens stay.
    pub fn end_access_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Ends refresh tokens as well.
    pub fn end_sign_ins(&mut self) {
        self.tokens.clear();
        self.refreshes.clear();
    }
}

/// The service and the action of a request, if it is for the Identity Center.
pub(crate) fn route(request: &Inbound) -> Option<(&'static str, &'static str)> {
    const OIDC: &str = "sso-oauth";
    const PORTAL: &str = "sso";
    Some(match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/client/register") => (OIDC, "RegisterClient"),
        ("POST", "/device_authorization") => (OIDC, "StartDeviceAuthorization"),
        ("POST", "/token") => (OIDC, "CreateToken"),
        ("GET", "/authorize") => (OIDC, "Authorize"),
        ("GET", "/device") => (OIDC, "ApproveDevice"),
        ("GET", "/federation/credentials") => (PORTAL, "GetRoleCredentials"),
        ("GET", "/assignment/accounts") => (PORTAL, "ListAccounts"),
        ("GET", "/assignment/roles") => (PORTAL, "ListAccountRoles"),
        ("POST", "/logout") => (PORTAL, "Logout"),
        _ => return None,
    })
}

/// Whether the journal calls the service so.
pub(crate) fn speaks_for(service: &str) -> bool {
    matches!(service, "sso" | "sso-oauth")
}

/// Answers one request and says in the entry how it went.
pub(crate) fn answer(
    request: &Inbound,
    center: &mut IdentityCenter,
    accounts: &Accounts,
    sessions: &mut Sessions,
    entry: &mut Entry,
    now: Timestamp,
) -> Reply {
    let result = match entry.action.as_str() {
        "RegisterClient" => client::register(center, request, now),
        "StartDeviceAuthorization" => token::start_device(center, request, now),
        "CreateToken" => token::create(center, request, entry, now),
        "Authorize" => authorize::browser(center, request, now),
        "ApproveDevice" => authorize::device(center, request, now),
        _ => portal::answer(center, accounts, sessions, request, entry, now),
    };
    match result {
        Ok(reply) => {
            entry.outcome = "OK".to_owned();
            reply
        }
        Err(refusal) => {
            entry.outcome = refusal.code.to_owned();
            refusal.reply(now)
        }
    }
}

/// An answer, or a refusal.
type Answer = Result<Reply, Refusal>;
