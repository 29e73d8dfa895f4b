//! The line as the tools split it.

use std::path::Path;

use super::of;

fn check(program: &str, profile: &str, expect: &str) {
    let line = of(Path::new(program), &profile.parse().unwrap());
    assert_eq!(line, expect);
    let words = shlex::split(&line).unwrap();
    assert_eq!(words, [program, "credential-process", profile]);
    #[cfg(unix)]
    {
        let printed = std::process::Command::new("sh")
            .args(["-c", &format!("printf '%s|' {line}")])
            .output()
            .unwrap();
        let printed = String::from_utf8(printed.stdout).unwrap();
        assert_eq!(printed, format!("{program}|credential-process|{profile}|"));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_of_any_name_is_one_word_to_a_shell_and_to_python() {
    for (folder, expect) in [
        ("o'neil", "\"/home/o'neil/keyward\""),
        ("a&b", "\"/home/a&b/keyward\""),
        ("a;b|c>d (x)*#~", "\"/home/a;b|c>d (x)*#~/keyward\""),
        ("$HOME", "'/home/$HOME/keyward'"),
        ("`id`", "'/home/`id`/keyward'"),
        ("a\"b", "'/home/a\"b/keyward'"),
        ("a\\b", "'/home/a\\b/keyward'"),
        ("it's $5", "'/home/it'\"'\"'s $5/keyward'"),
        ("größe", "/home/größe/keyward"),
    ] {
        check(
            &format!("/home/{folder}/keyward"),
            "dev",
            &format!("{expect} credential-process dev"),
        );
    }
}

#[test]
fn a_name_like_an_option_comes_after_the_end_of_options() {
    let line = of(Path::new("keyward"), &"--help".parse().unwrap());
    assert_eq!(line, "keyward credential-process -- --help");
}

#[test]
fn plain_words_stand_bare_and_blanks_in_quotes() {
    check(
        "/usr/bin/keyward",
        "dev",
        "/usr/bin/keyward credential-process dev",
    );
    check(
        "/opt/my tools/keyward",
        "dev",
        "\"/opt/my tools/keyward\" credential-process dev",
    );
}
