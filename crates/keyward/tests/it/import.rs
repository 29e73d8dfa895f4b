//! `import`: keys of other tools move in, lines go only after the vault has the key, and nothing
//! is done that was not shown and agreed to.

use std::path::{Path, PathBuf};

use keyward_testkit::{Canaries, Home, Ran, finish};

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/aws-vault");
pub(crate) const PASSPHRASE: &str = "fixture passphrase";
/// Alice's key as the keyring library keeps it within an item.
#[cfg(unix)]
const PLAIN: &str = "eyJBY2Nlc3NLZXlJRCI6IkFLSUFJT1NGT0ROTjdFWEFNUExFIiwiU2VjcmV0QWNjZXNzS2V5Ijoid0phbHJYVXRuRkVNSS9LN01ERU5HL2JQeFJmaUNZRVhBTVBMRUtFWSJ9";
const BOB_ID: &str = "AKIAI44QH8DHBEXAMPLE";
const BOB_SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";

fn pair(id: &str, secret: &str) -> String {
    format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

fn alice() -> String {
    pair(KEY_ID, SECRET)
}

/// The profiles of the vault with their key ids.
pub(crate) fn stored(practice: &Practice) -> Vec<String> {
    let status = practice.run(&["vault", "status", "--json"]);
    if status.code != 0 {
        return Vec::new();
    }
    let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    status["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            format!(
                "{} {}",
                key["profile"].as_str().unwrap(),
                key["access_key_id"].as_str().unwrap()
            )
        })
        .collect()
}

fn backups(practice: &Practice) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(practice.path().join(".aws"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".keyward-backup-"))
        .collect();
    found.sort();
    found
}

/// Copies of the sealed items where aws-vault keeps them.
pub(crate) fn lay_out(home: &Home, below: &str, items: &[&str]) {
    let folder = home.path().join(below);
    std::fs::create_dir_all(&folder).unwrap();
    for item in items {
        std::fs::copy(Path::new(FIXTURES).join(item), folder.join(item)).unwrap();
    }
}

pub(crate) fn opened(practice: &mut Practice) {
    practice.set("AWS_VAULT_FILE_PASSPHRASE", PASSPHRASE);
}

#[test]
fn keys_of_aws_vault_move_in_verified_and_with_their_profiles() {
    let mut practice = Practice::start();
    practice.config("# mine\n[profile other]\nregion=eu-west-1\n");
    lay_out(&practice, ".awsvault/keys", &["alice", "team%2Fbob"]);
    practice.write(".awsvault/keys/.DS_Store", "Bud1");
    opened(&mut practice);
    let ran = practice.run(&["import", "aws-vault", "--yes"]);
    assert!(
        ran.stdout
            .contains("store     AKIAIOSFODNN7EXAMPLE as `alice`, from ~/.awsvault/keys/alice\n"),
        "{}",
        ran.stdout
    );
    let said = ran.stderr.clone();
    let _ = ran.ok();
    assert!(said.contains("user/alice"), "{said}");
    assert_eq!(
        stored(&practice),
        [format!("alice {KEY_ID}"), format!("team/bob {BOB_ID}")]
    );
    let config = practice.read(".aws/config");
    assert_eq!(
        config,
        format!(
            "# mine\n[profile other]\nregion=eu-west-1\n\n[profile alice]\nmfa_serial={SERIAL}\n\n\
             [profile team/bob]\nregion=us-east-1\n"
        )
    );
    // It reads the other tool's store and never writes there.
    for item in ["alice", "team%2Fbob"] {
        assert_eq!(
            practice.read(&format!(".awsvault/keys/{item}")),
            std::fs::read_to_string(Path::new(FIXTURES).join(item)).unwrap()
        );
    }

    // The imported keys work, and a second run finds nothing to do.
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "alice", "--", "true"]).ok();
    practice.account.clear_journal();
    let again = practice.run(&["import", "aws-vault"]).ok();
    assert!(again.contains("nothing   AKIAIOSFODNN7EXAMPLE"), "{again}");
    assert_eq!(practice.read(".aws/config"), config);
    assert_eq!(practice.account.journal().len(), 0);
}

#[test]
fn nothing_is_done_without_a_word_of_agreement() {
    let mut practice = Practice::start();
    lay_out(&practice, ".awsvault/keys", &["alice"]);
    opened(&mut practice);
    practice.write(".aws/credentials", &format!("[bob]\n{}", alice()));
    let before = (
        practice.read(".aws/credentials"),
        practice.read(".aws/config"),
    );
    for source in ["aws-vault", "credentials"] {
        let ran = practice.run(&["import", source]);
        assert!(ran.stdout.starts_with("store     AKIA"), "{}", ran.stdout);
        let said = ran.fails_with(3);
        assert!(said.contains("--yes"), "{said}");
    }
    assert_eq!(practice.account.journal().len(), 0);
    assert!(!practice.path().join("keyward/vault.age").exists());
    assert_eq!(
        (
            practice.read(".aws/credentials"),
            practice.read(".aws/config")
        ),
        before
    );
}

#[test]
fn items_that_stay_closed_are_named_and_the_others_come() {
    let mut practice = Practice::start();
    lay_out(
        &practice,
        "elsewhere",
        &["alice", "other", "swapped", "temporary", "cbc"],
    );
    opened(&mut practice);
    let folder = practice.path().join("elsewhere").display().to_string();
    let ran = practice.run(&["import", "aws-vault", "--from", &folder, "--yes"]);
    for line in [
        "leave     ~/elsewhere/other: it is sealed with another passphrase\n",
        "leave     ~/elsewhere/swapped: it says that it is `somebody`\n",
        "leave     ~/elsewhere/temporary: it holds temporary credentials\n",
        "leave     ~/elsewhere/cbc: it is sealed in a way that is not known here\n",
    ] {
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    let said = ran.fails_with(1);
    assert!(said.contains("3 keys stay where they are"), "{said}");
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);
}

#[test]
fn a_source_that_cannot_be_opened_says_what_to_do() {
    let mut practice = Practice::start();
    let said = practice
        .run(&["import", "aws-vault", "--yes"])
        .fails_with(1);
    assert!(said.contains("--backend"), "{said}");
    lay_out(&practice, ".awsvault/keys", &["alice"]);
    let said = practice
        .run(&["import", "aws-vault", "--yes"])
        .fails_with(3);
    assert!(said.contains("--passphrase-file"), "{said}");
    practice.set("AWS_VAULT_FILE_PASSPHRASE", "wrong");
    let _ = practice
        .run(&["import", "aws-vault", "--yes"])
        .fails_with(4);
    practice.set("AWS_VAULT_BACKEND", "keychain");
    let said = practice
        .run(&["import", "aws-vault", "--yes"])
        .fails_with(2);
    assert!(said.contains("keyward add PROFILE --env"), "{said}");
}

#[test]
fn keys_of_granted_open_with_a_passphrase_file() {
    let practice = Practice::start();
    lay_out(
        &practice,
        ".granted/secure-storage-aws-iam-credentials",
        &["alice"],
    );
    practice.write("granted-passphrase", &format!("{PASSPHRASE}\n"));
    let _ = practice
        .run(&[
            "import",
            "granted",
            "--passphrase-file",
            "granted-passphrase",
            "--yes",
        ])
        .ok();
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);
}

/// Without its variable, granted seals its files with the empty passphrase. granted 0.38 made this one.
#[test]
fn keys_of_granted_open_without_a_question_as_granted_opens_them() {
    let practice = Practice::start();
    let folder = ".granted/secure-storage-aws-iam-credentials";
    lay_out(&practice, folder, &["alice"]);
    let command = ["import", "granted", "--yes"];
    let said = practice.run(&command).fails_with(3);
    assert!(said.contains("--passphrase-file"), "{said}");
    let mut with_variable = practice.command(&command);
    with_variable.env("CF_KEYRING_FILE_PASSWORD", PASSPHRASE);
    let _ = finish(with_variable, "").ok();
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);

    let practice = Practice::start();
    let sealed = Path::new(FIXTURES).join("../granted/alice");
    let folder = practice.path().join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(sealed, folder.join("alice")).unwrap();
    let _ = practice.run(&command).ok();
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);
}

/// A half-moved user has profiles whose program is the other tool.
#[cfg(unix)]
#[test]
fn the_other_tool_gets_its_own_passphrase_and_no_other_program_does() {
    use std::os::unix::fs::PermissionsExt;

    let practice = Practice::start();
    let script = format!(
        "#!/bin/sh\ntest \"$AWS_VAULT_FILE_PASSPHRASE\" = opens || exit 1\n\
         test -z \"$CF_KEYRING_FILE_PASSWORD$KEYWARD_MFA_CODE\" || exit 2\n\
         echo '{{\"Version\":1,\"AccessKeyId\":\"{KEY_ID}\",\"SecretAccessKey\":\"{SECRET}\"}}'\n"
    );
    for (program, code) in [("aws-vault", 0), ("helper", 1)] {
        practice.write(program, &script);
        let path = practice.path().join(program);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        practice.config(&format!(
            "[profile tool]\ncredential_process = {} exec --json alice\n",
            path.display()
        ));
        let mut command = practice.command(&["exec", "tool", "--no-session", "--", "true"]);
        command
            .env("AWS_VAULT_FILE_PASSPHRASE", "opens")
            .env("CF_KEYRING_FILE_PASSWORD", "opens")
            .env("KEYWARD_MFA_CODE", "123456");
        let _ = finish(command, "").fails_with(code);
    }
}

#[test]
fn lines_that_ask_granted_for_a_key_ask_keyward_then() {
    let practice = Practice::start();
    practice.config(
        "[profile alice]\n# by granted\ncredential_process = granted credential-process --profile=alice\n\
         region = eu-west-1\n\n[profile sso]\ncredential_process = granted credential-process --profile sso\n",
    );
    let folder = ".granted/secure-storage-aws-iam-credentials";
    lay_out(&practice, folder, &["alice"]);
    practice.write("granted-passphrase", PASSPHRASE);
    let words = [
        "import",
        "granted",
        "--passphrase-file",
        "granted-passphrase",
        "--yes",
    ];
    let shown = practice.run(&words).ok();
    assert!(
        shown.contains("and let its `credential_process` ask keyward\n"),
        "{shown}"
    );
    assert!(
        shown.contains("leave     profile `sso` at ~/.aws/config:7:"),
        "{shown}"
    );
    let program = env!("CARGO_BIN_EXE_keyward");
    let config = format!(
        "[profile alice]\n# by granted\ncredential_process = {program} credential-process alice\n\
         region = eu-west-1\nmfa_serial = {SERIAL}\n\n[profile sso]\n\
         credential_process = granted credential-process --profile sso\n"
    );
    assert_eq!(practice.read(".aws/config"), config);
    let again = practice.run(&words).ok();
    assert!(again.starts_with("nothing   "), "{again}");
    assert_eq!(practice.read(".aws/config"), config);
}

/// A password store of plain files, and a program that shows them as `pass` does.
#[cfg(unix)]
#[test]
fn entries_of_pass_are_opened_by_the_program_itself() {
    use std::os::unix::fs::PermissionsExt;

    let mut practice = Practice::start();
    practice.config("[profile alice]\nregion = eu-west-1\n");
    let item = |name: &str| format!("{{\"Key\":\"{name}\",\"Data\":\"{PLAIN}\"}}");
    practice.write(".password-store/alice.gpg", &item("alice"));
    practice.write(
        ".password-store/bank.gpg",
        "a secret that is nobody's business",
    );
    practice.write(".password-store/.git/config.gpg", "");
    practice.write(".password-store/keys/team/bob.gpg", &item("team/bob"));
    practice.write(".password-store/keys/locked.gpg", "");
    practice.write(".password-store/keys/note.gpg", "not of that tool");
    practice.write(
        "bin/pass",
        "#!/bin/sh\n[ \"$1 $2\" = 'show --' ] && [ -z \"$KEYWARD_PASSPHRASE_FILE\" ] || exit 9\n\
         echo \"$3\" >> \"$HOME/opened\"\n[ -s \"$PASSWORD_STORE_DIR/$3.gpg\" ] || { echo 'gpg: no secret key' >&2; exit 2; }\n\
         cat \"$PASSWORD_STORE_DIR/$3.gpg\"\n",
    );
    let program = practice.path().join("bin/pass");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", practice.path().join("bin").display());
    practice.set("PATH", path);

    // The whole store: only what a profile names is opened.
    let words = [
        "import",
        "aws-vault",
        "--backend",
        "pass",
        "--yes",
        "--no-verify",
    ];
    let shown = practice.run(&words).ok();
    assert!(shown.contains("leave     4 other entries"), "{shown}");
    assert_eq!(practice.read("opened"), "alice\n");
    // With one folder, everything is opened.
    practice.set("AWS_VAULT_PASS_PREFIX", "keys");
    let ran = practice.run(&words);
    assert!(
        ran.stdout
            .contains("pass entry `keys/locked`: `pass` did not open it: gpg: no secret key"),
        "{}",
        ran.stdout
    );
    let said = ran.fails_with(1);
    assert!(said.contains("1 key stays where it is"), "{said}");
    assert_eq!(
        stored(&practice),
        [format!("alice {KEY_ID}"), format!("team/bob {KEY_ID}")]
    );
    assert_eq!(
        practice.read("opened"),
        "alice\nkeys/locked\nkeys/note\nkeys/team/bob\n"
    );
}

#[test]
fn a_stored_key_is_replaced_only_by_force() {
    let mut practice = Practice::start();
    let bob = format!("{BOB_ID}\n{BOB_SECRET}\n");
    let _ = practice
        .run_with_input(&["add", "alice", "--stdin", "--no-verify"], &bob)
        .ok();
    lay_out(&practice, ".awsvault/keys", &["alice"]);
    opened(&mut practice);
    let said = practice.run(&["import", "aws-vault", "--yes"]);
    assert!(said.stdout.contains("--force"), "{}", said.stdout);
    let _ = said.fails_with(1);
    assert_eq!(stored(&practice), [format!("alice {BOB_ID}")]);
    let _ = practice
        .run(&["import", "aws-vault", "--yes", "--force"])
        .ok();
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);
}

#[test]
fn keys_in_the_clear_leave_the_files_and_nothing_else_does() {
    let mut practice = Practice::start();
    let credentials = format!(
        "# the team's\r\n[default]\r\naws_access_key_id = {KEY_ID}\r\naws_secret_access_key={SECRET}\r\n\
         region = eu-west-1\r\n\r\n; temporary\r\n[saml]\r\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\r\n\
         aws_secret_access_key = {SECRET}\r\naws_session_token = token\r\n\r\n[ci]\r\n\
         aws_access_key_id={BOB_ID}\r\naws_secret_access_key={BOB_SECRET}\r\n"
    );
    practice.write(".aws/credentials", &credentials);
    let config = format!("[default]\noutput = json\n\n[profile only]\n{}", alice());
    practice.config(&config);
    let ran = practice.run(&["import", "credentials", "--yes"]);
    let said = ran.stderr.clone();
    let _ = ran.ok();
    assert_eq!(
        practice.read(".aws/credentials"),
        format!(
            "# the team's\r\n[default]\r\nregion = eu-west-1\r\n\r\n; temporary\r\n[saml]\r\n\
             aws_access_key_id = ASIAIOSFODNN7EXAMPLE\r\naws_secret_access_key = {SECRET}\r\n\
             aws_session_token = token\r\n\r\n"
        )
    );
    // Each profile is known to the SDKs as before, with the device of its user.
    assert_eq!(
        practice.read(".aws/config"),
        format!(
            "[default]\noutput = json\nmfa_serial = {SERIAL}\n\n[profile only]\nmfa_serial = {SERIAL}\n\n\
             [profile ci]\nregion = us-east-1\n"
        )
    );
    assert_eq!(
        stored(&practice),
        [
            format!("default {KEY_ID}"),
            format!("ci {BOB_ID}"),
            format!("only {KEY_ID}")
        ]
    );
    // The old files are beside them, readable only by the owner.
    let kept = backups(&practice);
    let texts: Vec<String> = kept
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(texts, [config, credentials]);
    for path in &kept {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(&format!("~/.aws/{name}")), "{said}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "default", "--", "true"]).ok();

    // Again: there is no key, so nothing happens and no second copy is made.
    let again = practice.run(&["import", "credentials", "--yes"]);
    assert!(
        again.stderr.contains("nothing to take over"),
        "{}",
        again.stderr
    );
    let _ = again.ok();
    assert_eq!(backups(&practice).len(), 2);
}

#[test]
fn a_key_that_aws_does_not_confirm_keeps_its_lines() {
    let practice = Practice::start();
    let wrong = pair(BOB_ID, &BOB_SECRET.replace("EXAMPLEKEY", "EXAMPLEKEX"));
    let stays = format!("[bob]\n{wrong}");
    practice.write(".aws/credentials", &format!("{stays}[me]\n{}", alice()));
    let ran = practice.run(&["import", "credentials", "--yes"]);
    let said = ran.fails_with(1);
    assert!(said.contains("`bob` stays where it is"), "{said}");
    assert_eq!(practice.read(".aws/credentials"), stays);
    assert_eq!(stored(&practice), [format!("me {KEY_ID}")]);

    // A flag overrides it.
    let _ = practice
        .run(&["import", "credentials", "--yes", "--no-verify"])
        .ok();
    assert_eq!(practice.read(".aws/credentials"), "");
    assert_eq!(stored(&practice).len(), 2);
}

#[test]
fn an_import_that_died_after_the_vault_goes_on_from_there() {
    let practice = Practice::start();
    let text = format!("[alice]\n{}", alice());
    practice.write(".aws/credentials", &text);
    // As after a crash: the vault has the key, and the file still its lines.
    let input = format!("{KEY_ID}\n{SECRET}\n");
    let _ = practice
        .run_with_input(&["add", "alice", "--stdin", "--no-config"], &input)
        .ok();
    let ran = practice.run(&["import", "credentials", "--yes"]);
    assert!(
        ran.stdout
            .starts_with("keep      AKIAIOSFODNN7EXAMPLE of `alice`"),
        "{}",
        ran.stdout
    );
    let _ = ran.ok();
    assert_eq!(practice.read(".aws/credentials"), "");
    assert_eq!(stored(&practice), [format!("alice {KEY_ID}")]);
}

#[test]
fn an_import_killed_anywhere_loses_no_key_and_is_finished_by_the_next() {
    let words = ["import", "credentials", "--yes"];
    for point in [
        "import-vault:before",
        "import-vault:after",
        "import-file-1:before",
        "import-file-1:after",
        "import-file-2:before",
        "import-file-2:after",
    ] {
        let practice = Practice::start();
        practice.config("");
        practice.write(".aws/credentials", &format!("[alice]\n{}", alice()));
        let mut command = practice.command(&words);
        command.env("KEYWARD_TEST_POINT", point);
        let died = keyward_testkit::finish(command, "");
        assert_ne!(died.code, 0, "{point} was not reached: {}", died.stderr);
        let in_the_file = practice.read(".aws/credentials").contains(SECRET);
        let in_the_vault = !stored(&practice).is_empty();
        assert!(in_the_file || in_the_vault, "{point} lost the key");

        let _ = practice.run(&words).ok();
        assert_eq!(practice.read(".aws/credentials"), "", "{point}");
        assert_eq!(
            practice.read(".aws/config"),
            format!("[profile alice]\nmfa_serial = {SERIAL}\n"),
            "{point}"
        );
        assert_eq!(stored(&practice), [format!("alice {KEY_ID}")], "{point}");
        let copies = backups(&practice);
        assert!(!copies.is_empty(), "{point}");
        assert!(
            std::fs::read_to_string(&copies[0])
                .unwrap()
                .contains(SECRET)
        );
    }
}

#[test]
fn a_vault_that_cannot_be_written_leaves_the_files_as_they_were() {
    let practice = Practice::with_key();
    let text = format!("[new]\n{}", alice());
    practice.write(".aws/credentials", &text);
    let config = practice.read(".aws/config");
    let mut command = practice.command(&["import", "credentials", "--yes"]);
    command.env("KEYWARD_TEST_POINT", "import-vault:unwritable");
    let _ = keyward_testkit::finish(command, "").fails_with(1);
    assert_eq!(practice.read(".aws/credentials"), text);
    assert_eq!(practice.read(".aws/config"), config);
    assert_eq!(backups(&practice).len(), 0);
}

#[test]
fn another_secret_in_the_vault_is_not_thrown_away_unasked() {
    let practice = Practice::start();
    let wrong = SECRET.replace("EXAMPLEKEY", "EXAMPLEKEX");
    let text = format!("[alice]\n{}", pair(KEY_ID, &wrong));
    practice.write(".aws/credentials", &text);
    let _ = practice
        .run_with_input(
            &["add", "alice", "--stdin"],
            &format!("{KEY_ID}\n{SECRET}\n"),
        )
        .ok();
    for more in [&[][..], &["--no-verify"]] {
        let words = [&["import", "credentials", "--yes"][..], more].concat();
        let _ = practice.run(&words).fails_with(1);
        assert_eq!(practice.read(".aws/credentials"), text);
    }
}

#[cfg(unix)]
#[test]
fn a_symlinked_file_stays_one_and_its_copy_lies_beside_the_link() {
    let practice = Practice::start();
    let text = format!("[alice]\n{}", alice());
    practice.write("real/credentials", &text);
    let link = practice.path().join(".aws/credentials");
    std::os::unix::fs::symlink(practice.path().join("real/credentials"), &link).unwrap();
    let _ = practice.run(&["import", "credentials", "--yes"]).ok();
    // A symlink stays one, and the copy is beside the link, not beside its target.
    assert!(link.is_symlink());
    assert_eq!(practice.read("real/credentials"), "");
    assert_eq!(
        std::fs::read_dir(practice.path().join("real"))
            .unwrap()
            .count(),
        1
    );
    assert_eq!(backups(&practice).len(), 1);
}

#[cfg(unix)]
#[test]
fn another_name_of_the_file_that_keeps_the_keys_is_told_before_anything_is_done() {
    use std::os::unix::fs::MetadataExt;
    let practice = Practice::start();
    practice.write(".aws/credentials", &format!("[alice]\n{}", alice()));
    let named = practice.path().join(".aws/credentials");
    let other = practice.path().join("other");
    std::fs::hard_link(named, &other).unwrap();
    // Nobody agrees to the plan.
    let ran = practice.run(&["import", "credentials"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let said = "warning: ~/.aws/credentials has another name (a hard link)";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let search = format!(" -xdev -inum {} ", std::fs::metadata(&other).unwrap().ino());
    let line = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("hint: find "));
    let line = line.unwrap();
    assert!(line.contains(&search), "{line}");
    let (command, _) = line.split_once("   (").unwrap();
    let find = std::process::Command::new("find")
        .args(command.split(' '))
        .output();
    let names = String::from_utf8(find.unwrap().stdout).unwrap();
    assert!(names.contains(other.to_str().unwrap()), "{names}");
    let ran = practice.run(&["import", "credentials", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(std::fs::read_to_string(other).unwrap().contains(SECRET));
}

#[test]
fn sections_of_aws_mfa_become_one_profile_with_its_device() {
    let mut practice = Practice::start();
    practice.write(
        ".aws/credentials",
        &format!(
            "[work-long-term]\n{}aws_mfa_device = {SERIAL}\n\n[work]\nassumed_role = False\n\
             aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n\
             aws_session_token = token\naws_security_token = token\nexpiration = 2026-01-31 12:00:00\n\
             \n[plain]\nregion = eu-west-1\n",
            alice()
        ),
    );
    practice.config("[profile work]\nregion = eu-central-1\n");
    let _ = practice.run(&["import", "aws-mfa", "--yes"]).ok();
    assert_eq!(
        practice.read(".aws/credentials"),
        "[plain]\nregion = eu-west-1\n"
    );
    assert_eq!(
        practice.read(".aws/config"),
        format!("[profile work]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n")
    );
    assert_eq!(stored(&practice), [format!("work {KEY_ID}")]);
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "work", "--", "true"]).ok();
    let _ = practice.run(&["import", "aws-mfa"]).ok();
}

#[test]
fn another_credentials_file_can_be_named() {
    let practice = Practice::start();
    practice.write("backup/credentials", &format!("[a]\n{}", alice()));
    let _ = practice
        .run(&[
            "import",
            "credentials",
            "--from",
            "backup/credentials",
            "--yes",
        ])
        .ok();
    assert_eq!(practice.read("backup/credentials"), "");
    assert_eq!(stored(&practice), [format!("a {KEY_ID}")]);
    let said = practice
        .run(&["import", "aws-mfa", "--from", "no/such", "--yes"])
        .fails_with(2);
    assert!(said.contains("no/such"), "{said}");
    // A folder or a pipe exists, so the error does not call it missing.
    for tool in ["credentials", "aws-mfa"] {
        let said = practice
            .run(&["import", tool, "--from", "backup", "--yes"])
            .fails_with(1);
        assert!(
            said.contains("`backup` cannot be read") || said.contains("directory"),
            "{said}"
        );
        assert!(!said.contains("there is no file"), "{said}");
    }
}

#[test]
fn settings_of_awstools_join_ours() {
    let practice = Practice::start();
    practice.write(
        ".config/awstools/config.toml",
        "keyRotationIntervalMinutes = 10080\n[profiles]\nmainAccount = \"main_account\"\n\
         [accounts]\nmain = \"123456789012\"\npartner = \"111122223333\"\n",
    );
    let before = practice.read("keyward/config.toml");
    let ran = practice.run(&["import", "awstools"]);
    assert!(
        ran.stdout.contains("add       account `main`"),
        "{}",
        ran.stdout
    );
    let _ = ran.fails_with(3);
    assert_eq!(practice.read("keyward/config.toml"), before);
    let _ = practice.run(&["import", "awstools", "--yes"]).ok();
    assert_eq!(
        practice.read("keyward/config.toml"),
        format!(
            "{before}key_max_age = \"7d\"\nassume_from = \"main_account\"\n\n[accounts]\nmain = \"123456789012\"\npartner = \"111122223333\"\n"
        )
    );
    // Every later command reads the settings, so they must be good.
    let _ = practice.run(&["list"]).ok();
    let again = practice.run(&["import", "awstools"]);
    assert!(
        again.stderr.contains("nothing to take over"),
        "{}",
        again.stderr
    );
    let _ = again.ok();
}

#[test]
fn no_secret_is_said_or_left_behind() {
    let mut practice = Practice::start();
    let mut canaries = Canaries::new();
    canaries.plant("alice's secret", SECRET);
    canaries.plant("bob's secret", BOB_SECRET);
    canaries.plant("the passphrase", PASSPHRASE);
    lay_out(
        &practice,
        ".awsvault/keys",
        &["alice", "team%2Fbob", "swapped", "temporary", "cbc"],
    );
    practice.write(
        ".aws/credentials",
        &format!(
            "[me]\n{}[half]\naws_secret_access_key = {BOB_SECRET}\n",
            alice()
        ),
    );
    opened(&mut practice);
    let runs: Vec<Ran> = [
        &["-vv", "import", "aws-vault"][..],
        &["-vv", "import", "aws-vault", "--yes"],
        &["-vv", "import", "credentials"],
        &["-vv", "import", "credentials", "--yes"],
        &["-vv", "import", "aws-mfa", "--yes"],
    ]
    .iter()
    .map(|words| practice.run(words))
    .collect();
    for ran in &runs {
        canaries.absent_from(ran);
    }
    assert_eq!(stored(&practice).len(), 3);
    // The owner must fix the half key, and keyward reports the copy of the file. Remove both first.
    std::fs::remove_file(practice.path().join(".aws/credentials")).unwrap();
    for copy in backups(&practice) {
        std::fs::remove_file(copy).unwrap();
    }
    canaries.absent_below(practice.path(), &[]);
}

#[test]
fn an_import_that_finds_nothing_says_where_it_looked() {
    let practice = Practice::start();
    for (words, place) in [
        (
            &["import", "credentials"][..],
            "`~/.aws/credentials`, `~/.aws/config`",
        ),
        (&["import", "aws-mfa"], "`~/.aws/credentials`"),
    ] {
        let ran = practice.run(words);
        let said = format!(
            "there is nothing to take over\n\
             hint: keyward looked in {place}; name another place with --from\n"
        );
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (0, said.as_str()),
            "{words:?}"
        );
    }
    let said = practice.run(&["import", "awstools"]).fails_with(2);
    assert!(
        said.ends_with("hint: name the config file of awstools with --from FILE\n"),
        "{said}"
    );
    practice.write("tools.toml", "");
    let ran = practice.run(&["import", "awstools", "--from", "tools.toml"]);
    assert!(
        ran.stderr.contains("looked in `tools.toml`"),
        "{}",
        ran.stderr
    );
    let said = practice.run(&["import", "awsume"]).fails_with(2);
    assert!(
        said.ends_with("hint: keyward import credentials\n"),
        "{said}"
    );
}
