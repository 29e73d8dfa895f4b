use keyward_iam::{Holder, PolicySource};
use serde_json::json;

use crate::prove::Finding;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};

fn finding(small: &Small, id: &str) -> Finding {
    let proof = small.prove();
    let found = proof.findings.iter().find(|finding| finding.id == id);
    found
        .unwrap_or_else(|| panic!("{:#?}", proof.findings))
        .clone()
}

#[test]
fn a_statement_of_the_account_is_named_with_its_action() {
    let grant = when(allow(json!("iam:PassRole"), json!("*")), with_mfa());
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[grant]);
    assert_eq!(
        finding(&small, "widen/iam:PassRole").advice(),
        "remove `iam:PassRole` from statement 1 of `own` of user `alice`, or deny it in another \
         policy"
    );
}

#[test]
fn a_policy_that_aws_owns_is_replaced() {
    let assume = allow(json!("sts:AssumeRole"), json!(arn("role/Ops")));
    let small = Small::default()
        .role(
            "Ops",
            &[trust(with_mfa())],
            &[],
            &[allow(json!("iam:PassRole"), json!("*"))],
        )
        .user("/", "alice", &[])
        .with("own", &[when(assume, with_mfa())]);
    let mut found = finding(&small, "widen/iam:PassRole");
    let statement = found.statement.as_mut().unwrap();
    statement.policy = PolicySource::Attached {
        holder: Holder::Role("Ops".parse().unwrap()),
        arn: "arn:aws:iam::aws:policy/Example".parse().unwrap(),
    };
    assert_eq!(
        found.advice(),
        "detach `Example`, which AWS owns, from role `Ops` and attach a narrower policy; or deny \
         `iam:PassRole` in another policy"
    );
}

#[test]
fn the_calls_that_enrolment_lacks_are_named() {
    let own = arn("user/${aws:username}");
    let grants = allow(
        json!(["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"]),
        json!([own, arn("mfa/${aws:username}")]),
    );
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[grants]);
    let advice = finding(&small, "enrolment/iam:GetUser").advice();
    assert!(
        advice.starts_with("allow `iam:GetUser` to `alice`"),
        "{advice}"
    );
    let advice = finding(&small, "enrolment/second-device").advice();
    assert!(advice.contains("`mfa/${aws:username}-*`"), "{advice}");
}

/// A role that a provider's identities assume.
fn federated(name: &str, provider: &str, action: &str) -> Small {
    let admits = json!({
        "Effect": "Allow", "Principal": { "Federated": arn(provider) }, "Action": action,
    });
    Small::default().role(name, &[admits], &[], &[])
}

#[test]
fn a_provider_is_narrowed_by_a_claim_and_not_by_mfa() {
    let advice = |small: &Small| {
        let proof = small.prove();
        let mut open = proof.findings.iter();
        let open = open.find(|finding| finding.id.starts_with("role-open-to/"));
        open.unwrap_or_else(|| panic!("{:#?}", proof.findings))
            .advice()
    };
    let web = "sts:AssumeRoleWithWebIdentity";
    let issuer = "token.actions.githubusercontent.com";
    assert_eq!(
        advice(&federated(
            "Deploy",
            &format!("oidc-provider/{issuer}"),
            web
        )),
        "add to the trust policy of role `Deploy` a condition that names your repository: \
         `StringLike token.actions.githubusercontent.com:sub = repo:OWNER/REPO:*`"
    );
    let saml = advice(&federated(
        "Corp",
        "saml-provider/corp",
        "sts:AssumeRoleWithSAML",
    ));
    assert!(saml.contains("such as `SAML:sub`"), "{saml}");
    let google = json!({
        "Effect": "Allow", "Principal": { "Federated": "accounts.google.com" }, "Action": web,
    });
    let google = advice(&Small::default().role("App", &[google], &[], &[]));
    assert!(
        google.contains("a claim that names who may come in"),
        "{google}"
    );
    let account = json!({
        "Effect": "Allow", "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole",
    });
    let account = advice(&Small::default().role("Partner", &[account], &[], &[]));
    assert!(account.ends_with("and ask them for MFA"), "{account}");
    let star = json!({
        "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": with_mfa(),
    });
    let star = advice(&Small::default().role("Star", &[star], &[], &[]));
    assert!(star.ends_with("only the principals that need it"), "{star}");
}

/// A user with a guard of this operator, which spares these actions.
fn guarded(operator: &str, spared: &[&str]) -> Small {
    let guard = json!({
        "Sid": "Guard", "Effect": "Deny", "NotAction": spared, "Resource": "*",
        "Condition": { operator: { "aws:MultiFactorAuthPresent": "false" } },
    });
    let devices = allow(json!("iam:CreateVirtualMFADevice"), json!(arn("mfa/*")));
    Small::default()
        .user("/", "alice", &[])
        .with("own", &[devices, guard])
}

#[test]
fn a_guard_that_is_there_is_mended() {
    let spared = ["iam:CreateVirtualMFADevice", "s3:GetObject"];
    let small = guarded("Bool", &spared);
    let found = finding(&small, "guard/missing");
    assert!(
        found
            .message
            .starts_with("the guard holds in sessions without MFA only"),
        "{}",
        found.message
    );
    assert_eq!(
        found.advice(),
        "write `BoolIfExists aws:MultiFactorAuthPresent = false` as the condition of statement \
         `Guard` of `own` of user `alice`"
    );
    let small = guarded("BoolIfExists", &spared);
    assert_eq!(
        finding(&small, "guard/gaps").advice(),
        "take what it lets through out of `NotAction` of statement `Guard` of `own` of user `alice`"
    );
    assert_eq!(
        finding(&small, "others/iam:CreateVirtualMFADevice").advice(),
        "allow `iam:CreateVirtualMFADevice` only on the user's own in statement 1 of `own` of user \
         `alice`: `user/${aws:username}`, `mfa/${aws:username}` and `mfa/${aws:username}-*`"
    );
    let advice = finding(&guarded("BoolIfExists", &spared[..1]), "guard/others").advice();
    assert!(
        advice.contains("with `NotResource`, `user/${aws:username}`"),
        "{advice}"
    );
}

#[test]
fn a_guard_that_is_not_there_is_attached() {
    let small = Small::default().user("/", "alice", &[]);
    let advice = finding(&small, "guard/missing").advice();
    assert!(
        advice.starts_with("attach to `alice` or its group"),
        "{advice}"
    );
}
