//! Writes JSON values as readable YAML. A string that a YAML parser could mistake for another type is
//! quoted as in JSON, which YAML 1.1 and 1.2 both accept.
//!
//! Source: <https://yaml.org/spec/1.2.2/>

use std::fmt::Write as _;

use serde_json::Value;

/// The value as a YAML document that ends with a newline.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => block(&mut out, value, 0),
        Value::Array(items) if !items.is_empty() => block(&mut out, value, 0),
        other => {
            out.push_str(&scalar(other));
            out.push('\n');
        }
    }
    out
}

/// A mapping or sequence that is not empty, one entry a line.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let _ = write!(out, "{:indent$}{}:", "", text(key));
                entry(out, value, indent + 2);
            }
        }
        Value::Array(items) => {
            for item in items {
                let _ = write!(out, "{:indent$}-", "");
                item_of_list(out, item, indent + 2);
            }
        }
        _ => {}
    }
}

/// Writes what follows the colon of a key.
fn entry(out: &mut String, value: &Value, indent: usize) {
    if is_block(value) {
        out.push('\n');
        block(out, value, indent);
    } else {
        let _ = writeln!(out, " {}", scalar(value));
    }
}

/// Writes what follows the dash of a list. A mapping begins on the same line.
fn item_of_list(out: &mut String, value: &Value, indent: usize) {
    if is_block(value) {
        let mut nested = String::new();
        block(&mut nested, value, indent);
        let _ = write!(out, " {}", nested.trim_start_matches(' '));
    } else {
        let _ = writeln!(out, " {}", scalar(value));
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// A value on one line.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(value) => text(value),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// A text, quoted unless every YAML parser reads it as that text.
fn text(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            ' '..='~' => quoted.push(c),
            c => {
                let mut units = [0; 2];
                match u32::from(c) {
                    code @ 0x1_0000.. => {
                        let _ = write!(quoted, "\\U{code:08x}");
                    }
                    _ => {
                        for unit in c.encode_utf16(&mut units) {
                            let _ = write!(quoted, "\\u{unit:04x}");
                        }
                    }
                }
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Words that YAML 1.1 reads as something other than text.
const RESERVED: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// Whether a text needs no quotes: it begins with a letter, holds characters without a meaning in
/// YAML only, and is no reserved word.
fn is_plain(value: &str) -> bool {
    let begins = value.starts_with(|c: char| c.is_ascii_alphabetic());
    let ends = value.ends_with(|c: char| c.is_ascii_alphanumeric() || "*/.)".contains(c));
    let plain = |c: char| c.is_ascii_alphanumeric() || " _-./:*()".contains(c);
    begins
        && ends
        && value.chars().all(plain)
        && !value.contains(": ")
        && !value.contains("  ")
        && !RESERVED.contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests;
