//! Text → tokens, one at a time and by position: the parser says whether line ends count, and reads templates itself.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Identifier,
    Number,
    /// `"`: the parser goes on with the template.
    Quote,
    /// `<<MARK` or `<<-MARK` with its line end: the parser goes on with the template.
    Heredoc,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParenthesis,
    CloseParenthesis,
    Dot,
    Comma,
    Star,
    Slash,
    Percent,
    Plus,
    Minus,
    Equal,
    EqualEqual,
    Bang,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Question,
    Colon,
    DoubleColon,
    Ellipsis,
    Arrow,
    Tilde,
    Newline,
    End,
    Invalid,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Symbols, the longest first.
const SYMBOLS: &[(&str, TokenKind)] = &[
    ("...", TokenKind::Ellipsis),
    ("==", TokenKind::EqualEqual),
    ("=>", TokenKind::Arrow),
    ("!=", TokenKind::NotEqual),
    ("<=", TokenKind::LessOrEqual),
    (">=", TokenKind::GreaterOrEqual),
    ("&&", TokenKind::And),
    ("||", TokenKind::Or),
    ("::", TokenKind::DoubleColon),
    ("\"", TokenKind::Quote),
    ("{", TokenKind::OpenBrace),
    ("}", TokenKind::CloseBrace),
    ("[", TokenKind::OpenBracket),
    ("]", TokenKind::CloseBracket),
    ("(", TokenKind::OpenParenthesis),
    (")", TokenKind::CloseParenthesis),
    (".", TokenKind::Dot),
    (",", TokenKind::Comma),
    ("*", TokenKind::Star),
    ("/", TokenKind::Slash),
    ("%", TokenKind::Percent),
    ("+", TokenKind::Plus),
    ("-", TokenKind::Minus),
    ("=", TokenKind::Equal),
    ("!", TokenKind::Bang),
    ("<", TokenKind::Less),
    (">", TokenKind::Greater),
    ("?", TokenKind::Question),
    (":", TokenKind::Colon),
    ("~", TokenKind::Tilde),
    ("\n", TokenKind::Newline),
    ("\r\n", TokenKind::Newline),
];

/// Reads tokens of a text.
pub(super) struct Lexer<'t> {
    text: &'t str,
    /// Comments as byte ranges, as they were met; the same one may be met again.
    pub(super) comments: Vec<(usize, usize)>,
    /// Where a search for `*/` has failed: none is after it.
    unclosed_comment: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Lexer { text, comments: Vec::new(), unclosed_comment: usize::MAX }
    }

    /// See [`Parser::limit`](super::parser::Parser::limit).
    pub(super) fn limit(&mut self, text: &'t str) {
        self.text = text;
        self.unclosed_comment = usize::MAX;
    }

    /// The token at or after `at`; line ends are tokens only if `newlines`.
    pub(super) fn token(&mut self, at: usize, newlines: bool) -> Token {
        let start = self.skip_space(at, newlines);
        let rest = self.text.get(start..).unwrap_or("");
        let Some(first) = rest.chars().next() else {
            return Token { kind: TokenKind::End, start, end: start };
        };
        let (kind, length) = if first.is_ascii_digit() {
            (TokenKind::Number, number_length(rest))
        } else if starts_identifier(first) {
            (TokenKind::Identifier, identifier_length(rest))
        } else if let Some(length) = heredoc_length(rest) {
            (TokenKind::Heredoc, length)
        } else {
            match SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
                Some((symbol, kind)) => (*kind, symbol.len()),
                None => (TokenKind::Invalid, first.len_utf8()),
            }
        };
        Token { kind, start, end: start + length }
    }

    /// Passes over blanks and comments. The line end after a `#` comment is a token of its own.
    fn skip_space(&mut self, mut at: usize, newlines: bool) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(at..).unwrap_or(&[]);
            match rest {
                [b' ' | b'\t', ..] => at += 1,
                [b'\n', ..] if !newlines => at += 1,
                [b'\r', b'\n', ..] if !newlines => at += 2,
                [0xEF, 0xBB, 0xBF, ..] => at += 3,
                [b'#', ..] | [b'/', b'/', ..] => {
                    let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                    let mut end = at + length;
                    if end > at && bytes.get(end - 1) == Some(&b'\r') {
                        end -= 1;
                    }
                    self.remember(at, end);
                    at = end;
                }
                [b'/', b'*', ..] if at < self.unclosed_comment => {
                    match self.text.get(at + 2..).and_then(|text| text.find("*/")) {
                        Some(length) => {
                            let end = at + 2 + length + 2;
                            self.remember(at, end);
                            at = end;
                        }
                        None => {
                            self.unclosed_comment = at;
                            return at;
                        }
                    }
                }
                _ => return at,
            }
        }
    }

    fn remember(&mut self, start: usize, end: usize) {
        if self.comments.last() != Some(&(start, end)) {
            self.comments.push((start, end));
        }
    }
}

pub(super) fn starts_identifier(first: char) -> bool {
    first == '_' || first.is_alphabetic()
}

fn continues_identifier(next: char) -> bool {
    next == '_' || next == '-' || next.is_alphanumeric()
}

/// Length in bytes of the identifier that `text` starts with.
pub(super) fn identifier_length(text: &str) -> usize {
    text.find(|next| !continues_identifier(next)).unwrap_or(text.len())
}

/// Length of the number literal that `text` starts with: digits, a fraction, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| from + bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if fraction > end + 1 {
            end = fraction;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

/// Length of a heredoc's beginning, line end included.
fn heredoc_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("<<")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if !rest.starts_with(starts_identifier) {
        return None;
    }
    let after = rest.get(identifier_length(rest)..)?;
    let after = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'))?;
    Some(text.len() - after.len())
}
