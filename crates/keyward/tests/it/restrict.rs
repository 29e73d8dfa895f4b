//! Less than the whole role: the rights left by a session policy, and the name in CloudTrail.

use keyward_aws::{Aws, Settings};
use keyward_core::chain::Endpoints;
use keyward_core::{Credentials, Timestamp};

use crate::practice::{CONFIG, Practice};

const ADMINISTRATOR: &str = "
[profile administrator]
source_profile = alice
role_arn = arn:aws:iam::123456789012:role/Administrator
";

/// A home whose profile `administrator` may do everything.
fn administrator() -> Practice {
    let mut practice = Practice::with_key();
    practice.config(&format!("{CONFIG}{ADMINISTRATOR}"));
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice
}

/// The credentials that `env` prints with these flags.
fn printed(practice: &Practice, flags: &[&str]) -> Credentials {
    let mut words = vec!["env", "administrator", "--format", "json"];
    words.extend(flags);
    let document: serde_json::Value = serde_json::from_str(&practice.run(&words).ok()).unwrap();
    let text = |name: &str| document[name].as_str().unwrap().to_owned();
    Credentials {
        access_key_id: text("AccessKeyId").parse().unwrap(),
        secret_access_key: text("SecretAccessKey").parse().unwrap(),
        session_token: Some(text("SessionToken").parse().unwrap()),
        expires_at: None,
        account_id: None,
    }
}

fn aws(practice: &Practice) -> Aws {
    Aws::new(Settings {
        endpoints: Endpoints {
            sts: Some(practice.account.url().into()),
            iam: Some(practice.account.url().into()),
            ..Endpoints::default()
        },
        region: None,
        partition_hint: None,
        now: || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            Timestamp::from_second(i64::try_from(since.unwrap().as_secs()).unwrap())
        },
        proxy_from_env: false,
    })
}

/// Makes a session with these flags; it must be able to list keys or not, must never be able to
/// create one, and must be called `name`.
fn check(flags: &[&str], lists: &str, name: &str) {
    let practice = administrator();
    practice.write("policy.json", POLICY);
    let credentials = printed(&practice, flags);
    let aws = aws(&practice);
    let user = "alice".parse().unwrap();
    let _ = aws.list_access_keys(&credentials, Some(&user));
    let _ = aws.create_access_key(&credentials, Some(&user));
    let outcome = |action: &str| {
        let journal = practice.account.journal();
        let entry = journal.iter().rfind(|entry| entry.action == action);
        entry.unwrap().outcome.clone()
    };
    assert_eq!(outcome("ListAccessKeys"), lists, "{flags:?}");
    assert_eq!(outcome("CreateAccessKey"), "AccessDenied", "{flags:?}");
    let arn = aws.get_caller_identity(&credentials).unwrap().arn;
    assert!(
        arn.as_str().ends_with(&format!("/Administrator/{name}")),
        "{arn}"
    );
}

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": { "Effect": "Allow", "Action": "iam:ListAccessKeys", "Resource": "*" }
}
"#;

#[test]
fn the_whole_role_creates_keys() {
    let practice = administrator();
    let credentials = printed(&practice, &[]);
    let user = "bob".parse().unwrap();
    assert!(
        aws(&practice)
            .create_access_key(&credentials, Some(&user))
            .is_ok()
    );
}

#[test]
fn a_read_only_session_reads_and_creates_nothing() {
    check(&["--read-only"], "OK", "keyward-readonly");
}

#[test]
fn a_policy_leaves_what_it_allows() {
    check(&["--policy", "policy.json"], "OK", "keyward-restricted");
}

#[test]
fn managed_policies_leave_what_they_allow_together() {
    let both = [
        "--policy-arn",
        "arn:aws:iam::aws:policy/PowerUserAccess",
        "--policy-arn",
        "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
    ];
    check(&both, "OK", "keyward-restricted");
    check(&both[..2], "AccessDenied", "keyward-restricted");
}

#[test]
fn a_restricted_session_and_the_whole_one_are_kept_apart() {
    let practice = administrator();
    let whole = printed(&practice, &[]).access_key_id;
    let less = printed(&practice, &["--read-only"]).access_key_id;
    assert_ne!(whole, less);
    assert_eq!(printed(&practice, &["--read-only"]).access_key_id, less);
    assert_eq!(printed(&practice, &[]).access_key_id, whole);
    assert_eq!(
        (
            practice.calls("GetSessionToken"),
            practice.calls("AssumeRole")
        ),
        (1, 2)
    );
}

#[test]
fn what_aws_would_refuse_is_refused_before_a_code_is_asked() {
    let practice = administrator();
    practice.write("trust.json", r#"{"Statement": []"#);
    for (words, said) in [
        (
            &["env", "administrator", "--policy", "trust.json"][..],
            "cannot be used as a session policy",
        ),
        (
            &["env", "administrator", "--policy", "no-such-file"],
            "cannot be used as a session policy",
        ),
        (
            &["env", "administrator", "--policy-arn", "ReadOnlyAccess"],
            "not the ARN of a managed policy",
        ),
        (
            &["env", "administrator", "--read-only", "--policy", "p"],
            "cannot be used with",
        ),
        (
            &["env", "alice", "--read-only"],
            "a session policy cannot be applied to profile `alice`",
        ),
    ] {
        let ran = practice.run(words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{words:?}: {}", ran.stderr);
    }
    assert!(practice.account.journal().is_empty());
}
