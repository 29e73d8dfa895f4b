//! Other words for keyward's commands, and the commands of its groups without their group, such as
//! `keyward code` for `keyward mfa code`.

use super::{Words, arguments_for};

/// Words of other tools, and the command that does the same.
const SYNONYMS: [(&[&str], &[&str]); 11] = [
    (
        &[
            "run", "shell", "sh", "subshell", "use", "switch", "select", "activate",
        ],
        &["exec"],
    ),
    (
        &[
            "get",
            "creds",
            "keys",
            "token",
            "print-env",
            "get-session-token",
            "export-credentials",
        ],
        &["env"],
    ),
    (
        &[
            "profile",
            "profiles",
            "list-profiles",
            "ps",
            "session",
            "sessions",
        ],
        &["list"],
    ),
    (
        &[
            "id",
            "me",
            "who",
            "test",
            "verify",
            "check",
            "get-caller-identity",
        ],
        &["whoami"],
    ),
    (&["otp", "totp"], &["mfa", "code"]),
    (&["open", "web", "browser", "signin-url"], &["login"]),
    (
        &["new", "create", "store", "set", "save", "configure"],
        &["add"],
    ),
    (&["history", "tail", "logs"], &["log"]),
    (&["rotate-key", "rotate-keys"], &["rotate"]),
    (
        &[
            "agent",
            "daemon",
            "ecs-server",
            "ec2-server",
            "start-ecs-server",
            "start-ec2-server",
        ],
        &["serve"],
    ),
    (&["configure", "config-file"], &["init"]),
];

/// Returns what may be meant, most likely first.
pub(super) fn synonyms(root: &clap::Command, verb: &str, rest: &[&str]) -> Vec<Words> {
    let known = SYNONYMS.iter().filter(|(words, _)| words.contains(&verb));
    let mut found: Vec<Words> = known.map(|(_, own)| spelled(root, own, rest)).collect();
    // As in `profile list`.
    if let [word, after @ ..] = rest
        && !found.is_empty()
        && ["list", "ls", "show"].contains(word)
    {
        found.extend(synonyms(root, verb, after));
    }
    found.extend(of_group(root, verb, rest));
    found
}

/// The command of a group, if only its group is missing. One that lacks its arguments is answered with
/// its help.
fn of_group(root: &clap::Command, verb: &str, rest: &[&str]) -> Vec<Words> {
    if root.find_subcommand(verb).is_some() {
        return Vec::new();
    }
    let groups = root.get_subcommands().filter(|group| !group.is_hide_set());
    let groups = groups.filter(|group| group.find_subcommand(verb).is_some());
    let names: Vec<&str> = groups.map(clap::Command::get_name).collect();
    let whole = names
        .iter()
        .map(|group| spelled(root, &[group, verb], rest));
    // Several groups have such a command, so the arguments decide.
    let help = names
        .iter()
        .filter(|_| names.len() == 1 && rest.is_empty())
        .map(|group| spelled(root, &[group, verb], &["--help"]));
    whole.chain(help).collect()
}

/// The words of a command of keyward with these arguments, in keyward's own options.
fn spelled(root: &clap::Command, own: &[&str], rest: &[&str]) -> Words {
    let mut command = root;
    for word in own {
        match command.find_subcommand(word) {
            Some(found) => command = found,
            None => break,
        }
    }
    let own = own.iter().map(ToString::to_string);
    own.chain(arguments_for(root, command, rest)).collect()
}
