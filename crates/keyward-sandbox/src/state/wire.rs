//! The state file: accounts as JSON, version 1, read and written. It holds secrets in the clear
//! because nothing in it is worth anything outside the practice account.

use std::collections::BTreeMap;

use keyward_core::id::{AccountId, InvalidId};
use keyward_core::secret::InvalidSecret;
use keyward_iam::{Policy, PolicyKind, PolicyProblems};
use serde_json::Value;

use super::seed::InvalidSeed;
use super::{Account, Accounts, Document, Grants, InlinePolicy};

mod entities;
mod fields;
mod file;
mod managed;
mod people;
mod providers;
mod quotas;
mod root;
mod user_credentials;

/// The version that this program writes, and the only one it reads.
const VERSION: u32 = 1;

/// The reasons why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// It is not the JSON that was expected.
    #[error("the state file is not as expected in line {line}, column {column}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The error of the parser.
        source: serde_json::Error,
    },
    /// It was written by another version.
    #[error("the state file has version `{0}`, and only version `{VERSION}` can be read")]
    Version(u32),
    /// An invalid name, ARN or number.
    #[error("{at}: {message}")]
    Value {
        /// The place, such as `accounts[0].users[1].name`.
        at: String,
        /// The fault; secrets are not repeated.
        message: String,
    },
    /// A policy that AWS would not accept.
    #[error("{at}: the policy is not valid")]
    Policy {
        /// The place.
        at: String,
        /// The fault.
        source: Box<PolicyProblems>,
    },
    /// Something is named that is not there.
    #[error("{at}: there is no {what} `{name}`")]
    Missing {
        /// The place.
        at: String,
        /// The kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The same name, id or serial twice.
    #[error("{at}: `{name}` is there twice")]
    Twice {
        /// The place.
        at: String,
        /// The name.
        name: String,
    },
}

impl Accounts {
    /// Reads a state file.
    ///
    /// ```json
    /// { "version": 1,
    ///   "accounts": [ { "id": "123456789012", "alias": "practice",
    ///     "password_policy": { "minimum_length": 12, "symbols": true },
    ///     "users": [ { "name": "alice", "path": "/", "groups": ["team"], "password": "…",
    ///       "access_keys": [ { "id": "AKIA…", "secret": "…", "status": "Active" } ],
    ///       "policies": { "NAME": { "Version": "2012-10-17", "Statement": [] } },
    ///       "attached_policies": ["arn:…"], "permissions_boundary": "arn:…", "tags": {},
    ///       "ssh_keys": [ { "id": "APKA…", "body": "ssh-rsa …" } ], "signing_certificates": [],
    ///       "service_credentials": [ { "id": "ACCA…", "service": "codecommit.amazonaws.com",
    ///         "user_name": "alice-at-123456789012" } ] } ],
    ///     "groups": [ { "name": "team", "policies": {}, "attached_policies": [] } ],
    ///     "roles": [ { "name": "ReadOnly", "trust": {}, "max_session_duration": 3600,
    ///       "policies": {}, "attached_policies": [], "tags": {} } ],
    ///     "mfa_devices": [ { "serial": "arn:…:mfa/alice", "seed": "BASE32", "user": "alice" } ],
    ///     "managed_policies": [ { "name": "NAME", "path": "/", "document": {},
    ///       "description": "…", "tags": {}, "default_version": "v2",
    ///       "versions": { "v1": { "document": {}, "created": "…" }, "v2": {} } } ],
    ///     "oidc_providers": [ { "issuer": "token.example.com", "audiences": [] } ],
    ///     "instance_profiles": [ { "name": "web", "role": "Web" } ],
    ///     "root": { "access_keys": [ { "id": "AKIA…", "secret": "…" } ], "hardware_mfa": true },
    ///     "quotas": { "users": 5000, "trust_size": 2048 } } ] }
    /// ```
    /// Only `version`, the ids and names, a key's `secret`, a device's `seed`, a role's `trust`
    /// and a managed policy's `document` must be there. Unique ids and dates are made up where
    /// they are left out, the same ones each time. Unknown members are refused.
    ///
    /// # Errors
    /// See [`AccountsError`]; each says where.
    pub fn from_json(text: &str) -> Result<Self, AccountsError> {
        let file: file::File =
            serde_json::from_str(text).map_err(|source| AccountsError::Json {
                line: source.line(),
                column: source.column(),
                source,
            })?;
        if file.version != VERSION {
            return Err(AccountsError::Version(file.version));
        }
        let mut accounts = Self::default();
        for (n, wire) in file.accounts.into_iter().enumerate() {
            let at = JsonPath(format!("accounts[{n}]"));
            let account = entities::read_account(wire, &at)?;
            if accounts.account(&account.id).is_some() {
                return Err(at.twice(account.id.as_str()));
            }
            accounts.insert(account);
        }
        accounts.refuse_shared_keys()?;
        Ok(accounts)
    }

    /// Writes the accounts as a state file, sessions left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let file = file::File {
            version: VERSION,
            accounts: self.iter().map(entities::write_account).collect(),
        };
        serde_json::to_string_pretty(&file).expect("the file's types are all JSON")
    }

    /// A key id must lead to one user.
    fn refuse_shared_keys(&self) -> Result<(), AccountsError> {
        let mut seen = std::collections::BTreeSet::new();
        for (owner, key) in self.iter().flat_map(Account::keys) {
            if !seen.insert(&key.id) {
                return Err(JsonPath(format!("user {owner}")).twice(key.id.as_str()));
            }
        }
        Ok(())
    }
}

/// The place of a value in the file.
pub(super) struct JsonPath(String);

impl JsonPath {
    fn member(&self, name: impl std::fmt::Display) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    fn item(&self, list: &'static str, n: usize) -> Self {
        Self(format!("{}.{list}[{n}]", self.0))
    }

    fn value(&self, message: impl std::fmt::Display) -> AccountsError {
        AccountsError::Value {
            at: self.0.clone(),
            message: message.to_string(),
        }
    }

    fn id<T: std::str::FromStr<Err = InvalidId>>(&self, text: &str) -> Result<T, AccountsError> {
        text.parse().map_err(|error| self.value(error))
    }

    fn secret<T: std::str::FromStr<Err = InvalidSecret>>(
        &self,
        text: &str,
    ) -> Result<T, AccountsError> {
        text.parse().map_err(|error| self.value(error))
    }

    fn seed(&self, text: &str) -> Result<super::Seed, AccountsError> {
        super::Seed::from_base32(text).map_err(|error: InvalidSeed| self.value(error))
    }

    fn policy(&self, kind: PolicyKind, document: &Value) -> Result<Policy, AccountsError> {
        Policy::parse_as(kind, &document.to_string()).map_err(|source| AccountsError::Policy {
            at: self.0.clone(),
            source: Box::new(source),
        })
    }

    fn document(&self, document: &Value) -> Result<Document, AccountsError> {
        Document::parse(PolicyKind::Identity, &document.to_string()).map_err(|source| {
            AccountsError::Policy {
                at: self.0.clone(),
                source: Box::new(source),
            }
        })
    }

    fn missing(&self, what: &'static str, name: &str) -> AccountsError {
        AccountsError::Missing {
            at: self.0.clone(),
            what,
            name: name.to_owned(),
        }
    }

    fn twice(&self, name: &str) -> AccountsError {
        AccountsError::Twice {
            at: self.0.clone(),
            name: name.to_owned(),
        }
    }

    fn grants(
        &self,
        inline: &BTreeMap<String, Value>,
        attached: Vec<String>,
        account: &Account,
    ) -> Result<Grants, AccountsError> {
        let named = |(name, document): (&String, &Value)| {
            let at = self.member(format!("policies.{name}"));
            Ok(InlinePolicy {
                name: name.clone(),
                document: at.document(document)?,
            })
        };
        let inline = inline
            .iter()
            .map(named)
            .collect::<Result<Vec<_>, AccountsError>>()?;
        match attached.iter().find(|arn| account.managed(arn).is_none()) {
            Some(unknown) => Err(self.missing("managed policy", unknown)),
            None => Ok(Grants { inline, attached }),
        }
    }
}

/// The account that a file's entities are read into, so that they can refer to each other.
pub(super) fn blank(id: &str, at: &JsonPath) -> Result<Account, AccountsError> {
    let id: AccountId = at.member("id").id(id)?;
    Ok(Account::empty(id))
}

#[cfg(test)]
mod tests;
