use super::super::tests::block;
use super::*;

/// The error of a file and folders that hold no root.
fn fault(file: Option<&Path>, folders: &[&Path]) -> String {
    let set = |name: &str| match name {
        "SSL_CERT_FILE" => file.map(Into::into),
        _ if folders.is_empty() => None,
        _ => std::env::join_paths(folders).ok(),
    };
    match Named::from(&set).unwrap().roots().unwrap_err() {
        CallError::NamedRoots { variables, because } => format!("{variables}: {because}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn named_files_without_a_root_are_an_error_that_names_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text"), "not a certificate").unwrap();
    std::fs::write(path("empty"), "").unwrap();
    std::fs::create_dir(path("bare")).unwrap();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(path("broken"), broken).unwrap();
    // The words of the system.
    let no_file = std::io::Error::from_raw_os_error(2).to_string();
    for (name, expect) in [
        ("missing", no_file.as_str()),
        ("text", "no PEM certificate"),
        ("empty", "no PEM certificate"),
        ("bare", "not a regular file"),
        ("broken", "no PEM certificate"),
    ] {
        let told = fault(Some(&path(name)), &[]);
        assert!(told.starts_with("`SSL_CERT_FILE`: `"), "{told}");
        assert!(told.contains(name) && told.contains(expect), "{told}");
    }
    for (name, expect) in [("missing", "(os error "), ("bare", "no file")] {
        let told = fault(None, &[&path(name)]);
        assert!(told.starts_with("`SSL_CERT_DIR`: `"), "{told}");
        assert!(told.contains(name) && told.contains(expect), "{told}");
    }
    let both = fault(Some(&path("text")), &[&path("bare")]);
    assert!(both.contains("`SSL_CERT_DIR`"), "{both}");
}

#[cfg(unix)]
#[test]
fn named_files_without_an_end_are_not_read() {
    assert!(fault(Some(Path::new("/dev/zero")), &[]).contains("not a regular file"));
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero.pem")).unwrap();
    let long = std::fs::File::create(folder.path().join("long.pem")).unwrap();
    long.set_len(1 << 40).unwrap();
    assert!(fault(None, &[folder.path()]).contains("larger than 16 MiB"));
}

#[test]
fn a_root_counts_once_and_faults_beside_it_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let one = block("CERTIFICATE", &[]);
    let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(folder.path().join("a.pem"), format!("{bad}{one}{one}")).unwrap();
    std::fs::write(folder.path().join("b.pem"), &one).unwrap();
    let folders = [folder.path().join("missing"), folder.path().to_owned()];
    let mut found = LoadedRoots::new();
    found.load(None, &folders);
    let pem = String::from_utf8(found.pem(None).unwrap()).unwrap();
    assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 1, "{pem}");
}

#[test]
fn a_machine_without_roots_is_an_error() {
    let mut found = LoadedRoots::new();
    found.load(None, &[]);
    let error = found.pem(None).unwrap_err();
    assert!(matches!(error, CallError::NoRoots { .. }), "{error:?}");
    let empty = |_: &str| Some(OsString::new());
    assert!(Named::from(&empty).is_none());
}
