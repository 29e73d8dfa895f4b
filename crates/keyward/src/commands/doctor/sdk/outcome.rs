//! What an SDK ends up with, as a word and in words. It judges nothing.

/// What an SDK ends up with.
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
    /// It fails unless the program gives it a code.
    NeedsCode,
    /// It assumes the role without the code.
    SkipsCode(Box<Outcome>),
    /// It takes temporary keys that have ended, which AWS refuses.
    Ended,
    /// It refuses one of the files, and with it every profile.
    RefusesFile,
    /// It has nothing, and says so.
    Nothing,
}

impl Outcome {
    /// The word of the table.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Keyward => "keyward".to_owned(),
            Self::Process => "process".to_owned(),
            Self::Key => "clear key".to_owned(),
            Self::Session => "session".to_owned(),
            Self::Native(what) => (*what).to_owned(),
            Self::Role(source) => format!("role, {}", source.says()),
            Self::AsksCode => "asks a code".to_owned(),
            Self::NeedsCode => "fails: MFA".to_owned(),
            Self::SkipsCode(_) => "role, no MFA".to_owned(),
            Self::Ended => "fails: ended".to_owned(),
            Self::RefusesFile => "fails: file".to_owned(),
            Self::Nothing => "nothing".to_owned(),
        }
    }

    /// What the word means, for those that are no good news.
    pub(super) fn means(&self) -> Option<&'static str> {
        match self {
            Self::Role(source) => source.means(),
            Self::Keyward | Self::Process | Self::Session | Self::Native(_) => None,
            Self::Key => Some("clear key: a long-lived key of the files, without MFA"),
            Self::AsksCode => Some("asks a code: on the terminal, in every process"),
            Self::NeedsCode => Some("fails: MFA: it has no way to ask for a code"),
            Self::SkipsCode(_) => Some(
                "role, no MFA: it assumes the role without the code, which AWS refuses where MFA is asked",
            ),
            Self::Ended => Some("fails: ended: the temporary keys of the files are too old"),
            Self::RefusesFile => Some(
                "fails: file: a name stands twice in one file, so that it refuses every profile",
            ),
            Self::Nothing => Some(
                "nothing: it finds no credentials; keyward setup PROFILE gives it those of keyward, where there are some",
            ),
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
}
