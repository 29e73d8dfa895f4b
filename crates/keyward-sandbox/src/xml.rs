//! A writer for the flat XML of the query protocols. It escapes every text and cannot leave an
//! element open; it reads nothing.

use std::fmt::Write as _;

/// The content of an element under construction.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The result of an action that returns nothing: AWS sends the element in that case too.
    pub(crate) fn blank() -> Self {
        Self("\n".to_owned())
    }

    /// Adds `<name>text</name>`.
    pub(crate) fn text(&mut self, name: &'static str, text: impl std::fmt::Display) -> &mut Self {
        let text = text.to_string();
        // Writing into a String cannot fail.
        let _ = write!(self.0, "<{name}>{}</{name}>", escape(&text));
        self
    }

    /// Adds the element only if there is a value, as AWS leaves absent members out.
    pub(crate) fn maybe(
        &mut self,
        name: &'static str,
        text: Option<impl std::fmt::Display>,
    ) -> &mut Self {
        if let Some(text) = text {
            self.text(name, text);
        }
        self
    }

    /// Adds an element whose content the closure writes.
    pub(crate) fn element(&mut self, name: &'static str, fill: impl FnOnce(&mut Xml)) -> &mut Self {
        let _ = write!(self.0, "<{name}>");
        fill(self);
        let _ = write!(self.0, "</{name}>");
        self
    }

    /// Adds a list in the query protocols' form: one `<member>` for each item.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        each: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.children(name, "member", items, each)
    }

    fn children<T>(
        &mut self,
        name: &'static str,
        child: &'static str,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.element(name, |xml| {
            for item in items {
                xml.element(child, |xml| each(xml, item));
            }
        })
    }

    /// Adds a list in EC2's form: one `<item>` for each.
    pub(crate) fn items<T>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
        each: impl FnMut(&mut Xml, T),
    ) -> &mut Self {
        self.children(name, "item", items, each)
    }

    /// Adds a list of texts.
    pub(crate) fn texts<T: std::fmt::Display>(
        &mut self,
        name: &'static str,
        items: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        self.element(name, |xml| {
            for item in items {
                xml.text("member", item);
            }
        })
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// Escapes characters with a meaning in XML, and replaces those that it cannot contain.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\r' => escaped.push_str("&#xD;"),
            '\t' | '\n' => escaped.push(c),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
