//! Lines that a shell runs to change its own environment.

use clap::ValueEnum;
use keyward_core::id::{ProfileName, Region};

use crate::environment as env;

/// The shells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// bash, and what reads its lines
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// The variables that must not stay beside a profile: SDKs use keys of the environment before
/// `AWS_PROFILE`.
const STALE: [&str; 19] = [
    env::AWS_ACCESS_KEY_ID,
    env::AWS_SECRET_ACCESS_KEY,
    env::AWS_SESSION_TOKEN,
    "AWS_SECURITY_TOKEN",
    env::AWS_CREDENTIAL_EXPIRATION,
    env::AWS_SESSION_EXPIRATION,
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_FILE",
    env::AWS_ACCOUNT_ID,
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    env::CONTAINER_RELATIVE_URI,
    env::CONTAINER_FULL_URI,
    env::CONTAINER_TOKEN,
    env::AWS_VAULT,
    env::PROFILE,
    env::AWS_REGION,
    env::AWS_DEFAULT_REGION,
];

impl Shell {
    /// A word that the shell reads unchanged.
    pub(crate) fn quote(self, word: &str) -> String {
        match self {
            Self::Bash | Self::Zsh => format!("'{}'", word.replace('\'', r"'\''")),
            Self::Fish => format!("'{}'", word.replace('\\', r"\\").replace('\'', r"\'")),
            Self::Powershell => powershell(word),
        }
    }

    fn set(self, name: &str, value: &str) -> String {
        let value = self.quote(value);
        match self {
            Self::Bash | Self::Zsh => format!("export {name}={value}\n"),
            Self::Fish => format!("set -gx {name} {value}\n"),
            Self::Powershell => format!("$Env:{name} = {value}\n"),
        }
    }

    fn unset(self, name: &str) -> String {
        match self {
            Self::Bash | Self::Zsh => format!("unset {name}\n"),
            Self::Fish => format!("set -e {name}\n"),
            Self::Powershell => {
                format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue\n")
            }
        }
    }

    /// Lines that make a profile the shell's own.
    pub(crate) fn switch(self, profile: &ProfileName, region: Option<&Region>) -> String {
        let mut lines: String = STALE.iter().map(|name| self.unset(name)).collect();
        lines.push_str(&self.set(env::AWS_PROFILE, profile.as_str()));
        if let Some(region) = region {
            lines.push_str(&self.set(env::AWS_REGION, region.as_str()));
            lines.push_str(&self.set(env::AWS_DEFAULT_REGION, region.as_str()));
        }
        lines
    }

    /// Lines that leave the shell without a profile.
    pub(crate) fn clear(self) -> String {
        let mut lines: String = STALE.iter().map(|name| self.unset(name)).collect();
        lines.push_str(&self.unset(env::AWS_PROFILE));
        lines
    }
}

/// PowerShell reads a program's output by the console's code page. In some of them a byte of a
/// letter is a typographic quote, and PowerShell ends a quoted word at those too: so all that is
/// not ASCII is written by its number.
fn powershell(word: &str) -> String {
    let mut quoted = String::from("'");
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str("''"),
            c if c.is_ascii() => quoted.push(c),
            c => {
                let mut units = [0; 2];
                quoted.push('\'');
                for unit in c.encode_utf16(&mut units) {
                    quoted.push_str(&format!(" + [char]0x{unit:04X}"));
                }
                quoted.push_str(" + '");
            }
        }
    }
    quoted.push('\'');
    if word.is_ascii() {
        quoted
    } else {
        format!("({quoted})")
    }
}

#[cfg(test)]
mod tests;
