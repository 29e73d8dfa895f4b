//! A chain as JSON: the shape of `explain --json`, which scripts may rely on. Fields are added
//! and never change their meaning. Refuses to hold a secret, because a chain holds none.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{AssumeRole, ByAnswer, Call, Chain, Endpoints, Hop, ResolveError, Steps};
use crate::text::shown_url;

impl Chain {
    /// The chain in the shape of `explain --json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self {
            profile,
            region,
            endpoints,
            base,
            hops,
            mfa_process,
            warnings,
            by_answer,
        } = self;
        let mut shown = json!({
            "profile": profile.as_str(),
            "plan": {
                "base": base.to_json(),
                "hops": hops.iter().map(hop_json).collect::<Vec<_>>(),
                "region": region.as_ref().map(|region| region.as_str()),
                "mfa_process": mfa_process,
                "endpoints": endpoints_json(endpoints),
            },
            "warnings": warnings,
        });
        if let Some(by_answer) = by_answer {
            let ByAnswer {
                temporary,
                long_lived,
                likely: _,
            } = by_answer.as_ref();
            shown["plan"]["by_answer"] = json!({
                "temporary": steps_json(temporary),
                "long_lived_key": steps_json(long_lived),
            });
        }
        shown
    }
}

fn steps_json(steps: &Result<Steps, ResolveError>) -> Value {
    match steps {
        Ok(Steps { hops, warnings }) => json!({
            "hops": hops.iter().map(hop_json).collect::<Vec<_>>(),
            "warnings": warnings,
        }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn hop_json(hop: &Hop) -> Value {
    let Hop {
        profile,
        call,
        mfa_serial,
        duration,
        is_shortened: _,
        reason,
        cache_key,
    } = hop;
    let mfa_serial = mfa_serial.as_ref().map(|serial| serial.as_str());
    match call {
        Call::GetSessionToken => json!({
            "call": "GetSessionToken",
            "profile": profile.as_str(),
            "mfa_serial": mfa_serial,
            "duration_seconds": duration.as_secs(),
            "reason": reason,
            "cache_key": cache_key.to_string(),
        }),
        Call::AssumeRole(role) => {
            let mut object = role_json(role, profile.as_str(), mfa_serial, *duration);
            object.insert("reason".to_owned(), reason.as_str().into());
            object.insert("cache_key".to_owned(), cache_key.to_string().into());
            Value::Object(object)
        }
    }
}

fn role_json(
    role: &AssumeRole,
    profile: &str,
    mfa_serial: Option<&str>,
    duration: Duration,
) -> Map<String, Value> {
    let AssumeRole {
        role_arn,
        role_session_name,
        external_id,
        tags,
        transitive_tag_keys,
        source_identity,
        policy,
        policy_arns,
    } = role;
    let tags: Map<String, Value> = tags
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().into()))
        .collect();
    let json = json!({
        "call": "AssumeRole",
        "role_arn": role_arn.as_str(),
        "profile": profile,
        "mfa_serial": mfa_serial,
        "duration_seconds": duration.as_secs(),
        "external_id": external_id.as_ref().map(|id| id.as_str()),
        "role_session_name": role_session_name.as_ref().map(|name| name.as_str()),
        "session_tags": tags,
        "transitive_session_tags": transitive_tag_keys,
        "source_identity": source_identity.as_ref().map(|identity| identity.as_str()),
        "policy": policy,
        "policy_arns": policy_arns,
    });
    match json {
        Value::Object(object) => object,
        other => Map::from_iter([("role".to_owned(), other)]),
    }
}

/// Only what is set, so that the usual chain stays short.
fn endpoints_json(endpoints: &Endpoints) -> Value {
    let Endpoints {
        sts,
        iam,
        sso,
        sso_oidc,
        signin,
        cloudformation,
        ec2,
        fips,
        dual_stack,
        ca_bundle,
    } = endpoints;
    let mut object = Map::new();
    let urls = [
        ("sts", sts),
        ("iam", iam),
        ("sso", sso),
        ("sso_oidc", sso_oidc),
        ("signin", signin),
        ("cloudformation", cloudformation),
        ("ec2", ec2),
    ];
    for (key, url) in urls {
        if let Some(url) = url {
            object.insert(key.to_owned(), shown_url(url).into());
        }
    }
    if let Some(path) = ca_bundle {
        object.insert("ca_bundle".to_owned(), path.as_str().into());
    }
    for (key, on) in [("fips", fips), ("dual_stack", dual_stack)] {
        if *on {
            object.insert(key.to_owned(), true.into());
        }
    }
    Value::Object(object)
}
