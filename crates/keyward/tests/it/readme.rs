//! The README does what it says: every command of its tour is run, in order, and its output
//! compared; `…` in the README stands for what differs from run to run.

use crate::practice::Practice;

const README: &str = include_str!("../../../../README.md");

/// A command of the tour and the lines the README shows below it.
struct Step {
    command: String,
    output: Vec<String>,
}

#[test]
fn every_command_of_the_tour_gives_what_is_shown() {
    let mut practice = Practice::start();
    practice.config(include_str!("../../src/practice/config"));
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    let _ = practice
        .run_with_input(&["add", "alice", "--stdin"], &key)
        .ok();
    let steps = tour();
    assert!(steps.len() >= 7, "the tour was not found");
    for step in steps {
        let code = practice
            .account
            .fresh_code(&crate::practice::SERIAL.parse().unwrap())
            .unwrap();
        practice.set("KEYWARD_MFA_CODE", code.expose());
        let program = env!("CARGO_BIN_EXE_keyward");
        let words = step
            .command
            .split(' ')
            .skip(1)
            .map(|word| if word == "keyward" { program } else { word });
        let ran = practice.run(&words.collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "`{}`: {}", step.command, ran.stderr);
        let lines: Vec<&str> = ran.stdout.lines().map(str::trim_end).collect();
        assert_eq!(
            lines.len(),
            step.output.len(),
            "`{}`:\n{}",
            step.command,
            ran.stdout
        );
        for (line, pattern) in lines.iter().zip(&step.output) {
            assert!(
                matches(pattern.trim_end(), line),
                "`{}`:\n{line}\nis not\n{pattern}",
                step.command
            );
        }
    }
}

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

/// The `$ keyward` commands of every console block; the one that opens a shell is the stage.
fn tour() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in README.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    command: command.to_owned(),
                    output: Vec::new(),
                }),
                (None, Some(step)) => step.output.push(line.to_owned()),
                (None, None) => {}
            },
        }
    }
    steps.retain(|step| {
        step.command.starts_with("keyward ") && !step.command.starts_with("keyward sandbox")
    });
    steps
}

/// Whether `line` is `pattern` with some text for each `…`.
fn matches(pattern: &str, line: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('…') else {
        return pattern == line;
    };
    line.strip_prefix(start).is_some_and(|tail| {
        (0..=tail.len())
            .filter(|at| tail.is_char_boundary(*at))
            .any(|at| matches(rest, &tail[at..]))
    })
}
