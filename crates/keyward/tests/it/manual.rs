//! The manual pages that packages contain.

use keyward_testkit::Home;

#[test]
fn every_visible_command_has_a_manual_page() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    let pages = home.path().join("man");
    let written = home
        .command(&["man", pages.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(written.status.success(), "{written:?}");
    let read = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    let first = read("keyward.1");
    assert!(
        first.contains("keyward\\-credential\\-process(1)"),
        "{first}"
    );
    assert!(read("keyward-account-plan.1").contains("\\-\\-"));
    // The last line of each page names the whole program and its version.
    for name in ["keyward.1", "keyward-exec.1", "keyward-account-plan.1"] {
        let page = read(name);
        let title = page.lines().find(|line| line.starts_with(".TH ")).unwrap();
        let program = concat!("\"keyward ", env!("CARGO_PKG_VERSION"), "\"");
        assert!(title.contains(program), "{title}");
    }
    // Hidden commands are for programs and for people from other tools.
    assert!(!pages.join("keyward-plugin-host.1").exists());
    assert!(!pages.join("keyward-man.1").exists());
}

#[test]
fn the_manual_pages_of_two_runs_are_the_same() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    let pages = ["one", "two"].map(|name| {
        let place = home.path().join(name);
        let written = home.command(&["man", place.to_str().unwrap()]).status();
        assert!(written.unwrap().success());
        std::fs::read(place.join("keyward-exec.1")).unwrap()
    });
    assert_eq!(pages[0], pages[1]);
}
