//! Words that shells read unchanged.

use super::*;

#[test]
fn each_shell_quotes_what_it_would_read_as_more_than_text() {
    for (shell, word, expect) in [
        (Shell::Bash, "a'b $(c)", r"'a'\''b $(c)'"),
        (Shell::Zsh, "a'b", r"'a'\''b'"),
        (Shell::Fish, r"a'b\c", r"'a\'b\\c'"),
        (Shell::Powershell, "plain", "'plain'"),
        (Shell::Powershell, "", "''"),
        (Shell::Powershell, "a'b\"$(c)`d", "'a''b\"$(c)`d'"),
        (
            Shell::Powershell,
            "it\u{2019}s",
            "('it' + [char]0x2019 + 's')",
        ),
        // Read by code page 1252, the second byte of this letter is a quote.
        (
            Shell::Powershell,
            "\u{111};calc",
            "('' + [char]0x0111 + ';calc')",
        ),
        (
            Shell::Powershell,
            "\u{1f431}",
            "('' + [char]0xD83D + [char]0xDC31 + '')",
        ),
    ] {
        assert_eq!(shell.quote(word), expect, "{word}");
    }
}
