//! The README does what it says.

#[cfg(unix)]
mod tour;

const README: &str = include_str!("../../../../README.md");

#[test]
fn the_two_commands_of_a_newcomer_are_there_and_in_the_ci() {
    let ci = include_str!("../../../../.ci/run");
    for (shown, run) in [
        (
            "cargo run --release -- demo",
            "cargo run --release --locked -- demo",
        ),
        ("cargo test --workspace", "cargo test --workspace --locked"),
    ] {
        assert!(README.contains(&format!("$ {shown}\n")), "{shown}");
        assert!(ci.contains(run), "{run}");
    }
}

#[test]
fn the_demo_ends_well() {
    let home = keyward_testkit::Home::new(env!("CARGO_BIN_EXE_keyward"));
    let said = home.run(&["demo"]).ok();
    assert!(
        said.contains("refused") && said.contains("It holds."),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "colours in a pipe");
}
