//! Lines and their programs.

use super::*;

#[test]
fn the_program_comes_after_assignments() {
    assert_eq!(program("X=1 Y=2 /bin/cat f").as_deref(), Some("/bin/cat"));
    assert_eq!(program("\"/a b/c\" d").as_deref(), Some("/a b/c"));
    assert_eq!(program(""), None);
}

#[test]
fn a_line_in_quotation_marks_is_no_program() {
    // Windows looks for programs in more places.
    assert_eq!(exists("cat /etc/hostname"), cfg!(windows));
    // A relative path depends on where it is used.
    assert!(exists("My Tools/cat"));
    assert!(exists("tools/cat x"));
    // Every shell has these.
    assert!(exists("exec") && exists("cd"));
}
