//! Lines broken between words, where a terminal would break them inside. A text in backticks stays
//! on one line if it fits: it may be a command to copy.

use unicode_width::UnicodeWidthChar as _;

/// Quoted words up to this width are not broken.
const KEPT_WHOLE: usize = 50;
/// With fewer columns, careful line breaks do not help.
const NARROWEST: usize = 30;

/// Breaks every line that is wider than `width`. Its continuation lines have its indent plus
/// `hang`; a line with that indent already continues the one before it.
pub(crate) fn wrap(text: &str, width: usize, hang: usize) -> String {
    wrap_around("", text, width, hang)
}

/// Breaks lines as [`wrap`] does, and leaves a part of the text whole, however wide it is: half of
/// a command is another command.
pub(crate) fn wrap_around(whole: &str, text: &str, width: usize, hang: usize) -> String {
    if width < NARROWEST {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if visible(line.trim_end_matches('\n')) <= width {
            out.push_str(line);
        } else {
            break_line(whole, line, width, hang, &mut out);
        }
    }
    out
}

fn break_line(whole: &str, line: &str, width: usize, hang: usize, out: &mut String) {
    let leading = leading_blanks(line);
    let hang = if leading < hang { hang } else { 0 };
    // Half of the width is left to the words.
    let margin = (leading + hang).min(width / 2);
    let mut column = 0;
    let mut rest = line;
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let next = &rest[blanks..];
        let word = match next.strip_prefix(whole) {
            Some(after) if !whole.is_empty() => &next[..whole.len() + word_end(after)],
            _ => &next[..word_end(next)],
        };
        let wide = visible(word.trim_end_matches('\n'));
        if column > margin && column + blanks + wide > width {
            out.push('\n');
            out.push_str(&" ".repeat(margin));
            column = margin + wide;
        } else {
            out.push_str(&rest[..blanks]);
            column += blanks + wide;
        }
        out.push_str(word);
        rest = &rest[blanks + word.len()..];
    }
}

/// The blanks that a line begins with; colours may come before them.
fn leading_blanks(line: &str) -> usize {
    let mut rest = line;
    let mut blanks = 0;
    loop {
        let bare = rest.trim_start_matches(' ');
        blanks += rest.len() - bare.len();
        match bare
            .strip_prefix('\x1b')
            .and_then(|code| code.split_once('m'))
        {
            Some((_, after)) => rest = after,
            None => return blanks,
        }
    }
}

/// Returns the end of the first word of a text, in bytes.
fn word_end(text: &str) -> usize {
    let plain = text.find(' ').unwrap_or(text.len());
    let Some(open) = text[..plain].find('`') else {
        return plain;
    };
    let inside = &text[open + 1..];
    let Some(close) = inside.find('`') else {
        return plain;
    };
    if close <= plain.saturating_sub(open + 1) || visible(&inside[..close]) > KEPT_WHOLE {
        return plain;
    }
    // A sign right behind, such as a comma, belongs to it.
    let end = open + 1 + close + 1;
    end + text[end..].find(' ').unwrap_or(text.len() - end)
}

/// Returns the number of columns of a text, colours left out.
fn visible(text: &str) -> usize {
    let mut count = 0;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' {
            // `ESC [ … m`, the only kind that is written here.
            for inside in chars.by_ref() {
                if inside == 'm' {
                    break;
                }
            }
        } else {
            count += c.width().unwrap_or(0);
        }
    }
    count
}

#[cfg(test)]
mod tests;
