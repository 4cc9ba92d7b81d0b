use super::{List, Text};

/// The path of a property, as ARM and Azure Policy write it: `properties.networkAcls.ipRules[*].value`, `tags['owner']`.
#[derive(Clone, Debug)]
pub struct Path {
    /// As written.
    pub text: Text,
    /// Written with `$.` in front: it begins at the resource, also inside the condition on an item.
    pub from_resource: bool,
    /// Its parts; none for the item itself (`.`).
    pub segments: List<Segment>,
}

/// A part of a [`Path`].
#[derive(Clone, Debug)]
pub enum Segment {
    /// A property.
    Key(Text),
    /// An item of an array, from 0.
    At(usize),
    /// All items of an array: `[*]`.
    Every,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// Byte offset in `text` and what is wrong there.
    pub fn parse(text: &str) -> Result<Path, (usize, String)> {
        let from_resource = text.starts_with("$.");
        let skipped = if from_resource { 2 } else { 0 };
        let mut reader = Reader { text, at: skipped, segments: Vec::new() };
        if text != "." {
            reader.run()?;
        }
        Ok(Path { text: text.into(), from_resource, segments: reader.segments.into() })
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    segments: Vec<Segment>,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), (usize, String)> {
        loop {
            self.name()?;
            while self.rest().starts_with('[') {
                self.bracket()?;
            }
            match self.rest().chars().next() {
                None => return Ok(()),
                Some('.') => self.at += 1,
                Some(other) => return Err((self.at, format!("'{other}' does not belong into a path"))),
            }
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn name(&mut self) -> Result<(), (usize, String)> {
        let length = self.rest().find(['.', '[']).unwrap_or(self.rest().len());
        let name = self.rest().get(..length).unwrap_or("");
        if name.is_empty() {
            return Err((self.at, "a property name is missing here".to_owned()));
        }
        if let Some(bad) = name.find(|c: char| c.is_whitespace() || matches!(c, ']' | '*' | '"' | '\'')) {
            return Err((
                self.at + bad,
                format!("'{name}' is no property name; write [*] for all items and ['…'] for unusual names"),
            ));
        }
        self.segments.push(Segment::Key(name.into()));
        self.at += length;
        Ok(())
    }

    fn bracket(&mut self) -> Result<(), (usize, String)> {
        let Some(end) = self.rest().find(']') else {
            return Err((self.at, "this '[' is not closed".to_owned()));
        };
        let inside = self.rest().get(1..end).unwrap_or("");
        let quoted = inside.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let segment = match (inside, quoted) {
            ("*", _) => Segment::Every,
            (_, Some(name)) if !name.is_empty() => Segment::Key(name.into()),
            (index, _) => match index.parse() {
                Ok(index) => Segment::At(index),
                Err(_) => {
                    return Err((self.at, "between brackets stands *, a number or a 'name'".to_owned()));
                }
            },
        };
        self.segments.push(segment);
        self.at += end + 1;
        Ok(())
    }
}
