//! The parts of a program's standard error that are repeated.

use super::*;

#[test]
fn secrets_are_struck_out_of_last_words() {
    let answer = br#"{"SecretAccessKey":"short-secret","SessionToken":"token"}"#;
    for (line, expect) in [
        ("plain words, /a/path", "plain words, /a/path"),
        ("it is short-secret and token!", "it is *** and ***!"),
        ("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key=***"),
        ("key: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key: ***"),
    ] {
        let stderr_excerpt = StderrExcerpt::of(line.as_bytes(), answer).unwrap();
        assert_eq!(stderr_excerpt.line(), expect);
    }
}

#[test]
fn what_a_program_answers_is_struck_out_of_its_last_words() {
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
    for (answer, message, expect) in [
        ("123456\n", "+ echo 123456", "+ echo ***"),
        ("123456", "code=123456;", "code=***;"),
        (token, &format!("+ echo {token}"), "+ echo ***"),
        // A part of another word is not removed from it.
        ("abcdef abcdefgh\n", "abcdefgh abcdef", "*** ***"),
        // Words this short are never taken for secrets.
        ("on a b 12345", "on a b 12345", "on a b 12345"),
        ("\"123456\"", "it is \"123456\"", "it is ***"),
    ] {
        let stderr_excerpt = StderrExcerpt::of(message.as_bytes(), answer.as_bytes()).unwrap();
        assert_eq!(stderr_excerpt.line(), expect, "{answer}");
    }
    let chatter = format!("{} 123456", "chatter ".repeat(10_000));
    let stderr_excerpt = StderrExcerpt::of(b"+ echo 123456", chatter.as_bytes()).unwrap();
    assert_eq!(stderr_excerpt.line(), "+ echo ***");
}

#[track_caller]
fn check(message: &str, expect: Option<(&[&str], &[&str])>) {
    let report = StderrExcerpt::of(message.as_bytes(), &[])
        .and_then(|stderr_excerpt| stderr_excerpt.report());
    let parts = report.as_ref().map(|report| {
        let text = |list: &'_ [String]| list.join("\n");
        (text(&report.chain), text(&report.hints))
    });
    let expect = expect.map(|(chain, hints)| (chain.join("\n"), hints.join("\n")));
    assert_eq!(parts, expect, "{message}");
}

#[test]
fn an_error_of_keywards_form_is_told_in_its_parts() {
    check(
        "warning: old\nerror: no way\n  caused by: a lock\n  caused by: a key\nhint: open it\nhint: or not\n",
        Some((&["no way", "a lock", "a key"], &["open it", "or not"])),
    );
    check("error: first\nerror: last\n", Some((&["last"], &[])));
}

#[test]
fn other_words_are_no_report() {
    check("", None);
    check("no ticket\n", None);
    check(
        "error: unexpected argument\n\nUsage: tool [OPTIONS]\n",
        None,
    );
    check("error: a\nhint: b\n  caused by: c\n", None);
}

#[test]
fn causes_come_in_their_order() {
    let report = StderrExcerpt::of(b"error: a\n  caused by: b\n", &[]).unwrap();
    let cause = report.report().unwrap().cause().unwrap();
    assert_eq!(cause.to_string(), "a");
    assert_eq!(cause.source().unwrap().to_string(), "b");
    assert!(cause.source().unwrap().source().is_none());
}

#[test]
fn long_words_lose_their_beginning() {
    let stderr_excerpt = StderrExcerpt::of("a b ".repeat(1000).as_bytes(), &[]).unwrap();
    assert_eq!(stderr_excerpt.line().chars().count(), LONGEST + 1);
    assert!(stderr_excerpt.line().starts_with('…'));
}
