//! The outcome of an SDK, as a word and in words. It judges nothing.

/// The outcome of an SDK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// keyward answers.
    Keyward,
    /// Another program answers.
    Process,
    /// Keys of the files, long-lived.
    Key,
    /// Temporary keys of the files.
    Session,
    /// A source that SDKs know themselves.
    Native(&'static str),
    /// A role from one of these.
    Role(Box<Outcome>),
    /// It asks for a code on the terminal.
    AsksCode,
    /// It fails unless the program passes a code.
    NeedsCode,
    /// It assumes the role without the code.
    SkipsCode(Box<Outcome>),
    /// It uses temporary keys that have expired, which AWS refuses.
    Ended,
    /// It refuses one of the files, and with it every profile.
    RefusesFile,
    /// It refuses the profile, since its keys contradict each other.
    RefusesProfile,
    /// It refuses a key if it sees only one part.
    HalfKey,
    /// It runs the `credential_process` without the shell that the line needs.
    NeedsShell,
    /// The program of the `credential_process` is not there.
    NoProgram,
    /// The line of the `credential_process` is not a command.
    BrokenLine,
    /// It uses a key that is written without a value.
    EmptyKey,
    /// It uses a key with the text of an indented line below it.
    ContinuedKey,
    /// It sees a temporary key without its token.
    NoToken,
    /// It does not find the `sso-session` section that the profile names.
    NoSsoSession,
    /// It misses a setting of the Identity Center.
    HalfSso,
    /// The environment keeps it from the source that the profile names.
    Environment,
    /// It has nothing, and says so.
    Nothing,
}

impl Outcome {
    /// The word of the table.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Role(source) => format!("role, {}", source.word()),
            Self::Native(what) => (*what).to_owned(),
            Self::Keyward => "keyward".to_owned(),
            Self::Process => "process".to_owned(),
            Self::Key => "clear key".to_owned(),
            Self::Session => "session".to_owned(),
            Self::AsksCode => "asks a code".to_owned(),
            Self::NeedsCode => "fails: MFA".to_owned(),
            Self::SkipsCode(_) => "role, no MFA".to_owned(),
            Self::Ended => "fails: ended".to_owned(),
            Self::RefusesFile => "fails: file".to_owned(),
            Self::RefusesProfile => "fails: profile".to_owned(),
            Self::HalfKey => "fails: half key".to_owned(),
            Self::NeedsShell => "fails: shell".to_owned(),
            Self::NoProgram => "fails: program".to_owned(),
            Self::BrokenLine => "fails: line".to_owned(),
            Self::NoToken => "fails: token".to_owned(),
            Self::NoSsoSession => "fails: session".to_owned(),
            Self::HalfSso => "fails: sso".to_owned(),
            Self::EmptyKey => "fails: empty key".to_owned(),
            Self::ContinuedKey => "fails: key".to_owned(),
            Self::Environment => "fails: env".to_owned(),
            Self::Nothing => "nothing".to_owned(),
        }
    }

    /// Returns the meaning of the word, for those that indicate a problem.
    pub(super) fn meaning(&self) -> Option<&'static str> {
        match self {
            Self::Role(source) => source.meaning(),
            Self::Keyward | Self::Process | Self::Session | Self::Native(_) => None,
            Self::Key => Some("clear key: a long-lived key from the files, without MFA"),
            Self::AsksCode => Some("asks a code: on the terminal, in every process"),
            Self::NeedsCode => Some("fails: MFA: it has no way to ask for a code"),
            Self::SkipsCode(_) => Some(
                "role, no MFA: it assumes the role without a code; AWS refuses this if the role requires MFA",
            ),
            Self::Ended => Some("fails: ended: the temporary keys in the files have expired"),
            Self::RefusesFile => Some(
                "fails: file: it refuses every profile for a duplicate section or key, a `#` or `;` in a header, a header without a name, a carriage return, or an indented comment",
            ),
            Self::RefusesProfile => {
                Some("fails: profile: it refuses this combination of keys in one profile")
            }
            Self::HalfKey => Some("fails: half key: it sees only one part of the access key"),
            Self::NeedsShell => Some(
                "fails: shell: it runs `credential_process` without a shell, and the line needs one",
            ),
            Self::NoProgram => {
                Some("fails: program: the program of `credential_process` does not exist")
            }
            Self::BrokenLine => {
                Some("fails: line: `credential_process` is empty, or a quote in it is not closed")
            }
            Self::NoToken => Some("fails: token: it sees a temporary key without its token"),
            Self::EmptyKey => {
                Some("fails: empty key: it takes an access key that is written without a value")
            }
            Self::ContinuedKey => {
                Some("fails: key: it adds the indented line below the access key to the key")
            }
            Self::HalfSso => Some(
                "fails: sso: the account, the role, `sso_start_url` or `sso_region` of the Identity Center is missing",
            ),
            Self::NoSsoSession => {
                Some("fails: session: it does not find the `sso-session` section")
            }
            Self::Environment => Some(
                "fails: env: a variable that the profile's source needs is missing, keeps it from that source, or names a file that cannot be read",
            ),
            Self::Nothing => Some(
                "nothing: it finds no credentials; `keyward setup PROFILE` lets it ask keyward",
            ),
        }
    }

    /// The kind of source that the credentials come from, and whether through a role; nothing if there are
    /// none.
    pub(super) fn kind(&self) -> Option<(bool, &'static str)> {
        match self {
            Self::Role(source) | Self::SkipsCode(source) => Some((true, source.kind()?.1)),
            Self::Native(what) => Some((false, what)),
            Self::Keyward | Self::Process => Some((false, "process")),
            Self::Key | Self::Session => Some((false, "keys")),
            _ => None,
        }
    }

    /// Whether it ends in credentials, and in good ones.
    pub(super) fn is_good(&self) -> bool {
        match self {
            Self::Role(source) => source.is_good(),
            Self::Keyward | Self::Process | Self::Session | Self::Native(_) => true,
            _ => false,
        }
    }

    /// Whether it ends in no credentials at all.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Self::Role(_)
            | Self::SkipsCode(_)
            | Self::Keyward
            | Self::Process
            | Self::Session
            | Self::Key
            | Self::Native(_) => false,
            Self::AsksCode
            | Self::NeedsCode
            | Self::Ended
            | Self::RefusesFile
            | Self::RefusesProfile
            | Self::HalfKey
            | Self::NeedsShell
            | Self::NoProgram
            | Self::BrokenLine
            | Self::NoToken
            | Self::NoSsoSession
            | Self::HalfSso
            | Self::EmptyKey
            | Self::ContinuedKey
            | Self::Environment
            | Self::Nothing => true,
        }
    }
}
