use super::*;

#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused() {
    assert!(read(Path::new("/dev/zero"), PASSPHRASE).is_err());
    assert_eq!(read(Path::new("/dev/null"), PASSPHRASE).unwrap(), b"");
}

#[cfg(target_os = "linux")]
#[test]
fn a_named_pipe_is_refused_without_waiting() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
    let error = read(&path, SETTINGS).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn a_file_is_read_up_to_its_bound() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("file");
    std::fs::write(&path, "12345").unwrap();
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    assert!(read(&path, 4).is_err());
    assert_eq!(
        read(&home.path().join("none"), 4).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
}

#[test]
fn what_is_no_text_is_told_from_what_cannot_be_read() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("file");
    std::fs::write(&path, "caf\u{e9}\n").unwrap();
    assert_eq!(text(&path, 16).unwrap().as_str(), "caf\u{e9}\n");
    std::fs::write(&path, b"caf\xe9\n").unwrap();
    assert_eq!(
        text(&path, 16).unwrap_err().kind(),
        io::ErrorKind::InvalidData
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_document() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("file");
    std::fs::write(&path, "\u{feff}{}").unwrap();
    assert_eq!(text_without_mark(&path, DOCUMENT).unwrap().as_str(), "{}");
    std::fs::write(&path, "{\u{feff}}").unwrap();
    let kept = text_without_mark(&path, DOCUMENT).unwrap();
    assert_eq!(kept.as_str(), "{\u{feff}}");
    // The files of AWS tools keep every byte.
    std::fs::write(&path, "\u{feff}{}").unwrap();
    assert_eq!(text(&path, DOCUMENT).unwrap().as_str(), "\u{feff}{}");
}
