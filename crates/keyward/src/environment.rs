//! The process environment: every variable that keyward reads is declared once, here or, for the hit
//! path, in `keyward-ready`.

pub(crate) use keyward_ready::environment::{
    AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_VAULT, HOME, PRACTICE_URL, PROFILE, SCRUBBED,
    SESSION_TIER, expand_home, get, home_folder, path,
};

/// A file whose first line is the vault passphrase.
pub(crate) const PASSPHRASE_FILE: &str = "KEYWARD_PASSPHRASE_FILE";
/// The vault passphrase itself.
pub(crate) const PASSPHRASE: &str = "KEYWARD_PASSPHRASE";
/// The code for a run without a terminal.
pub(crate) const MFA_CODE: &str = "KEYWARD_MFA_CODE";
/// The user's folder for state, which contains the pins.
pub(crate) const STATE_HOME: &str = "XDG_STATE_HOME";
/// The token for a repository host.
pub(crate) const GH_TOKEN: &str = "GH_TOKEN";
/// The token for a repository host if `GH_TOKEN` is not set.
pub(crate) const GITHUB_TOKEN: &str = "GITHUB_TOKEN";
/// The address of the repository host's API.
pub(crate) const GITHUB_API_URL: &str = "GITHUB_API_URL";
/// The point at which a rotation is killed, for tests.
#[cfg(debug_assertions)]
pub(crate) const TEST_POINT: &str = "KEYWARD_TEST_POINT";
/// The pause between two checks in milliseconds, for tests.
#[cfg(debug_assertions)]
pub(crate) const TEST_PACE_MS: &str = "KEYWARD_TEST_PACE_MS";
/// The milliseconds that a run without a terminal waits for a person, for tests.
#[cfg(debug_assertions)]
pub(crate) const TEST_PATIENCE_MS: &str = "KEYWARD_TEST_PATIENCE_MS";
/// The milliseconds that one attempt of a call to AWS may take, for tests.
#[cfg(debug_assertions)]
pub(crate) const TEST_ATTEMPT_MS: &str = "KEYWARD_TEST_ATTEMPT_MS";

/// Allows the settings to ask for less work than a passphrase needs, for tests.
#[cfg(debug_assertions)]
pub(crate) const TEST_LIGHT_WORK: &str = "KEYWARD_TEST_LIGHT_WORK";

/// The profile that SDKs use.
pub(crate) const AWS_PROFILE: &str = "AWS_PROFILE";
/// The profile, in a second variable that the AWS CLI and boto3 read.
pub(crate) const AWS_DEFAULT_PROFILE: &str = "AWS_DEFAULT_PROFILE";
/// The key's id.
pub(crate) const AWS_ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// The key's secret.
pub(crate) const AWS_SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
/// The token of temporary credentials.
pub(crate) const AWS_SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// The token of temporary credentials, for old programs. boto3 reads it too.
pub(crate) const AWS_SECURITY_TOKEN: &str = "AWS_SECURITY_TOKEN";
/// The account of the credentials.
pub(crate) const AWS_ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";
/// The expiry of the credentials, for botocore.
pub(crate) const AWS_CREDENTIAL_EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
/// The expiry of the credentials, for shell prompts.
pub(crate) const AWS_SESSION_EXPIRATION: &str = "AWS_SESSION_EXPIRATION";
/// The region, first choice of the SDKs.
pub(crate) const AWS_REGION: &str = "AWS_REGION";
/// The region, as older tools read it.
pub(crate) const AWS_DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
/// The address of the console's sign-in, instead of the partition's.
pub(crate) const SIGNIN_URL: &str = "KEYWARD_SIGNIN_URL";
/// The address of the console, instead of the partition's.
pub(crate) const CONSOLE_URL: &str = "KEYWARD_CONSOLE_URL";
/// The endpoint of every service.
pub(crate) const AWS_ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The user who ran `sudo`.
pub(crate) const SUDO_USER: &str = "SUDO_USER";
/// The number of that user.
pub(crate) const SUDO_UID: &str = "SUDO_UID";
/// The user who ran `doas`.
pub(crate) const DOAS_USER: &str = "DOAS_USER";
/// The number of the user who ran `pkexec`.
pub(crate) const PKEXEC_UID: &str = "PKEXEC_UID";

/// The store of aws-vault's keys.
pub(crate) const AWS_VAULT_BACKEND: &str = "AWS_VAULT_BACKEND";
/// The folder of its file backend.
pub(crate) const AWS_VAULT_FILE_DIR: &str = "AWS_VAULT_FILE_DIR";
/// The passphrase of its file backend.
pub(crate) const AWS_VAULT_FILE_PASSPHRASE: &str = "AWS_VAULT_FILE_PASSPHRASE";
/// The passphrase of granted's file backend.
pub(crate) const GRANTED_FILE_PASSPHRASE: &str = "CF_KEYRING_FILE_PASSWORD";
/// The password store of aws-vault's `pass` backend.
pub(crate) const AWS_VAULT_PASS_DIR: &str = "AWS_VAULT_PASS_PASSWORD_STORE_DIR";
/// The folder in that store.
pub(crate) const AWS_VAULT_PASS_PREFIX: &str = "AWS_VAULT_PASS_PREFIX";
/// The collection of its Secret Service backend.
pub(crate) const AWS_VAULT_COLLECTION: &str = "AWS_VAULT_SECRET_SERVICE_COLLECTION_NAME";
/// The password store of `pass` itself.
pub(crate) const PASSWORD_STORE_DIR: &str = "PASSWORD_STORE_DIR";

/// The profiles whose `credential_process` programs are ancestors of this process, one a line.
pub(crate) const PROCESS_CHAIN: &str = "_KEYWARD_PROCESS_CHAIN";
/// The container's credentials, as a path on its host.
pub(crate) const CONTAINER_RELATIVE_URI: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
/// The container's credentials, as a whole URL.
pub(crate) const CONTAINER_FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
/// The token that the container's endpoint demands.
pub(crate) const CONTAINER_TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
/// The same in a file, which comes first.
pub(crate) const CONTAINER_TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
/// Switches the instance metadata service off.
pub(crate) const METADATA_DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// The certificates that boto3 and the AWS CLI trust in place of the usual ones.
pub(crate) const AWS_CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The role of a web identity.
pub(crate) const ROLE_ARN: &str = "AWS_ROLE_ARN";
/// The name of the sessions of roles.
pub(crate) const ROLE_SESSION_NAME: &str = "AWS_ROLE_SESSION_NAME";
/// The file with the token of a web identity.
pub(crate) const WEB_IDENTITY_TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";

/// The folder of the AWS CLI's console sessions.
pub(crate) const LOGIN_CACHE: &str = "AWS_LOGIN_CACHE_DIRECTORY";
/// The commands that open addresses, `:` between them.
pub(crate) const BROWSER: &str = "BROWSER";

/// The variables that open keyward's vault, a session, or another tool's files: no program that
/// keyward runs gets them, but for the tool itself as a `credential_process`.
pub(crate) const SECRETS: &[&str] = &[
    PASSPHRASE,
    PASSPHRASE_FILE,
    MFA_CODE,
    AWS_VAULT_FILE_PASSPHRASE,
    GRANTED_FILE_PASSPHRASE,
];

/// The variables that decide a chain, a call or what opens the vault, and that are text. Variables
/// that name keyward's folder or the AWS files may have any bytes. A variable that only one command
/// reads is not here: that command reads it with [`text`], and no other refuses to run for it.
const TEXT: &[&str] = &[
    AWS_PROFILE,
    AWS_DEFAULT_PROFILE,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
    AWS_SECURITY_TOKEN,
    AWS_ACCOUNT_ID,
    AWS_CREDENTIAL_EXPIRATION,
    AWS_REGION,
    AWS_DEFAULT_REGION,
    "AWS_MFA_SERIAL",
    ROLE_ARN,
    ROLE_SESSION_NAME,
    WEB_IDENTITY_TOKEN_FILE,
    "AWS_SOURCE_IDENTITY",
    "AWS_SESSION_TAGS",
    "AWS_TRANSITIVE_TAGS",
    CONTAINER_RELATIVE_URI,
    CONTAINER_FULL_URI,
    CONTAINER_TOKEN,
    CONTAINER_TOKEN_FILE,
    METADATA_DISABLED,
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    AWS_ENDPOINT_URL,
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_ENDPOINT_URL_CLOUDFORMATION",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    AWS_CA_BUNDLE,
    "REQUESTS_CA_BUNDLE",
    PASSPHRASE,
    MFA_CODE,
    SESSION_TIER,
    PRACTICE_URL,
];

/// A variable whose value is not UTF-8. The value is not shown: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value of {0} is not valid UTF-8")]
pub(crate) struct NotText(pub(crate) &'static str);

/// Every variable that keyward would use and cannot read. Such a variable must not count as unset:
/// the run would then use another account, another endpoint or no proxy.
pub(crate) fn unreadable() -> impl Iterator<Item = NotText> {
    TEXT.iter().filter_map(|name| text(name).err())
}

/// The value of a variable that is text, unless it is empty.
pub(crate) fn text(name: &'static str) -> Result<Option<String>, NotText> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(NotText(name)),
    }
}

/// The token beside the key, with its variable.
pub(crate) fn session_token() -> Option<(&'static str, String)> {
    let mut names = keyward_core::chain::TOKEN_VARIABLES.into_iter();
    names.find_map(|name| Some((name, get(name)?)))
}

/// The value of a variable, even if it is empty. botocore distinguishes an empty variable from an
/// unset one.
pub(crate) fn get_even_empty(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The variable that names the shell's profile, and what it says. A name that is not text names no
/// profile, and must not be taken for the default one.
pub(crate) fn profile() -> Option<(&'static str, String)> {
    let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    [AWS_PROFILE, AWS_DEFAULT_PROFILE]
        .into_iter()
        .find_map(|variable| Some((variable, value(variable)?.to_string_lossy().into_owned())))
}
