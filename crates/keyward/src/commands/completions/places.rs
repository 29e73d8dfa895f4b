//! The places of the command line with values that keyward can list, read off the definitions.

/// The kind of values of a place of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Profiles,
    Sessions,
    Slots,
    Accounts,
    Users,
    Blueprints,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Profiles,
        Self::Sessions,
        Self::Slots,
        Self::Accounts,
        Self::Users,
        Self::Blueprints,
    ];

    /// Returns the kind of an argument's values, if keyward can list them. The value of `init
    /// --profile` is a new name, and called `NAME`.
    fn of(verb: &str, argument: &clap::Arg) -> Option<Self> {
        let id = argument.get_id().as_str();
        let names = argument.get_value_names().unwrap_or_default();
        let is_called = |name: &str| names.iter().any(|value| value.as_str() == name);
        match id {
            "profile" | "profiles" if argument.is_positional() => Some(Self::Profiles),
            "user" if argument.is_positional() => Some(Self::Users),
            "blueprint" if verb == "account" => Some(Self::Blueprints),
            _ if is_called("PROFILE") => Some(Self::Profiles),
            _ if is_called("SESSION") => Some(Self::Sessions),
            _ if is_called("SLOT") => Some(Self::Slots),
            _ if is_called("ACCOUNT") => Some(Self::Accounts),
            _ => None,
        }
    }

    /// Its name in the scripts, and in `keyward candidates`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Profiles => "profiles",
            Self::Sessions => "sessions",
            Self::Slots => "slots",
            Self::Accounts => "accounts",
            Self::Users => "users",
            Self::Blueprints => "blueprints",
        }
    }
}

/// A place of the command line whose values keyward can list.
pub(super) struct ValuePosition {
    /// The words before it, as a pattern: `exec`, `account revoke *`.
    pub(super) before: Vec<String>,
    /// The kind of its values.
    pub(super) kind: Kind,
}

/// Every such place. The longer pattern comes last.
pub(super) fn places(command: &clap::Command) -> Vec<ValuePosition> {
    let mut places = Vec::new();
    for verb in shown(command) {
        collect_places(verb.get_name(), verb.get_name(), verb, &mut places);
    }
    places
}

fn collect_places(
    verb: &str,
    path: &str,
    command: &clap::Command,
    places: &mut Vec<ValuePosition>,
) {
    for (at, argument) in command.get_positionals().enumerate() {
        let Some(kind) = Kind::of(verb, argument) else {
            continue;
        };
        // A place after two others would need a pattern for each of them.
        let mut before = match at {
            0 => vec![format!("'{path}'")],
            1 => vec![format!("'{path} '*")],
            _ => continue,
        };
        if argument.get_action().takes_values() && argument.get_num_args().is_some_and(many) {
            before.push(format!("'{path} '*"));
        }
        places.push(ValuePosition { before, kind });
    }
    for below in command.get_subcommands() {
        let path = format!("{path} {}", below.get_name());
        collect_places(verb, &path, below, places);
    }
}

fn many(range: clap::builder::ValueRange) -> bool {
    range.max_values() > 1
}

/// Options that take a value, as `VERB --OPTION`.
pub(super) struct Options {
    /// Those of every command.
    pub(super) global: Vec<String>,
    /// Those whose values keyward can list.
    pub(super) named: Vec<(String, String, Kind)>,
    /// All others.
    pub(super) valued: Vec<(String, String)>,
}

impl Options {
    pub(super) fn of(command: &clap::Command) -> Self {
        let mut options = Self {
            global: Vec::new(),
            named: Vec::new(),
            valued: Vec::new(),
        };
        for argument in command.get_arguments().filter(|it| has_value(it)) {
            options.global.extend(spellings(argument));
        }
        for verb in command.get_subcommands() {
            options.collect(verb.get_name(), verb);
        }
        options
    }

    fn collect(&mut self, verb: &str, command: &clap::Command) {
        for argument in command.get_arguments().filter(|it| has_value(it)) {
            let kind = Kind::of(verb, argument);
            for option in spellings(argument) {
                let verb = verb.to_owned();
                match kind {
                    Some(kind) => push_new(&mut self.named, (verb, option, kind)),
                    None => push_new(&mut self.valued, (verb, option)),
                }
            }
        }
        for below in command.get_subcommands() {
            self.collect(verb, below);
        }
    }

    /// The patterns of those that take such values.
    pub(super) fn named(&self, kind: Kind) -> Vec<String> {
        let of_kind = self.named.iter().filter(|(.., its)| *its == kind);
        of_kind
            .map(|(verb, option, _)| format!("'{verb} {option}'"))
            .collect()
    }

    /// The patterns of all others, and of those of every command behind any verb.
    pub(super) fn others(&self) -> Vec<String> {
        let global = self.global.iter().map(|option| format!("*' {option}'"));
        let valued = self.valued.iter();
        let valued = valued.map(|(verb, option)| format!("'{verb} {option}'"));
        global.chain(valued).collect()
    }
}

/// Several commands of one verb may have the same option.
fn push_new<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}

fn has_value(argument: &clap::Arg) -> bool {
    !argument.is_positional() && argument.get_action().takes_values()
}

fn spellings(argument: &clap::Arg) -> impl Iterator<Item = String> {
    let long = argument.get_long().map(|long| format!("--{long}"));
    let short = argument.get_short().map(|short| format!("-{short}"));
    long.into_iter().chain(short)
}

/// The verbs that the help shows.
fn shown(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|verb| !verb.is_hide_set())
}
