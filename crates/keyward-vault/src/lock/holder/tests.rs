use super::*;

const LOCKS: &str = "\
1: POSIX  ADVISORY  WRITE 700 08:01:42 0 EOF
2: FLOCK  ADVISORY  WRITE 1234 08:01:42 0 EOF
2: -> FLOCK  ADVISORY  WRITE 1235 08:01:42 0 EOF
3: FLOCK  ADVISORY  WRITE 99 00:2f:42 0 EOF
4: FLOCK  ADVISORY  WRITE 77 00:30:7 0 EOF
5: FLOCK  ADVISORY  WRITE 0 00:30:8 0 EOF
";

#[test]
fn the_holder_is_found_by_device_and_file() {
    assert_eq!(read(LOCKS, (8, 1), 42), Some(1234));
    assert_eq!(read(LOCKS, (0, 0x2f), 42), Some(99));
    // Two files have the number, and neither is on this device.
    assert_eq!(read(LOCKS, (9, 9), 42), None);
    assert_eq!(read(LOCKS, (9, 9), 7), Some(77));
    // A process of another namespace has no number here.
    assert_eq!(read(LOCKS, (0, 0x30), 8), None);
    assert_eq!(read("", (8, 1), 42), None);
}

#[cfg(target_os = "linux")]
#[test]
fn the_holder_of_a_lock_that_is_held_here_is_this_process() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.lock");
    let file = std::fs::File::create(&path).unwrap();
    assert_eq!(of(&path), None);
    file.lock().unwrap();
    // Where `/proc/locks` is hidden, as in some sandboxes, the holder is unknown.
    if let Some(holder) = of(&path) {
        assert_eq!(holder.pid, std::process::id());
        assert_eq!(holder.state, HolderState::Running);
        assert_eq!(holder.to_string(), format!("process {}", holder.pid));
    }
}
