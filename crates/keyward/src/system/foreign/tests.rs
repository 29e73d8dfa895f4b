//! Which folders are another's.

use super::is_of_another_user;

#[test]
fn only_root_is_in_the_folder_of_another() {
    assert!(is_of_another_user(0, 1000));
    assert!(!is_of_another_user(0, 0));
    assert!(!is_of_another_user(1000, 1000));
    // The folder above a new one, such as `/tmp`.
    assert!(!is_of_another_user(1000, 0));
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_not_there_is_made_in_the_one_above_it() {
    use std::path::Path;

    let (folder, _) = super::nearest(Path::new("/no/such/folder")).unwrap();
    assert_eq!(folder, Path::new("/"));
}
