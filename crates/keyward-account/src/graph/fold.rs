//! Draws users with the same edges as one box if there are too many users for a box each.

use std::collections::BTreeMap;

use super::{Column, Edge, EdgeKind, Graph, Node};

/// The most users that each get their own box.
const MOST: usize = 12;
/// The width of a line of names, in characters.
const WIDTH: usize = 44;

/// Folds the users, and puts the edges in order.
pub(super) fn fold(mut graph: Graph) -> Graph {
    graph.edges.sort_unstable();
    graph.edges.dedup();
    let users = graph.nodes.iter().filter(|n| n.column == Column::Users);
    if users.count() <= MOST {
        return graph;
    }
    let mut alike: BTreeMap<Vec<(usize, EdgeKind)>, Vec<usize>> = BTreeMap::new();
    for (number, _) in graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.column == Column::Users)
    {
        let edges = graph.edges.iter().filter(|edge| edge.from == number);
        let key = edges.map(|edge| (edge.to, edge.kind)).collect();
        alike.entry(key).or_default().push(number);
    }
    let mut folded = Graph::default();
    let mut moved: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    for numbers in alike.values() {
        moved[numbers[0]] = Some(folded.nodes.len());
        folded.nodes.push(together(&graph, numbers));
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        if node.column != Column::Users {
            moved[number] = Some(folded.nodes.len());
            folded.nodes.push(node.clone());
        }
    }
    for edge in &graph.edges {
        if let (Some(from), Some(to)) = (moved[edge.from], moved[edge.to]) {
            let kind = edge.kind;
            folded.edges.push(Edge { from, to, kind });
        }
    }
    folded
}

fn together(graph: &Graph, numbers: &[usize]) -> Node {
    let names: Vec<&str> = numbers
        .iter()
        .filter_map(|number| graph.nodes[*number].lines.first())
        .map(String::as_str)
        .collect();
    if let [one] = names[..] {
        return Node {
            column: Column::Users,
            lines: vec![one.to_owned()],
        };
    }
    let mut lines = vec![format!("{} users", names.len())];
    let mut line = String::new();
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        if !line.is_empty() && line.len() + name.len() + 2 > WIDTH {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(name);
        line.push_str(comma);
    }
    lines.push(line);
    Node {
        column: Column::Users,
        lines,
    }
}
