use super::*;

/// The advice for a line, without the program's name.
fn advice(line: &str) -> Option<String> {
    let words = ["keyward"].into_iter().chain(line.split_whitespace());
    let words: Vec<OsString> = words.map(OsString::from).collect();
    let advice = instead(&words)?;
    Some(advice.strip_prefix("keyward ").unwrap().to_owned())
}

#[test]
fn words_of_other_tools_are_answered_with_the_exact_command() {
    for (given, expect) in [
        // aws-vault
        ("export bare", "env bare"),
        ("export --format=json bare", "env --format=json bare"),
        ("export --format env bare", "env --format dotenv bare"),
        ("exec -j bare", "credential-process bare"),
        ("exec bare --json", "credential-process bare"),
        ("exec -n bare -- env", "exec --no-session bare -- env"),
        (
            "exec -t 123456 bare env -0",
            "exec --mfa-code 123456 bare env -0",
        ),
        (
            "exec --mfa-token=123456 bare",
            "exec --mfa-code 123456 bare",
        ),
        (
            "exec --lazy --ecs-server bare -- a -n",
            "exec --server bare -- a -n",
        ),
        ("exec --prompt=ykman bare", "exec bare"),
        ("--debug exec bare -- true", "exec -v bare -- true"),
        ("--backend=file list", "list"),
        ("--backend file --prompt=terminal exec bare", "exec bare"),
        ("list --profiles", "list"),
        ("list --sessions", "list"),
        ("list --credentials", "list"),
        ("rotate --no-session bare", "rotate bare"),
        ("rotate -n bare", "rotate bare"),
        ("remove -f bare", "remove --yes bare"),
        ("add --no-add-config bare", "add --no-config bare"),
        ("migrate-backend --from file --to pass", "import aws-vault"),
        // granted
        ("assume on-role", "exec on-role"),
        ("assume -c on-role", "login on-role"),
        ("assume on-role -c -s s3", "login on-role -s s3"),
        ("assume --unset", "env --unset"),
        ("assume --export on-role", "refresh on-role"),
        ("sso populate", "setup --sso SESSION"),
        (
            "sso populate --sso-region eu-central-1 https://example.awsapps.com/start",
            "setup --sso SESSION --start-url https://example.awsapps.com/start --sso-region eu-central-1",
        ),
        ("cache clear", "lock"),
        ("credentials list", "list"),
        ("credentials add bare", "add bare"),
        ("credentials remove bare", "remove bare"),
        // awsume
        ("exec -l", "list"),
        ("-l", "list"),
        ("logout", "lock"),
        ("logout bare", "clear bare"),
        ("unset", "env --unset"),
        // The AWS CLI
        (
            "credential-process --profile bare",
            "credential-process bare",
        ),
        ("env --profile bare", "env bare"),
        ("exec --profile=bare -- env", "exec bare -- env"),
        ("whoami -p bare", "whoami bare"),
    ] {
        assert_eq!(advice(given).as_deref(), Some(expect), "{given}");
    }
}

#[test]
fn no_command_is_invented() {
    for given in [
        "nosuch",
        "exec --nosuch bare",
        "list --nosuch",
        "mfa nosuch",
        "",
    ] {
        assert_eq!(advice(given), None, "{given}");
    }
}
