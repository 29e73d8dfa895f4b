//! Tutorials: each runs from its first command to its last in one practice account, and every
//! output is compared as on the other pages. The line of a code means the phone of the practice
//! account.

use std::path::Path;

use keyward_testkit::{Home, finish};

use super::outputs::{is_shown, text_of};

/// The pages whose commands follow each other.
pub(super) const TUTORIALS: &[&str] = &[
    "ci-user.md",
    "join-a-team.md",
    "many-accounts.md",
    "review.md",
];

/// The command that opens the practice account: the stage of all others.
const STAGE: &str = "keyward sandbox -- bash";

/// Commands that need a person at a terminal, with their replacements here. `init.rs` answers the
/// questions of `init`.
const INSTEAD: &[(&str, &str)] = &[
    (
        "keyward init --from team.toml",
        "printf '%s\\n' AKIAI44QH8DHBEXAMPLE je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY | \
         keyward init --from team.toml --key-stdin --store-seed --yes",
    ),
    (
        "keyward sandbox --phone arn:aws:iam::123456789012:mfa/bob",
        "true",
    ),
];

/// The line after the output of each command, before its exit code.
const END: &str = "<end of the step> ";

/// A command, with the document that it reads, and what the page shows below it.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    command: String,
    shown: Vec<String>,
}

impl Step {
    /// Whether the page shows that keyward asks for a code here.
    fn takes_a_code(&self) -> bool {
        self.shown.iter().any(|line| is_prompt(line))
    }

    /// The output below the prompt.
    fn output(&self) -> Vec<String> {
        let lines = self.shown.iter().filter(|line| !is_prompt(line));
        lines.cloned().collect()
    }

    /// The lines for a shell: the command, then its exit code.
    fn script(&self) -> String {
        let instead = INSTEAD.iter().find(|(command, _)| *command == self.command);
        let command = instead.map_or(self.command.as_str(), |(_, instead)| instead);
        let (before, after) = match self.takes_a_code() {
            true => (
                "KEYWARD_MFA_CODE=$(keyward sandbox --phone); export KEYWARD_MFA_CODE\n",
                "unset KEYWARD_MFA_CODE\n",
            ),
            false => ("", ""),
        };
        format!("{before}{command}\nended=$?\n{after}echo \"{END}$ended\"\n")
    }
}

fn is_prompt(line: &str) -> bool {
    line.starts_with("MFA code for ")
}

/// The commands of a page's console blocks, in order, without the one that opens the stage.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut in_document) = (false, false);
    for line in text.lines() {
        if !inside {
            inside = line == "```console";
        } else if line == "```" {
            inside = false;
        } else if let Some(command) = line.strip_prefix("$ ") {
            in_document = command.contains("<<'END'");
            steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
            });
        } else if let Some(step) = steps.last_mut() {
            match in_document {
                true => step.command = format!("{}\n{line}", step.command),
                false => step.shown.push(line.to_owned()),
            }
            in_document &= line != "END";
        }
    }
    steps.retain(|step| step.command != STAGE);
    steps
}

/// Runs the commands in one practice account. Returns what each printed, and its exit code.
fn run(steps: &[Step]) -> Vec<(String, String)> {
    let program = env!("CARGO_BIN_EXE_keyward");
    let home = Home::new(program);
    let script: String = steps.iter().map(Step::script).collect();
    let script = format!("cd \"$HOME\"\nexec 2>&1\n{script}");
    let mut command = home.command(&["sandbox", "--", "sh", "-c", &script]);
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(Path::new(program).parent().unwrap().to_owned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&own))).unwrap();
    command.env("PATH", path);
    let ran = finish(command, "");
    let mut printed = Vec::new();
    let mut lines = String::new();
    for line in ran.stdout.lines() {
        match line.strip_prefix(END) {
            Some(code) => printed.push((std::mem::take(&mut lines), code.to_owned())),
            None => lines = format!("{lines}{line}\n"),
        }
    }
    assert_eq!(printed.len(), steps.len(), "{}{}", ran.stdout, ran.stderr);
    printed
}

fn check(page: &str) {
    let steps = steps(&text_of(page));
    let mut differ = Vec::new();
    for (step, (printed, code)) in steps.iter().zip(run(&steps)) {
        let shown = step.output();
        let same = shown.is_empty() || is_shown(&shown, &printed);
        if !same || code != "0" {
            let (command, shown) = (&step.command, shown.join("\n"));
            differ.push(format!(
                "{command}\n{shown}\nbut it prints ({code})\n{printed}"
            ));
        }
    }
    assert!(differ.is_empty(), "{page}: {}", differ.join("\n"));
}

#[test]
fn the_tutorial_about_a_ci_user_runs() {
    check("ci-user.md");
}

#[test]
fn the_tutorial_of_a_newcomer_runs() {
    check("join-a-team.md");
}

#[test]
fn the_tutorial_about_many_accounts_runs() {
    check("many-accounts.md");
}

#[test]
fn the_tutorial_of_a_reviewer_runs() {
    check("review.md");
}

#[test]
fn a_tutorial_is_read_with_its_documents_and_codes() {
    let text = "```console\n$ keyward sandbox -- bash\n$ cat > a <<'END'\nb\nEND\n$ c\nMFA code for d: …\ne\n```\n";
    let found = steps(text);
    let commands: Vec<&str> = found.iter().map(|step| step.command.as_str()).collect();
    assert_eq!(commands, ["cat > a <<'END'\nb\nEND", "c"]);
    assert_eq!(found[1].output(), ["e"]);
    assert!(found[1].takes_a_code() && !found[0].takes_a_code());
}
