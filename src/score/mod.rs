//! The classic secure score of Microsoft Defender for Cloud, projected from the code.
//!
//! A control has points; the resources that its recommendations apply to are healthy if none of them is broken. A control's score is
//! `points / (healthy + unhealthy) * healthy`, a subscription's the sum of the scores over the sum of the points of the controls that
//! have resources, and that of several subscriptions their average, weighted by resources. What cannot be decided gives an interval.
//! Source: "Secure score in Microsoft Defender for Cloud", <https://learn.microsoft.com/azure/defender-for-cloud/secure-score-security-controls>.

mod project;
mod show;
mod table;

pub use project::{Control, Failing, Projection, Step, Subscription, Tally, project};
pub use show::{score_human, score_json};
pub use table::{Recommendation, ScoreTable, TableControl, TableError};

/// Below this percentage a score is bad.
pub const MINIMUM: f64 = 65.0;
/// From this percentage a score is good.
pub const GOAL: f64 = 80.0;
/// Points that the judged controls must have together, so that a score says anything.
pub const ENOUGH_POINTS: f64 = 8.0;

#[cfg(test)]
mod tests;
