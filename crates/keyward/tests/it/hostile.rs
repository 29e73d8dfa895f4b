//! Config files from another author: their text cannot control a terminal, and their errors do not
//! fill memory.

use crate::practice::Practice;

/// A title, a cleared screen, text that is not seen: all that a value might try.
const RAW: &str = "\x1b]0;owned\x07\x1b[2J\x1b[8mx\u{9b}2J";

/// Returns the output of a command on a terminal of 80 columns.
#[cfg(target_os = "linux")]
fn screen(practice: Practice, words: &[&str], last: &str) -> String {
    use crate::echo::{Asked, ITS_OWN};
    let mut asked = Asked::say(practice, ITS_OWN, words, "xterm");
    let seen = asked.reads_until(last);
    asked.child.wait().unwrap();
    seen
}

#[cfg(target_os = "linux")]
#[test]
fn no_value_of_a_config_file_commands_a_terminal() {
    let config = format!(
        "[profile p]\ncredential_process = tool {RAW} end\n[profile q]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = no{RAW}such\n"
    );
    for (words, last) in [
        (["explain", "p"], "end"),
        (["explain", "q"], "correct the value"),
        (["--color=always", "doctor"], "problems"),
    ] {
        let practice = Practice::start();
        practice.config(&config);
        let seen = screen(practice, &words, last);
        for raw in ["\x1b]", "\x07", "\x1b[2J", "\x1b[8m", "\u{9b}"] {
            assert!(!seen.contains(raw), "{words:?}: {seen:?}");
        }
    }
}

#[test]
fn standard_output_that_is_no_terminal_gets_values_as_they_are() {
    let practice = Practice::start();
    practice.config(&format!(
        "[profile p]\ncredential_process = tool {RAW} end\n"
    ));
    let ran = practice.run(&["explain", "p", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&ran.ok()).unwrap();
    assert!(said.to_string().contains("\u{9b}2J"), "{said}");
}

#[test]
fn a_file_of_very_many_mistakes_is_not_told_whole() {
    let practice = Practice::start();
    practice.config(&"x\n".repeat(200_000));
    let ran = practice.run(&["credential-process", "p"]);
    assert_eq!(ran.code, 2);
    let said = "200000 faults in the AWS files";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
    let ran = practice.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 1);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let refused = found["findings"].as_array().unwrap().iter();
    let refused = refused.filter(|finding| finding["id"] == "config-refused");
    assert_eq!(refused.count(), 101);
}
