#!/bin/sh
# Generates the parser into a temporary folder and compares it with the committed one; then runs the grammar's own tests.
# Needs the tree-sitter command line tool, in the version that wrote the committed parser.
set -eu

wanted=0.27.1
grammar=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

if ! found=$(tree-sitter --version 2>/dev/null); then
  echo "check-generated: the tree-sitter command line tool ($wanted) is not installed" >&2
  exit 1
fi
case $found in
  "tree-sitter $wanted" | "tree-sitter $wanted "*) ;;
  *)
    echo "check-generated: needs tree-sitter $wanted, found $found" >&2
    exit 1
    ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cp -R "$grammar/grammar.js" "$grammar/tree-sitter.json" "$grammar/queries" "$grammar/test" "$work"
cd "$work"
tree-sitter generate
if ! diff -r src "$grammar/src" >differences; then
  echo "check-generated: src/ is not what grammar.js gives; run tree-sitter generate in $grammar" >&2
  head -n 20 differences >&2
  exit 1
fi
tree-sitter test --overview-only
