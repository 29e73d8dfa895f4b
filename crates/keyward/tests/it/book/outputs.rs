//! Outputs in the pages: each command with an output below it runs, and its output is compared word
//! by word. `…` in a page matches any text. The line of a question means `--yes`.

use std::path::Path;

use keyward_sandbox::{Account, Accounts};
use keyward_testkit::finish;

use super::tutorials::TUTORIALS;
use super::{markdown_in, root};
use crate::account::Rehearsal;

/// A command and what a page shows below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) command: String,
    pub(super) shown: Vec<String>,
}

/// A page, the number of a command on it that has output, and where it runs.
type Compared = (&'static str, usize, fn() -> Rehearsal);

const COMPARED: &[Compared] = &[
    ("account.md", 0, erin),
    ("account.md", 1, two_accounts),
    ("audit.md", 0, audited),
    ("export.md", 0, erin),
    ("lost-laptop.md", 0, carol),
    ("moving-in.md", 0, in_the_clear),
    ("new-account.md", 0, owner),
    ("new-account.md", 1, owner),
    ("new-account.md", 2, two_people),
    ("new-account.md", 3, two_people),
    ("new-account.md", 7, made),
    ("new-account.md", 8, stored),
];

/// Those that do not run here, and why.
const NOT_COMPARED: &[(&str, usize, &str)] = &[
    (
        "new-account.md",
        4,
        "needs `age`; `scripts/interop handouts` decrypts with it",
    ),
    ("new-account.md", 5, "needs a phone; `mfa.rs` enrols one"),
    (
        "new-account.md",
        6,
        "needs a phone; the tour of the README assumes a role",
    ),
    (
        "new-account.md",
        9,
        "needs a phone; `account/lifecycle.rs` plans again",
    ),
    (
        "practice-account.md",
        0,
        "prints a file; `sandbox.rs` starts an account from one",
    ),
    (
        "stacks.md",
        0,
        "the practice account has no routes; `account/stacks.rs` finds drift",
    ),
];

const SSH: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIANdyDoJmeN0VTw8hiDLh5tOYRZfiQeNi+cjDGOMVEv/ a\n";

/// The template of a team, with the person of the page.
pub(super) fn erin() -> Rehearsal {
    let place = Rehearsal::start();
    let text = place.run(&["account", "init", "--template", "team"]).ok();
    let erin = block("account.md", "[users.erin]");
    place.write("account.toml", &format!("{text}\n{erin}"));
    place.write("erin.pub", SSH);
    place
}

fn two_accounts() -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("two-accounts", "admins");
    let _ = place
        .run(&["account", "apply", "account.toml", "--yes"])
        .ok();
    let text = place.read("account.toml");
    let group = "[groups.admins]\nassume = [";
    assert!(text.contains(group), "{text}");
    let text = text.replace(group, &format!("{group}\"Auditor\", "));
    place.write(
        "account.toml",
        &format!("{text}\n[roles.Auditor]\nmanaged = [\"SecurityAudit\"]\n"),
    );
    place
}

pub(super) fn audited() -> Rehearsal {
    let place = erin();
    let _ = place
        .run(&["account", "apply", "account.toml", "--yes"])
        .ok();
    place
}

/// Carol, with a key, in one of four accounts; each of the others has the role.
pub(super) fn carol() -> Rehearsal {
    use crate::practice::{KEY_ID, SECRET};
    let people = "123456789012";
    let others = [
        ("development", "111122223333"),
        ("production", "444455556666"),
        ("staging", "777788889999"),
    ];
    let mut accounts = Accounts::empty_with_root(people.parse().unwrap());
    let profile = |name: &str, id: &str| {
        format!(
            "[profile {name}]\nregion = eu-central-1\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n"
        )
    };
    let mut config = profile("people", KEY_ID);
    let mut text = format!(
        "version = 1\n[accounts.people]\nid = \"{people}\"\nusers = true\nprofile = \"people\"\n"
    );
    for (number, (name, id)) in others.iter().enumerate() {
        let mut account = Account::empty(id.parse().unwrap());
        let created = account.root.created;
        let key = format!("AKIAI44QH8DHBEXAMPL{number}");
        account.give_root_key(key.parse().unwrap(), SECRET.parse().unwrap(), created);
        accounts.insert(account);
        config += &profile(name, &key);
        text += &format!("[accounts.{name}]\nid = \"{id}\"\nprofile = \"{name}\"\n");
    }
    text += "[groups.team]\nassume = [\"ReadOnly\"]\n[roles.ReadOnly]\nmanaged = [\"ReadOnlyAccess\"]\n\
             [users.carol]\ngroups = [\"team\"]\nssh = \"carol.pub\"\npassword = true\naccess_key = true\n";
    let place = Rehearsal::of(accounts);
    place.config(&config);
    place.write("account.toml", &text);
    place.write("carol.pub", SSH);
    let _ = place
        .run(&["account", "apply", "account.toml", "--yes"])
        .ok();
    place
}

fn in_the_clear() -> Rehearsal {
    let place = Rehearsal::start();
    place.config("");
    let (id, secret) = (crate::practice::KEY_ID, crate::practice::SECRET);
    place.write(
        ".aws/credentials",
        &format!(
            "# keys\n[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n\
             [saml]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = other\naws_session_token = t\n"
        ),
    );
    place
}

/// The root user's key as `root`.
pub(super) fn owner() -> Rehearsal {
    let place = Rehearsal::start();
    let config = place
        .read(".aws/config")
        .replace("[profile admin]", "[profile root]");
    place.config(&config);
    // A scrypt of a second for every command would test patience alone.
    place.write("keyward/config.toml", "passphrase_work = 2\n");
    crate::practice::owner_only(&place.path().join("keyward"));
    place
}

fn two_people() -> Rehearsal {
    let place = owner();
    let words = ["account", "init", "--template", "readonly-admin"];
    let text = place.run(&words).ok();
    let (rules, _) = text.split_once("[users.").unwrap();
    let profile = rules.replace("profile = \"admin\"", "profile = \"root\"");
    let people = block("new-account.md", "[users.alice]");
    place.write("account.toml", &format!("{profile}\n{people}"));
    place.write("alice_key.pub", SSH);
    place
}

pub(super) fn made() -> Rehearsal {
    let place = two_people();
    let _ = place
        .run(&["account", "apply", "account.toml", "--yes"])
        .ok();
    place
}

/// The root user's key in the vault, with a session of it.
pub(super) fn stored() -> Rehearsal {
    let place = owner();
    place.config("[profile root]\nregion = eu-central-1\n");
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    let _ = place.run_with_input(&["add", "root", "--stdin"], &key).ok();
    let _ = place.run(&["exec", "root", "--", "true"]).ok();
    place
}

pub(super) fn text_of(page: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(page)).unwrap()
}

/// The code block of a page that begins with a line.
fn block(page: &str, line: &str) -> String {
    let text = text_of(page);
    let blocks = text.split("```").skip(1).step_by(2);
    let mut blocks = blocks.filter_map(|block| block.split_once('\n'));
    let (_, found) = blocks.find(|(_, block)| block.starts_with(line)).unwrap();
    found.to_owned()
}

/// The commands of a page's console blocks below which output is shown.
fn steps(text: &str) -> Vec<Step> {
    let mut steps = commands(text);
    steps.retain(|step| !step.shown.is_empty());
    steps
}

/// The commands of a page's console blocks.
pub(super) fn commands(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    let mut here_document = false;
    for line in text.lines() {
        if !inside {
            inside = line == "```console";
            continue;
        }
        if line == "```" {
            inside = false;
            continue;
        }
        if let Some(command) = line.strip_prefix("$ ") {
            here_document = command.contains("<<'END'");
            steps.push(Step {
                command: command.to_owned(),
                shown: Vec::new(),
            });
        } else if here_document {
            here_document = line != "END";
        } else if let Some(step) = steps.last_mut() {
            step.shown.push(line.to_owned());
        }
    }
    steps
}

/// Whether the output matches what a page shows, with any text for each `…`. Line breaks are blanks, since a
/// page breaks long lines.
pub(super) fn is_shown(shown: &[String], printed: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let questions = shown.iter().any(|line| line.contains("[y/N]:"));
    let kept: Vec<&str> = shown
        .iter()
        .filter(|line| !line.contains("[y/N]:"))
        .map(String::as_str)
        .collect();
    let mut pattern = words(&kept.join(" "));
    if questions && shown.last().is_some_and(|line| line.ends_with("[y/N]:")) {
        // The page ends at the question, and the command continues.
        pattern.push_str(" …");
    }
    let printed = words(printed);
    let mut parts = pattern.split('…').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = printed.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Runs a command of a page as a shell would, with both streams in one.
fn run(place: &Rehearsal, step: &Step) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_keyward"));
    let asks = step.shown.iter().any(|line| line.contains("[y/N]:"));
    let yes = if asks { " --yes" } else { "" };
    let line = format!("{}{yes} 2>&1", step.command);
    let mut command = place.command_of("sh");
    command.args(["-c", &line]);
    let own = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(program.parent().unwrap().to_owned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&own))).unwrap();
    command.env("PATH", path);
    finish(command, "").stdout
}

#[test]
fn what_a_page_shows_is_what_the_command_prints() {
    let mut differ = Vec::new();
    for (page, number, stage) in COMPARED {
        let step = steps(&text_of(page)).into_iter().nth(*number);
        let step = step.unwrap_or_else(|| panic!("{page} has no command {number}"));
        let printed = run(&stage(), &step);
        if !is_shown(&step.shown, &printed) {
            let shown = step.shown.join("\n");
            differ.push(format!(
                "{page}, {number}: {}\n{shown}\nbut it prints\n{printed}",
                step.command
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn every_output_of_the_book_is_compared_or_says_why_not() {
    let mut listed: Vec<(String, usize)> = COMPARED
        .iter()
        .map(|(page, number, _)| (page, number))
        .chain(NOT_COMPARED.iter().map(|(page, number, _)| (page, number)))
        .map(|(page, number)| ((*page).to_owned(), *number))
        .collect();
    for page in TUTORIALS {
        let count = steps(&text_of(page)).len();
        listed.extend((0..count).map(|number| ((*page).to_owned(), number)));
    }
    listed.sort();
    let mut found = Vec::new();
    for path in markdown_in(&root().join("docs")) {
        let page = path.file_name().unwrap().to_str().unwrap().to_owned();
        let count = steps(&text_of(&page)).len();
        found.extend((0..count).map(|number| (page.clone(), number)));
    }
    found.sort();
    assert_eq!(found, listed, "list it in COMPARED");
}

#[test]
fn an_output_is_compared_as_a_page_shows_it() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (shown, printed, expect) in [
        ("a b", "a\nb\n", true),
        ("a b", "a b c", false),
        ("a …\nc", "a x y c", true),
        ("a …", "a", true),
        ("…\nb", "x b", true),
        ("a … b … c", "a c b", false),
        ("a\nDo it? [y/N]:", "a done", true),
        ("a\nDo it? [y/N]: y\nb", "a b", true),
        ("a\nDo it? [y/N]: y\nb", "a c", false),
    ] {
        assert_eq!(
            is_shown(&lines(shown), printed),
            expect,
            "{shown}: {printed}"
        );
    }
    let text = "```console\n$ a\nx\n$ b\n$ c <<'END'\nin\nEND\nout\n```\n```sh\n$ d\ny\n```\n";
    let found: Vec<_> = steps(text).into_iter().map(|step| step.command).collect();
    assert_eq!(found, ["a", "c <<'END'"]);
}
