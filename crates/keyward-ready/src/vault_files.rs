//! The names of the files in keyward's folder that the hit path looks at.

/// The settings.
pub const SETTINGS: &str = "config.toml";
/// The encrypted document.
pub const VAULT: &str = "vault.age";
/// The list of keys without their secrets.
pub const INDEX: &str = "index.json";
/// The folder of the session files.
pub const SESSIONS: &str = "sessions";
/// The end of a session file's name, after its cache key.
pub const SESSION_END: &str = ".age";
/// The folder of the ready answers.
pub const READY: &str = "ready";
/// The mark that `keyward lock` changes.
pub const LOCK_MARK: &str = "locks/locked";
/// The log of hand-outs.
pub const LOG: &str = "log.jsonl";
