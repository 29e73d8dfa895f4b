//! A case for the evaluator as JSON, in the form that an independent simulator is asked in as
//! well. Documents are read by their kind, as AWS would accept them.
//!
//! A case has `principal`, `action`, `resource` and `context` (strings or lists of strings), the
//! policies `identity` (a list), `boundary`, `session` and `service_control` (a list for each
//! level), and for `sts:AssumeRole` the `trust` policy of the role. `role` is the role behind a
//! session. Everything else in a case is refused, never ignored: resource policies other than trust
//! policies, resource control policies, key policies.

use std::error::Error;

use keyward_core::id::{AccountId, PrincipalArn, RoleArn};
use keyward_iam::{
    Action, Caller, Context, ControlLevel, ControlPolicy, Decision, GrantedPolicy, Permissions,
    Policy, PolicyKind, Request, Resource, evaluate, evaluate_assume_role,
};
use serde_json::Value;

const FIELDS: &[&str] = &[
    "principal",
    "role",
    "action",
    "resource",
    "context",
    "identity",
    "boundary",
    "session",
    "service_control",
    "trust",
];

/// The question of a case, read.
pub(crate) struct Case {
    principal: PrincipalArn,
    role: Option<RoleArn>,
    action: Action,
    resource: Resource,
    context: Context,
    identity: Vec<GrantedPolicy<'static>>,
    boundary: Option<Policy>,
    session: Vec<Policy>,
    service_control: Option<Vec<ControlLevel>>,
    trust: Option<Policy>,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// A field is missing, unknown or malformed, or AWS would refuse one of the documents.
    pub(crate) fn read(case: &Value) -> Result<Self, Box<dyn Error>> {
        let fields = case.as_object().ok_or("a case is an object")?;
        if let Some(unknown) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err(format!("a case has no `{unknown}`; it cannot be judged").into());
        }
        let one = |name: &str, kind| {
            let document = case.get(name).filter(|document| !document.is_null());
            document.map(|document| policy(kind, document)).transpose()
        };
        Ok(Self {
            principal: text(case, "principal")?.parse()?,
            role: match case.get("role").and_then(Value::as_str) {
                Some(arn) => Some(arn.parse()?),
                None => None,
            },
            action: text(case, "action")?.parse()?,
            resource: text(case, "resource")?.parse()?,
            context: context(&case["context"])?,
            identity: policies(PolicyKind::Identity, &case["identity"])?
                .into_iter()
                .enumerate()
                .map(|(index, policy)| GrantedPolicy::named(&format!("identity[{index}]"), policy))
                .collect(),
            boundary: one("boundary", PolicyKind::Identity)?,
            session: one("session", PolicyKind::Session)?.into_iter().collect(),
            service_control: levels(&case["service_control"])?,
            trust: one("trust", PolicyKind::Trust)?,
        })
    }

    /// Returns the decision of the evaluator.
    ///
    /// # Errors
    /// A trust policy is given for something that is not a role, or the principal has no account.
    pub(crate) fn decide(&self) -> Result<Decision, Box<dyn Error>> {
        let permissions = Permissions {
            identity: &self.identity,
            boundary: self.boundary.as_ref(),
            session: &self.session,
            service_control: self.service_control.as_deref(),
        };
        let Some(trust) = &self.trust else {
            return Ok(evaluate(
                &permissions,
                &Request {
                    action: &self.action,
                    resource: &self.resource,
                    context: &self.context,
                },
            ));
        };
        let account: AccountId = self
            .principal
            .as_str()
            .split(':')
            .nth(4)
            .unwrap_or_default()
            .parse()?;
        let caller = Caller {
            arn: &self.principal,
            role: self.role.as_ref(),
            account: &account,
        };
        let role = self.resource.as_str().parse()?;
        Ok(evaluate_assume_role(
            trust,
            &role,
            &caller,
            &permissions,
            &self.context,
        ))
    }
}

/// The word that simulators use for a decision.
pub(crate) fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::NeedsNoPermission | Decision::Allowed { .. } => "Allowed",
        Decision::ExplicitlyDenied { .. } => "ExplicitlyDenied",
        Decision::ImplicitlyDenied { .. } => "ImplicitlyDenied",
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, String> {
    value[field]
        .as_str()
        .ok_or_else(|| format!("a case needs `{field}`"))
}

fn policy(kind: PolicyKind, value: &Value) -> Result<Policy, Box<dyn Error>> {
    Ok(Policy::parse_as(kind, &value.to_string())?)
}

fn policies(kind: PolicyKind, value: &Value) -> Result<Vec<Policy>, Box<dyn Error>> {
    let listed = value.as_array().into_iter().flatten();
    listed.map(|document| policy(kind, document)).collect()
}

fn levels(value: &Value) -> Result<Option<Vec<ControlLevel>>, Box<dyn Error>> {
    let Some(levels) = value.as_array() else {
        return Ok(None);
    };
    let level = |(index, documents): (usize, &Value)| -> Result<_, Box<dyn Error>> {
        Ok(ControlLevel {
            name: format!("level {index}"),
            policies: policies(PolicyKind::ServiceControl, documents)?
                .into_iter()
                .map(|policy| ControlPolicy {
                    name: "policy".to_owned(),
                    policy,
                })
                .collect(),
        })
    };
    levels
        .iter()
        .enumerate()
        .map(level)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn context(value: &Value) -> Result<Context, Box<dyn Error>> {
    let mut context = Context::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let values = match value {
            Value::String(one) => vec![one.clone()],
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .ok_or("the values of a context key are strings")?,
            _ => return Err("a context key has a string or a list of strings".into()),
        };
        context.set_many(key, values);
    }
    Ok(context)
}
