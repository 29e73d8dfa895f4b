//! The options of aws-vault, granted and awsume that keyward has under another name or does not
//! need. An option is left out only for the verbs that are listed here: without it, a command can
//! remove or hand out more than was meant.

/// An option of another tool.
pub(super) struct Foreign {
    names: &'static [&'static str],
    /// The verbs, without their aliases, for which it has this meaning; all of them where the list is
    /// empty.
    verbs: &'static [&'static str],
    pub(super) takes: Takes,
    pub(super) becomes: Becomes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
}

#[derive(Clone, Copy)]
pub(super) enum Becomes {
    /// keyward has no counterpart.
    Nothing,
    /// Another option.
    Option(&'static str),
    /// The first argument: the profile.
    Profile,
}

impl Foreign {
    const fn dropped(names: &'static [&'static str], takes: Takes) -> Self {
        Self {
            names,
            verbs: &[],
            takes,
            becomes: Becomes::Nothing,
        }
    }

    const fn renamed(names: &'static [&'static str], takes: Takes, name: &'static str) -> Self {
        Self {
            names,
            verbs: &[],
            takes,
            becomes: Becomes::Option(name),
        }
    }

    const fn of(self, verbs: &'static [&'static str]) -> Self {
        Self { verbs, ..self }
    }
}

const REMOVE: &[&str] = &["remove"];
const LOGIN: &[&str] = &["login"];
const LIST: &[&str] = &["list"];

/// Only where keyward's own command has no option of that name.
const OPTIONS: [Foreign; 20] = [
    Foreign::renamed(&["--debug", "--verbose"], Takes::Nothing, "-v"),
    Foreign::dropped(&["-n", "--no-session"], Takes::Nothing).of(&["rotate", "login"]),
    Foreign::renamed(&["-n"], Takes::Nothing, "--no-session"),
    Foreign::renamed(&["-t", "--mfa-token", "--mfa"], Takes::Value, "--mfa-code"),
    Foreign::renamed(&["-s", "--sessions"], Takes::Nothing, "--sessions-only").of(REMOVE),
    Foreign::dropped(&["-a", "--auto-logout"], Takes::Nothing).of(LOGIN),
    Foreign::renamed(
        &["-s", "--ecs-server", "--ec2-server", "-a", "--auto-refresh"],
        Takes::Nothing,
        "--server",
    ),
    Foreign::renamed(&["--assume-role-ttl"], Takes::Value, "--duration"),
    Foreign::renamed(&["-f"], Takes::Nothing, "--force").of(&["add"]),
    Foreign::renamed(&["-f", "--force"], Takes::Nothing, "--yes"),
    Foreign::renamed(&["--no-add-config"], Takes::Nothing, "--no-config"),
    Foreign::dropped(&["--add-config"], Takes::Nothing).of(&["add"]),
    Foreign::renamed(&["-r"], Takes::Value, "--region"),
    Foreign {
        names: &["-p", "--profile"],
        verbs: &[],
        takes: Takes::Value,
        becomes: Becomes::Profile,
    },
    // keyward has one vault with slots in the place of backends, and one way to ask.
    Foreign::dropped(
        &[
            "--backend",
            "--prompt",
            "--keychain",
            "--secret-service-collection",
            "--pass-dir",
            "--pass-cmd",
            "--pass-prefix",
            "--file-dir",
        ],
        Takes::Value,
    ),
    Foreign::dropped(&["--op-"], Takes::Value),
    Foreign::dropped(&["--proton-pass-"], Takes::Value),
    Foreign::dropped(&["--biometrics"], Takes::Nothing),
    Foreign::dropped(&["--lazy", "--stdout", "--profile-env"], Takes::Nothing).of(&[
        "exec",
        "env",
        "credential-process",
    ]),
    Foreign::dropped(
        &["--profiles", "--sessions", "--credentials"],
        Takes::Nothing,
    )
    .of(LIST),
];

/// Returns the meaning of another tool's option for a verb; before the verb, without one.
pub(super) fn foreign(verb: Option<&str>, name: &str) -> Option<&'static Foreign> {
    OPTIONS.iter().find(|option| {
        let mut names = option.names.iter();
        names.any(|known| *known == name || (known.ends_with('-') && name.starts_with(known)))
            && match verb {
                Some(verb) => option.verbs.is_empty() || option.verbs.contains(&verb),
                None => option.verbs.is_empty(),
            }
    })
}
