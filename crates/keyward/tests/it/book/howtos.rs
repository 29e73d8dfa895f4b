//! The how-to pages: each of their lines that shows no output is typed at a terminal in a world
//! where it makes sense, in the order of the page. The person there answers keyward's questions. A
//! line must succeed, or end with the code that its comment names.

mod lines;
mod person;
mod stand_ins;
mod worlds;

use std::collections::BTreeMap;

use super::outputs::text_of;
use super::tutorials::TUTORIALS;
use super::{markdown_in, root};
use lines::{Line, blocks, sh_blocks};
use worlds::World;

/// A page, the number of its first block for a world, and that world.
type Staged = (&'static str, usize, fn() -> World);

const STAGED: &[Staged] = &[
    ("account.md", 0, worlds::root),
    ("account.md", 4, worlds::new_account),
    ("account.md", 7, worlds::root_in_the_vault),
    ("account.md", 8, worlds::to_adopt),
    ("audit.md", 0, worlds::asked_by_the_aws_cli),
    ("aws-cli.md", 0, worlds::profiles),
    ("blueprint.md", 0, worlds::applied),
    ("ci.md", 0, worlds::machine_user),
    ("ci.md", 3, worlds::applied),
    ("console.md", 0, worlds::person),
    ("direnv.md", 0, worlds::set_up),
    ("docker.md", 0, worlds::person),
    ("from-awstools.md", 0, worlds::awstools),
    ("from-awsume.md", 0, worlds::awsume),
    ("from-granted.md", 0, worlds::granted),
    ("from-kickstarter.md", 0, worlds::to_adopt),
    ("from-kickstarter.md", 2, worlds::adopted),
    ("from-readonly-admin.md", 0, worlds::to_adopt),
    ("from-readonly-admin.md", 2, worlds::adopted),
    ("from-shell-scripts.md", 0, worlds::aws_mfa),
    ("getting-started.md", 1, worlds::newcomer),
    ("getting-started.md", 2, worlds::person),
    ("graph.md", 0, worlds::applied),
    ("hand-outs.md", 0, worlds::encrypted_key),
    ("hand-outs.md", 1, worlds::applied),
    ("leaver.md", 0, worlds::applied),
    ("leaver.md", 1, worlds::grace_is_over),
    ("leaver.md", 2, worlds::comes_back),
    ("lost-laptop.md", 0, worlds::many_accounts),
    ("lost-laptop.md", 1, worlds::revoked),
    ("lost-laptop.md", 2, worlds::revoked),
    ("new-account.md", 0, worlds::two_people),
    ("practice-account.md", 0, worlds::profiles),
    ("proof.md", 0, worlds::applied),
    ("python-data.md", 0, worlds::person),
    ("review.md", 0, worlds::asked_by_the_aws_cli),
    ("rotation.md", 0, worlds::machine_user),
    ("servers.md", 0, worlds::jobs),
    ("shells.md", 0, worlds::named_accounts),
    ("ssh.md", 0, worlds::slots),
    ("terraform.md", 0, worlds::profiles),
    ("vault.md", 0, worlds::profiles),
    ("vault.md", 1, worlds::slots),
    ("vault.md", 2, worlds::slots),
    ("vault.md", 3, worlds::paper),
    ("vault.md", 6, worlds::damaged),
    ("vault.md", 7, worlds::older),
    ("vscode.md", 0, worlds::person),
    ("wsl.md", 0, worlds::slots),
];

/// A page, the beginning of lines of it that do not run here, and why.
const NOT_RUN: &[(&str, &str, &str)] = &[
    (
        "account.md",
        "keyward sandbox --empty ",
        "opens a shell; `sandbox.rs` starts this account",
    ),
    ("aws-cli.md", "aws ", "the AWS CLI alone"),
    ("ci.md", "gh api ", "GitHub's program alone"),
    (
        "ci.md",
        "keyward exec report ",
        "the practice account takes no web identity; `sources.rs` exchanges one",
    ),
    (
        "docker.md",
        "docker run ",
        "Docker alone; `serve.rs` plays its client",
    ),
    (
        "export.md",
        "cd tf",
        "Terraform alone; `scripts/interop` runs it",
    ),
    (
        "export.md",
        "terraform ",
        "Terraform alone; `scripts/interop` runs it",
    ),
    ("export.md", "aws ", "the AWS CLI alone"),
    (
        "getting-started.md",
        "keyward init\n",
        "asks for much; `init.rs` answers its questions",
    ),
    ("install.md", "cargo install ", "builds the program"),
    ("install.md", "install -D ", "needs a release"),
    ("install.md", "sha256sum ", "needs a release"),
    ("install.md", "sudo apt ", "needs a release"),
    ("install.md", "tar ", "needs a release"),
    ("install.md", "scripts/", "builds the program"),
    ("moving-in.md", "shred ", "another program alone"),
    (
        "new-account.md",
        "keyward sandbox --empty ",
        "opens a shell; `sandbox.rs` starts this account",
    ),
    (
        "practice-account.md",
        "keyward sandbox --blueprint",
        "runs until its input ends; `sandbox.rs` starts such an account",
    ),
    (
        "shells.md",
        "PS1=",
        "prompts of an interactive shell; `status.rs` tests what they show",
    ),
    (
        "shells.md",
        "setopt ",
        "prompts of an interactive shell; `status.rs` tests what they show",
    ),
    ("speed.md", "bench/", "takes minutes"),
    ("terraform.md", "terraform ", "Terraform alone"),
    (
        "vault-format.md",
        "",
        "needs `age`; `scripts/interop` opens a vault with it",
    ),
    (
        "vault.md",
        "keyward vault slot add os ",
        "needs a desktop's keystore",
    ),
    (
        "vault.md",
        "keyward vault slot remove os",
        "needs a desktop's keystore",
    ),
    (
        "vault.md",
        "keyward vault slot add gpg ",
        "needs GnuPG; `scripts/interop` opens a vault with it",
    ),
    ("vault.md", "age-plugin-yubikey ", "a program of a YubiKey"),
];

/// A page, the beginning of a line of it, and what the terminal shows below that line.
const SHOWN: &[(&str, &str, &str)] = &[
    // Half of a command is another command.
    (
        "account.md",
        "keyward account apply",
        " keyward remove admin --revoke\n",
    ),
    ("audit.md", "keyward audit", "checks passed\n"),
    (
        "from-awstools.md",
        "keyward import a",
        "add       account `main`",
    ),
    ("from-awstools.md", "keyward import c", "stored AKIA"),
    ("from-awsume.md", "keyward import", "stored AKIA"),
    (
        "from-awsume.md",
        "keyward import",
        " shred -u ~/.aws/credentials.keyward-backup-",
    ),
    (
        "from-awsume.md",
        "keyward setup",
        "admin: every SDK assumes its role",
    ),
    ("from-granted.md", "keyward import", "stored AKIA"),
    ("from-granted.md", "keyward setup", "3 of 3 profiles new"),
    (
        "from-kickstarter.md",
        "keyward account plan account.toml      # empty",
        "nothing to change",
    ),
    (
        "from-readonly-admin.md",
        "keyward account plan account.toml      # empty",
        "nothing to change",
    ),
    ("from-shell-scripts.md", "keyward import", "stored AKIA"),
    ("getting-started.md", "keyward password", "changed"),
    ("hand-outs.md", "base64", "stored AKIA"),
    ("hand-outs.md", "age", "stored AKIA"),
    ("hand-outs.md", "keyward account apply", "console password"),
    ("leaver.md", "keyward account revoke", "restored erin"),
    (
        "lost-laptop.md",
        "keyward account revoke carol --profile",
        "revoked carol",
    ),
    ("lost-laptop.md", "keyward account apply", "access key"),
    ("review.md", "keyward account prove", "kept: "),
    ("rotation.md", "keyward rotate work  ", "rotated: "),
    (
        "rotation.md",
        "keyward rotate work --grace",
        "stays active until",
    ),
    (
        "rotation.md",
        "keyward rotate work --resume --grace 0",
        "rotated: ",
    ),
    ("rotation.md", "keyward rotate --user", "rotated: "),
    (
        "rotation.md",
        "keyward rotate --user",
        "such as [\"ReadOnlyAccess\"]\n",
    ),
    ("rotation.md", "keyward remove", "deleted AKIA"),
    (
        "vault.md",
        "keyward vault export backup.age   ",
        "a passphrase of its own",
    ),
    ("vault.md", "keyward vault import", "same   work"),
    ("vault.md", "keyward vault restore", "restored the copy"),
    ("vault.md", "keyward vault accept  ", "accepted the vault"),
];

/// What a page's line must show.
fn shown<'s>(page: &'s str, line: &'s Line) -> impl Iterator<Item = &'static str> + 's {
    let entries = SHOWN
        .iter()
        .filter(move |(of, start, _)| *of == page && line.begins_with(start));
    entries.map(|(_, _, text)| *text)
}

/// What a line does that is not right.
fn fault_of(page: &str, world: &World, line: &Line) -> Option<String> {
    let typed = world.fill_in(&line.text);
    let before = world.started();
    let ended = person::types(world, &typed);
    world.carry_out(&typed);
    let fault = if !line.may_end_with(ended.code) {
        format!("exit code {}", ended.code)
    } else if ended.code == 0 && ended.screen.contains("error:") {
        "an error on the screen".to_owned()
    } else if let Some(text) = shown(page, line).find(|text| !ended.screen.contains(text)) {
        format!("without `{text}`")
    } else if line.starts_a_program() {
        let started = world.started();
        match started.strip_prefix(before.as_str()) {
            Some(new) if new.contains("has credentials") => return None,
            _ => "its program got no credentials".to_owned(),
        }
    } else {
        return None;
    };
    Some(format!("{typed}\n{fault}\n{}", ended.screen))
}

/// The blocks of each page, in order.
fn pages() -> BTreeMap<String, Vec<Vec<Line>>> {
    let paths = markdown_in(&root().join("docs"));
    let names = paths
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    names
        .map(|page| {
            let text = text_of(&page);
            let blocks = match TUTORIALS.contains(&page.as_str()) {
                true => sh_blocks(&text),
                false => blocks(&text),
            };
            (page, blocks)
        })
        .filter(|(_, blocks)| !blocks.is_empty())
        .collect()
}

/// Why a line does not run.
fn reason(page: &str, line: &Line) -> Option<&'static str> {
    let entry = NOT_RUN
        .iter()
        .find(|(of, start, _)| *of == page && line.begins_with(start));
    entry.map(|(_, _, reason)| *reason)
}

/// The world of a block: the last that begins at it or before.
fn stage_of(page: &str, number: usize) -> Option<&'static Staged> {
    STAGED
        .iter()
        .rfind(|(of, first, _)| *of == page && *first <= number)
}

/// Runs the lines of one world. Returns what went wrong.
fn faults(stage: &'static Staged, blocks: &[Vec<Line>]) -> Vec<String> {
    let (page, _, make) = stage;
    let here = blocks
        .iter()
        .enumerate()
        .filter(|(number, _)| stage_of(page, *number) == Some(stage));
    let lines: Vec<&Line> = here
        .flat_map(|(_, block)| block)
        .filter(|line| reason(page, line).is_none())
        .collect();
    let world = make();
    let faults = lines.iter().filter_map(|line| fault_of(page, &world, line));
    faults.map(|fault| format!("{page}: {fault}")).collect()
}

#[test]
fn every_line_of_the_howtos_does_what_it_is_shown_for() {
    let pages = pages();
    let found: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = STAGED
            .iter()
            .map(|stage| {
                let blocks = &pages[stage.0];
                scope.spawn(move || faults(stage, blocks))
            })
            .collect();
        let ended = running.into_iter().map(|page| page.join().unwrap());
        ended.flatten().collect()
    });
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn every_line_of_the_howtos_runs_or_says_why_not() {
    let pages = pages();
    for (page, blocks) in &pages {
        for (number, block) in blocks.iter().enumerate() {
            for line in block {
                let (runs, listed) = (stage_of(page, number), reason(page, line));
                assert!(
                    runs.is_some() || listed.is_some(),
                    "{page}: `{}`: give it a world in STAGED",
                    line.text
                );
            }
        }
    }
    for (page, start, _) in NOT_RUN.iter().chain(SHOWN) {
        let mut lines = pages[*page].iter().flatten();
        assert!(
            lines.any(|line| line.begins_with(start)),
            "{page} has no line `{start}…`"
        );
    }
}
