use std::ops::Range;

/// What is wrong in a rule file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// One sentence, without full stop.
    pub message: String,
    /// What would be right: the words that are known here, the nearest one.
    pub help: Option<String>,
    /// Bytes of the file.
    pub span: Range<usize>,
}

impl RuleError {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        RuleError { message: message.into(), help: None, span }
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An unknown word, with the nearest known one and the list of all.
    pub(crate) fn unknown_word(what: &str, word: &str, known: &[&str], span: Range<usize>) -> Self {
        let near = suggest(word, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean '{near}'? Known are: {}", known.join(", ")),
            None => format!("known are: {}", known.join(", ")),
        };
        RuleError::new(format!("unknown {what} '{word}'"), span).help(help)
    }

    /// Line and column (both from 1, in characters) of the place in the file's text.
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// The known word that is nearest to `word`, if one is near enough to be meant.
pub fn suggest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let limit = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let mut cost = (last[j + 1] + 1).min(row[j] + 1).min(last[j] + usize::from(from != to));
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}
