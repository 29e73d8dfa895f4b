//! The announcement of a shell.

use super::announcement;

#[test]
fn a_shell_is_announced_with_its_profile_and_its_end() {
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    let end = "2026-01-31T12:59:00Z".parse().unwrap();
    let profile = "dev".parse().unwrap();
    assert_eq!(
        announcement(&profile, Some(end), now),
        "a shell with the credentials of profile `dev`, which end in 59m (2026-01-31T12:59:00Z); leave it with `exit`"
    );
    assert!(announcement(&profile, None, now).contains("do not end"));
}
