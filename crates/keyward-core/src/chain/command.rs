//! Recognises a `credential_process` line that is keyward's own hand-out. Refuses to guess: a
//! line that only mentions keyward, such as a shell script's, is another program's business.

/// Whether the line runs `keyward credential-process` for that profile, with whatever flags.
pub(super) fn asks_for(line: &str, profile: &str) -> bool {
    let words = arguments(line);
    let mut after = words.iter().skip_while(|word| *word != VERB).skip(1);
    while let Some(word) = after.next() {
        if TAKES_A_VALUE.contains(&word.as_str()) {
            after.next();
        } else if !word.starts_with('-') {
            return word == profile;
        }
    }
    false
}

/// The flags whose next word is theirs, and not the profile.
const TAKES_A_VALUE: [&str; 2] = ["--mfa-code", "--color"];

/// The profile of a line that is `keyward credential-process PROFILE` and nothing more, or
/// `None` for any other command.
pub(super) fn plain_hand_out(line: &str) -> Option<String> {
    let mut words = arguments(line).into_iter().filter(|word| word != "--");
    let (verb, profile, more) = (words.next()?, words.next()?, words.next());
    (verb == VERB && !profile.starts_with('-') && more.is_none()).then_some(profile)
}

const VERB: &str = "credential-process";

/// The words after the program, when the program is keyward; none otherwise.
fn arguments(line: &str) -> Vec<String> {
    let mut words = split(line);
    if words.is_empty() {
        return words;
    }
    let program = words.remove(0);
    let file = program.rsplit(['/', '\\']).next().unwrap_or(&program);
    // By its longer name where it was started without its front.
    if matches!(
        file.strip_suffix(".exe").unwrap_or(file),
        "keyward" | "keyward-full"
    ) {
        words
    } else {
        Vec::new()
    }
}

/// Whether a quote of the line is not closed. botocore, keyward and every shell refuse such a line. Windows
/// has its own rules, which this function does not know.
#[must_use]
pub fn has_open_quote(line: &str) -> bool {
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => match chars.next() {
                Some(_) => {}
                None => return true,
            },
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    quote.is_some()
}

/// Splits a line at blanks outside quotes. A backslash is literal, since Windows paths are full of
/// them, except before a quote or a blank.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('\\', None) if chars.peek().is_some_and(|next| "\"' ".contains(*next)) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (' ' | '\t', None) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests;
