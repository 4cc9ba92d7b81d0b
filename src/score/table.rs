//! The controls and their recommendations: a table that users can replace.

use camino::{Utf8Path, Utf8PathBuf};

/// The table that is compiled in.
const BUILT_IN: &str = include_str!("../../rulesets/data/secure-score.tsv");

/// The columns, in their order.
const COLUMNS: [&str; 7] = ["control", "points", "policy", "seen-in", "evidence", "rules", "title"];

/// The controls of the secure score.
#[derive(Clone, Debug, Default)]
pub struct ScoreTable {
    /// In the order of the table.
    pub controls: Vec<TableControl>,
}

/// A control.
#[derive(Clone, Debug)]
pub struct TableControl {
    /// Its name.
    pub name: String,
    /// Its highest number of points.
    pub points: f64,
    /// The recommendations that count for it.
    pub recommendations: Vec<Recommendation>,
}

/// A recommendation.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// The built-in policy that asks it.
    pub policy: String,
    /// What it says.
    pub title: String,
    /// Whether files can answer it.
    pub in_code: bool,
    /// Rules that judge it, beside those that name the policy as their equivalent.
    pub rules: Vec<String>,
}

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A line is wrong.
    #[error("{path}:{line}: {message}")]
    Wrong {
        /// The file.
        path: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl ScoreTable {
    /// The table that is compiled in.
    pub fn built_in() -> Self {
        // a test reads it; a table without a line would give no score
        parse(BUILT_IN).unwrap_or_default()
    }

    /// A user's own table: the columns are those of the built-in one, `rulesets/data/secure-score.tsv`.
    ///
    /// # Errors
    /// A file that cannot be read, and the first line that is wrong.
    pub fn read(path: &Utf8Path) -> Result<Self, TableError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TableError::Unreadable { path: path.to_owned(), error })?;
        parse(&text).map_err(|(line, message)| TableError::Wrong { path: path.to_owned(), line, message })
    }

    /// The points of all controls together.
    pub fn points(&self) -> f64 {
        self.controls.iter().map(|control| control.points).sum()
    }
}

/// Reads a table.
///
/// # Errors
/// The first line that is wrong, and what is wrong with it.
pub(super) fn parse(text: &str) -> Result<ScoreTable, (usize, String)> {
    let mut table = ScoreTable::default();
    for (line, text) in text.lines().enumerate().map(|(index, text)| (index + 1, text)) {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
        if cells == COLUMNS {
            continue;
        }
        let [name, points, policy, seen_in, _, rules, title] = cells.as_slice() else {
            let message =
                format!("{} columns, expected {}: {}", cells.len(), COLUMNS.len(), COLUMNS.join(", "));
            return Err((line, message));
        };
        let points: f64 = points
            .parse()
            .ok()
            .filter(|points: &f64| points.is_finite() && *points >= 0.0)
            .ok_or_else(|| (line, format!("'{points}' is no number of points")))?;
        if !["code", "cluster", "running"].contains(seen_in) {
            return Err((line, format!("'{seen_in}' is none of code, cluster and running")));
        }
        let position =
            table.controls.iter().position(|control| control.name == **name).unwrap_or_else(|| {
                table.controls.push(TableControl {
                    name: (*name).to_owned(),
                    points,
                    recommendations: Vec::new(),
                });
                table.controls.len() - 1
            });
        let control = &mut table.controls[position];
        if (control.points - points).abs() > f64::EPSILON {
            return Err((line, format!("'{name}' has {} points above, and {points} here", control.points)));
        }
        if *policy != "-" || *rules != "-" {
            control.recommendations.push(Recommendation {
                policy: (*policy).to_owned(),
                title: (*title).to_owned(),
                in_code: *seen_in == "code",
                rules: rules
                    .split(',')
                    .map(str::trim)
                    .filter(|rule| *rule != "-")
                    .map(str::to_owned)
                    .collect(),
            });
        }
    }
    Ok(table)
}
