//! Decides requests from standard input, one JSON object a line, so that another evaluator's
//! answers can be compared with ours. Prints `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`.
//!
//! A line has `identity` (a list of policies), `action`, `resource`, `context` (strings or lists
//! of strings), optionally `boundary` and `session`, and for `sts:AssumeRole` against a trust
//! policy `trust` with `caller` (`arn`, `role_arn`, `account`).
#![allow(clippy::print_stdout, reason = "printing is what this example is for")]

use std::error::Error;
use std::io::{BufRead, stdin};

use keyward_iam::{
    Caller, Context, Decision, GrantedPolicy, Permissions, Policy, Request, evaluate,
    evaluate_assume_role,
};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        println!(
            "{}",
            decide(&case).unwrap_or_else(|error| format!("Error: {error}"))
        );
    }
    Ok(())
}

fn decide(case: &Value) -> Result<String, Box<dyn Error>> {
    let identity = policies(&case["identity"])?
        .into_iter()
        .enumerate()
        .map(|(index, policy)| GrantedPolicy::named(&format!("identity[{index}]"), policy))
        .collect::<Vec<_>>();
    let boundary = case.get("boundary").map(policy).transpose()?;
    let session = policies(&case["session"])?;
    let permissions = Permissions {
        identity: &identity,
        boundary: boundary.as_ref(),
        session: &session,
        ..Permissions::default()
    };
    let context = facts(&case["context"]);
    let resource = text(case, "resource")?;
    let decision = match case.get("trust") {
        Some(trust) => {
            let caller = &case["caller"];
            let role = match caller["role_arn"].as_str() {
                Some(arn) => Some(arn.parse()?),
                None => None,
            };
            let caller = Caller {
                arn: &text(caller, "arn")?.parse()?,
                role: role.as_ref(),
                account: &text(caller, "account")?.parse()?,
            };
            let role = resource.parse()?;
            evaluate_assume_role(&policy(trust)?, &role, &caller, &permissions, &context)
        }
        None => evaluate(
            &permissions,
            &Request {
                action: &text(case, "action")?.parse()?,
                resource: &resource.parse()?,
                context: &context,
            },
        ),
    };
    Ok(match decision {
        Decision::Allowed { .. } | Decision::NeedsNoPermission => "Allowed".into(),
        Decision::ExplicitlyDenied { .. } => "ExplicitlyDenied".into(),
        Decision::ImplicitlyDenied { .. } => "ImplicitlyDenied".into(),
    })
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, String> {
    value[field]
        .as_str()
        .ok_or_else(|| format!("a case needs `{field}`"))
}

fn policy(value: &Value) -> Result<Policy, Box<dyn Error>> {
    Ok(Policy::parse(&value.to_string())?)
}

fn policies(value: &Value) -> Result<Vec<Policy>, Box<dyn Error>> {
    value.as_array().into_iter().flatten().map(policy).collect()
}

fn facts(value: &Value) -> Context {
    let mut context = Context::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let values = match value {
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            other => other.as_str().map(str::to_owned).into_iter().collect(),
        };
        context.set_many(key, values);
    }
    context
}
