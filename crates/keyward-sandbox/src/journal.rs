//! The requests to the practice account, for tests and for people who want to see the calls a tool
//! makes. It never holds a secret.

use keyward_core::Timestamp;
use serde_json::{Value, json};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The time by the practice account's clock.
    pub at: Timestamp,
    /// `sts`, `iam`, `signin`, or empty if the request did not say.
    pub service: String,
    /// The action, such as `AssumeRole`.
    pub action: String,
    /// The key that signed, or that the request claims.
    pub access_key_id: Option<String>,
    /// The ARN of the caller, once its signature was accepted.
    pub principal: Option<String>,
    /// `OK`, AWS's error code, or what a fault did: `DroppedBefore`, `DroppedAfter`, `Garbage`.
    pub outcome: String,
    /// The HTTP status, 0 if no answer was sent.
    pub status: u16,
    /// Whether the credentials, or the call itself, carried a code.
    pub has_mfa: bool,
    /// The parameters in their order, without `Action` and `Version`, secrets as `***`.
    pub params: Vec<(String, String)>,
}

impl Entry {
    /// Whether the call was answered with what it asked for.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome == "OK"
    }

    /// A parameter by name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn to_json(&self) -> Value {
        let Self {
            at,
            service,
            action,
            access_key_id,
            principal,
            outcome,
            status,
            has_mfa,
            params,
        } = self;
        let params: serde_json::Map<String, Value> = params
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        json!({
            "at": at.to_string(), "service": service, "action": action,
            "access_key_id": access_key_id, "principal": principal, "outcome": outcome,
            "status": status, "has_mfa": has_mfa, "params": params,
        })
    }
}
