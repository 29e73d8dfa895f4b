//! Pages that need nothing from elsewhere: no script, no picture and no request. They follow the
//! reader's choice of light or dark, print, and work by keyboard, since they are headings, lists,
//! tables and `details` elements. Every text that comes from an account is escaped.

mod people;
mod picture;

pub(crate) use people::{Facts, contents, people, table};
pub(crate) use picture::picture;

use std::fmt::{self, Write as _};

/// The look. Colours alone carry no meaning: each finding also names its severity.
const STYLE: &str = include_str!("page.css");

/// A page.
pub(crate) struct Page<'a> {
    /// Its title and first heading, not yet escaped.
    pub(crate) title: &'a str,
    /// The content below the heading, as HTML.
    pub(crate) body: String,
}

/// The beginning of each page.
const BEGINNING: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ";

/// Whether a text is a page that keyward wrote.
#[must_use]
pub fn is_page(text: &str) -> bool {
    text.starts_with(BEGINNING)
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = Escaped(self.title);
        write!(
            f,
            "{BEGINNING}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{}\
             </main>\n</body>\n</html>\n",
            self.body
        )
    }
}

/// A text as the content of an element or a quoted attribute.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' => f.write_char('\n')?,
                control if control.is_control() => f.write_char(' ')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A sentence: what it quotes between backticks is code.
pub(crate) struct Prose<'a>(pub(crate) &'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An odd number of backticks quotes nothing for certain.
        if self.0.matches('`').count() % 2 == 1 {
            return Escaped(self.0).fmt(f);
        }
        for (number, part) in self.0.split('`').enumerate() {
            match number % 2 {
                0 => Escaped(part).fmt(f)?,
                _ => write!(f, "<code>{}</code>", Escaped(part))?,
            }
        }
        Ok(())
    }
}

/// The text with its first letter capitalized.
pub(crate) fn sentence(text: &str) -> String {
    let first = text.chars().take(1).flat_map(char::to_uppercase);
    first.chain(text.chars().skip(1)).collect()
}

/// Adds a line of HTML.
pub(crate) fn line(out: &mut String, what: fmt::Arguments<'_>) {
    writeln!(out, "{what}").expect("a text takes every line");
}

/// A row of a finding: a name, and the text below it.
pub(crate) fn row(out: &mut String, name: &'static str, text: &str) {
    let text = Prose(text);
    line(out, format_args!("<dt>{name}</dt><dd>{text}</dd>"));
}

/// Edited lines, `-` and `+` in front, as a row.
pub(crate) fn patch(out: &mut String, name: &'static str, lines: &str) {
    line(out, format_args!("<dt>{name}</dt><dd><pre>"));
    for text in lines.lines() {
        let class = match text.as_bytes().first() {
            Some(b'+') => "good",
            Some(b'-') => "high",
            _ => "faint",
        };
        let text = Escaped(text);
        line(out, format_args!("<span class=\"{class}\">{text}</span>"));
    }
    out.push_str("</pre></dd>\n");
}

#[cfg(test)]
mod tests;
