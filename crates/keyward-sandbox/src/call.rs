//! One API call after its signature has been accepted, and what the caller is.

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, UserName};

use crate::params::Params;
use crate::state::{Accounts, Mfa, Owner, Principal, Root, Session};

/// The services that speak the query protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Sts,
    Iam,
    CloudFormation,
    Ec2,
}

impl Service {
    /// From the scope of a signature.
    pub(crate) fn parse(scope: &str) -> Option<Self> {
        match scope {
            "sts" => Some(Self::Sts),
            "iam" => Some(Self::Iam),
            "cloudformation" => Some(Self::CloudFormation),
            "ec2" => Some(Self::Ec2),
            _ => None,
        }
    }

    /// The API version that clients name in each call.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
            Self::CloudFormation => "2010-05-15",
            Self::Ec2 => "2016-11-15",
        }
    }

    /// The namespace of the answers.
    pub(crate) fn namespace(self) -> &'static str {
        match self {
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::CloudFormation => "http://cloudformation.amazonaws.com/doc/2010-05-15/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
        }
    }
}

/// A call that is going to be decided.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) now: Timestamp,
    pub(crate) service: Service,
    pub(crate) action: String,
    pub(crate) region: String,
    pub(crate) user_agent: String,
    pub(crate) params: Params,
    pub(crate) caller: Caller,
}

/// The signer of a call.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) credential: Credential,
}

/// The credential that signed a call.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// A key of the account's root user.
    Root,
    /// A user's own key.
    LongTerm { user: UserName },
    /// Temporary credentials.
    Temporary(Box<Session>),
}

impl Caller {
    /// The ARN that GetCallerIdentity reports.
    pub(crate) fn arn(&self, accounts: &Accounts) -> String {
        let account = &self.account;
        match &self.credential {
            Credential::Root => Root::arn(account),
            Credential::LongTerm { user } => user_arn(accounts, account, user),
            Credential::Temporary(session) => match &session.principal {
                Principal::Root { .. } => Root::arn(account),
                Principal::User { name, .. } => user_arn(accounts, account, name),
                Principal::Role(role) => {
                    let name = role.role.role_name();
                    format!("arn:aws:sts::{account}:assumed-role/{name}/{}", role.name)
                }
                Principal::Federated { name, .. } => {
                    format!("arn:aws:sts::{account}:federated-user/{name}")
                }
            },
        }
    }

    /// The unique id that GetCallerIdentity reports.
    pub(crate) fn user_id(&self, accounts: &Accounts) -> String {
        let user_id = |name: &UserName| {
            let user = accounts
                .account(&self.account)
                .and_then(|a| a.users.get(name));
            user.map_or_else(String::new, |user| user.id.clone())
        };
        match &self.credential {
            Credential::Root => self.account.to_string(),
            Credential::LongTerm { user } => user_id(user),
            Credential::Temporary(session) => match &session.principal {
                Principal::Root { .. } => self.account.to_string(),
                Principal::User { name, .. } => user_id(name),
                Principal::Role(role) => {
                    let id = accounts
                        .role(&role.role)
                        .map_or("", |role| role.id.as_str());
                    format!("{id}:{}", role.name)
                }
                Principal::Federated { name, .. } => format!("{}:{name}", self.account),
            },
        }
    }

    /// The IAM user behind the call, if the caller is one: with its own key or with a
    /// session from GetSessionToken.
    pub(crate) fn user(&self) -> Option<&UserName> {
        match &self.credential {
            Credential::Root => None,
            Credential::LongTerm { user } => Some(user),
            Credential::Temporary(session) => match &session.principal {
                Principal::User { name, .. } => Some(name),
                Principal::Root { .. } | Principal::Role(_) | Principal::Federated { .. } => None,
            },
        }
    }

    /// The owner of keys and devices: a user, or the root user.
    pub(crate) fn owner(&self) -> Option<Owner> {
        match self.is_root() {
            true => Some(Owner::Root),
            false => self.user().cloned().map(Owner::User),
        }
    }

    /// Whether the caller is the account's root user, which policies do not bind.
    pub(crate) fn is_root(&self) -> bool {
        match &self.credential {
            Credential::Root => true,
            Credential::LongTerm { .. } => false,
            Credential::Temporary(session) => matches!(session.principal, Principal::Root { .. }),
        }
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.credential {
            Credential::Root | Credential::LongTerm { .. } => None,
            Credential::Temporary(session) => Some(session),
        }
    }

    /// Returns the condition keys of MFA.
    pub(crate) fn mfa_keys(&self, now: Timestamp) -> keyward_iam::Mfa {
        match (self.session(), self.mfa()) {
            (None, _) => keyward_iam::Mfa::LongTermKey,
            (Some(_), Mfa::Absent) => keyward_iam::Mfa::SessionWithout,
            (Some(_), Mfa::At(time)) => keyward_iam::Mfa::Session {
                age: time.elapsed(now),
            },
        }
    }

    /// The code that the credentials were made with.
    pub(crate) fn mfa(&self) -> Mfa {
        match self.session().map(|session| &session.principal) {
            Some(Principal::User { mfa, .. } | Principal::Root { mfa }) => *mfa,
            _ => Mfa::Absent,
        }
    }
}

fn user_arn(accounts: &Accounts, account: &AccountId, name: &UserName) -> String {
    match accounts.account(account).and_then(|a| a.users.get(name)) {
        Some(user) => user.arn(account),
        None => format!("arn:aws:iam::{account}:user/{name}"),
    }
}
