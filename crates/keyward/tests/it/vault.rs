//! `vault slot`, `vault passphrase`, `vault export` and `import`.

use std::process::Stdio;

use crate::practice::{KEY_ID, Practice, SECRET};

fn slots(practice: &Practice) -> Vec<String> {
    let listed = practice.run(&["vault", "slot", "list", "--json"]).ok();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Whether the vault opens, without any session to hide behind.
fn opens(practice: &Practice) -> i32 {
    practice
        .run(&["env", "bare", "--no-session", "--format", "json"])
        .code
}

#[test]
fn a_second_slot_opens_the_vault_and_the_first_can_go() {
    let mut practice = Practice::with_key();
    let before = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    practice.write("second", "another passphrase\n");
    let second = practice.path().join("second").display().to_string();
    let add = [
        "vault",
        "slot",
        "add",
        "passphrase",
        "--name",
        "second",
        "--passphrase-file",
        &second,
    ];
    let _ = practice.run(&add).ok();
    assert_eq!(slots(&practice), ["passphrase", "second"]);
    assert_eq!(practice.run(&add).code, 2, "a name is taken once");
    let _ = practice
        .run(&["vault", "slot", "remove", "passphrase", "--yes"])
        .ok();
    assert_eq!(opens(&practice), 4);
    practice.set("KEYWARD_PASSPHRASE_FILE", second);
    assert_eq!(opens(&practice), 0);
    let said = practice
        .run(&["vault", "slot", "remove", "second", "--yes"])
        .fails_with(2);
    assert!(said.contains("last slot"), "{said}");
    let after = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    assert_eq!(
        before, after,
        "slots came and went without the secrets being rewritten"
    );
}

#[test]
fn a_changed_passphrase_is_the_only_one() {
    let mut practice = Practice::with_key();
    practice.write("new", "a newer passphrase\n");
    let new = practice.path().join("new").display().to_string();
    let _ = practice
        .run(&["vault", "passphrase", "--new-passphrase-file", &new])
        .ok();
    assert_eq!(opens(&practice), 4);
    practice.set("KEYWARD_PASSPHRASE_FILE", new);
    assert_eq!(opens(&practice), 0);
}

#[test]
fn a_short_new_passphrase_is_refused_wherever_it_comes_from() {
    let practice = Practice::with_key();
    practice.write("short", "x\n");
    let short = practice.path().join("short").display().to_string();
    let slot = ["vault", "slot", "add", "passphrase", "--name", "second"];
    for words in [
        &["vault", "passphrase", "--new-passphrase-file", &short][..],
        &[&slot[..], &["--passphrase-file", &short]].concat(),
        &["vault", "export", "copy", "--copy-passphrase-file", &short],
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(said.contains("1 of at least 10 characters"), "{said}");
    }
    assert_eq!(slots(&practice), ["passphrase"]);
    assert!(!practice.path().join("copy").exists());
    assert_eq!(opens(&practice), 0);
    // A new vault cannot have one either, from whichever variable.
    let key = format!("{KEY_ID}\n{SECRET}\n");
    for (name, value) in [
        ("KEYWARD_PASSPHRASE_FILE", short.as_str()),
        ("KEYWARD_PASSPHRASE", "x"),
    ] {
        let mut practice = Practice::start();
        practice.set("KEYWARD_PASSPHRASE_FILE", "");
        practice.set(name, value);
        let words = ["add", "alice", "--stdin", "--no-verify", "--no-config"];
        let said = practice.run_with_input(&words, &key).fails_with(2);
        assert!(said.contains("too short"), "{said}");
        assert!(!practice.path().join("keyward/vault.age").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_command_slot_keeps_the_identity_elsewhere() {
    let mut practice = Practice::with_key();
    let kept = practice.path().join("kept").display().to_string();
    let (read, store) = (
        format!("cat {kept}"),
        format!("sh -c 'umask 077; cat > {kept}'"),
    );
    let _ = practice
        .run(&[
            "vault", "slot", "add", "command", "--read", &read, "--store", &store,
        ])
        .ok();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(opens(&practice), 0);
    std::fs::remove_file(kept).unwrap();
    let ran = practice.run(&["env", "bare", "--no-session"]);
    assert!(ran.code == 3 || ran.code == 4, "{}", ran.code);
    assert!(
        ran.stderr.contains("slot `command` is skipped"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_copy_brings_the_keys_to_another_machine() {
    let practice = Practice::with_key();
    practice.write("copy-passphrase", "of the copy\n");
    let (copy, phrase) = (
        practice.path().join("copy.age"),
        practice.path().join("copy-passphrase"),
    );
    let (copy, phrase) = (copy.display().to_string(), phrase.display().to_string());
    let export = ["vault", "export", &copy, "--copy-passphrase-file", &phrase];
    let _ = practice.run(&export).ok();
    assert_eq!(practice.run(&export).code, 1, "a copy is never overwritten");
    assert!(
        !std::fs::read(&copy)
            .unwrap()
            .windows(SECRET.len())
            .any(|bytes| bytes == SECRET.as_bytes())
    );

    let other = Practice::start();
    let wrong = practice.run(&["vault", "import", &copy, "--copy-passphrase-file", &copy]);
    assert_ne!(wrong.code, 0);
    let import = ["vault", "import", &copy, "--copy-passphrase-file", &phrase];
    let ran = other.run(&import);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        other
            .run(&["env", "alice", "--no-session", "--format", "json"])
            .ok()
            .contains(KEY_ID)
    );
    assert!(other.run(&import).stderr.contains("same"));
}

#[test]
fn what_is_no_copy_is_refused_before_its_passphrase_is_asked_for() {
    let practice = Practice::with_key();
    for input in ["", "no copy\n"] {
        let ran = practice.run_with_input(&["vault", "import", "-"], input);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let said = "the copy is not a whole age file";
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn a_copy_can_go_through_a_pipe() {
    let practice = Practice::with_key();
    practice.write("copy-passphrase", "of the copy\n");
    let phrase = practice
        .path()
        .join("copy-passphrase")
        .display()
        .to_string();
    let run = |command: &str, from: Stdio| {
        let mut command =
            practice.command(&["vault", command, "-", "--copy-passphrase-file", &phrase]);
        command
            .stdin(from)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let mut export = run("export", Stdio::null());
    let import = run("import", export.stdout.take().unwrap().into());
    let ended = import.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(
        ended.status.success() && said.contains("same   alice"),
        "{said}"
    );
    let ended = export.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("2 keys to standard output"), "{said}");
    assert!(!practice.path().join("-").exists());
}

#[test]
fn recipient_of_a_copy_is_taken_as_it_is_pasted() {
    let practice = Practice::with_key();
    let identity = keyward_vault::Identity::generate();
    practice.write("identity", &format!("{}\n", *identity.expose()));
    let written = practice.path().join("identity").display().to_string();
    for (number, recipient) in [
        format!(" {}\r\n", identity.recipient()),
        identity.recipient().to_ascii_uppercase(),
    ]
    .iter()
    .enumerate()
    {
        let copy = practice.path().join(format!("copy{number}"));
        let copy = copy.display().to_string();
        let _ = practice
            .run(&["vault", "export", &copy, "--recipient", recipient])
            .ok();
        let _ = practice
            .run(&["vault", "import", &copy, "--identity-file", &written])
            .ok();
        // It has no passphrase, so none is asked for and none opens it.
        let import = ["vault", "import", &copy];
        for more in [&[][..], &["--copy-passphrase-file", &written]] {
            let said = practice.run(&[&import[..], more].concat()).fails_with(4);
            assert!(
                said.contains("for a recipient, not for a passphrase"),
                "{said}"
            );
            assert!(said.contains("--identity-file FILE"), "{said}");
        }
    }
}

#[test]
fn recipient_that_a_copy_cannot_have_is_named() {
    let practice = Practice::with_key();
    let copy = practice.path().join("copy").display().to_string();
    for (recipient, expected) in [
        ("age1pq1qqqqqqqq", "`age1pq1…` is a post-quantum"),
        ("age1yubikey1qqqq", "age plugin `yubikey`"),
        ("age1qqqq", "mistyped or cut off"),
        ("ssh-ed25519 AAAAC3Nz", "cut off or damaged"),
        ("ecdsa-sha2-nistp256 AAAA", "`ecdsa-sha2-nistp256` keys"),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----", "this is a PGP key"),
        ("AGE-SECRET-KEY-1QQQZZZ", "this is a PRIVATE age key"),
        ("alice", "not an age recipient"),
    ] {
        let said = practice
            .run(&[
                "vault",
                "export",
                &copy,
                &format!("--recipient={recipient}"),
            ])
            .fails_with(2);
        assert!(said.contains(expected), "{recipient}: {said}");
        assert!(!said.contains("QQQZZZ"), "{said}");
        assert!(!practice.path().join("copy").exists());
    }
}

#[test]
fn a_new_vault_needs_a_person_or_a_passphrase() {
    let mut practice = Practice::start();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let said = practice
        .run_with_input(&["add", "alice", "--stdin", "--no-verify"], &key)
        .fails_with(3);
    assert!(said.contains("KEYWARD_PASSPHRASE_FILE"), "{said}");
    assert!(!practice.path().join("keyward/vault.age").exists());
}

/// Only a kernel keyring keeps a vault open; if there is none there is nothing to show.
#[cfg(target_os = "linux")]
#[test]
fn a_vault_stays_open_only_as_long_as_allowed() {
    let mut practice = Practice::with_key();
    let kept = practice.run(&["vault", "status", "--json"]).ok();
    if !kept.contains("kernel keyring") {
        keyward_testkit::skipped("there is no kernel keyring");
        return;
    }
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(
        opens(&practice),
        3,
        "without the setting every command asks"
    );
    let phrase = practice.path().join("passphrase").display().to_string();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nunlock_for = \"1h\"\n",
    );
    practice.set("KEYWARD_PASSPHRASE_FILE", phrase);
    assert_eq!(opens(&practice), 0);
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    assert_eq!(opens(&practice), 0, "the vault is still open");
    let _ = practice.run(&["lock"]).ok();
    assert_eq!(opens(&practice), 3, "locked");
}

#[cfg(target_os = "linux")]
#[test]
fn a_vault_that_is_still_open_is_refused_once_it_is_an_older_one() {
    let mut practice = Practice::with_key();
    let kept = practice.run(&["vault", "status", "--json"]).ok();
    if !kept.contains("kernel keyring") {
        keyward_testkit::skipped("there is no kernel keyring");
        return;
    }
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nunlock_for = \"1h\"\n",
    );
    let files = ["vault.age", "index.json"].map(|name| file(&practice, name));
    let before = files.each_ref().map(|path| std::fs::read(path).unwrap());
    let _ = practice.run(&["remove", "bare", "--yes"]).ok();
    for (path, content) in files.iter().zip(before) {
        std::fs::write(path, content).unwrap();
    }
    // keyward asks for no passphrase.
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let said = practice.run(&["env", "bare", "--no-session"]).fails_with(4);
    assert!(said.contains("was changed outside keyward"), "{said}");
}

/// Returns the path of a file of the vault.
fn file(practice: &Practice, name: &str) -> std::path::PathBuf {
    practice.path().join("keyward").join(name)
}

#[test]
fn a_vault_that_opens_is_not_replaced_without_force() {
    let practice = Practice::with_key();
    let whole = std::fs::read(file(&practice, "vault.age")).unwrap();
    let said = practice.run(&["vault", "restore", "--yes"]).fails_with(1);
    assert!(said.contains("the vault is whole"), "{said}");
    assert!(
        said.contains("lacks the key AKIAIOSFODNN7EXAMPLE of `bare`"),
        "{said}"
    );
    assert_eq!(std::fs::read(file(&practice, "vault.age")).unwrap(), whole);
    let said = practice.run(&["vault", "restore", "--force"]).fails_with(3);
    assert!(said.contains("--yes"), "{said}");

    let ran = practice.run(&["vault", "restore", "--force", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let kept = file(&practice, "vault.age.replaced");
    assert_eq!(std::fs::read(&kept).unwrap(), whole);
    let status = practice.run(&["vault", "status"]).ok();
    assert!(!status.contains("bare"), "{status}");
    let kept = kept.display().to_string();
    let back = ["vault", "restore", "--force", "--yes", "--from", &kept];
    assert_eq!(practice.run(&back).code, 0);
    assert_eq!(opens(&practice), 0);
}

#[test]
fn a_damaged_vault_goes_back_after_a_look_at_what_that_costs() {
    let practice = Practice::with_key();
    let whole = std::fs::read(file(&practice, "vault.age")).unwrap();
    std::fs::write(file(&practice, "vault.age"), &whole[..100]).unwrap();
    let ran = practice.run(&["vault", "status"]);
    assert_eq!(ran.code, 4);
    assert!(
        ran.stdout.contains("is damaged or lost; a copy from"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("keyward vault restore"),
        "{}",
        ran.stderr
    );
    let said = practice.run(&["vault", "restore"]).fails_with(3);
    assert!(
        said.contains("lacks the key AKIAIOSFODNN7EXAMPLE of `bare`"),
        "{said}"
    );
    for round in ["vault.age.damaged", "vault.age.damaged.2"] {
        let ran = practice.run(&["vault", "restore", "--yes"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(
            std::fs::read(file(&practice, round)).unwrap(),
            &whole[..100]
        );
        let status = practice.run(&["vault", "status"]).ok();
        assert!(
            status.contains("alice") && !status.contains("bare"),
            "{status}"
        );
        std::fs::write(file(&practice, "vault.age"), &whole[..100]).unwrap();
    }
}

#[test]
fn a_lost_vault_is_told_from_one_that_never_was() {
    let practice = Practice::with_key();
    std::fs::remove_file(file(&practice, "vault.age")).unwrap();
    let said = practice.run(&["env", "bare", "--no-session"]).fails_with(4);
    assert!(said.contains("vault.age` is damaged or lost"), "{said}");
    assert!(said.contains("keyward vault restore"), "{said}");
    for command in [&["remove", "alice", "--yes"][..], &["rotate", "alice"]] {
        let said = practice.run(command).fails_with(4);
        assert!(said.contains("vault.age` is damaged or lost"), "{said}");
    }
    let said = practice.run(&["vault", "status"]);
    assert!(!said.stdout.contains("not made yet"), "{}", said.stdout);
    std::fs::remove_file(file(&practice, "vault.age.previous")).unwrap();
    let said = practice.run(&["env", "bare", "--no-session"]).fails_with(4);
    assert!(said.contains("no previous copy"), "{said}");
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let said = practice
        .run_with_input(
            &["add", "new", "--stdin", "--no-config", "--no-verify"],
            &key,
        )
        .fails_with(4);
    assert!(said.contains("--from FILE"), "{said}");
    assert!(file(&practice, "slots/passphrase.age").exists());
}

#[test]
fn a_lost_list_of_keys_is_made_anew_by_whoever_opens_the_vault() {
    let mut practice = Practice::with_key();
    let list = file(&practice, "index.json");
    let whole = std::fs::read(&list).unwrap();
    for broken in [None, Some("{}}")] {
        let (phrase, none) = (practice.path().join("passphrase"), String::new());
        match broken {
            Some(text) => std::fs::write(&list, text).unwrap(),
            None => std::fs::remove_file(&list).unwrap(),
        }
        // If no person can open it, no name that the vault may hold is called unknown.
        practice.set("KEYWARD_PASSPHRASE_FILE", none);
        let said = practice.run(&["credential-process", "alice"]).fails_with(3);
        assert!(said.contains("index.json"), "{said}");
        assert_eq!(practice.run(&["status", "--prompt"]).ok(), "");
        let said = practice.run(&["list"]);
        assert!(
            !said.stdout.contains("no key in the vault"),
            "{}",
            said.stdout
        );
        assert!(
            said.stderr.contains("keyward vault status"),
            "{}",
            said.stderr
        );
        practice.set("KEYWARD_PASSPHRASE_FILE", phrase.display().to_string());
        let said = practice.run(&["env", "bare", "--no-session"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        assert!(said.stderr.contains("rebuilt"), "{}", said.stderr);
        assert_eq!(std::fs::read(&list).unwrap(), whole);
        std::fs::remove_file(&list).unwrap();
        let status = practice.run(&["vault", "status"]).ok();
        assert!(status.contains("alice"), "{status}");
        assert_eq!(std::fs::read(&list).unwrap(), whole);
    }
}

#[test]
fn slots_that_open_nothing_are_seen_without_opening_anything() {
    let practice = Practice::with_key();
    let slots = practice.path().join("keyward/slots");
    let said = |arguments: &[&str]| {
        let ran = practice.run(arguments);
        (ran.code, ran.stdout, ran.stderr)
    };
    let findings = || {
        let (code, out, _) = said(&["doctor", "--json"]);
        let said: serde_json::Value = serde_json::from_str(&out).unwrap();
        let ids = said["findings"].as_array().unwrap().iter();
        let ids: Vec<String> = ids
            .map(|finding| finding["id"].as_str().unwrap().to_owned())
            .collect();
        (code, ids)
    };
    std::fs::remove_file(slots.join("passphrase.age")).unwrap();
    let (code, out, err) = said(&["vault", "status"]);
    assert_eq!(code, 4, "{out}{err}");
    assert!(out.contains("no slot opens the vault"), "{out}");
    assert!(out.contains("passphrase.age` is gone"), "{out}");
    assert!(!out.contains("only `passphrase` opens it"), "{out}");
    assert!(err.contains("backup"), "{err}");
    let (code, out, _) = said(&["vault", "status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 4);
    assert!(status["problem"].is_string() && status["slots"][0]["problem"].is_string());
    let (code, ids) = findings();
    assert_eq!(code, 1);
    for id in ["slot", "no-slot"] {
        assert!(ids.iter().any(|found| found == id), "{ids:?}");
    }
    assert!(!ids.contains(&"one-slot".to_owned()), "{ids:?}");
    let (code, _, err) = said(&["exec", "bare", "--", "true"]);
    assert_eq!(code, 4);
    assert!(err.contains("is gone") && err.contains("backup"), "{err}");

    std::fs::remove_dir_all(&slots).unwrap();
    for arguments in [
        &["vault", "status"][..],
        &["vault", "slot", "list"],
        &["exec", "bare", "--", "true"],
    ] {
        let (code, out, err) = said(arguments);
        assert_eq!(code, 4, "{arguments:?}: {out}{err}");
        let told = format!("{out}{err}");
        assert!(told.contains("no slot opens the vault"), "{told}");
        assert!(err.contains("keyward vault import"), "{err}");
    }
    assert!(findings().1.contains(&"no-slot".to_owned()));
}

#[test]
fn a_broken_slot_beside_a_whole_one_is_named() {
    let practice = Practice::with_key();
    practice.write("second", "another passphrase\n");
    let add = ["vault", "slot", "add", "passphrase", "--name", "second"];
    let file = practice.path().join("second").display().to_string();
    let _ = practice
        .run(&[&add[..], &["--passphrase-file", &file]].concat())
        .ok();
    practice.write("keyward/slots/second.json", "no json");
    let ran = practice.run(&["vault", "status"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("only `passphrase` opens it"),
        "{}",
        ran.stdout
    );
    let said = practice.run(&["doctor"]);
    assert!(
        said.stdout.contains("`second` opens nothing"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("keyward vault slot remove second"));
    assert_eq!(said.code, 1);
    let _ = practice
        .run(&["vault", "slot", "remove", "second", "--yes"])
        .ok();
    assert_eq!(
        practice
            .run(&["vault", "slot", "list"])
            .ok()
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_slot_that_cannot_come_or_go_is_told_before_anybody_is_asked() {
    let practice = Practice::with_key();
    for (words, wanted) in [
        (&["vault", "slot", "remove", "nosuch"][..], "`nosuch`"),
        (&["vault", "slot", "remove", "passphrase"], "last slot"),
        (
            &["vault", "slot", "add", "passphrase"],
            "`passphrase` already",
        ),
    ] {
        let said = practice.run(words).fails_with(2);
        assert!(said.contains(wanted), "{said}");
    }
}

#[test]
fn a_passphrase_that_nobody_gives_is_told_once() {
    let mut practice = Practice::with_key();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let said = practice.run(&["exec", "bare", "--", "true"]).fails_with(3);
    let told = "slot `passphrase` is skipped: its passphrase was not given\n";
    assert!(said.contains(told), "{said}");
}

#[test]
fn a_restore_without_a_copy_says_where_else_one_may_be() {
    let practice = Practice::with_key();
    practice.write("cut.age", "age-encryption.org/v1\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let own = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(practice.path().join("cut.age"), own).unwrap();
    }
    for from in ["nowhere.age", "cut.age"] {
        let path = practice.path().join(from).display().to_string();
        let said = practice
            .run(&["vault", "restore", "--from", &path])
            .fails_with(1);
        assert!(
            said.contains("hint: keyward vault restore --from FILE"),
            "{said}"
        );
        assert!(said.contains("hint: keyward vault import FILE"), "{said}");
    }
}

/// `pass` with a store of plain files, as far as a slot needs it.
#[cfg(unix)]
pub(crate) const PASS: &str = "#!/bin/sh\nstore=$HOME/.password-store\ncase $1 in\n\
    show) [ -f \"$store/$2\" ] || { echo \"Error: $2 is not in the password store.\" >&2; exit 1; }\n\
    cat \"$store/$2\" ;;\n\
    insert) for entry; do :; done; mkdir -p \"$store/${entry%/*}\"; cat > \"$store/$entry\" ;;\n\
    rm) rm \"$store/$3\" ;;\nesac\n";

/// A password store of plain files and the program for it.
#[cfg(unix)]
fn with_pass(home: &mut keyward_testkit::Home) {
    use std::os::unix::fs::PermissionsExt as _;
    home.write("bin/pass", PASS);
    let program = home.path().join("bin/pass");
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    home.set("PATH", path);
    // No passphrase is available anywhere.
    std::fs::remove_file(home.path().join("passphrase")).unwrap();
    home.set("KEYWARD_PASSPHRASE_FILE", "");
}

#[cfg(unix)]
#[test]
fn a_vault_of_pass_alone_needs_no_passphrase_from_the_first_command_on() {
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let add = |more: &[&'static str]| {
        let mut words = vec!["add", "bare", "--stdin", "--no-verify"];
        words.extend(more);
        words
    };
    for by_a_key in [true, false] {
        let mut practice = Practice::start();
        with_pass(&mut practice);
        if !by_a_key {
            let made = practice.run(&["vault", "slot", "add", "pass"]);
            assert_eq!(made.code, 0, "{}", made.stderr);
            assert!(
                made.stderr.contains("opened by its slot `pass` alone"),
                "{}",
                made.stderr
            );
        }
        let words = match by_a_key {
            true => add(&["--slot", "pass"]),
            false => add(&[]),
        };
        let _ = practice.run_with_input(&words, &key).ok();
        assert_eq!(slots(&practice), ["pass"]);
        assert_eq!(opens(&practice), 0);
        let entry = practice.read(".password-store/keyward/vault");
        assert!(entry.starts_with("AGE-SECRET-KEY-1"));
    }
}

#[cfg(unix)]
#[test]
fn a_first_slot_that_cannot_be_made_leaves_no_vault() {
    let mut practice = Practice::start();
    with_pass(&mut practice);
    practice.write(".password-store/keyward/vault", "a note of somebody");
    let said = practice
        .run(&["vault", "slot", "add", "pass"])
        .fails_with(4);
    assert!(said.contains("keyward/vault"), "{said}");
    assert!(!practice.path().join("keyward/vault.age").exists());
    assert_eq!(
        practice.read(".password-store/keyward/vault"),
        "a note of somebody"
    );
    // Another entry is as good.
    let _ = practice
        .run(&["vault", "slot", "add", "pass", "--entry", "keyward/laptop"])
        .ok();
    assert_eq!(slots(&practice), ["pass"]);
}

#[cfg(unix)]
#[test]
fn init_makes_a_vault_of_pass_alone() {
    let mut practice = Practice::start();
    with_pass(&mut practice);
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let words = [
        "init",
        "--yes",
        "--profile",
        "bare",
        "--slot",
        "pass",
        "--key-stdin",
        "--no-mfa",
        "--no-roles",
        "--no-check",
    ];
    let ran = practice.run_with_input(&words, &key);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(slots(&practice), ["pass"]);
}
