use super::*;

#[test]
fn a_name_is_one_word_to_a_shell() {
    fn check(word: &str, wanted: &str) {
        assert_eq!(argument(word), wanted);
    }
    check("team/dev@x.y:1+2=3", "team/dev@x.y:1+2=3");
    check("$(touch pwned)", "'$(touch pwned)'");
    check("`id`", "'`id`'");
    check("a b", "'a b'");
    check("it's", r"'it'\''s'");
    check("a;b", "'a;b'");
    check("ümlaut", "'ümlaut'");
    check("~alice", "'~alice'");
    check("-x", "-- -x");
    check("--help me", "-- '--help me'");
    check("", "''");
}
