//! Small accounts, written in the shape of `GetAccountAuthorizationDetails`.

use keyward_iam::model::Account;
use serde_json::{Value, json};

use crate::blueprint::Blueprint;
use crate::desired::{Desired, add_aws_managed, render, wire};
use crate::prove::{Finding, Proof, ProvenAccount, prove};
use crate::templates::Template;

pub(in crate::prove) const ACCOUNT: &str = "123456789012";

/// An ARN of the account.
pub(in crate::prove) fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

/// A statement.
pub(in crate::prove) fn allow(actions: Value, resources: Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

/// The statement under a condition.
pub(in crate::prove) fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

/// The condition that MFA was used.
pub(in crate::prove) fn with_mfa() -> Value {
    json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } })
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The content of an account.
#[derive(Debug, Clone, Default)]
pub(in crate::prove) struct Small {
    pub(in crate::prove) users: Vec<Value>,
    pub(in crate::prove) groups: Vec<Value>,
    pub(in crate::prove) roles: Vec<Value>,
    pub(in crate::prove) policies: Vec<Value>,
}

impl Small {
    pub(in crate::prove) fn user(mut self, path: &str, name: &str, groups: &[&str]) -> Self {
        self.users.push(json!({
            "UserName": name, "Path": path, "Arn": arn(&format!("user{path}{name}")),
            "GroupList": groups, "UserPolicyList": [],
        }));
        self
    }

    /// Embeds a policy in the last user.
    pub(in crate::prove) fn with(mut self, name: &str, statements: &[Value]) -> Self {
        let policy = json!({ "PolicyName": name, "PolicyDocument": document(statements) });
        let user = self.users.last_mut().unwrap();
        user["UserPolicyList"].as_array_mut().unwrap().push(policy);
        self
    }

    pub(in crate::prove) fn group(mut self, name: &str, policies: &[(&str, Vec<Value>)]) -> Self {
        let policies: Vec<Value> = policies
            .iter()
            .map(|(name, statements)| {
                json!({ "PolicyName": name, "PolicyDocument": document(statements) })
            })
            .collect();
        self.groups.push(json!({
            "GroupName": name, "Path": "/", "Arn": arn(&format!("group/{name}")),
            "GroupPolicyList": policies,
        }));
        self
    }

    pub(in crate::prove) fn role(
        mut self,
        name: &str,
        trust: &[Value],
        managed: &[&str],
        statements: &[Value],
    ) -> Self {
        let attached: Vec<Value> = managed
            .iter()
            .map(|name| {
                json!({ "PolicyName": name, "PolicyArn": format!("arn:aws:iam::aws:policy/{name}") })
            })
            .collect();
        let inline = match statements {
            [] => json!([]),
            _ => json!([{ "PolicyName": "own", "PolicyDocument": document(statements) }]),
        };
        self.roles.push(json!({
            "RoleName": name, "Path": "/", "Arn": arn(&format!("role/{name}")),
            "AssumeRolePolicyDocument": document(trust), "RolePolicyList": inline,
            "AttachedManagedPolicies": attached,
        }));
        self
    }

    pub(in crate::prove) fn account(&self) -> Account {
        let details = json!({
            "UserDetailList": self.users, "GroupDetailList": self.groups,
            "RoleDetailList": self.roles, "Policies": self.policies,
        });
        let mut account = wire::read_details(&details.to_string()).unwrap();
        add_aws_managed(&mut account);
        account
    }

    pub(in crate::prove) fn prove(&self) -> Proof {
        prove(&[ProvenAccount::only(&self.account())])
    }
}

/// Lets the account in, under a condition.
pub(in crate::prove) fn trust(condition: Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": { "AWS": arn("root") }, "Action": "sts:AssumeRole",
        "Condition": condition,
    })
}

/// The ids of what was found, each with its subject.
pub(in crate::prove) fn ids(proof: &Proof) -> Vec<(String, String)> {
    let findings = proof.findings.iter();
    findings
        .map(|Finding { id, subject, .. }| (id.clone(), subject.clone()))
        .collect()
}

/// Whether something with this id was found.
pub(in crate::prove) fn found(proof: &Proof, id: &str) -> bool {
    proof.findings.iter().any(|finding| finding.id == id)
}

/// The accounts of a blueprint, each with its name.
pub(in crate::prove) fn rendered(text: &str) -> Vec<(Option<String>, Desired)> {
    let blueprint = Blueprint::parse(text);
    let blueprint = blueprint.unwrap_or_else(|error| panic!("{:#?}", error.problems));
    let names = blueprint.accounts.iter();
    let names = names.map(|spec| spec.name.as_ref().map(ToString::to_string));
    names.zip(render(&blueprint)).collect()
}

/// The proof of a blueprint.
pub(in crate::prove) fn proof_of(text: &str) -> Proof {
    prove(&as_proven(&rendered(text)))
}

/// These accounts as a proof reads them.
pub(in crate::prove) fn as_proven(
    accounts: &[(Option<String>, Desired)],
) -> Vec<ProvenAccount<'_>> {
    let proven = accounts.iter().map(|(name, desired)| ProvenAccount {
        name: name.clone(),
        account: &desired.account,
    });
    proven.collect()
}

/// The proof of a template.
pub(in crate::prove) fn proof_of_template(template: Template) -> Proof {
    proof_of(template.text())
}
