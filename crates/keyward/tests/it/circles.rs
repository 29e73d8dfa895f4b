//! No circle of files but those that ARCHITECTURE.md names. A file may import what the modules around
//! it own, because a folder belongs to its file; a re-export counts for the file that it leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::rooms::rust_files;

/// The path of a module or an item, in pieces.
type Name = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    /// By the name in this file: its path, and whether it is a re-export.
    imports: BTreeMap<String, (Name, bool)>,
    /// The words of the code beside its imports, and the paths among them.
    words: BTreeSet<String>,
    paths: Vec<Name>,
}

type Modules = BTreeMap<Name, Module>;

#[test]
fn no_circle_of_files_but_those_that_have_a_reason() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut found, mut files) = (BTreeSet::new(), 0);
    for folder in std::fs::read_dir(crates).unwrap() {
        let source = folder.unwrap().path().join("src");
        if source.is_dir() {
            let modules = modules(crates, &source);
            files += modules.len();
            found.extend(circles(&modules));
        }
    }
    assert!(files > 500, "only {files} files were found");
    let page = crates.parent().unwrap().join("ARCHITECTURE.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("\n## Circles of files\n").unwrap();
    let rows = section.lines().take_while(|line| !line.starts_with("## "));
    let cells = rows.filter_map(|row| row.strip_prefix("| `")?.split("` |").next());
    let named: BTreeSet<BTreeSet<String>> = cells
        .map(|cell| cell.split("`, `").map(str::to_owned).collect())
        .collect();
    assert_eq!(found, named, "left: the code; right: ARCHITECTURE.md");
}

fn modules(crates: &Path, source: &Path) -> Modules {
    let mut modules = Modules::new();
    for file in rust_files(source) {
        let relative = file.strip_prefix(source).unwrap().with_extension("");
        let pieces = relative.iter().map(|it| it.to_str().unwrap().to_owned());
        let mut name: Name = pieces.collect();
        if matches!(name[0].as_str(), "bin" | "testing") || name.iter().any(|it| it == "tests") {
            continue;
        }
        if matches!(name.last().unwrap().as_str(), "mod" | "lib") {
            name.pop();
        }
        let mut module = read(&std::fs::read_to_string(&file).unwrap());
        let shown = file.strip_prefix(crates).unwrap();
        module.file = shown.to_string_lossy().replace('\\', "/");
        modules.insert(name, module);
    }
    modules
}

fn read(text: &str) -> Module {
    let mut module = Module::default();
    let mut lines = text.lines().map(|line| line.split("//").next().unwrap());
    while let Some(line) = lines.next() {
        let (visible, rest) = match line.trim().strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => (true, rest.split_once(") ").unwrap().1),
            Some(rest) => (true, rest.trim_start()),
            None => (false, line.trim()),
        };
        let import = rest.strip_prefix("use ");
        if let Some(start) = import.filter(|it| it.ends_with([';', '{'])) {
            let mut tree = start.to_owned();
            while !tree.ends_with(';') {
                tree.push_str(lines.next().unwrap().trim());
            }
            expand(tree.trim_end_matches(';'), &[], &mut |alias, path| {
                module.imports.insert(alias, (path, visible));
            });
        } else if !(rest.starts_with("mod ") && rest.ends_with(';')) {
            for word in line.split(|c: char| !(c.is_alphanumeric() || "_:".contains(c))) {
                let path: Name = word.split("::").map(str::to_owned).collect();
                module.words.insert(path[0].clone());
                if path.len() > 1 && path.iter().all(|it| !it.is_empty()) {
                    module.paths.push(path);
                }
            }
        }
    }
    module
}

/// Every path of a tree of imports, with its name in the file.
fn expand(tree: &str, before: &[String], found: &mut impl FnMut(String, Name)) {
    let (head, inner) = tree.split_once('{').unwrap_or((tree, ""));
    let (head, alias) = head.split_once(" as ").unwrap_or((head, ""));
    let pieces = head.trim().split("::").filter(|it| !it.is_empty());
    let mut path: Name = before.to_vec();
    path.extend(
        pieces
            .filter(|it| *it != "self" || before.is_empty())
            .map(str::to_owned),
    );
    if !tree.contains('{') {
        let last = path.last().unwrap().clone();
        let alias = if alias.is_empty() {
            last
        } else {
            alias.to_owned()
        };
        return found(alias, path);
    }
    let (mut depth, inner) = (0, inner.strip_suffix('}').unwrap());
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.filter(|part| !part.trim().is_empty()) {
        expand(part.trim(), &path, found);
    }
}

/// The module that a path leads to, or that holds the item it leads to; `None` outside the crate.
fn resolve(modules: &Modules, from: &Name, path: &[String], depth: u8) -> Option<(Name, bool)> {
    let (mut at, mut rest) = (from.clone(), path);
    while let [first, after @ ..] = rest {
        match first.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            _ => break,
        }
        rest = after;
    }
    while let [name, after @ ..] = rest {
        let child = [at.as_slice(), std::slice::from_ref(name)].concat();
        if modules.contains_key(&child) {
            at = child;
        } else if let Some((path, _)) = modules.get(&at)?.imports.get(name) {
            let (next, is_item) = resolve(modules, &at, path, depth.checked_sub(1)?)?;
            if is_item {
                return Some((next, true));
            }
            at = next;
        } else {
            return Some((at, true));
        }
        rest = after;
    }
    Some((at, false))
}

/// The modules whose items a module uses, without those around it.
fn used(modules: &Modules, name: &Name) -> BTreeSet<Name> {
    let module = &modules[name];
    let imports = module.imports.iter();
    let imports = imports.filter(|(alias, (_, public))| !public || module.words.contains(*alias));
    let paths = imports.map(|(_, (path, _))| path).chain(&module.paths);
    let targets = paths.filter_map(|path| resolve(modules, name, path, 16));
    let items = targets.filter_map(|(target, is_item)| is_item.then_some(target));
    items.filter(|target| !name.starts_with(target)).collect()
}

fn circles(modules: &Modules) -> BTreeSet<BTreeSet<String>> {
    let mut reach: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    let used: BTreeMap<&Name, _> = modules.keys().map(|it| (it, used(modules, it))).collect();
    for name in modules.keys() {
        let (mut seen, mut open) = (BTreeSet::new(), vec![name]);
        while let Some(name) = open.pop() {
            open.extend(
                used[name]
                    .iter()
                    .filter(|next| seen.insert((*next).clone())),
            );
        }
        reach.insert(name.clone(), seen);
    }
    let circle = |name: &Name| {
        let around = reach[name].iter().filter(|it| reach[*it].contains(name));
        around.map(|it| modules[it].file.clone()).collect()
    };
    let within = modules.keys().filter(|it| reach[*it].contains(*it));
    within.map(circle).collect()
}
