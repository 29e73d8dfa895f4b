//! The headers and keys of both files, as each SDK reads them. It chooses no source: that is for
//! the rules of the SDK, in `judge`.
//!
//! As tried with botocore 1.44, `@aws-sdk/credential-provider-node` 3.972, the Go SDK's config
//! 1.17 and `aws-config` 1.13 for Rust, whose grammar is that of the SDKs' own test vectors.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use keyward_core::config::{ConfigSet, FileKind, WrittenSection};
use smol_str::{SmolStr, StrExt as _};

use super::Sdk;

/// The characters of a name in the SDKs' grammar, letters and digits apart.
const NAME_SIGNS: &[u8] = b"_-/.%@:+";

/// The names that every object of JavaScript inherits. Its SDK keeps profiles and the names of those
/// that it has passed in plain objects.
///
/// Source: <https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Object>
const INHERITED: [&str; 12] = [
    PROTOTYPE,
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];
const PROTOTYPE: &str = "__proto__";

/// Whether every object of JavaScript has something of this name.
pub(super) fn is_inherited(name: &str) -> bool {
    INHERITED.contains(&name)
}

/// The kind of a section to an SDK.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Noun {
    Profile,
    SsoSession,
}

/// Both files as one SDK reads them.
pub(super) struct Reader<'c> {
    sdk: Sdk,
    profiles: HashMap<SmolStr, Vec<WrittenSection<'c>>>,
    sso_sessions: HashMap<SmolStr, Vec<WrittenSection<'c>>>,
    /// The sections `[DEFAULT]`, whose keys Python gives to every section of the same file.
    defaults: Vec<WrittenSection<'c>>,
    /// Profiles that were read: a source is read once, however many roles are over it.
    read: RefCell<HashMap<SmolStr, Option<Rc<Seen>>>>,
}

/// A profile as one SDK reads it. Its values may be secrets, so it cannot be printed.
#[derive(Default)]
pub(super) struct Seen {
    /// Few and short, so an ordered map is cheaper than hashing.
    keys: BTreeMap<SmolStr, (FileKind, SmolStr)>,
}

impl Seen {
    /// The value of a key; an empty value counts as none.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.find(key).map(|(_, value)| value)
    }

    /// The value of a key and its file.
    pub(super) fn find(&self, key: &str) -> Option<(FileKind, &str)> {
        let (file, value) = self.keys.get(key)?;
        (!value.is_empty()).then_some((*file, value))
    }

    /// The file of a key that is written without a value.
    pub(super) fn empty(&self, key: &str) -> Option<FileKind> {
        let (file, value) = self.keys.get(key)?;
        value.is_empty().then_some(*file)
    }

    /// Whether the key is written, with a value or without.
    pub(super) fn is_written(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Whether a key is written in both with different values, an empty one included.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let value = |key| other.keys.get(key).map(|(_, value)| value);
        let mut keys = self.keys.iter();
        keys.any(|(key, (_, here))| value(key).is_some_and(|there| here != there))
    }

    /// Whether the key has a value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }
}

impl<'c> Reader<'c> {
    /// Reads the headers. `skipped` are files that this SDK does not read at all.
    pub(super) fn new(sdk: Sdk, config: &'c ConfigSet, skipped: &[FileKind]) -> Self {
        let mut profiles: HashMap<SmolStr, Vec<WrittenSection<'c>>> = HashMap::new();
        let mut sso_sessions: HashMap<SmolStr, Vec<WrittenSection<'c>>> = HashMap::new();
        let wanted = config
            .written()
            .filter(|section| !skipped.contains(&section.file()));
        // `[default]` gives way to `[profile default]`, whichever comes first.
        let mut prefixed_default = false;
        let mut defaults = Vec::new();
        let mut above: Option<(FileKind, Noun, SmolStr)> = None;
        for section in wanted {
            let header = section.header();
            if sdk == Sdk::JavaScript && (is_cut(header) || is_glued(section.after_header())) {
                // Not a header to it: the keys belong to the section above.
                if let Some((file, noun, name)) = &above
                    && *file == section.file()
                {
                    let known = match noun {
                        Noun::Profile => profiles.entry(name.clone()).or_default(),
                        Noun::SsoSession => sso_sessions.entry(name.clone()).or_default(),
                    };
                    known.push(section);
                }
                continue;
            }
            if sdk == Sdk::Botocore && header == "DEFAULT" {
                defaults.push(section);
                continue;
            }
            let named = match (sdk, section.file()) {
                // To Python, the header ends at the last bracket of the line.
                (Sdk::Botocore, _) if section.after_header().contains(']') => None,
                (Sdk::Botocore, FileKind::Config) => botocore(header),
                (Sdk::Botocore, FileKind::Credentials) => Some((Noun::Profile, header.into())),
                (Sdk::JavaScript, file) => javascript(header, file),
                (Sdk::Go, file) => go(header, file),
                (Sdk::Rust, file) => grammar(header, file),
            };
            above = named
                .clone()
                .map(|(noun, name)| (section.file(), noun, name));
            let Some(key) = named else { continue };
            let replaces = match (sdk, section.file()) {
                // Python keeps the last of two headers that mean one name.
                (Sdk::Botocore, FileKind::Config) => true,
                (_, FileKind::Config) if key == default_profile() => {
                    let prefixed = header.trim() != "default";
                    if prefixed_default && !prefixed {
                        continue;
                    }
                    let first = prefixed && !prefixed_default;
                    prefixed_default |= prefixed;
                    first
                }
                _ => false,
            };
            let (noun, name) = key;
            let known = match noun {
                Noun::Profile => profiles.entry(name).or_default(),
                Noun::SsoSession => sso_sessions.entry(name).or_default(),
            };
            if replaces {
                known.clear();
            }
            known.push(section);
        }
        Self {
            sdk,
            profiles,
            sso_sessions,
            defaults,
            read: RefCell::default(),
        }
    }

    /// The profile of that name, if this SDK finds one.
    pub(super) fn profile(&self, name: &str) -> Option<Rc<Seen>> {
        if let Some(known) = self.read.borrow().get(name) {
            return known.clone();
        }
        let sections = self.profiles.get(name);
        let seen = sections.map(|sections| Rc::new(self.seen(sections)));
        let mut read = self.read.borrow_mut();
        read.insert(name.into(), seen.clone());
        seen
    }

    /// The `sso-session` section of that name, if this SDK finds one.
    pub(super) fn sso_session(&self, name: &str) -> Option<Seen> {
        let sections = self.sso_sessions.get(name)?;
        Some(self.seen(sections))
    }

    fn seen(&self, sections: &[WrittenSection<'c>]) -> Seen {
        let mut seen = Seen::default();
        let defaults = self.defaults.iter();
        let defaults = defaults.filter(|known| sections.iter().any(|s| s.file() == known.file()));
        for section in defaults.chain(sections) {
            let keys: Vec<(&str, SmolStr)> = match self.sdk {
                Sdk::Botocore => section.keys_with_comments().collect(),
                Sdk::Rust => section.keys_with_indented_comments().collect(),
                Sdk::JavaScript | Sdk::Go => section.keys().collect(),
            };
            let promotes = matches!(self.sdk, Sdk::JavaScript | Sdk::Go);
            let keys = keys.iter().flat_map(|(key, value)| {
                let (value, below) = match promotes {
                    true => promoted(value),
                    false => (value.as_str(), ""),
                };
                let below = below.lines().filter_map(|line| line.split_once('='));
                let below = below.map(|(key, value)| (key.trim(), value.trim()));
                std::iter::once((*key, value)).chain(below)
            });
            for (key, value) in keys {
                let key = match self.sdk {
                    // It compares keys as they are.
                    Sdk::JavaScript => key.trim().into(),
                    // Python ends a key at a colon, too.
                    Sdk::Botocore => key
                        .split(':')
                        .next()
                        .unwrap_or(key)
                        .trim()
                        .to_lowercase_smolstr(),
                    Sdk::Go => key.trim().to_ascii_lowercase_smolstr(),
                    Sdk::Rust => key.to_ascii_lowercase_smolstr(),
                };
                let value = match self.sdk {
                    Sdk::Go => without_quotes(value),
                    Sdk::Botocore | Sdk::JavaScript | Sdk::Rust => value,
                };
                seen.keys.insert(key, (section.file(), value.into()));
            }
        }
        seen
    }
}

fn default_profile() -> (Noun, SmolStr) {
    (Noun::Profile, "default".into())
}

/// Splits the header like a shell: two words, of which the second may be quoted.
fn botocore(header: &str) -> Option<(Noun, SmolStr)> {
    if header == "default" {
        return Some(default_profile());
    }
    let noun = match header {
        _ if header.starts_with("profile") => Noun::Profile,
        _ if header.starts_with("sso-session") => Noun::SsoSession,
        _ => return None,
    };
    // Unlike this crate, Python's function does not read `#` as a comment.
    const SIGN: &str = "\u{e000}";
    match shlex::split(&header.replace('#', SIGN))?.as_slice() {
        [_, name] => Some((noun, name.replace(SIGN, "#").into())),
        _ => None,
    }
}

/// One white-space character between the two words, which may be quoted; in the credentials file
/// a header of one word is the name.
fn javascript(header: &str, file: FileKind) -> Option<(Noun, SmolStr)> {
    let word = |c: char| c.is_ascii_alphanumeric() || "_-@+.%:/".contains(c);
    let prefix_end = header
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .unwrap_or(header.len());
    let (prefix, rest) = header.split_at(prefix_end);
    let mut rest = rest.chars();
    let blank = rest.next().is_some_and(char::is_whitespace);
    let name = rest.as_str();
    let name = ['"', '\'']
        .iter()
        .find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(name);
    let two_words = !prefix.is_empty() && blank && !name.is_empty() && name.chars().all(word);
    match (file, two_words, prefix) {
        (FileKind::Config, true, _) if name == PROTOTYPE => None,
        (FileKind::Config, true, "profile") => Some((Noun::Profile, name.into())),
        (FileKind::Config, true, "sso-session") => Some((Noun::SsoSession, name.into())),
        (FileKind::Config, false, _) if header == "default" => Some(default_profile()),
        (FileKind::Credentials, false, _) if is_inherited(header) => None,
        (FileKind::Credentials, false, _) => Some((Noun::Profile, header.into())),
        _ => None,
    }
}

/// Whether JavaScript sees a comment in the header: a `#` or `;` after white space.
fn is_cut(header: &str) -> bool {
    let mut signs = header.match_indices(['#', ';']);
    signs.any(|(at, _)| header[..at].ends_with(char::is_whitespace))
}

/// Whether a comment begins right after the bracket. JavaScript then sees no header.
fn is_glued(after_header: &str) -> bool {
    !after_header.is_empty() && !after_header.starts_with(char::is_whitespace)
}

/// The value, and the indented lines below it. JavaScript and Go read such a line as a key of the
/// profile, unless the value above is empty; the others continue the value with it.
fn promoted(value: &str) -> (&str, &str) {
    match value.split_once('\n') {
        Some((first, below)) if !first.is_empty() => (first, below),
        _ => (value, ""),
    }
}

/// A value without the quotation marks around the whole of it, as Go reads it.
fn without_quotes(value: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .filter(|inner| !inner.contains(['"', '\'']))
        .unwrap_or(value)
}

/// A space ends the prefix, and whatever follows is the name, quotation marks included.
fn go(header: &str, file: FileKind) -> Option<(Noun, SmolStr)> {
    let header = header.trim_matches([' ', '\t']);
    match file {
        FileKind::Credentials if header.starts_with("profile ") => None,
        FileKind::Credentials => Some((Noun::Profile, header.into())),
        FileKind::Config if header == "default" => Some(default_profile()),
        FileKind::Config => match header.split_once(' ')? {
            ("profile", name) => Some((Noun::Profile, name.trim().into())),
            ("sso-session", name) => Some((Noun::SsoSession, name.into())),
            _ => None,
        },
    }
}

/// The grammar of the SDKs' vectors: blanks do not matter, a name has no quotation marks.
fn grammar(header: &str, file: FileKind) -> Option<(Noun, SmolStr)> {
    let header = header.trim_matches([' ', '\t']);
    let fits = |name: &str| {
        let sign = |b: u8| b.is_ascii_alphanumeric() || NAME_SIGNS.contains(&b);
        !name.is_empty() && name.bytes().all(sign)
    };
    match (file, header.split_once([' ', '\t'])) {
        (FileKind::Credentials, None) if fits(header) => Some((Noun::Profile, header.into())),
        (FileKind::Config, None) if header == "default" => Some(default_profile()),
        (FileKind::Config, Some((prefix, name))) if fits(name.trim()) => match prefix {
            "profile" => Some((Noun::Profile, name.trim().into())),
            "sso-session" => Some((Noun::SsoSession, name.trim().into())),
            _ => None,
        },
        _ => None,
    }
}
