//! Lines that need a shell, and lines that do not.

use super::*;

#[test]
fn what_only_a_shell_understands_is_found() {
    for (line, expect) in [
        ("/bin/cat f", None),
        ("X=1 /bin/cat f", Some("`NAME=VALUE`")),
        ("cat f | jq .", Some("`|`")),
        ("~/bin/creds", Some("`~`")),
        ("cat $HOME/f", Some("`$NAME`")),
        ("cat \"${HOME}/f\"", Some("`$NAME`")),
        ("cat 'a $HOME b'", None),
        ("creds --price $5", None),
        ("creds --query a=b", None),
    ] {
        assert_eq!(needs_shell(line), expect, "{line}");
    }
}

#[test]
fn the_program_comes_after_assignments() {
    assert_eq!(program("X=1 Y=2 /bin/cat f").as_deref(), Some("/bin/cat"));
    assert_eq!(program("\"/a b/c\" d").as_deref(), Some("/a b/c"));
    assert_eq!(program(""), None);
}
