//! A vault whose files are not there: on a disk that is not mounted, or gone. No new vault replaces
//! it without the owner's consent, and nothing is deleted.

use super::*;

fn with_key() -> Fixture {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    fixture
}

fn refused(fixture: &Fixture) -> Vec<Leftover> {
    let before = fixture.files();
    let left = match fixture.vault.create(&pass(), light(), now()) {
        Err(CreateError::Lost(lost)) => lost.left,
        other => panic!("{other:?}"),
    };
    assert_eq!(fixture.files(), before);
    assert!(matches!(fixture.vault.look(), Err(ReadError::Lost(_))));
    left
}

/// Moves the vault's own files to another folder and puts links in their place. Returns a function
/// that mounts and unmounts that folder.
#[cfg(unix)]
fn linked(fixture: &Fixture) -> impl Fn(bool) + use<> {
    let paths = fixture.vault.paths().clone();
    let [disk, away] = ["disk", "away"].map(|name| paths.root().parent().unwrap().join(name));
    fs::create_dir(&disk).unwrap();
    for path in [paths.vault(), paths.previous(), paths.index()] {
        let target = disk.join(path.file_name().unwrap());
        fs::rename(&path, &target).unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
    }
    move |mounted| match mounted {
        true => fs::rename(&away, &disk).unwrap(),
        false => fs::rename(&disk, &away).unwrap(),
    }
}

#[cfg(unix)]
#[test]
fn a_vault_on_a_disk_that_is_not_mounted_keeps_its_slots() {
    let fixture = with_key();
    let disk = fixture.vault.paths().root().parent().unwrap().join("disk");
    let mount = linked(&fixture);
    mount(false);
    let links = refused(&fixture)
        .into_iter()
        .filter(|left| matches!(left, Leftover::Link { .. }));
    assert_eq!(links.count(), 3);
    // The folder that a disk is mounted on exists without the disk, too.
    fs::create_dir(&disk).unwrap();
    refused(&fixture);
    fs::remove_dir(&disk).unwrap();
    mount(true);
    assert_eq!(fixture.profiles(), ["one"]);
}

#[cfg(unix)]
#[test]
fn links_alone_are_enough_to_refuse_a_new_vault() {
    let fixture = with_key();
    let mount = linked(&fixture);
    fixture.forget_pin();
    fs::remove_dir_all(fixture.vault.paths().slots()).unwrap();
    mount(false);
    refused(&fixture);
    for path in [
        fixture.vault.paths().previous(),
        fixture.vault.paths().index(),
    ] {
        fs::remove_file(path).unwrap();
    }
    refused(&fixture);
}

#[cfg(unix)]
#[test]
fn a_link_that_was_made_for_a_new_vault_is_written_through() {
    let fixture = Fixture::empty();
    let paths = fixture.vault.paths().clone();
    let disk = paths.root().parent().unwrap().join("disk");
    fs::create_dir(&disk).unwrap();
    disk::make_root(paths.root()).unwrap();
    for path in [paths.vault(), paths.index()] {
        let target = disk.join(path.file_name().unwrap());
        std::os::unix::fs::symlink(&target, &path).unwrap();
    }
    fixture.vault.create(&pass(), light(), now()).unwrap();
    assert!(paths.vault().is_symlink() && paths.index().is_symlink());
    assert!(!paths.unfinished().exists());
    assert_eq!(fixture.profiles(), Vec::<String>::new());
}

#[test]
fn slots_or_a_pin_alone_are_enough_to_refuse_a_new_vault() {
    let fixture = with_key();
    let paths = fixture.vault.paths().clone();
    for path in [paths.vault(), paths.previous(), paths.index()] {
        fs::remove_file(path).unwrap();
    }
    let pin = fixture.vault.pin.path().unwrap().to_owned();
    let slots = Leftover::Slots(paths.slots());
    assert_eq!(
        refused(&fixture),
        [slots.clone(), Leftover::Pin(pin.clone())]
    );
    let kept = fs::read(&pin).unwrap();
    fixture.forget_pin();
    assert_eq!(refused(&fixture), [slots]);
    // An empty mount point.
    fs::write(&pin, kept).unwrap();
    fs::remove_dir_all(paths.root()).unwrap();
    assert_eq!(refused(&fixture), [Leftover::Pin(pin)]);
    assert!(!paths.root().exists(), "nothing was made");
}

#[test]
fn leftovers_that_are_set_aside_open_the_vault_again_when_it_comes_back() {
    let fixture = with_key();
    let paths = fixture.vault.paths().clone();
    let whole = fs::read(paths.vault()).unwrap();
    fs::remove_file(paths.vault()).unwrap();
    fs::remove_file(paths.previous()).unwrap();
    let kept = fixture.vault.set_aside().unwrap();
    let names = ["index.json.replaced", "slots.replaced"].map(|name| paths.root().join(name));
    assert_eq!(kept, names);
    fixture.vault.create(&pass(), light(), now()).unwrap();
    assert_eq!(fixture.profiles(), Vec::<String>::new());
    // A vault that exists is never set aside.
    assert!(matches!(
        fixture.vault.set_aside(),
        Err(SetAsideError::Exists(_))
    ));
    let old = vault_at(&paths.root().join("old"));
    fs::create_dir(old.paths().root()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(old.paths().root(), private).unwrap();
    }
    fs::rename(&names[1], old.paths().slots()).unwrap();
    disk::replace(&old.paths().vault(), &whole, Durability::Cache).unwrap();
    let open = old.unlock_with_passphrase(&pass()).unwrap();
    assert!(open.document().key(&profile("one")).is_some());
}

#[test]
fn slots_of_a_creation_that_died_are_no_lost_vault() {
    let fixture = with_key();
    let paths = fixture.vault.paths().clone();
    fixture.forget_pin();
    fs::remove_file(paths.previous()).unwrap();
    fs::remove_file(paths.index()).unwrap();
    disk::rename(&paths.vault(), &paths.unfinished()).unwrap();
    assert!(matches!(fixture.vault.look(), Err(ReadError::Missing(_))));
    fixture.vault.create(&pass(), light(), now()).unwrap();
    assert!(!paths.unfinished().exists());
    assert_eq!(fixture.profiles(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_a_broken_link_is_named() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("root");
    std::os::unix::fs::symlink("nowhere", &root).unwrap();
    let vault = Vault::at(Paths::new(&root));
    let error = vault.create(&pass(), light(), now()).unwrap_err();
    let mut said = String::new();
    let mut cause: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = cause {
        said.push_str(&error.to_string());
        cause = error.source();
    }
    assert!(said.contains("is a symbolic link to `nowhere`"), "{said}");
    assert!(root.is_symlink());
}

#[test]
fn an_old_mark_of_a_creation_does_not_give_a_vaults_slots_away() {
    let fixture = with_key();
    let paths = fixture.vault.paths();
    let away = paths.root().parent().unwrap().join("away");
    fs::write(paths.unfinished(), "").unwrap();
    fs::rename(paths.vault(), &away).unwrap();
    fs::remove_file(paths.previous()).unwrap();
    let left = refused(&fixture);
    assert!(left.contains(&Leftover::Slots(paths.slots())), "{left:?}");
    fs::rename(away, paths.vault()).unwrap();
    assert_eq!(fixture.profiles(), ["one"]);
}
