//! Writes keys and strings of TOML. Long texts keep their lines where TOML can hold them
//! unescaped.
//!
//! Source: <https://toml.io/en/v1.0.0#string>

/// A key: bare where it can be, else quoted.
pub(super) fn key(text: &str) -> String {
    let bare = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !text.is_empty() && text.bytes().all(bare) {
        text.to_owned()
    } else {
        string(text)
    }
}

/// A string on one line.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if other.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(other)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A string of several lines. One that a literal string cannot contain is written on one line.
pub(super) fn lines(text: &str) -> String {
    let plain = |c: char| c == '\n' || c == '\t' || !c.is_control();
    if text.contains('\n') && !text.contains("'''") && text.chars().all(plain) {
        format!("'''\n{text}\n'''")
    } else {
        string(text)
    }
}

/// A list of strings: on one line while it is short.
pub(super) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| string(item.as_ref()))
        .collect();
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= 80 {
        return line;
    }
    let mut list = "[\n".to_owned();
    for item in items {
        list.push_str(&format!("  {item},\n"));
    }
    list.push(']');
    list
}
