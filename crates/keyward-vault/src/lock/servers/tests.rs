use super::*;

fn paths() -> (tempfile::TempDir, Paths) {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::new(home.path().join("root"));
    (home, paths)
}

fn seen(paths: &Paths) -> SeenGeneration {
    LockGeneration::of(paths).see().unwrap()
}

#[test]
fn a_server_is_listed_while_it_runs_and_is_locked_once_the_mark_changes() {
    let (_home, paths) = paths();
    assert_eq!(running_servers(&paths).unwrap(), []);
    let old = AnnouncedServer::new(&paths, &seen(&paths), 41_235);
    let listed = |locked: &[(u16, bool)]| {
        let running = running_servers(&paths).unwrap();
        let running: Vec<_> = running.iter().map(|one| (one.port, one.locked)).collect();
        assert_eq!(running, locked);
    };
    listed(&[(41_235, false)]);
    LockGeneration::of(&paths).change().unwrap();
    let new = AnnouncedServer::new(&paths, &seen(&paths), 41_000);
    listed(&[(41_000, false), (41_235, true)]);
    #[cfg(target_os = "linux")]
    {
        let running = running_servers(&paths).unwrap();
        let pid = running[1].holder.map(|holder| holder.pid);
        assert_eq!(pid, Some(std::process::id()));
    }
    drop(old);
    listed(&[(41_000, false)]);
    drop(new);
    // Windows keeps the files of locks.
    let kept = if cfg!(unix) { 1 } else { 3 };
    assert_eq!(std::fs::read_dir(paths.locks()).unwrap().count(), kept);
}

#[test]
fn the_file_of_a_killed_server_is_removed_and_not_listed() {
    let (_home, paths) = paths();
    let lock = paths.server_lock("0123456789abcdef", 41_235);
    drop(lock.try_lock().unwrap());
    assert!(lock.path().exists());
    assert_eq!(running_servers(&paths).unwrap(), []);
    assert_eq!(lock.path().exists(), cfg!(windows));
}

#[test]
fn an_unwritable_folder_leaves_the_server_off_the_list() {
    let (_home, paths) = paths();
    std::fs::write(paths.root(), "in the way").unwrap();
    let server = AnnouncedServer::new(&paths, &seen_none(), 41_235);
    assert!(server.0.is_none());
    // To Windows, there is nothing below a file.
    assert_eq!(running_servers(&paths).is_err(), cfg!(unix));
}

fn seen_none() -> SeenGeneration {
    let (_home, paths) = paths();
    seen(&paths)
}
