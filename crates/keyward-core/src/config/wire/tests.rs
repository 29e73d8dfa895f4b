use serde_json::json;

use crate::config::ConfigSet;

#[test]
fn both_files_are_dumped_in_their_order_and_with_their_diagnostics() {
    let set = ConfigSet::load(
        Some((
            "~/.aws/config",
            "[profile b]\nRegion = us-east-1 # x\ns3 =\n  a = 1\n  b = 2\n[default]\n\
             [sso-session s]\nsso_region = x\n[services v]\nsts =\n  endpoint_url = http://x\n[Old]\nk=1\n",
        )),
        Some(("~/.aws/credentials", "[b]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")),
    )
    .unwrap();
    let found = set.to_json();
    let wanted = json!({
        "profiles": {
            "b": {
                "region": "us-east-1",
                "s3": "\na = 1\nb = 2",
                "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
            },
            "default": {},
        },
        "sso_sessions": {"s": {"sso_region": "x"}},
        "services": {"v": {"sts": "\nendpoint_url = http://x"}},
        "ignored_sections": {"Old": {"k": "1"}},
        "diagnostics": [
            {
                "file": "~/.aws/config",
                "line": 2,
                "severity": "warning",
                "message": "the AWS CLI and boto3 read the comment as part of the value of \
                            `Region`; put it on its own line",
            },
            {
                "file": "~/.aws/config",
                "line": 12,
                "severity": "warning",
                "message": "the AWS tools ignore `[Old]`: in the config file a profile is written \
                            `[profile Old]`",
            },
        ],
    });
    // Compared as text, because the order of the keys counts.
    assert_eq!(found.to_string(), wanted.to_string());
}

#[test]
fn no_secret_is_dumped() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let text = format!(
        "[a]\nAWS_Secret_Access_Key = {secret}\naws_session_token = {secret}\n {secret}\n\
         aws_security_token={secret}\nx =\n  aws_secret_access_key = {secret}\ny = z\n \
         Aws_Session_Token={secret}\naws_secret_access_key_2 =\n[profile a]\n\
         aws_secret_access_key = {secret}\n"
    );
    let dump = ConfigSet::load(Some(("c", &text)), Some(("d", &text)))
        .unwrap()
        .to_json();
    assert!(!dump.to_string().contains(secret), "{dump:#}");
    assert_eq!(dump["profiles"]["a"]["aws_secret_access_key"], "***");
    assert_eq!(dump["profiles"]["a"]["x"], "\naws_secret_access_key = ***");
}

#[test]
fn an_empty_secret_is_seen_to_be_empty() {
    let dump = ConfigSet::load(None, Some(("c", "[a]\naws_session_token =\n")))
        .unwrap()
        .to_json();
    assert_eq!(dump["profiles"]["a"]["aws_session_token"], "");
}
