//! A test: imports between this crate's files have one direction. If no two files need each other,
//! each can be read and changed with knowledge only of the files below it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A file's place among the modules: `["engine", "poll"]`.
type Module = Vec<String>;

/// The crate's files, except tests.
fn sources(folder: &Path, module: &Module, found: &mut BTreeMap<Module, String>) {
    for path in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        let mut inner = module.clone();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            inner.push(name.to_owned());
            sources(&path, &inner, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            if !["mod", "lib"].contains(&name) {
                inner.push(name.to_owned());
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            found.insert(inner, code.to_owned());
        }
    }
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d` and `a::c::e`.
fn expand(tree: &str, before: &str, paths: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        paths.push(format!("{before}{tree}"));
        return;
    };
    let before = format!("{before}{}", &tree[..open]);
    let inner = &tree[open + 1..tree.rfind('}').unwrap()];
    let (mut depth, mut from) = (0, 0);
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&inner[from..at], &before, paths);
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// Every path in a file's `use` lines, and every path written out elsewhere.
fn paths(code: &str) -> Vec<String> {
    let lines = code.lines().map(|line| line.split("//").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let is_use = |line: &&str| {
            let line = line.trim_start();
            line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ")
        };
        if let Some(line) = statement.lines().find(is_use) {
            let from = statement.find(line).unwrap() + line.find("use ").unwrap() + 4;
            let tree = statement[from..].split_whitespace().collect::<String>();
            expand(&tree, "", &mut paths);
        }
    }
    let words = code.split(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter)));
    paths.extend(
        words
            .filter(|word| word.contains("::") && !word.ends_with(':'))
            .map(str::to_owned),
    );
    paths
}

/// The file that a path from a module leads to, if it belongs to this crate.
fn target(path: &str, from: &Module, all: &BTreeMap<Module, String>) -> Option<Module> {
    let names: Vec<&str> = path.split("::").collect();
    let mut place = from.clone();
    if names[0] == "crate" {
        place.clear();
    }
    let is_relative = ["crate", "super", "self"].contains(&names[0]);
    for name in names {
        match name {
            "crate" | "self" => {}
            "super" => drop(place.pop()),
            name => {
                place.push(name.to_owned());
                if !all.contains_key(&place) {
                    place.pop();
                    break;
                }
            }
        }
    }
    // A path that does not start with a module of this crate belongs to another crate.
    if !is_relative && place == *from {
        return None;
    }
    all.contains_key(&place).then_some(place)
}

#[test]
fn no_two_files_need_each_other() {
    let mut all = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder, &Vec::new(), &mut all);
    let mut needs: BTreeMap<&Module, BTreeSet<Module>> = all
        .iter()
        .map(|(module, code)| {
            let mut targets: BTreeSet<_> = paths(code)
                .iter()
                .filter_map(|path| target(path, module, &all))
                .collect();
            targets.remove(module);
            (module, targets)
        })
        .collect();
    assert!(
        needs[&vec!["engine".to_owned(), "poll".to_owned()]]
            .contains(&vec!["engine".to_owned(), "shared".to_owned()]),
        "this test sees no imports: {needs:#?}"
    );
    // Removes files that need none of the remaining ones, until only circles and files that need a
    // circle are left.
    loop {
        let left: BTreeSet<Module> = needs.keys().map(|module| (*module).clone()).collect();
        let before = needs.len();
        needs.retain(|_, targets| targets.iter().any(|target| left.contains(target)));
        if needs.len() == before {
            break;
        }
    }
    // Removes files that only need a circle but are not part of one.
    loop {
        let needed: BTreeSet<Module> = needs.values().flatten().cloned().collect();
        let before = needs.len();
        needs.retain(|module, _| needed.contains(*module));
        if needs.len() == before {
            break;
        }
    }
    let names = needs.keys().map(|module| module.join("::"));
    let names: Vec<String> = names.collect();
    assert!(names.is_empty(), "these need each other: {names:?}");
}
