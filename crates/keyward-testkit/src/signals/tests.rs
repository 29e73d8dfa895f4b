use super::*;

#[test]
fn what_is_ignored_is_read_from_the_mask() {
    let check = |status: &str, expect: &[i32]| assert_eq!(ignored(status), expect);
    check(
        "Name:\tsh\nSigIgn:\t0000000080001007\n",
        &[SIGHUP, SIGINT, SIGQUIT],
    );
    check(
        "SigBlk:\t0000000000000007\nSigIgn:\t0000000000001000\n",
        &[],
    );
    check("SigIgn:\t0000000000000002\n", &[SIGINT]);
    check("", &[]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_child_hears_what_its_parent_was_started_without() {
    let_children_hear();
    let child = std::process::Command::new("sh")
        .args(["-c", "grep SigIgn /proc/$$/status"])
        .output()
        .expect("a shell can be started");
    let status = String::from_utf8(child.stdout).expect("it is text");
    assert!(status.contains("SigIgn"), "{status}");
    assert_eq!(ignored(&status), [0; 0]);
}
