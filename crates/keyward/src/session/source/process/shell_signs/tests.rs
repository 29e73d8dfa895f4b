//! Lines that need a shell, and lines that do not.

use super::*;

#[test]
fn what_only_a_shell_understands_is_found() {
    for (line, expect) in [
        ("/bin/cat f", None),
        ("X=1 /bin/cat f", Some("NAME=VALUE")),
        ("cat f | jq .", Some("|")),
        ("cat f|jq .", Some("|")),
        ("a || b", Some("||")),
        ("a && b", Some("&&")),
        ("cat f 2>/dev/null", Some("2>")),
        ("cat f >/dev/null", Some(">")),
        ("cat <f", Some("<")),
        ("cat f;", Some(";")),
        ("cat f &", Some("&")),
        ("cat `echo f`", Some("`")),
        ("cat \"`echo f`\"", Some("`")),
        ("cat an*.json", Some("*")),
        ("cat an?.json", Some("?")),
        ("cat f # mine", Some("#")),
        ("cat f#g", None),
        ("~/bin/creds", Some("~")),
        ("cat $HOME/f", Some("$NAME")),
        ("cat \"${HOME}/f\"", Some("$NAME")),
        ("cat 'a $HOME b'", None),
        ("cat 'a;b' \"c|d\" e\\;f", None),
        ("creds --price $5", None),
        ("creds --query a=b", None),
        ("creds --url https://example.com/?a=1&b=*", None),
        ("/bin/sh -c \"cat $HOME/f\"", None),
        ("bash -lc 'cat f | jq .'", None),
        ("/usr/bin/env bash -c 'cat f 2>/dev/null'", None),
        ("bash -c cat $HOME/f", Some("$NAME")),
        ("sh -c 'cat f' > g", Some(">")),
        ("creds -c $HOME/f", Some("$NAME")),
        ("", None),
    ] {
        assert_eq!(shell_sign(line).as_deref(), expect, "{line}");
    }
}

#[test]
fn quotes_around_the_whole_line_make_it_one_word() {
    assert!(is_quoted_whole("\"/bin/cat f.json\""));
    assert!(is_quoted_whole("'/bin/cat f.json'"));
    assert!(!is_quoted_whole("\"/a b/c\" d"));
    assert!(!is_quoted_whole("\"/bin/cat\""));
    assert!(!is_quoted_whole("\"a\" \"b\""));
    assert!(!is_quoted_whole(""));
}
