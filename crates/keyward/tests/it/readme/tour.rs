//! The tour: the test runs each of its commands in order and compares the output; `…` in the README
//! matches what differs from run to run.

use std::path::Path;

use keyward_testkit::{Home, finish};

use super::README;

/// A command of the tour and the lines the README shows below it.
struct Step {
    command: String,
    output: Vec<String>,
}

/// The line that the script prints after each command, before its exit code.
const END: &str = "<end of the step> ";

/// The tour as a script for the shell of its stage. It needs only one code.
fn script(steps: &[Step]) -> String {
    let code = "KEYWARD_MFA_CODE=$(keyward sandbox --phone); export KEYWARD_MFA_CODE\n";
    let lines = steps
        .iter()
        .map(|step| format!("{}\necho \"{END}$?\"\n", step.command));
    code.to_owned() + &lines.collect::<String>()
}

#[test]
fn every_command_of_the_tour_gives_what_is_shown() {
    let steps = tour();
    assert!(steps.len() >= 7, "the tour was not found");
    assert!(README.contains("$ keyward sandbox -- bash\n"));
    let program = env!("CARGO_BIN_EXE_keyward");
    let home = Home::new(program);
    let mut command = home.command(&["sandbox", "--", "sh", "-c", &script(&steps)]);
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(Path::new(program).parent().unwrap().to_owned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&own))).unwrap();
    command.env("PATH", path);
    let ran = finish(command, "");
    let mut lines = ran.stdout.lines();
    for step in steps {
        let mut printed = Vec::new();
        let code = loop {
            let line = lines.next().expect("every step has an end");
            match line.strip_prefix(END) {
                Some(code) => break code,
                None => printed.push(line.trim_end()),
            }
        };
        assert_eq!(code, "0", "`{}`: {}", step.command, ran.stderr);
        let same = printed.len() == step.output.len()
            && printed
                .iter()
                .zip(&step.output)
                .all(|(line, pattern)| matches(pattern.trim_end(), line));
        assert!(
            same,
            "`{}`:\n{}\nis not\n{}",
            step.command,
            printed.join("\n"),
            step.output.join("\n")
        );
    }
    assert_eq!((lines.next(), ran.code), (None, 0));
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
    // The demo has a test of its own.
    steps.retain(|step| {
        let command = step.command.strip_prefix("keyward ");
        command.is_some_and(|words| !words.starts_with("sandbox") && words != "demo")
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
