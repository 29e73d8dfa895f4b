//! The line as the tools split it.

use std::path::Path;

use super::of;

fn check(program: &str, profile: &str, expect: &str) {
    let line = of(Path::new(program), &profile.parse().unwrap());
    assert_eq!(line, expect);
    let words = shlex::split(&line).unwrap();
    assert_eq!(words, [program, "credential-process", profile]);
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
