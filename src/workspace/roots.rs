use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// Files (or directories) that may be roots, and what each calls.
#[derive(Debug, Default)]
pub(super) struct CallGraph {
    /// Ordered by path, so that every choice is the same from run to run.
    nodes: BTreeMap<Utf8PathBuf, Node>,
}

#[derive(Debug, Default)]
struct Node {
    named: bool,
    calls: Vec<Utf8PathBuf>,
}

impl CallGraph {
    /// Adds a candidate with the paths that it calls.
    pub(super) fn add(&mut self, path: Utf8PathBuf, named: bool, calls: Vec<Utf8PathBuf>) {
        let node = self.nodes.entry(path).or_default();
        node.named |= named;
        node.calls.extend(calls);
    }

    /// Those that are deployed on their own: named by the user, or called by no other candidate. Of a circle that nothing else calls
    /// the first is one, so that none is lost.
    pub(super) fn roots(&self) -> Vec<&Utf8Path> {
        let mut called: BTreeMap<&Utf8Path, bool> = BTreeMap::new();
        for (path, node) in &self.nodes {
            for callee in node.calls.iter().filter(|callee| *callee != path) {
                called.insert(callee, true);
            }
        }
        let mut roots: Vec<&Utf8Path> = Vec::new();
        let mut reached: BTreeMap<&Utf8Path, ()> = BTreeMap::new();
        for (path, node) in &self.nodes {
            if node.named || !called.contains_key(path.as_path()) {
                roots.push(path);
                self.reach(path, &mut reached);
            }
        }
        for path in self.nodes.keys() {
            if !reached.contains_key(path.as_path()) {
                roots.push(path);
                self.reach(path, &mut reached);
            }
        }
        roots.sort_unstable();
        roots
    }

    fn reach<'a>(&'a self, from: &'a Utf8Path, reached: &mut BTreeMap<&'a Utf8Path, ()>) {
        let mut open = vec![from];
        while let Some(path) = open.pop() {
            if reached.insert(path, ()).is_none()
                && let Some(node) = self.nodes.get(path)
            {
                open.extend(node.calls.iter().map(Utf8PathBuf::as_path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &[(&str, bool, &[&str])]) -> CallGraph {
        let mut graph = CallGraph::default();
        for (path, named, calls) in nodes {
            graph.add((*path).into(), *named, calls.iter().map(|call| Utf8PathBuf::from(*call)).collect());
        }
        graph
    }

    #[test]
    fn what_is_called_is_no_root_unless_named() {
        let nodes: &[(&str, bool, &[&str])] =
            &[("main", false, &["net", "app"]), ("net", false, &[]), ("app", true, &[])];
        assert_eq!(graph(nodes).roots(), ["app", "main"]);
    }

    #[test]
    fn a_circle_keeps_its_first() {
        let nodes: &[(&str, bool, &[&str])] =
            &[("b", false, &["a"]), ("a", false, &["b"]), ("self", false, &["self"])];
        assert_eq!(graph(nodes).roots(), ["a", "self"]);
    }
}
