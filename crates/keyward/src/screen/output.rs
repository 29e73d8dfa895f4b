//! Credentials written for other programs: every format `env` knows.

use clap::ValueEnum;
use keyward_core::Credentials;
use keyward_core::id::{ProfileName, Region};
use zeroize::Zeroizing;

use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::shell::Shell;

/// A form that another program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// `export NAME='value'`, for bash, zsh and sh
    #[value(aliases = ["zsh", "sh", "dash", "ksh", "export-env"])]
    Bash,
    /// `set -gx NAME 'value'`
    Fish,
    /// `$Env:NAME = 'value'`
    #[value(alias = "pwsh")]
    Powershell,
    /// `set "NAME=value"`
    Cmd,
    /// `setenv NAME 'value'`, for tcsh and csh
    #[value(alias = "csh")]
    Tcsh,
    /// `$env.NAME = "value"`, for a file that Nushell sources
    #[value(alias = "nushell")]
    Nu,
    /// `$NAME = 'value'`
    Xonsh,
    /// `set-env NAME 'value'`
    Elvish,
    /// `NAME="value"`
    Dotenv,
    /// `NAME=value`, for `docker run --env-file`
    #[value(alias = "env")]
    Docker,
    /// The `credential_process` protocol
    Json,
    /// A section of the credentials file
    Ini,
}

impl Format {
    /// The form of the shell that runs us; none if keyward does not know that shell.
    pub(crate) fn of_this_shell() -> Option<Self> {
        Self::of_shell(&shell_name())
    }

    fn of_shell(name: &str) -> Option<Self> {
        Some(match name {
            "fish" => Self::Fish,
            "tcsh" | "csh" => Self::Tcsh,
            "nu" => Self::Nu,
            "xonsh" => Self::Xonsh,
            "elvish" => Self::Elvish,
            "pwsh" => Self::Powershell,
            "" if cfg!(windows) => Self::Powershell,
            // Users without a shell of their own run scripts of `sh`.
            "" | "nologin" | "false" => Self::Bash,
            name if POSIX_SHELLS.contains(&name) => Self::Bash,
            _ => return None,
        })
    }
}

/// The shells that read the lines of bash.
const POSIX_SHELLS: &[&str] = &[
    "bash",
    "zsh",
    "sh",
    "dash",
    "ash",
    "busybox",
    "ksh",
    "ksh93",
    "rksh",
    "rksh93",
    "mksh",
    "lksh",
    "oksh",
    "loksh",
    "pdksh",
    "posh",
    "yash",
    "rbash",
    "rzsh",
    "bash-static",
    "zsh-static",
    "zsh5",
    "osh",
];

/// The name of the shell that runs us, without its folder; empty where it is not known.
pub(crate) fn shell_name() -> String {
    let shell = std::env::var_os("SHELL").unwrap_or_default();
    let shell = shell.to_string_lossy();
    let name = shell.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name).to_owned()
}

/// The variables a program gets, in order, and those that must not stay beside them.
#[derive(Debug)]
pub(crate) struct Variables {
    /// Name and value.
    pub(crate) set: Vec<(&'static str, Zeroizing<String>)>,
    /// Names to remove.
    pub(crate) unset: Vec<&'static str>,
}

impl Variables {
    /// Those to set, by names of their own.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "ready answers ask for it")
    )]
    pub(crate) fn owned(self) -> Vec<(String, Zeroizing<String>)> {
        let own = |(name, value): (&str, _)| (name.to_owned(), value);
        self.set.into_iter().map(own).collect()
    }
}

/// The variables that hand out these credentials.
pub(crate) fn variables(credentials: &Credentials, region: Option<&Region>) -> Variables {
    let plain = |text: &str| Zeroizing::new(text.to_owned());
    let mut set = vec![
        (
            env::AWS_ACCESS_KEY_ID,
            plain(credentials.access_key_id.as_str()),
        ),
        // Handing the secret to the program that asked is what this is for.
        (
            env::AWS_SECRET_ACCESS_KEY,
            plain(credentials.secret_access_key.expose()),
        ),
    ];
    if let Some(token) = &credentials.session_token {
        set.push((env::AWS_SESSION_TOKEN, plain(token.expose())));
    }
    if let Some(end) = credentials.expires_at {
        set.push((env::AWS_CREDENTIAL_EXPIRATION, plain(&end.to_string())));
        set.push((env::AWS_SESSION_EXPIRATION, plain(&end.to_string())));
    }
    if let Some(region) = region {
        set.push((env::AWS_REGION, plain(region.as_str())));
        set.push((env::AWS_DEFAULT_REGION, plain(region.as_str())));
    }
    let unset = [
        env::AWS_SESSION_TOKEN,
        "AWS_SECURITY_TOKEN",
        env::AWS_CREDENTIAL_EXPIRATION,
        env::AWS_SESSION_EXPIRATION,
        env::AWS_PROFILE,
        "AWS_DEFAULT_PROFILE",
    ];
    let unset = unset
        .into_iter()
        .filter(|name| !set.iter().any(|(known, _)| known == name))
        .collect();
    Variables { set, unset }
}

/// Refuses a value that the form cannot carry. AWS's own values suit every form; those of other
/// sources may hold anything without blanks.
pub(crate) fn refuse_lossy(
    format: Format,
    credentials: &Credentials,
    region: Option<&Region>,
) -> Result<(), CliError> {
    // Between quotes only these mean something to cmd: a quote has no escape there, and a percent
    // sign is written in one way in a batch file and in another at the prompt.
    let lossy = |value: &str| format == Format::Cmd && value.contains(['"', '%']);
    let Variables { set, .. } = variables(credentials, region);
    match set.iter().find(|(_, value)| lossy(value)) {
        Some((name, _)) => Err(CliError::usage(format!(
            "the value of {name} contains `\"` or `%`, which `--format cmd` cannot carry"
        ))
        .hint("--format powershell, or --format json for a program")),
        None => Ok(()),
    }
}

/// The credentials in one of the forms, ending in a line end.
pub(crate) fn render(
    format: Format,
    profile: &ProfileName,
    credentials: &Credentials,
    region: Option<&Region>,
) -> Zeroizing<String> {
    match format {
        Format::Json => return process_document(credentials),
        Format::Ini => return ini(profile, credentials, region),
        _ => {}
    }
    let Variables { set, unset } = variables(credentials, region);
    let mut text = Zeroizing::new(String::new());
    for name in unset {
        text.push_str(&unset_line(format, name).unwrap_or_default());
    }
    for (name, value) in &set {
        text.push_str(&Zeroizing::new(set_line(format, name, value)));
    }
    text
}

/// Lines that remove every variable that [`render`] sets or removes; none in a form that no shell
/// runs.
pub(crate) fn render_unset(format: Format) -> Option<String> {
    let names = [
        env::AWS_ACCESS_KEY_ID,
        env::AWS_SECRET_ACCESS_KEY,
        env::AWS_SESSION_TOKEN,
        "AWS_SECURITY_TOKEN",
        env::AWS_CREDENTIAL_EXPIRATION,
        env::AWS_SESSION_EXPIRATION,
        env::AWS_REGION,
        env::AWS_DEFAULT_REGION,
        env::AWS_PROFILE,
        env::AWS_DEFAULT_PROFILE,
    ];
    names.iter().map(|name| unset_line(format, name)).collect()
}

fn unset_line(format: Format, name: &str) -> Option<String> {
    Some(match format {
        Format::Bash => format!("unset {name}\n"),
        Format::Fish => format!("set -e {name}\n"),
        Format::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue\n"),
        Format::Cmd => format!("set \"{name}=\"\n"),
        Format::Tcsh => format!("unsetenv {name};\n"),
        Format::Nu => format!("hide-env --ignore-errors {name}\n"),
        Format::Xonsh => format!("__xonsh__.env.pop('{name}', None)\n"),
        Format::Elvish => format!("unset-env {name}\n"),
        Format::Dotenv | Format::Docker | Format::Json | Format::Ini => return None,
    })
}

fn set_line(format: Format, name: &str, value: &str) -> String {
    let escaped = |value: &str, quote: char| {
        value
            .replace('\\', r"\\")
            .replace(quote, &format!("\\{quote}"))
    };
    match format {
        Format::Bash => format!("export {name}='{}'\n", value.replace('\'', r"'\''")),
        Format::Fish => format!("set -gx {name} '{}'\n", escaped(value, '\'')),
        Format::Powershell => format!("$Env:{name} = {}\n", Shell::Powershell.quote(value)),
        Format::Cmd => format!("set \"{name}={value}\"\n"),
        // tcsh joins the lines of a command substitution, so each ends in a semicolon.
        Format::Tcsh => format!("setenv {name} '{}';\n", value.replace('\'', r"'\''")),
        Format::Nu => format!("$env.{name} = \"{}\"\n", escaped(value, '"')),
        Format::Xonsh => format!("${name} = '{}'\n", escaped(value, '\'')),
        Format::Elvish => format!("set-env {name} '{}'\n", value.replace('\'', "''")),
        Format::Dotenv => format!("{name}=\"{}\"\n", for_dotenv(value)),
        Format::Docker | Format::Json | Format::Ini => format!("{name}={value}\n"),
    }
}

/// Escapes what a shell or dotenv would interpret when it reads the file.
fn for_dotenv(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '"' | '$' | '`') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The `credential_process` protocol, Version 1, on one line.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
pub(crate) fn process_document(credentials: &Credentials) -> Zeroizing<String> {
    // No value needs escaping, but each is quoted.
    let quote = |text: &str| Zeroizing::new(serde_json::Value::from(text).to_string());
    let mut text = Zeroizing::new(String::with_capacity(2048));
    text.push_str("{\"Version\":1,\"AccessKeyId\":");
    text.push_str(&quote(credentials.access_key_id.as_str()));
    text.push_str(",\"SecretAccessKey\":");
    // The protocol's answer is the secret.
    text.push_str(&quote(credentials.secret_access_key.expose()));
    if let Some(token) = &credentials.session_token {
        text.push_str(",\"SessionToken\":");
        text.push_str(&quote(token.expose()));
    }
    if let Some(end) = credentials.expires_at {
        text.push_str(",\"Expiration\":");
        text.push_str(&quote(&end.to_string()));
    }
    if let Some(account) = &credentials.account_id {
        text.push_str(",\"AccountId\":");
        text.push_str(&quote(account.as_str()));
    }
    text.push_str("}\n");
    text
}

fn ini(
    profile: &ProfileName,
    credentials: &Credentials,
    region: Option<&Region>,
) -> Zeroizing<String> {
    let mut text = Zeroizing::new(format!(
        "[{profile}]\naws_access_key_id = {}\n",
        credentials.access_key_id
    ));
    // The section is written for a program that reads the secret from it.
    text.push_str(&format!(
        "aws_secret_access_key = {}\n",
        credentials.secret_access_key.expose()
    ));
    if let Some(token) = &credentials.session_token {
        text.push_str(&format!("aws_session_token = {}\n", token.expose()));
    }
    if let Some(end) = credentials.expires_at {
        text.push_str(&format!("x_security_token_expires = {end}\n"));
    }
    if let Some(region) = region {
        text.push_str(&format!("region = {region}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
