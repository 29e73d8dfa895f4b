//! Lines and their programs.

use super::*;

#[test]
fn the_program_comes_after_assignments() {
    assert_eq!(program("X=1 Y=2 /bin/cat f").as_deref(), Some("/bin/cat"));
    assert_eq!(program("\"/a b/c\" d").as_deref(), Some("/a b/c"));
    assert_eq!(program(""), None);
}
