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

#[test]
fn what_may_be_a_secret_is_masked_and_nothing_else() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    fn check(line: &str, shown: &str) {
        let (key, _) = line.split_once(" = ").unwrap();
        let text = format!("[default]\n{line}\n");
        let dump = ConfigSet::load(Some(("c", &text)), None).unwrap().to_json();
        let key = key.to_ascii_lowercase();
        assert_eq!(dump["profiles"]["default"][key], shown, "{line}");
    }
    // By the key's name.
    check(&format!("aws_secret_acces_key = {SECRET}"), "***");
    check(&format!("AWS_SECRET_ACCESS_KEY_OLD = {SECRET}"), "***");
    check("secret = short", "***");
    check("my_token = short", "***");
    check("db_password = short", "***");
    check("api_key = short", "***");
    // By the value.
    check(&format!("aws_access_key_id = {SECRET}"), "***");
    check("aws_access_key_id = wJalrXUtnFEMI/K7", "***");
    check("aws_access_key_id = wJalrXUtnFEMIK7MDENGb", "***");
    check(&format!("note = \"{SECRET}\" # mine"), "\"***\"");
    check(
        &format!("credential_process = tool --secret={SECRET} x"),
        "tool --secret=*** x",
    );
    // Passwords in URLs.
    check(
        "endpoint_url = http://u:leaky@127.0.0.1:1/x",
        "http://127.0.0.1:1",
    );
    check("endpoint_url = http:/u:leaky@127.0.0.1:1", "***");
    check("endpoint_url = http://u:le/aky@127.0.0.1:1", "***");
    check("ec2_metadata_service_endpoint = http://u:le#aky@h", "***");
    check("Https_Proxy = u:leaky@127.0.0.1:1", "***");
    check("note = http:/u:leaky@127.0.0.1:1", "***");
    check(
        "credential_process = tool --at https://u:leaky@example.com x",
        "tool --at https://example.com x",
    );
    // The values that are shown.
    for line in [
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        "aws_access_key_id = k",
        "aws_access_key_id = wJalrXUtnFEMIK7MDENG",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLEEXAMPLE",
        "commit = da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "commit = DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "words = abcdefghijklmnopqrstUVWXYZABCDEFGHIJKLMN",
        "longer = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
        "web_identity_token_file = /var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "sso_start_url = https://d-1234567890.awsapps.com/start",
        "role_arn = arn:aws:iam::123456789012:role/team/ReadOnly",
        "credential_process = /opt/tools/credentials --account 123456789012 --role ReadOnly",
        "role_session_name = alice@example.com",
        "login_session = arn:aws:iam::123456789012:user/alice",
        "key = value",
    ] {
        check(line, line.split_once(" = ").unwrap().1);
    }
}
