//! The book and the pages at the root hold together: links lead somewhere, and every page has a
//! place in the table of contents.

mod commands;
#[cfg(target_os = "linux")]
mod howtos;
#[cfg(unix)]
mod outputs;
#[cfg(unix)]
mod tutorials;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The address of the pages at the root, for links that leave the book.
const REPOSITORY: &str = "https://github.com/keyward/keyward/blob/main/";

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

/// The text without code blocks and inline code, because brackets in code are not links.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    let without_blocks: Vec<&str> = lines.collect();
    let joined = without_blocks.join("\n");
    joined.split('`').step_by(2).collect()
}

/// The targets of the links of a page, in order.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1);
    targets
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a page's headings, as GitHub and mdBook derive them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut inside = false;
    let headings = text.lines().filter(|line| {
        inside ^= line.starts_with("```");
        !inside && line.starts_with('#')
    });
    headings
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

/// Returns why a link of a page leads nowhere; `None` if it leads somewhere.
fn fault(page: &Path, target: &str) -> Option<String> {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    let file = match path.strip_prefix(REPOSITORY) {
        Some(inside) => root().join(inside),
        None if path.contains("://") => return None,
        None if path.is_empty() => page.to_owned(),
        None => page.parent().unwrap().join(path),
    };
    if !file.exists() {
        return Some(format!("{}: no file at `{target}`", page.display()));
    }
    let anchor = anchor?;
    let text = std::fs::read_to_string(&file).unwrap();
    (!anchors(&text).contains(anchor))
        .then(|| format!("{}: no heading at `{target}`", page.display()))
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let root = root();
    let mut pages = markdown_in(&root);
    pages.extend(markdown_in(&root.join("docs")));
    let mut count = 0;
    let mut faults = Vec::new();
    for page in &pages {
        for target in links(&std::fs::read_to_string(page).unwrap()) {
            count += 1;
            faults.extend(fault(page, &target));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(count > 100, "only {count} links were found");
}

#[test]
fn a_page_of_the_book_links_to_pages_of_the_book_alone() {
    for page in markdown_in(&root().join("docs")) {
        for target in links(&std::fs::read_to_string(&page).unwrap()) {
            assert!(
                !target.starts_with("../"),
                "{}: `{target}` has no place in the built book: use {REPOSITORY}",
                page.display()
            );
        }
    }
}

#[test]
fn every_page_has_a_place_in_the_table_of_contents() {
    let docs = root().join("docs");
    let summary = docs.join("SUMMARY.md");
    let listed: Vec<PathBuf> = links(&std::fs::read_to_string(&summary).unwrap())
        .iter()
        .map(|target| docs.join(target))
        .collect();
    let pages = markdown_in(&docs);
    let missing: Vec<_> = pages
        .iter()
        .filter(|page| **page != summary && !listed.contains(page))
        .collect();
    assert!(missing.is_empty(), "not in docs/SUMMARY.md: {missing:?}");
    let once: BTreeSet<_> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "a page is listed twice");
}

#[test]
fn the_check_finds_a_link_that_leads_nowhere() {
    let page = root().join("README.md");
    assert!(fault(&page, "docs/nowhere.md").is_some());
    assert!(fault(&page, "docs/vault.md#nowhere").is_some());
    assert!(fault(&page, "docs/vault.md#copies").is_none());
    let text = "see `[a](b)` and [c](d), [e](f#g)\n```\n[h](i)\n```\n";
    assert_eq!(links(text), ["d", "f#g"]);
}

/// The paths in backquotes on a page at the root: each has a slash or a file's ending.
fn paths_of(page: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let outside_blocks: Vec<&str> = text.split("```").step_by(2).collect();
    let joined = outside_blocks.join("\n");
    let words = joined
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|code| code.split(' '));
    words
        .filter(|word| word.contains('/') || word.ends_with(".rs"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_path_of_the_architecture_exists() {
    let root = root();
    let crates = root.join("crates");
    let places = [
        root.clone(),
        crates.clone(),
        crates.join("keyward/src"),
        crates.join("keyward/src/session"),
        crates.join("keyward/src/session/source"),
        crates.join("keyward/src/account"),
        crates.join("keyward-iam/src/evaluate"),
        crates.join("keyward-account/src"),
    ];
    let is_there = |path: &str| places.iter().any(|place| place.join(path).exists());
    let missing: Vec<_> = paths_of("ARCHITECTURE.md")
        .into_iter()
        .filter(|path| !path.contains("VERB") && !path.contains("NAME") && !is_there(path))
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names {missing:?}");
}

#[test]
fn every_file_that_contributors_are_sent_to_exists() {
    let crates = root().join("crates");
    let missing: Vec<_> = paths_of("CONTRIBUTING.md")
        .into_iter()
        .filter(|path| path.starts_with("keyward") && !path.contains("VERB"))
        .filter(|path| !crates.join(path).exists())
        .collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md names {missing:?}");
}

#[test]
fn every_crate_and_every_room_of_the_program_is_on_the_map() {
    let map = paths_of("ARCHITECTURE.md");
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let crates = root().join("crates");
    for entry in std::fs::read_dir(&crates).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            text.contains(&format!("| `{name}` |")),
            "{name} is not on the map"
        );
    }
    let program = crates.join("keyward/src");
    for entry in std::fs::read_dir(&program).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs");
        let named = [format!("{stem}.rs"), format!("{stem}/")];
        assert!(
            named.iter().any(|name| map.contains(name)),
            "ARCHITECTURE.md has no line for keyward/src/{name}"
        );
    }
}
