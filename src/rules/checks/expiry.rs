//! `expires-within`: dates that lie too far in the future, seen from today.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::source::Span;
use crate::value::Value;

use super::super::truth::Evidence;
use super::{Case, why};

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let days = case.whole("days").and_then(|days| i64::try_from(days).ok()).unwrap_or(366);
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    let resource = case.graph().resource(case.resource);
    let paths: Vec<&str> = case.words("properties").collect();
    for path in paths {
        let Some((value, site)) = at(&resource.body, path) else { continue };
        let evidence = Evidence {
            path: path.to_owned(),
            site: site.filter(|site| resource.span.contains(*site)),
            value: Some(value.clone()),
            ..Evidence::of_resource(case.resource)
        };
        match later(value, today, days) {
            Some(true) => {
                let detail = super::super::verdict::shown(Some(value));
                case.broken(vec![evidence], &detail);
            }
            Some(false) => case.holds(),
            None => {
                let reasons = why(value);
                if !reasons.is_empty() {
                    case.undecided(vec![Evidence { reasons, ..evidence }]);
                }
            }
        }
    }
}

fn at<'v>(body: &'v Value, path: &str) -> Option<(&'v Value, Option<Span>)> {
    let (mut value, mut site) = (body, None);
    for key in path.split('.') {
        let member = value.as_object()?.get(key)?;
        (value, site) = (&member.value, member.site);
    }
    Some((value, site))
}

/// Whether a date is more than `days` after today, for all that it may be. Nothing where it is not known or no date.
fn later(value: &Value, today: Date, days: i64) -> Option<bool> {
    let mut answer = None;
    for one in value.alternatives() {
        let date = date_of(one.as_str()?)?;
        let this = today.duration_until(date).as_hours() / 24 > days;
        if answer.is_some_and(|before| before != this) {
            return None;
        }
        answer = Some(this);
    }
    answer
}

/// The day of `2027-12-23T20:33:24+00:00`, or of `2027-12-23`.
fn date_of(text: &str) -> Option<Date> {
    match text.parse::<Timestamp>() {
        Ok(time) => Some(Offset::UTC.to_datetime(time).date()),
        Err(_) => text.get(..10)?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_compared_with_a_day() {
        let today = Date::constant(2026, 11, 24);
        for (text, expected) in [
            ("2027-11-20T20:33:24+00:00", Some(false)),
            ("2027-12-23T20:33:24+00:00", Some(true)),
            ("2027-12-23", Some(true)),
            ("2020-01-01T00:00:00Z", Some(false)),
            ("some day", None),
        ] {
            assert_eq!(later(&Value::string(text), today, 366), expected, "{text}");
        }
    }
}
