//! The notes of an unanswered dialog that count.

use super::*;

#[test]
fn a_note_counts_from_when_the_run_began_up_to_now() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("unanswered");
    let unanswered = Unanswered(Some(path.clone()));
    let since = Deadline::begin().since();
    assert!(!unanswered.is_after(since));
    unanswered.note();
    let hour = Duration::from_secs(3600);
    for (noted, expect) in [
        (since - hour, false),
        (since + Duration::from_micros(1), true),
        // By a clock that was an hour ahead.
        (SystemTime::now() + hour, false),
    ] {
        let file = std::fs::File::options().write(true).open(&path);
        file.and_then(|file| file.set_modified(noted))
            .expect("a time can be set");
        // The second of them is a time that has been.
        while SystemTime::now() <= since + Duration::from_millis(1) {}
        assert_eq!(unanswered.is_after(since), expect, "{noted:?}");
    }
}
