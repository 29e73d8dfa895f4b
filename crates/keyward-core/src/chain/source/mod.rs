//! The sources that a chain can start from. Each source has one file, which holds its data, reads it from
//! the AWS files, shows it, and computes its part of a cache key. A new source is a file here and a
//! variant of [`Base`].

mod container;
mod environment_key;
pub(super) mod instance;
mod login_session;
mod process;
mod sso_role;
mod static_key;
mod vault_key;
mod web_identity;
mod written;

use serde_json::{Map, Value};

use super::cache_key::Fingerprint;
use super::view::LocatedValue;
use super::{CacheKey, Endpoints};
use crate::id::{AccessKeyId, AccountId, ProfileName, RoleArn};

pub use container::{Container, ContainerEndpoint, ContainerToken};
pub use environment_key::{EnvironmentKey, TOKEN_VARIABLES};
pub use instance::MetadataService;
pub use login_session::LoginSession;
pub use process::Process;
pub use sso_role::SsoRole;
pub use static_key::{END_KEYS, StaticKey, TOKEN_KEYS, key_section, session_token, stated_end};
pub use vault_key::VaultKey;
pub use web_identity::{TokenSource, WebIdentity};
pub use written::usable_secret;

/// The source a chain starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// A long-lived key in the vault.
    VaultKey(VaultKey),
    /// Keys written in the files.
    Static(StaticKey),
    /// `AWS_ACCESS_KEY_ID` and its companions (`credential_source = Environment`).
    Environment(EnvironmentKey),
    /// A `credential_process` command.
    Process(Process),
    /// A token exchanged by `AssumeRoleWithWebIdentity`.
    WebIdentity(WebIdentity),
    /// IAM Identity Center.
    Sso(SsoRole),
    /// A console sign-in kept by `aws login`.
    LoginSession(LoginSession),
    /// The container credentials endpoint.
    EcsContainer(Container),
    /// The instance metadata service.
    Ec2Metadata(MetadataService),
}

/// The offer of a profile itself.
pub(super) enum Own<'a> {
    /// Credentials.
    Base(Base),
    /// A `credential_process` line that asks keyward for another profile: following it here saves a
    /// process and finds cycles.
    Profile {
        name: ProfileName,
        line: LocatedValue<'a>,
    },
}

/// Whether the credentials at the start of a chain expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifetime {
    /// A key that lives until it is deleted.
    LongLived,
    /// Credentials with a session token.
    Temporary,
}

impl Lifetime {
    /// The lifetime of a key, which is temporary if it has a session token.
    fn of_key(temporary: bool) -> Self {
        match temporary {
            true => Self::Temporary,
            false => Self::LongLived,
        }
    }
}

/// The properties of a source.
trait Source {
    /// Its name in the JSON shapes.
    fn kind(&self) -> &'static str;

    /// Its name in a sentence.
    fn noun(&self) -> &'static str;

    /// It as a person reads it in `explain`.
    fn show(&self) -> String;

    /// Its fields in `explain --json`. Refuses to hold a secret.
    fn to_json(&self) -> Value;

    /// Adds everything that changes the credentials. Implementations destructure themselves, so that
    /// a new field must be thought of.
    fn fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints);

    /// The same, whatever its program has answered so far.
    fn unanswered_fingerprint(&self, out: &mut Fingerprint, endpoints: &Endpoints) {
        self.fingerprint(out, endpoints);
    }

    /// `None` if only the answer of its program shows it.
    fn lifetime(&self) -> Option<Lifetime> {
        Some(Lifetime::Temporary)
    }

    /// The id of its key.
    fn key_id(&self) -> Option<&AccessKeyId> {
        None
    }

    /// The profile that names it, or the name that its key is stored under.
    fn profile(&self) -> Option<&ProfileName> {
        None
    }

    /// The account, as far as the source names it.
    fn account_id(&self) -> Option<AccountId> {
        None
    }

    /// The role of its credentials.
    fn role_arn(&self) -> Option<&RoleArn> {
        None
    }
}

impl Base {
    fn source(&self) -> &dyn Source {
        match self {
            Self::VaultKey(source) => source,
            Self::Static(source) => source,
            Self::Environment(source) => source,
            Self::Process(source) => source,
            Self::WebIdentity(source) => source,
            Self::Sso(source) => source,
            Self::LoginSession(source) => source,
            Self::EcsContainer(source) => source,
            Self::Ec2Metadata(source) => source,
        }
    }

    /// The name of this kind of source in the JSON shapes: `vault_key`, `static`, …
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.source().kind()
    }

    /// The id of the key, if the chain starts from one.
    #[must_use]
    pub fn key_id(&self) -> Option<&AccessKeyId> {
        self.source().key_id()
    }

    /// The profile that names the source, or the name that its key is stored under. The environment,
    /// a container and an instance have none.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileName> {
        self.source().profile()
    }

    /// The account, as far as the source itself names it.
    #[must_use]
    pub fn account_id(&self) -> Option<AccountId> {
        self.source().account_id()
    }

    /// The role of a web identity's credentials.
    #[must_use]
    pub fn role_arn(&self) -> Option<&RoleArn> {
        self.source().role_arn()
    }

    /// The key in the vault that the chain starts from.
    #[must_use]
    pub fn vault_key(&self) -> Option<&VaultKey> {
        match self {
            Self::VaultKey(key) => Some(key),
            _ => None,
        }
    }

    /// Whether the chain is known to start from a long-lived key. A program's answer may show it later.
    #[must_use]
    pub fn is_long_lived_key(&self) -> bool {
        self.lifetime() == Some(Lifetime::LongLived)
    }

    pub(super) fn lifetime(&self) -> Option<Lifetime> {
        self.source().lifetime()
    }

    pub(super) fn noun(&self) -> &'static str {
        self.source().noun()
    }

    pub(super) fn show(&self) -> String {
        self.source().show()
    }

    pub(super) fn to_json(&self) -> Value {
        let source = self.source();
        let mut object = Map::new();
        object.insert("kind".to_owned(), source.kind().into());
        if let Value::Object(fields) = source.to_json() {
            object.extend(fields);
        }
        Value::Object(object)
    }

    /// The fingerprint of the source. A key is known by its id alone, so that the same key in the
    /// vault, in a file or in the environment shares its sessions.
    pub(super) fn cache_key(&self, endpoints: &Endpoints) -> CacheKey {
        let mut out = Fingerprint::new();
        self.source().fingerprint(&mut out, endpoints);
        out.finish()
    }

    /// The same, whatever its program has answered so far.
    pub(super) fn unanswered_cache_key(&self, endpoints: &Endpoints) -> CacheKey {
        let mut out = Fingerprint::new();
        self.source().unanswered_fingerprint(&mut out, endpoints);
        out.finish()
    }
}
