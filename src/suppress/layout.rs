//! What can be told of a file without parsing it: its comments, its brackets, and how far what begins on a line reaches.

use std::ops::Range;

/// Whose comments and strings a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Bicep and its parameter files.
    Bicep,
    /// Terraform.
    Hcl,
    /// JSON, with the comments that ARM takes.
    Json,
}

impl Syntax {
    /// By the file's name; `None` for a file that has no place for a suppression.
    pub(super) fn of(path: &camino::Utf8Path) -> Option<Self> {
        match path.extension()?.to_ascii_lowercase().as_str() {
            "bicep" | "bicepparam" => Some(Syntax::Bicep),
            "tf" | "tfvars" | "tofu" | "hcl" => Some(Syntax::Hcl),
            "json" | "jsonc" | "template" => Some(Syntax::Json),
            _ => None,
        }
    }
}

/// The comments and brackets of a file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The texts of comments, without what makes them comments. A Bicep directive (`#disable-…`) is one too.
    pub comments: Vec<Range<usize>>,
    /// The contents of JSON's strings.
    pub strings: Vec<Range<usize>>,
    /// Where a bracket opens (`true`) or closes.
    brackets: Vec<(usize, bool)>,
    /// Where each line begins.
    lines: Vec<usize>,
    /// The first byte on each line that is neither blank nor comment.
    code: Vec<Option<usize>>,
    length: usize,
}

impl Layout {
    /// Reads a text. Strings that do not end, end with their line: what is broken does not swallow the rest.
    pub(super) fn of(text: &str, syntax: Syntax) -> Self {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, syntax, layout: Layout::default() };
        reader.layout.lines.push(0);
        reader.layout.code.push(None);
        reader.layout.length = text.len();
        reader.run();
        reader.layout
    }

    /// The line of a place, from 0.
    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Whether code stands before `at` on its line.
    pub(super) fn has_code_before(&self, at: usize) -> bool {
        self.code.get(self.line(at)).copied().flatten().is_some_and(|code| code < at)
    }

    /// The next line with code after that of `at`, from 0.
    pub(super) fn next_line(&self, at: usize) -> Option<usize> {
        (self.line(at) + 1..self.code.len()).find(|line| self.code.get(*line).copied().flatten().is_some())
    }

    /// From the first code of a line to its end.
    pub(super) fn whole_line(&self, line: usize) -> Range<usize> {
        let start = self.code.get(line).copied().flatten().or_else(|| self.lines.get(line).copied());
        start.unwrap_or(self.length)..self.line_end(line)
    }

    fn line_end(&self, line: usize) -> usize {
        self.lines.get(line + 1).copied().unwrap_or(self.length)
    }

    /// What begins on a line, with all that stands between the brackets that it opens. `is_decorator`: whether what begins at a place
    /// belongs to what follows it.
    pub(super) fn statement(&self, line: usize, is_decorator: impl Fn(usize) -> bool) -> Range<usize> {
        let start = self.whole_line(line).start;
        let (mut line, mut from) = (line, start);
        loop {
            let end = self.balanced(from, self.line_end(line));
            let next = self.next_line(end.saturating_sub(1).max(from));
            match next.filter(|_| is_decorator(from)) {
                Some(next) => (line, from) = (next, self.whole_line(next).start),
                None => return start..end,
            }
        }
    }

    fn balanced(&self, start: usize, mut end: usize) -> usize {
        let mut depth = 0usize;
        let first = self.brackets.partition_point(|(at, _)| *at < start);
        for (at, opens) in self.brackets.iter().skip(first) {
            if depth == 0 && *at >= end {
                break;
            }
            match (opens, depth) {
                (true, _) => depth += 1,
                (false, 0) => return *at,
                (false, _) => {
                    depth -= 1;
                    if depth == 0 {
                        end = self.line_end(self.line(*at));
                    }
                }
            }
        }
        if depth == 0 { end } else { self.length }
    }

    /// The brackets around a place, from the outermost inwards: from the opening one to the closing one.
    pub(super) fn around(&self, at: usize) -> Vec<Range<usize>> {
        let mut open: Vec<usize> = Vec::new();
        for (bracket, opens) in self.brackets.iter().take_while(|(bracket, _)| *bracket < at) {
            if *opens {
                open.push(*bracket);
            } else {
                open.pop();
            }
        }
        open.iter().map(|start| *start..self.closing(*start)).collect()
    }

    fn closing(&self, start: usize) -> usize {
        let mut depth = 0usize;
        let first = self.brackets.partition_point(|(at, _)| *at < start);
        for (at, opens) in self.brackets.iter().skip(first) {
            depth = if *opens { depth + 1 } else { depth.saturating_sub(1) };
            if depth == 0 {
                return at + 1;
            }
        }
        self.length
    }

    /// The outermost block around a place, from the beginning of its first line.
    pub(super) fn block(&self, at: usize) -> Option<Range<usize>> {
        let outermost = self.around(at).into_iter().next()?;
        Some(self.whole_line(self.line(outermost.start)).start..outermost.end)
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    syntax: Syntax,
    layout: Layout,
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            let next = self.bytes.get(self.at + 1).copied();
            match (byte, self.syntax) {
                (b'\n', _) => self.line_feed(),
                (b' ' | b'\t' | b'\r', _) => self.at += 1,
                (b'/', _) if next == Some(b'/') => self.line_comment(2),
                (b'/', _) if next == Some(b'*') => self.block_comment(),
                (b'#', Syntax::Hcl) => self.line_comment(1),
                (b'#', Syntax::Bicep) => self.line_comment(0),
                (b'"', Syntax::Hcl | Syntax::Json) => self.string(b'"'),
                (b'\'', Syntax::Bicep) if self.rest().starts_with("'''") => self.long_string(),
                (b'\'', Syntax::Bicep) => self.string(b'\''),
                (b'<', Syntax::Hcl) if next == Some(b'<') => self.heredoc(),
                (b'{' | b'[' | b'(', _) => {
                    self.code();
                    self.layout.brackets.push((self.at, true));
                    self.at += 1;
                }
                (b'}' | b']' | b')', _) => {
                    self.code();
                    self.layout.brackets.push((self.at, false));
                    self.at += 1;
                }
                _ => {
                    self.code();
                    self.at += 1;
                }
            }
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn line_feed(&mut self) {
        self.at += 1;
        self.layout.lines.push(self.at);
        self.layout.code.push(None);
    }

    /// There is code at this place.
    fn code(&mut self) {
        if let Some(first) = self.layout.code.last_mut() {
            first.get_or_insert(self.at);
        }
    }

    fn line_comment(&mut self, marker: usize) {
        let start = self.at + marker;
        while self.bytes.get(self.at).is_some_and(|byte| *byte != b'\n') {
            self.at += 1;
        }
        self.layout.comments.push(start.min(self.at)..self.at);
    }

    fn block_comment(&mut self) {
        let start = self.at + 2;
        self.at = start;
        while self.at < self.bytes.len() && !self.bytes[self.at..].starts_with(b"*/") {
            if self.bytes[self.at] == b'\n' {
                self.line_feed();
            } else {
                self.at += 1;
            }
        }
        self.layout.comments.push(start.min(self.at)..self.at);
        self.at = (self.at + 2).min(self.bytes.len());
    }

    fn string(&mut self, quote: u8) {
        self.code();
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b'\n' => return,
                b'\\' => self.at += if self.bytes.get(self.at + 1) == Some(&b'\n') { 1 } else { 2 },
                byte if byte == quote => {
                    if self.syntax == Syntax::Json {
                        self.layout.strings.push(start..self.at);
                    }
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn long_string(&mut self) {
        self.code();
        self.at += 3;
        while self.at < self.bytes.len() && !self.bytes[self.at..].starts_with(b"'''") {
            if self.bytes[self.at] == b'\n' {
                self.line_feed();
            } else {
                self.at += 1;
            }
        }
        self.at = (self.at + 3).min(self.bytes.len());
    }

    fn heredoc(&mut self) {
        self.code();
        let line = self.rest().lines().next().unwrap_or_default();
        let word = line.trim_start_matches(['<', '-']).trim().to_owned();
        let named = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !named {
            self.at += 2;
            return;
        }
        let skipped = line.len();
        self.at += skipped;
        while self.bytes.get(self.at) == Some(&b'\n') {
            self.line_feed();
            let line = self.rest().split('\n').next().unwrap_or_default();
            let (ends, length) = (line.trim() == word, line.len());
            self.at += length;
            if ends {
                return;
            }
        }
    }
}
