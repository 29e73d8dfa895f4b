use std::os::unix::fs::symlink;

use std::time::Duration;

use keyward_vault::{LockFile, LockHolder};

use super::*;

/// Looks once.
#[derive(Debug)]
struct Now;

impl LockWaiter for Now {
    fn limit(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    fn waits(&self, _: &LockFile, _: Option<LockHolder>) {}
}

#[test]
fn one_folder_has_one_turn_however_it_is_reached() {
    let home = tempfile::tempdir().unwrap();
    let (folder, other) = (home.path().join("aws"), home.path().join("other"));
    let link = home.path().join("link");
    std::fs::create_dir(&folder).unwrap();
    std::fs::create_dir(&other).unwrap();
    symlink(&folder, &link).unwrap();
    let folder_lock = take_as(&folder, &Now).unwrap();
    let kind = |folder: &Path| take_as(folder, &Now).map_err(|e| e.kind());
    for name in [&folder, &link, &folder.join("../aws")] {
        assert_eq!(kind(name).unwrap_err(), io::ErrorKind::TimedOut, "{name:?}");
    }
    let _free = kind(&other).unwrap();
    drop(folder_lock);
    let _next = kind(&link).unwrap();
}
