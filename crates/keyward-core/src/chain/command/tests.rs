use super::*;

#[test]
fn only_the_plain_hand_out_is_recognised() {
    for (line, expect) in [
        ("keyward credential-process admin", Some("admin")),
        (
            "/usr/local/bin/keyward credential-process admin",
            Some("admin"),
        ),
        ("keyward credential-process -- admin", Some("admin")),
        (
            r#""/opt/my tools/keyward" credential-process "acme admin""#,
            Some("acme admin"),
        ),
        (
            r#""C:\Program Files\keyward\keyward.exe" credential-process admin"#,
            Some("admin"),
        ),
        (
            r"C:\tools\keyward.exe credential-process 'admin'",
            Some("admin"),
        ),
        (
            r"/opt/my\ tools/keyward credential-process admin",
            Some("admin"),
        ),
        ("keyward credential-process", None),
        ("keyward credential-process --help", None),
        ("keyward credential-process admin --read-only", None),
        ("keyward exec admin", None),
        ("notkeyward credential-process admin", None),
        ("aws-vault export --format=json admin", None),
        ("sh -c 'keyward credential-process admin'", None),
        ("", None),
    ] {
        assert_eq!(plain_hand_out(line).as_deref(), expect, "{line}");
    }
}

#[test]
fn a_line_that_asks_for_the_profile_is_seen_through_its_flags() {
    for (line, expect) in [
        ("keyward credential-process admin", true),
        ("keyward --color never credential-process admin", true),
        ("keyward credential-process --mfa-code 123456 admin", true),
        (
            "keyward credential-process --mfa-code=123456 -v -- admin",
            true,
        ),
        ("keyward credential-process admin --read-only", true),
        ("keyward credential-process other", false),
        ("keyward credential-process other --color admin", false),
        ("keyward credential-process --color admin other", false),
        ("keyward credential-process --color admin", false),
        ("keyward credential-process other admin", false),
        ("keyward exec admin", false),
        ("keyward admin credential-process other", false),
        ("tool credential-process admin", false),
        ("", false),
    ] {
        assert_eq!(asks_for(line, "admin"), expect, "{line}");
    }
}
