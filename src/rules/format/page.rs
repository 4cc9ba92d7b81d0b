//! The page of a rule file: the body, and the examples in it.

use std::ops::Range;

use super::{Literal, Text, parameters};

/// Splits a rule file: the byte range of its YAML, and of its page.
pub(super) fn split(text: &str) -> Option<(Range<usize>, Range<usize>)> {
    let start = text.strip_prefix("---\r\n").or_else(|| text.strip_prefix("---\n"))?;
    let offset = text.len() - start.len();
    let mut at = offset;
    for line in start.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((offset..at, at + line.len()..text.len()));
        }
        at += line.len();
    }
    None
}

/// The first paragraph that is neither a heading nor code.
pub(super) fn first_paragraph(page: &str) -> &str {
    let mut start = None;
    let mut end = 0;
    for line in Lines::new(page) {
        let is_text = !line.in_fence && !line.text.trim().is_empty() && !line.text.starts_with('#');
        match start {
            None if is_text => start = Some(line.start),
            Some(_) if !is_text => break,
            _ => {}
        }
        if is_text {
            end = line.start + line.text.trim_end().len();
        }
    }
    start.and_then(|start| page.get(start..end)).unwrap_or("")
}

/// Languages of examples, by the word behind the fence, and the name of the file that the example's text becomes.
const LANGUAGES: [(&str, &str); 3] =
    [("bicep", "main.bicep"), ("arm", "azuredeploy.json"), ("terraform", "main.tf")];

/// What an example must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The verdict.
    pub wanted: Wanted,
    /// `fail=2`: so many findings; otherwise at least one.
    pub findings: Option<usize>,
    /// `lines=3,9`: the findings stand at these lines of the example's own file.
    pub lines: Vec<u32>,
}

/// The verdict that an example must get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `fail`: the rule is broken.
    Fails,
    /// `pass`: the rule holds, and was asked.
    Passes,
    /// `undecided`: it can't be told.
    StaysOpen,
    /// `skip`: the rule does not apply.
    IsSkipped,
    /// `review`: it asks somebody to look, and finds nothing.
    IsReviewed,
}

/// An example of a rule's page: a test.
#[derive(Clone, Debug)]
pub struct Example {
    /// `bicep`, `arm` or `terraform`.
    pub language: &'static str,
    /// What it must give.
    pub expectation: Expectation,
    /// File names and texts; the first is what is scanned.
    pub files: Vec<(String, String)>,
    /// Values of the rule's parameters for this example alone.
    pub parameters: Vec<(Text, Literal)>,
    /// The line of its fence in the page, from 1.
    pub line: usize,
}

/// The examples of a page, or what is wrong with a fence: the line in the page, from 1, and a sentence.
///
/// # Errors
/// A fence that begins like an example and goes on with words that are not known.
pub fn examples(page: &str) -> Result<Vec<Example>, (usize, String)> {
    let mut found: Vec<Example> = Vec::new();
    for fence in fences(page) {
        let wrong = |message: String| (fence.line, message);
        // values have blanks in them: they are the rest of the line
        let (info, values) = match fence.info.split_once(" parameters=") {
            Some((info, values)) => (info, parameters::values(values).map_err(wrong)?),
            None => (fence.info.as_str(), Vec::new()),
        };
        let mut words = info.split_whitespace();
        let (Some(language), Some(expectation)) = (words.next(), words.next()) else { continue };
        let mut file = None;
        let mut lines = Vec::new();
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => file = Some(name.to_owned()),
                Some(("lines", list)) => {
                    lines = list
                        .split(',')
                        .map(str::parse)
                        .collect::<Result<_, _>>()
                        .map_err(|_| wrong(format!("'{list}' are no line numbers")))?;
                }
                _ => return Err(wrong(format!("'{word}' is neither file=…, lines=… nor parameters=…"))),
            }
        }
        if expectation == "with" {
            let name = file.ok_or_else(|| wrong("a further file needs a name: with file=…".to_owned()))?;
            let example =
                found.last_mut().ok_or_else(|| wrong("there is no example before this file".to_owned()))?;
            example.files.push((name, fence.text));
            continue;
        }
        let Some((language, name)) = LANGUAGES.into_iter().find(|(word, _)| *word == language) else {
            return Err(wrong(format!("examples are in bicep, arm or terraform, not in '{language}'")));
        };
        let (wanted, findings) = wanted(expectation).map_err(wrong)?;
        let name = file.unwrap_or_else(|| name.to_owned());
        found.push(Example {
            language,
            expectation: Expectation { wanted, findings, lines },
            files: vec![(name, fence.text)],
            parameters: values,
            line: fence.line,
        });
    }
    Ok(found)
}

fn wanted(word: &str) -> Result<(Wanted, Option<usize>), String> {
    match word.split_once('=') {
        None => match word {
            "fail" => Ok((Wanted::Fails, None)),
            "pass" => Ok((Wanted::Passes, None)),
            "undecided" => Ok((Wanted::StaysOpen, None)),
            "skip" => Ok((Wanted::IsSkipped, None)),
            "review" => Ok((Wanted::IsReviewed, None)),
            _ => Err(format!("'{word}' is none of fail, pass, undecided, skip, review and with")),
        },
        Some(("fail", number)) => match number.parse() {
            Ok(number) if number > 0 => Ok((Wanted::Fails, Some(number))),
            _ => Err(format!("'{number}' is no number of findings")),
        },
        Some(_) => Err(format!("only fail takes a number: '{word}'")),
    }
}

struct Fence {
    info: String,
    text: String,
    line: usize,
}

fn fences(page: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, line) in Lines::new(page).enumerate() {
        match (&mut open, line.fence) {
            (None, true) => {
                let info = line.text.trim().trim_start_matches('`').trim().to_owned();
                open = Some(Fence { info, text: String::new(), line: index + 1 });
            }
            (Some(_), true) => found.extend(open.take()),
            (Some(fence), false) => fence.text.push_str(line.text),
            (None, false) => {}
        }
    }
    found
}

struct Line<'p> {
    text: &'p str,
    start: usize,
    /// Whether it opens or closes a fenced block.
    fence: bool,
    /// Whether it is a fence, or between two.
    in_fence: bool,
}

/// The lines of a page, with fenced blocks told apart.
struct Lines<'p> {
    page: &'p str,
    at: usize,
    /// How many backticks the open fence has.
    open: Option<usize>,
}

impl<'p> Lines<'p> {
    fn new(page: &'p str) -> Self {
        Lines { page, at: 0, open: None }
    }
}

impl<'p> Iterator for Lines<'p> {
    type Item = Line<'p>;

    fn next(&mut self) -> Option<Line<'p>> {
        let rest = self.page.get(self.at..)?;
        let text = rest.split_inclusive('\n').next()?;
        let start = self.at;
        self.at += text.len();
        let ticks = text.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        let bare = text.trim().bytes().all(|byte| byte == b'`');
        let fence = match self.open {
            None => ticks >= 3,
            Some(open) => ticks >= open && bare,
        };
        let was_open = self.open.is_some();
        if fence {
            self.open = if was_open { None } else { Some(ticks) };
        }
        Some(Line { text, start, fence, in_fence: fence || was_open })
    }
}
