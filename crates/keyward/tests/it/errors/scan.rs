//! Reads the messages that the source spells out: those of `thiserror`'s attributes, and the program's own
//! errors with their exit codes and hints.

use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprCall, ExprMethodCall, Item, ItemImpl, Lit, LitStr, Token, Type};

/// One message of the program.
#[derive(Debug)]
pub(super) struct Message {
    /// The text, with `…` for values.
    pub(super) text: String,
    /// The exit code, if the call that makes the error says it.
    pub(super) exit: Option<u8>,
    /// The next steps.
    pub(super) hints: Vec<String>,
}

/// The messages that the source spells out.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The texts after `error:`.
    pub(super) errors: Vec<Message>,
    /// The texts of the libraries' errors.
    pub(super) causes: Vec<String>,
}

impl Found {
    /// Reads a file of a crate.
    pub(super) fn read(&mut self, name: &str, file: &str, text: &str) {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut reader = Reader {
            found: self,
            is_program: name == "keyward",
            own: false,
        };
        reader.visit_file(&syntax);
    }
}

struct Reader<'f> {
    found: &'f mut Found,
    is_program: bool,
    /// Whether `Self` is the program's error.
    own: bool,
}

/// The exit code of an `ErrorKind`; `None` if the text names no kind.
fn code_of(kind: &str) -> Option<u8> {
    Some(match kind {
        "Failed" | "PlanOutdated" => 1,
        "Usage" => 2,
        "PersonNeeded" => 3,
        "VaultClosed" => 4,
        "NotExecutable" => 126,
        "NotFound" => 127,
        _ => return None,
    })
}

impl Reader<'_> {
    /// The exit code and the message of a call that makes an error of the program.
    fn made(&self, call: &ExprCall) -> Option<(Option<u8>, Option<String>)> {
        let Expr::Path(function) = &*call.func else {
            return None;
        };
        let names: Vec<String> = function
            .path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let [.., of, name] = names.as_slice() else {
            return None;
        };
        if !(of == "CliError" || of == "Self" && self.own) {
            return None;
        }
        let mut arguments = call.args.iter();
        let code = match name.as_str() {
            "failed" => Some(1),
            "usage" => Some(2),
            "new" | "wrapping" => arguments.next().and_then(kind),
            _ => return None,
        };
        let message = match name.as_str() {
            "wrapping" => None,
            _ => arguments.next().and_then(text),
        };
        Some((code, message))
    }

    fn note(&mut self, exit: Option<u8>, message: Option<String>, hints: Vec<String>) {
        self.found
            .errors
            .extend(message.map(|text| Message { text, exit, hints }));
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|it| it.path().is_ident("error")) {
            let literal = attribute.parse_args_with(|input: ParseStream| {
                let literal: LitStr = input.parse()?;
                while !input.is_empty() {
                    input.step(|cursor| match cursor.token_tree() {
                        Some((_, next)) => Ok(((), next)),
                        None => Err(cursor.error("a token")),
                    })?;
                }
                Ok(literal)
            });
            let text = literal.ok().map(|literal| with_gaps(&literal.value()));
            self.found.causes.extend(text);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        let is_test = |it: &Attribute| {
            it.path().is_ident("cfg")
                && it
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|what| what == "test")
        };
        if !attributes.iter().any(is_test) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        for variant in &item.variants {
            self.attributes(&variant.attrs);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.attributes(&item.attrs);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let before = self.own;
        self.own = named(&item.self_ty).is_some_and(|name| name == "CliError");
        visit::visit_item_impl(self, item);
        self.own = before;
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if self.is_program
            && let Some((code, message)) = self.made(call)
        {
            self.note(code, message, Vec::new());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        // The links of the chain, last first.
        let mut links = vec![call];
        while let Expr::MethodCall(inner) = &*links[links.len() - 1].receiver {
            links.push(inner);
        }
        let Expr::Call(root) = &*links[links.len() - 1].receiver else {
            return visit::visit_expr_method_call(self, call);
        };
        let Some((mut code, message)) = self.made(root).filter(|_| self.is_program) else {
            return visit::visit_expr_method_call(self, call);
        };
        let mut hints = Vec::new();
        for link in links.iter().rev() {
            match link.method.to_string().as_str() {
                "hint" => hints.extend(link.args.first().and_then(text)),
                "of_kind" => code = link.args.first().and_then(kind).or(code),
                _ => {}
            }
        }
        self.note(code, message, hints);
        // The arguments may make errors too.
        for argument in root
            .args
            .iter()
            .chain(links.iter().flat_map(|link| &link.args))
        {
            self.visit_expr(argument);
        }
    }
}

/// The exit code of an argument such as `ErrorKind::Usage`.
fn kind(argument: &Expr) -> Option<u8> {
    match argument {
        Expr::Path(path) => code_of(&path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// A literal, or the form of a `format!`.
fn text(argument: &Expr) -> Option<String> {
    match argument {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(literal) => Some(literal.value()),
            _ => None,
        },
        Expr::Macro(made) if made.mac.path.is_ident("format") => {
            let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
            let arguments = made.mac.parse_body_with(parser).ok()?;
            match arguments.first()? {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(literal) => Some(with_gaps(&literal.value())),
                    _ => None,
                },
                _ => None,
            }
        }
        Expr::Reference(inner) => text(&inner.expr),
        Expr::Paren(inner) => text(&inner.expr),
        Expr::MethodCall(call) if call.method == "to_owned" || call.method == "into" => {
            text(&call.receiver)
        }
        _ => None,
    }
}

/// A format string with `…` for each value.
fn with_gaps(form: &str) -> String {
    let mut out = String::new();
    let mut rest = form.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                out.push(c);
            }
            '{' => {
                while rest.next_if(|c| *c != '}').is_some() {}
                rest.next();
                out.push('…');
            }
            c => out.push(c),
        }
    }
    out
}

fn named(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}
