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
        ("export --format env bare", "env --format docker bare"),
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
        ("login -a bare", "login bare"),
        ("login --stdout -s bare", "login --print bare"),
        ("exec --assume-role-ttl 1h bare", "exec --duration 1h bare"),
        ("delete bare", "remove bare"),
        // granted
        ("assume on-role", "exec on-role"),
        ("assume -c on-role", "login on-role"),
        ("assume on-role -c -s s3", "login on-role -s s3"),
        ("assume -cs s3 on-role", "login on-role -s s3"),
        ("assume -s s3 on-role", "login on-role -s s3"),
        ("assume -t on-role", "exec on-role"),
        ("assume -ct on-role", "login on-role"),
        ("assume --url on-role", "login --print on-role"),
        ("assume -u on-role", "login --print on-role"),
        ("assume -e on-role", "env on-role --format dotenv"),
        (
            "assume --env on-role -r eu-west-1",
            "env on-role --region eu-west-1 --format dotenv",
        ),
        (
            "assume -r eu-west-1 on-role",
            "exec --region eu-west-1 on-role",
        ),
        ("assume -r on-role", "exec on-role"),
        (
            "assume on-role --exec -- aws s3 ls",
            "exec on-role -- aws s3 ls",
        ),
        ("assume --exec env on-role", "exec on-role -- env"),
        ("assume on-role --exec env", "exec on-role -- env"),
        ("assume on-role --exec=env", "exec on-role -- env"),
        ("assume --unset", "env --unset"),
        ("assume --export on-role", "refresh on-role"),
        ("sso populate", "setup --sso SESSION"),
        (
            "sso populate --sso-region eu-central-1 https://example.awsapps.com/start",
            "setup --sso SESSION --start-url https://example.awsapps.com/start --sso-region eu-central-1",
        ),
        ("cache clear", "lock"),
        ("cache list", "list"),
        ("sso-tokens clear", "lock"),
        ("sso-tokens clear --all", "lock"),
        ("sso-tokens expiry", "list"),
        ("sso-tokens list", "list"),
        ("tokens", "list"),
        ("credentials list", "list"),
        ("credentials add bare", "add bare"),
        ("credentials remove bare", "remove bare"),
        // awsume
        ("import awsume", "import credentials"),
        ("import awsume --yes", "import credentials --yes"),
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
        ("sts get-caller-identity", "whoami"),
        ("sts get-caller-identity --profile bare", "whoami bare"),
        ("configure", "init"),
        ("configure --profile bare", "add bare"),
        ("configure list-profiles", "list"),
        ("configure sso", "setup --sso SESSION"),
        // Other words for the same.
        ("run bare", "exec bare"),
        ("run bare -- aws s3 ls", "exec bare -- aws s3 ls"),
        ("run -p bare aws s3 ls", "exec bare aws s3 ls"),
        ("--profile bare run env", "exec bare env"),
        ("use bare", "exec bare"),
        ("switch bare", "exec bare"),
        ("shell bare", "exec bare"),
        ("get bare", "env bare"),
        ("creds -p bare", "env bare"),
        ("profiles", "list"),
        ("profile list", "list"),
        ("session ls --json", "list --json"),
        ("ps", "list"),
        ("status bare", "list"),
        ("who", "whoami"),
        ("test bare", "whoami bare"),
        ("totp bare", "mfa code bare"),
        ("open bare", "login bare"),
        ("new bare", "add bare"),
        ("history", "log"),
        ("ecs-server bare", "serve bare"),
        // Commands of a group without the group.
        ("code bare", "mfa code bare"),
        ("code -p bare", "mfa code bare"),
        ("code", "mfa code --help"),
        ("enroll bare", "mfa enroll bare"),
        ("plan account.toml", "account plan account.toml"),
        ("plan", "account plan --help"),
        ("prove --profile bare", "account prove --profile bare"),
        ("slot list", "vault slot list"),
        ("passphrase", "vault passphrase"),
        ("dump", "config dump"),
    ] {
        assert_eq!(advice(given).as_deref(), Some(expect), "{given}");
    }
}

#[test]
fn the_sessions_of_a_key_are_removed_without_the_key() {
    for (given, expect) in [
        ("remove -s bare", "remove --sessions-only bare"),
        ("remove bare -s", "remove bare --sessions-only"),
        ("rm --sessions bare", "rm --sessions-only bare"),
        ("rm -s -f bare", "rm --sessions-only --yes bare"),
        ("rm -sf bare", "rm --sessions-only --yes bare"),
        ("rm -fs bare", "rm --yes --sessions-only bare"),
        ("-s remove bare", "remove --sessions-only bare"),
        ("credentials remove -s bare", "remove --sessions-only bare"),
    ] {
        assert_eq!(advice(given).as_deref(), Some(expect), "{given}");
    }
}

#[test]
fn the_link_of_the_console_is_printed() {
    for (given, expect) in [
        ("login on-role -s", "login --print on-role"),
        ("login -s on-role", "login --print on-role"),
        ("console -s on-role", "login --print on-role"),
        ("login -s on-role -d 1h", "login --print on-role -d 1h"),
        ("login -ns on-role", "login --print on-role"),
        ("login on-role -n -s s3", "login on-role -s s3"),
    ] {
        assert_eq!(advice(given).as_deref(), Some(expect), "{given}");
    }
}

/// Such a command would do more than the words ask for.
#[test]
fn no_option_with_a_meaning_is_left_out() {
    for given in [
        "remove --credentials bare",
        "remove --profiles bare",
        "rm -e bare",
        "rm -sx bare",
        "rm -n bare",
        "clear -s bare",
        "lock -s",
        "logout --sessions bare",
        "rotate -s bare",
        "cache clear bare",
        "cache nosuch",
        "sso-tokens clear https://example.awsapps.com/start",
        "credentials clear",
        "credentials remove --all",
        "env -s bare",
        "assume -r on-role env",
        "assume --exec",
        "assume one two --exec env",
        "assume --es on-role",
    ] {
        assert_eq!(advice(given), None, "{given}");
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
