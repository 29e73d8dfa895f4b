//! The graph for Mermaid, which Markdown viewers draw.
//!
//! Source: <https://mermaid.js.org/syntax/flowchart.html>

use std::fmt::Write as _;

use crate::graph::{EdgeKind, Graph};

/// The graph as a flow chart of Mermaid.
#[must_use]
pub fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let label: Vec<String> = node.lines.iter().map(|line| quoted(line)).collect();
        writeln!(text, "  n{number}[\"{}\"]", label.join("<br/>"))
            .expect("a text takes every line");
    }
    let mut open = Vec::new();
    for (number, edge) in graph.edges.iter().enumerate() {
        let arrow = match edge.kind {
            EdgeKind::Member | EdgeKind::InAccount => "-->",
            EdgeKind::WithMfa => "-- with MFA -->",
            EdgeKind::WithoutMfa => "-. without MFA .->",
            EdgeKind::ByToken => "-- by token -->",
        };
        if edge.kind == EdgeKind::WithoutMfa {
            open.push(number.to_string());
        }
        writeln!(text, "  n{} {arrow} n{}", edge.from, edge.to).expect("a text takes every line");
    }
    if !open.is_empty() {
        let open = open.join(",");
        writeln!(text, "  linkStyle {open} stroke:#c62828,stroke-width:3px")
            .expect("a text takes every line");
    }
    text
}

/// A text within quotes, with Mermaid's own entities.
fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || " .,-_@+=()".contains(c) => safe.push(c),
            c => safe.push_str(&format!("#{};", u32::from(c))),
        }
    }
    safe
}
