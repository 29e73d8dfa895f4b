//! The parts of a `credential_process` line that only a shell understands. The text that `sh -c`
//! gets is not judged, since a shell reads it in any case.

/// The shells whose `-c` has a script as its value.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "fish"];

/// Words that a shell interprets itself, as commands or grammar. Most systems have no program of that
/// name.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_15>
const OF_THE_SHELL: [&str; 22] = [
    ".", ":", "!", "{", "case", "cd", "eval", "exec", "export", "for", "if", "read", "set",
    "shift", "source", "trap", "ulimit", "umask", "unset", "until", "wait", "while",
];

/// A word of the line, without its quotes.
#[derive(Default)]
struct Word {
    text: String,
    /// The part that only a shell understands.
    sign: Option<String>,
    /// A sign that in an address is an ordinary character.
    doubtful: Option<char>,
}

/// The first sign that only a shell understands, such as `|`, `2>` or `$NAME`.
pub(crate) fn shell_sign(line: &str) -> Option<String> {
    let words = words(line);
    if words.first().is_some_and(|word| is_assignment(&word.text)) {
        return Some("NAME=VALUE".to_owned());
    }
    if let Some(first) = words.first().filter(|word| is_of_the_shell(&word.text)) {
        return Some(first.text.clone());
    }
    let mut after_shell = false;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let address = word.text.contains("://");
        let doubtful = word.doubtful.filter(|_| !address);
        if let Some(sign) = word.sign.clone().or(doubtful.map(String::from)) {
            return Some(sign);
        }
        if after_shell && is_script_option(&word.text) {
            words.next();
            after_shell = false;
        }
        after_shell |= is_shell(&word.text);
    }
    None
}

/// A sign for a sentence: in backticks, unless it is one.
pub(crate) fn in_code(sign: &str) -> String {
    match sign {
        "`" => "a backtick".to_owned(),
        sign => format!("`{sign}`"),
    }
}

/// Whether the line is one word with a blank, since quotes are around all of it.
pub(crate) fn is_quoted_whole(line: &str) -> bool {
    let words = words(line);
    let quoted = line.trim().starts_with(['"', '\'']) && line.trim().ends_with(['"', '\'']);
    quoted && words.len() == 1 && words[0].text.contains(char::is_whitespace)
}

/// Whether a shell interprets the word itself.
pub(crate) fn is_of_the_shell(word: &str) -> bool {
    OF_THE_SHELL.contains(&word)
}

/// `NAME=VALUE`, which a shell puts into the environment of the program.
pub(crate) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    SHELLS.contains(&name)
}

/// `-c`, alone or among joined letters.
fn is_script_option(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.contains('c')
}

fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(word.take());
            continue;
        }
        let first = word.is_none();
        let current = word.get_or_insert_default();
        let next = chars.peek().copied();
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            ('\\', None | Some('"')) => current.text.extend(chars.next()),
            (c, Some('\'')) => current.text.push(c),
            (c, _) => {
                let sign = match quote {
                    None => sign(c, next, first, current),
                    Some(_) => expansion(c, next),
                };
                if current.sign.is_none() {
                    current.sign = sign;
                }
                current.text.push(c);
            }
        }
    }
    words.extend(word);
    words
}

/// The sign that begins with this character outside quotes. `first` says whether it begins its word.
fn sign(c: char, next: Option<char>, first: bool, word: &mut Word) -> Option<String> {
    match c {
        '|' if next == Some('|') => Some("||".to_owned()),
        '&' if next == Some('&') => Some("&&".to_owned()),
        ';' | '|' => Some(c.to_string()),
        '<' | '>' => {
            let number = !word.text.is_empty() && word.text.bytes().all(|b| b.is_ascii_digit());
            let number = if number { word.text.as_str() } else { "" };
            Some(format!("{number}{c}"))
        }
        '#' if first => Some("#".to_owned()),
        '~' if first && next.is_none_or(|next| next == '/' || next.is_whitespace()) => {
            Some("~".to_owned())
        }
        '&' | '*' | '?' => {
            word.doubtful.get_or_insert(c);
            None
        }
        _ => expansion(c, next),
    }
}

/// Returns a sign that a shell replaces outside single quotes.
fn expansion(c: char, next: Option<char>) -> Option<String> {
    match c {
        '`' => Some("`".to_owned()),
        '$' if next.is_some_and(|next| next.is_ascii_alphabetic() || "_{(".contains(next)) => {
            Some("$NAME".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
