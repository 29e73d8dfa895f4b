//! The graph for Graphviz. Every id is quoted.
//!
//! Source: <https://graphviz.org/doc/info/lang.html>

use std::fmt::Write as _;

use crate::graph::{EdgeKind, Graph};

/// The graph in the DOT language.
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let mut text = "digraph \"reach\" {\n  rankdir=\"LR\";\n  node [shape=\"box\"];\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let label: Vec<String> = node.lines.iter().map(|line| quoted(line)).collect();
        let (label, class) = (label.join("\\n"), node.column.title());
        writeln!(
            text,
            "  \"n{number}\" [label=\"{label}\", class=\"{class}\"];"
        )
        .expect("a text takes every line");
    }
    for edge in &graph.edges {
        let style = match edge.kind {
            EdgeKind::Member => "color=\"#7a8699\"",
            EdgeKind::WithMfa => "color=\"#1f7a4d\", label=\"with MFA\"",
            EdgeKind::WithoutMfa => {
                "color=\"#c62828\", style=\"dashed\", penwidth=\"2\", label=\"without MFA\""
            }
            EdgeKind::ByToken => "color=\"#1a56b0\", label=\"by token\"",
            EdgeKind::InAccount => "color=\"#c9ced6\"",
        };
        writeln!(text, "  \"n{}\" -> \"n{}\" [{style}];", edge.from, edge.to)
            .expect("a text takes every line");
    }
    text.push_str("}\n");
    text
}

/// A text within a quoted label. Graphviz reads entities and backslashes there.
fn quoted(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}
