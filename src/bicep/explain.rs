//! What is wrong with a piece of text that is not Bicep, in a sentence.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use tree_sitter::{LogType, Point};

use super::kinds::LANGUAGE;
use super::scan::{Starts, scan};
use super::syntax::with_parser;

/// A syntax error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The character or word that does not fit; empty at the end of the file.
    pub(super) range: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
}

/// Says what is wrong with a text that does not parse.
pub(super) fn explain(text: &str) -> Problem {
    let Some(stop) = first_stop(text) else {
        return unterminated(text)
            .unwrap_or(Problem { range: 0..0, message: "this is not Bicep".to_owned() });
    };
    let mut at = skip_blanks(text, stop.offset);
    let mut rest = text.get(at..).unwrap_or_default();
    if rest.trim().is_empty() {
        (at, rest) = (content_end(text), "");
    }
    if let Some(problem) = unterminated(text).filter(|problem| problem.range.start <= at || rest.is_empty()) {
        return problem;
    }
    let range = at..at + token_length(rest);
    let message = wrong_token(rest).unwrap_or_else(|| {
        let found = rest.get(..range.len()).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        expectation(&Expected::in_state(stop.state), before, found)
    });
    Problem { range, message }
}

/// Where a text ends without the blanks, new lines and comments at its end.
fn content_end(text: &str) -> usize {
    let comments = scan(text, Starts::None).comments;
    let mut end = text.trim_end().len();
    for comment in comments.iter().rev() {
        if comment.end != end {
            break;
        }
        end = text.get(..comment.start).unwrap_or_default().trim_end().len();
    }
    end
}

/// Where the parser could not go on, and its state there.
#[derive(Clone, Copy)]
struct Stop {
    offset: usize,
    state: u16,
}

/// The first place where the parser could not go on. The tree does not have it (an error node is what recovery made of the
/// error), but the parser's log does: each step is announced with its state and place, and the first error by `detect_error`.
fn first_stop(text: &str) -> Option<Stop> {
    let found: Arc<OnceLock<(Point, u16)>> = Arc::default();
    let first = Arc::clone(&found);
    let mut step = None;
    with_parser(|parser| {
        parser.set_logger(Some(Box::new(move |kind, message| {
            if kind != LogType::Parse || first.get().is_some() {
                return;
            }
            if message.starts_with("process ") {
                step = parse_step(message);
            } else if let Some(step) = step.filter(|_| message.starts_with("detect_error ")) {
                first.get_or_init(|| step);
            }
        })));
        let tree = parser.parse(text, None);
        parser.set_logger(None);
        tree
    })?;
    let (point, state) = *found.get()?;
    let line: usize = text.split_inclusive('\n').take(point.row).map(str::len).sum();
    Some(Stop { offset: line + point.column, state })
}

/// `process version:0, version_count:1, state:12, row:3, col:5`
fn parse_step(message: &str) -> Option<(Point, u16)> {
    let number = |name: &str| {
        let (_, rest) = message.split_once(name)?;
        rest.split(',').next()?.trim().parse::<usize>().ok()
    };
    let point = Point { row: number(" row:")?, column: number(" col:")? };
    Some((point, u16::try_from(number(" state:")?).ok()?))
}

/// A multi-line string or comment without end.
fn unterminated(text: &str) -> Option<Problem> {
    let start = scan(text, Starts::None).unterminated?;
    let rest = text.get(start..).unwrap_or_default();
    Some(if rest.starts_with("/*") {
        Problem {
            range: start..start + 2,
            message: "this comment is never closed: `*/` is missing".to_owned(),
        }
    } else {
        let length = if rest.starts_with('}') { 1 } else { 3 };
        let message = "this multi-line string is never closed: `'''` is missing".to_owned();
        Problem { range: start..start + length, message }
    })
}

fn skip_blanks(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.len() - rest.trim_start_matches([' ', '\t']).len()
}

/// The length of the word, number or character that a text begins with; a line end counts as nothing.
fn token_length(rest: &str) -> usize {
    let word = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    match rest.chars().next() {
        None | Some('\n' | '\r') => 0,
        Some(_) if word > 0 => word,
        Some(first) => first.len_utf8(),
    }
}

const UNCLOSED_STRING: &str = "this string is not closed on its line: `'` is missing";

/// Characters that stand nowhere in Bicep, and strings without end.
fn wrong_token(rest: &str) -> Option<String> {
    match rest.chars().next()? {
        '"' => Some("`\"` is not Bicep: strings are written in single quotes".to_owned()),
        '\'' if !rest.starts_with("'''") && !closes_on_its_line(rest) => {
            Some(UNCLOSED_STRING.to_owned())
        }
        '#' => Some("unknown directive: there are `#disable-next-line`, `#disable-diagnostics` and `#restore-diagnostics`".to_owned()),
        '\n' | '\r' => None,
        character if !character.is_ascii() || character.is_ascii_control() => {
            Some(format!("the character {character:?} stands for nothing in Bicep outside of strings and comments"))
        }
        '.' if !rest.starts_with("..") => Some("a property's name is expected behind `.`".to_owned()),
        '@' => Some("a decorator's name is expected behind `@`".to_owned()),
        character @ (';' | '\\' | '`' | '~' | '&' | '$') => Some(format!("`{character}` is not expected here")),
        _ => None,
    }
}

fn closes_on_its_line(string: &str) -> bool {
    let mut characters = string.chars().skip(1);
    while let Some(character) = characters.next() {
        match character {
            '\'' => return true,
            '\n' | '\r' => return false,
            '\\' => {
                characters.next();
            }
            _ => {}
        }
    }
    false
}

/// The symbols that the parser could have gone on with.
struct Expected(Vec<&'static str>);

impl Expected {
    fn in_state(state: u16) -> Self {
        let symbols = LANGUAGE.lookahead_iterator(state).into_iter().flatten();
        Expected(symbols.filter_map(|symbol| LANGUAGE.node_kind_for_id(symbol)).collect())
    }

    fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains(name))
    }
}

/// What the grammar's symbols are called: the first that is possible is named.
const EXPECTATIONS: &[(&[&str], &str)] = &[
    (&["param"], "a declaration: `param`, `var`, `resource`, `module`, `output` …"),
    (&["in"], "`in` and the array that the loop runs over"),
    (&["from"], "`from` and the path of a file"),
    (&["with"], "`with` and an object"),
    (&["existing"], "`=` or `existing`"),
    (&["="], "`=`"),
    (&[":"], "`:`"),
    (&["_arrow"], "`=>`"),
    (&["_newline"], "a new line"),
    (&["_open_brace"], "`{`"),
    (&["_open_paren"], "`(`"),
    (&["_argument_comma"], "`,`"),
    (&["identifier"], "a name"),
];

/// What ends the innermost open bracket, if the parser could have gone on with that: as it merges states, it also
/// names what would end another bracket.
fn closing(expected: &Expected, before: &str) -> Option<&'static str> {
    let (symbols, words): (&[&str], _) = match scan(before, Starts::None).open? {
        b'$' => (&["string_end", "multiline_string_end"], "`}` at the end of the string's expression"),
        b'(' => (&["_close_paren"], "`)` or `,`"),
        b'[' => (&["_close_bracket"], "`]`, `,` or a new line"),
        _ => (&["_close_brace"], "`}`, `,` or a new line"),
    };
    expected.any(symbols).then_some(words)
}

fn expectation(expected: &Expected, before: &str, found: &str) -> String {
    let not_found = if found.is_empty() { String::new() } else { format!(", not `{found}`") };
    if let Some(named) = after_keyword(expected, before) {
        return format!("{named} is expected here{not_found}");
    }
    let starts_expression = expected.any(&["call_open", "integer"]) && expected.any(&["identifier"]);
    let named = if starts_expression && expected.any(&["generic_open"]) {
        "a type"
    } else if starts_expression {
        "a value (a literal, an array, an object, a name, a call or a parenthesis)"
    } else if expected.any(&["_if_open"]) {
        "`{`, `if (…) {` or `[for …]`"
    } else if expected.any(&["for"]) {
        "`for`"
    } else if expected.any(&["identifier"]) && expected.any(&["_close_paren"]) {
        "a name or `)`"
    } else if expected.any(&["identifier"]) && !expected.any(&["param", "="]) {
        "a name"
    } else if expected.any(&["key"]) && expected.any(&["_close_brace"]) {
        "a property name or `}`"
    } else if let Some(closing) = closing(expected, before) {
        if found == "}" && scan(before, Starts::None).open == Some(b'$') {
            return UNCLOSED_STRING.to_owned();
        }
        closing
    } else {
        let known = EXPECTATIONS.iter().find(|(symbols, _)| expected.any(symbols));
        known.map_or("something else", |(_, words)| words)
    };
    format!("{named} is expected here{not_found}")
}

/// What must follow the keyword, or the keyword and the name, that stand before the error.
fn after_keyword(expected: &Expected, before: &str) -> Option<&'static str> {
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default().trim();
    let mut words = line.split_whitespace();
    let (keyword, name, more) = (words.next()?, words.next(), words.next());
    if more.is_some() {
        return None;
    }
    Some(match (keyword, name.is_some()) {
        ("param", false) => "a parameter's name",
        ("var", false) => "a variable's name",
        ("output", false) => "an output's name",
        ("resource", false) => "a resource's symbolic name",
        ("module", false) => "a module's symbolic name",
        ("type", false) => "a type's name",
        ("func", false) => "a function's name",
        ("var", true) => "`=`",
        ("param", true) if expected.any(&["generic_open"]) => "the parameter's type",
        ("output", true) if expected.any(&["generic_open"]) => "the output's type",
        ("resource", true) => "the resource's type and API version (`'Namespace/type@version'`)",
        ("module", true) => "the module's path",
        _ => return None,
    })
}
