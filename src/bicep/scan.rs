//! A scan over the characters of a file, without grammar: comments, and the lines on which statements begin.
//!
//! It needs no correct syntax, so it can tell where to go on after an error. It knows strings (a `//` in one is no comment) and
//! their holes, and brackets (a line inside of them begins no statement).

use std::ops::Range;

/// Which lines are taken for the beginning of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Starts {
    /// None: only comments are wanted.
    None,
    /// Lines outside of all brackets that begin with a keyword or a decorator.
    Statements,
    /// Besides, all other lines outside of brackets (a misspelt keyword is a statement of its own), and lines that look like a
    /// declaration and are not indented, whatever brackets are still open (one was forgotten).
    Lines,
    /// Besides, lines inside multi-line strings and comments that look like a declaration (the end was forgotten).
    Everywhere,
}

/// What the scan found; offsets are bytes.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Comments and `#` directives, without their line end.
    pub(super) comments: Vec<Range<usize>>,
    /// Where statements begin, decorators included.
    pub(super) starts: Vec<usize>,
    /// Where a multi-line string or comment begins that the text ends in.
    pub(super) unterminated: Option<usize>,
    /// The innermost bracket that is open at the end: `{`, `(`, `[`, or `$` for the hole of a string.
    pub(super) open: Option<u8>,
}

/// Scans a text.
pub(super) fn scan(text: &str, wanted: Starts) -> Scan {
    let mut scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        wanted,
        after_decorator: false,
        previous: 0,
        found: Scan::default(),
    };
    scanner.line_start();
    scanner.run();
    scanner.found.open = scanner.open.last().map(|open| match open {
        Open::Bracket(bracket) => *bracket,
        Open::Hole(_) => b'$',
    });
    scanner.found
}

/// What a string's closing and holes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// `'…'`
    Single,
    /// `'''…'''` after so many dollars.
    Triple(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Bracket(u8),
    Hole(Quotes),
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    open: Vec<Open>,
    wanted: Starts,
    /// The statement that the last decorator belongs to has not come yet.
    after_decorator: bool,
    /// The last character that is neither blank nor comment.
    previous: u8,
    found: Scan,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' | b'\r' => {
                    self.at += 1;
                    self.line_start();
                    continue;
                }
                b' ' | b'\t' => {
                    self.at += 1;
                    continue;
                }
                b'/' if self.peek(1) == b'/' => {
                    self.line_comment();
                    continue;
                }
                b'/' if self.peek(1) == b'*' => {
                    self.block_comment();
                    continue;
                }
                b'#' => {
                    self.line_comment();
                    continue;
                }
                b'\'' => self.string(),
                b'{' | b'(' | b'[' => {
                    self.open.push(Open::Bracket(byte));
                    self.at += 1;
                }
                b'}' => match self.open.pop() {
                    Some(Open::Hole(quotes)) => {
                        self.at += 1;
                        self.string_text(quotes, self.at - 1);
                    }
                    _ => self.at += 1,
                },
                b')' | b']' => {
                    if matches!(self.open.last(), Some(Open::Bracket(_))) {
                        self.open.pop();
                    }
                    self.at += 1;
                }
                _ => self.at += 1 + word(self.rest(self.at + 1)).len(),
            }
            self.previous =
                self.at.checked_sub(1).and_then(|last| self.bytes.get(last)).copied().unwrap_or(0);
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.at = line_end(self.bytes, start);
        self.found.comments.push(start..self.at);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        self.at += 2;
        while self.at < self.bytes.len() {
            if self.peek(0) == b'*' && self.peek(1) == b'/' {
                self.at += 2;
                self.found.comments.push(start..self.at);
                return;
            }
            if self.leaves_text() {
                return;
            }
            self.at += 1;
        }
        self.found.comments.push(start..self.at);
        self.found.unterminated = Some(start);
    }

    /// At the opening quote.
    fn string(&mut self) {
        let start = self.at;
        if self.peek(1) == b'\'' && self.peek(2) == b'\'' {
            let before = self.bytes.get(..start).unwrap_or_default();
            let dollars = before.iter().rev().take_while(|byte| **byte == b'$').count();
            self.at += 3;
            self.string_text(Quotes::Triple(dollars), start);
        } else {
            self.at += 1;
            self.string_text(Quotes::Single, start);
        }
    }

    /// In a string that began, or went on after a hole, at `start`: to its end or to the next hole.
    fn string_text(&mut self, quotes: Quotes, start: usize) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match (quotes, byte) {
                (Quotes::Single, b'\\') if !matches!(self.peek(1), b'\n' | b'\r') => self.at += 2,
                (Quotes::Single, b'\n' | b'\r') => return,
                (Quotes::Single, b'\'') => {
                    self.at += 1;
                    return;
                }
                (Quotes::Triple(_), b'\'') if self.peek(1) == b'\'' && self.peek(2) == b'\'' => {
                    while self.peek(0) == b'\'' {
                        self.at += 1;
                    }
                    return;
                }
                (Quotes::Single | Quotes::Triple(1..), b'$') => {
                    let needed = if let Quotes::Triple(dollars) = quotes { dollars } else { 1 };
                    let mut dollars = 0;
                    while self.peek(0) == b'$' {
                        self.at += 1;
                        dollars += 1;
                    }
                    if dollars >= needed && self.peek(0) == b'{' {
                        self.at += 1;
                        self.open.push(Open::Hole(quotes));
                        return;
                    }
                }
                (Quotes::Triple(_), _) if self.leaves_text() => return,
                _ => self.at += 1,
            }
        }
        if quotes != Quotes::Single {
            self.found.unterminated = Some(start);
        }
    }

    /// In a multi-line string or comment: whether the line that begins here looks like a declaration, and this is enough.
    fn leaves_text(&mut self) -> bool {
        let begins_line = matches!(self.bytes.get(self.at.wrapping_sub(1)), Some(b'\n' | b'\r'));
        if self.wanted < Starts::Everywhere || !begins_line || !looks_like_declaration(self.rest(self.at)) {
            return false;
        }
        self.open.clear();
        self.begin(self.at, true);
        true
    }

    fn rest(&self, from: usize) -> &[u8] {
        self.bytes.get(from..).unwrap_or_default()
    }

    /// At the first character of a line, outside of strings and comments.
    fn line_start(&mut self) {
        if self.wanted == Starts::None {
            return;
        }
        let blanks = self.rest(self.at).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = self.rest(self.at + blanks);
        let Some(&first) = line.first() else { return };
        if !self.open.is_empty() {
            if self.wanted >= Starts::Lines && blanks == 0 && looks_like_declaration(line) {
                self.open.clear();
                self.begin(self.at, true);
            }
        } else if first == b'@'
            || begins_with_keyword(line)
            || self.wanted >= Starts::Lines && self.begins_other_line(line, blanks > 0)
        {
            self.begin(self.at, false);
        }
    }

    /// Whether a line outside of brackets can be the beginning of something, not the continuation of the line before.
    fn begins_other_line(&self, line: &[u8], indented: bool) -> bool {
        match line.first() {
            None | Some(b'\n' | b'\r') => false,
            Some(b'?' | b':' | b'|') if indented => false,
            Some(b'/' | b'#') if self.after_decorator => false,
            _ => !matches!(self.previous, b'=' | b'>'),
        }
    }

    fn begin(&mut self, at: usize, certain: bool) {
        let decorator = self.rest(at).iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'@');
        // A decorator ends with `)` or its name.
        let ended = !matches!(self.previous, b')' | b'_') && !self.previous.is_ascii_alphanumeric();
        let continues = self.after_decorator && !certain && !ended;
        self.after_decorator = decorator;
        if !continues {
            self.found.starts.push(at);
        }
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |length| from + length)
}

const KEYWORDS: &[&str] = &[
    "targetScope",
    "metadata",
    "param",
    "var",
    "type",
    "output",
    "resource",
    "module",
    "test",
    "assert",
    "func",
    "import",
    "extension",
    "provider",
    "using",
    "extends",
    "extensionConfig",
];

/// The first word of a line.
pub(super) fn word(line: &[u8]) -> &[u8] {
    let length = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    line.get(..length).unwrap_or_default()
}

/// Whether a text begins with a declaration's keyword or a decorator.
pub(super) fn begins_statement(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('@') || begins_with_keyword(text.as_bytes())
}

fn begins_with_keyword(line: &[u8]) -> bool {
    let word = word(line);
    KEYWORDS.iter().any(|keyword| keyword.as_bytes() == word)
}

/// `keyword name`, `@name`, `targetScope =`, `using 'path'` and the like.
fn looks_like_declaration(line: &[u8]) -> bool {
    if let Some((b'@', rest)) = line.split_first() {
        return !word(rest).is_empty();
    }
    let keyword = word(line);
    if !begins_with_keyword(line) {
        return false;
    }
    let rest = line.get(keyword.len()..).unwrap_or_default();
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match rest.get(blanks) {
        Some(b'=') => keyword == b"targetScope",
        Some(b'\'' | b'{' | b'*') => {
            matches!(keyword, b"import" | b"extension" | b"provider" | b"using" | b"extends")
        }
        Some(byte) => blanks > 0 && (byte.is_ascii_alphabetic() || *byte == b'_'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, wanted: Starts) -> Vec<&str> {
        scan(text, wanted).starts.iter().map(|at| text[*at..].lines().next().unwrap_or_default()).collect()
    }

    fn comments(text: &str) -> Vec<&str> {
        scan(text, Starts::None).comments.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn comments_are_found_and_strings_are_not() {
        let text = "// a\nvar x = '//no' /* b\n*/ + '''//no''' // c\r\n#disable-next-line d\nvar y = 'n${f('//no') /* e */}//no'\n";
        assert_eq!(comments(text), ["// a", "/* b\n*/", "// c", "#disable-next-line d", "/* e */"]);
    }

    #[test]
    fn triple_quotes_end_after_all_their_quotes_and_count_dollars() {
        assert_eq!(comments("var a = ''''''' // x\n"), ["// x"]);
        assert_eq!(comments("var a = $$'''${ // no\n$${b /*c*/}''' // x\n"), ["/*c*/", "// x"]);
        assert_eq!(comments("var a = '''${ // no''' // x\n"), ["// x"]);
    }

    #[test]
    fn the_end_of_the_file_ends_no_string_or_comment() {
        assert_eq!(scan("var a = '''x", Starts::None).unterminated, Some(8));
        assert_eq!(scan("/* x", Starts::None).unterminated, Some(0));
        assert_eq!(scan("var a = $'''x${b}y", Starts::None).unterminated, Some(16));
        assert_eq!(scan("var a = 'x", Starts::None).unterminated, None);
    }

    #[test]
    fn statements_begin_at_their_first_decorator() {
        let text =
            "// c\n@a()\n// c\n@b\nparam p string\n  var q = {\n  var: r\n}\nparm s\noutput t int = 1\n";
        assert_eq!(lines(text, Starts::Statements), ["@a()", "  var q = {", "output t int = 1"]);
        assert_eq!(lines(text, Starts::Lines), ["// c", "@a()", "  var q = {", "parm s", "output t int = 1"]);
    }

    #[test]
    fn a_declaration_at_the_margin_closes_forgotten_brackets() {
        let text = "var a = {\n  b: [\nparam c string\nparam: 1\n@d()\nvar e = 1\n";
        assert_eq!(lines(text, Starts::Statements), ["var a = {"]);
        assert_eq!(lines(text, Starts::Lines), ["var a = {", "param c string", "param: 1", "@d()"]);
    }

    #[test]
    fn a_declaration_at_the_margin_ends_a_forgotten_string_or_comment() {
        let text = "var a = '''b\nparam c string\n/* d\nvar e = 1\n";
        assert_eq!(lines(text, Starts::Lines), ["var a = '''b"]);
        assert_eq!(lines(text, Starts::Everywhere), ["var a = '''b", "param c string", "/* d", "var e = 1"]);
    }

    #[test]
    fn continuation_lines_begin_nothing() {
        let text = "var a = b\n  ? c\n  : d\ntype e =\n  | 'f'\nfunc g() int =>\n  1\n";
        assert_eq!(lines(text, Starts::Lines), ["var a = b", "type e =", "func g() int =>"]);
    }
}
