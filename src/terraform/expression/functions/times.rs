//! Timestamps in RFC 3339.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::hashes::fresh;
use super::{Failure, Function, Invocation, Needs, string, text};
use crate::value::calendar::{MONTHS, WEEKDAYS};
use crate::value::{Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("formatdate", &[string("format"), string("time")], ValueType::String, formatdate),
    Function::new("plantimestamp", &[], ValueType::String, |_, values| {
        Ok(fresh("plantimestamp() is different each time", 20, values))
    })
    .needs(Needs::Nothing),
    Function::new("timeadd", &[string("timestamp"), string("duration")], ValueType::String, timeadd),
    Function::new(
        "timecmp",
        &[string("timestamp_a"), string("timestamp_b")],
        ValueType::Number,
        |_, values| {
            let (a, b) = (parse(text(values, 0)?)?, parse(text(values, 1)?)?);
            Ok(Value::int(match a.timestamp.cmp(&b.timestamp) {
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Greater => 1,
            }))
        },
    ),
    Function::new("timestamp", &[], ValueType::String, |_, values| {
        Ok(fresh("timestamp() is different each time", 20, values))
    })
    .needs(Needs::Nothing),
];

/// A point in time and the offset that it was written with.
#[derive(Clone, Copy)]
struct Time {
    timestamp: Timestamp,
    offset: Offset,
}

impl Time {
    fn civil(self) -> DateTime {
        self.offset.to_datetime(self.timestamp)
    }
}

/// `2006-01-02T15:04:05Z` or with an offset, which is kept.
fn parse(text: &str) -> Result<Time, Failure> {
    let fail = || Failure::from(format!("not a valid RFC3339 timestamp: \"{text}\""));
    let bytes = text.as_bytes();
    let shaped = bytes.get(10) == Some(&b'T')
        && bytes.get(4) == Some(&b'-')
        && bytes.get(13) == Some(&b':')
        && bytes.get(16) == Some(&b':');
    let timestamp: Timestamp = text.parse().map_err(|_| fail())?;
    if !shaped {
        return Err(fail());
    }
    let offset = if text.ends_with('Z') {
        Offset::UTC
    } else {
        let start = text.len().saturating_sub(6);
        let (hours, minutes) = text
            .get(start..)
            .and_then(|offset| offset.split_once(':'))
            .and_then(|(hours, minutes)| Some((hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?)))
            .ok_or_else(fail)?;
        let sign = if text.get(start..).is_some_and(|offset| offset.starts_with('-')) { -1 } else { 1 };
        Offset::from_seconds(hours * 3600 + sign * minutes * 60).map_err(|_| fail())?
    };
    Ok(Time { timestamp, offset })
}

/// Go's RFC 3339 with the zone's own offset.
fn rfc3339(time: Time) -> String {
    let civil = time.civil();
    let mut out = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second()
    );
    out.push_str(&if time.offset.seconds() == 0 { "Z".to_owned() } else { offset_text(time, ":") });
    out
}

fn offset_text(time: Time, separator: &str) -> String {
    let seconds = time.offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

fn timeadd(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let time = parse(text(values, 0)?)?;
    let duration = duration(text(values, 1)?)?;
    let timestamp = time.timestamp.checked_add(duration).map_err(|_| "the resulting time is out of range")?;
    Ok(Value::string(rfc3339(Time { timestamp, ..time })))
}

/// Go's durations: `1h30m`, `-1.5h`, `100ms`.
fn duration(text: &str) -> Result<SignedDuration, Failure> {
    let fail = || Failure::from(format!("invalid duration \"{text}\""));
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(fail());
    }
    let mut seconds = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .ok_or_else(|| Failure::from(format!("time: missing unit in duration \"{text}\"")))?;
        let (number, after) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_| fail())?;
        let unit_length = after
            .find(|character: char| character.is_ascii_digit() || character == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_length);
        seconds += number
            * match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" | "μs" => 1e-6,
                "ns" => 1e-9,
                _ => return Err(format!("time: unknown unit \"{unit}\" in duration \"{text}\"").into()),
            };
        rest = after;
    }
    SignedDuration::try_from_secs_f64(if negative { -seconds } else { seconds }).map_err(|_| fail())
}

/// Letters are verbs, in runs of the same letter; text between quotes stands for itself.
fn formatdate(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let time = parse(text(values, 1)?)?;
    let mut rest = text(values, 0)?;
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = literal(rest, &mut out)?;
            continue;
        }
        let length = rest.find(|next| next != first).unwrap_or(rest.len());
        let (token, after) = rest.split_at(length);
        if first.is_ascii_alphabetic() {
            out.push_str(&verb(token, first, time)?);
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    Ok(Value::string(out))
}

/// A quoted literal; the answer is what follows it. `''` is a quote, inside and outside.
fn literal<'t>(text: &'t str, out: &mut String) -> Result<&'t str, Failure> {
    let mut characters = text.char_indices().skip(1).peekable();
    let start = out.len();
    while let Some((at, character)) = characters.next() {
        if character != '\'' {
            out.push(character);
        } else if characters.next_if(|(_, next)| *next == '\'').is_some() && at > 1 {
            out.push('\'');
        } else {
            if out.len() == start {
                out.push('\'');
            }
            return Ok(text.get(at + 1..).unwrap_or(""));
        }
    }
    Err("unterminated literal '".into())
}

fn verb(token: &str, first: char, time: Time) -> Result<String, Failure> {
    let civil: DateTime = time.civil();
    let count = token.len();
    let wrong = |must: &str| Failure::from(format!("invalid date format verb \"{token}\": {must}"));
    let digits = |value: i8, must: &str| match count {
        1 => Ok(value.to_string()),
        2 => Ok(format!("{value:02}")),
        _ => Err(wrong(must)),
    };
    let month = || MONTHS.get(usize::try_from(civil.month() - 1).unwrap_or(0)).copied().unwrap_or("");
    let weekday = || {
        let index = usize::try_from(civil.weekday().to_monday_zero_offset()).unwrap_or(0);
        WEEKDAYS.get(index).copied().unwrap_or("")
    };
    let short = |word: &str| word.get(..3).unwrap_or(word).to_owned();
    match (first, count) {
        ('Y', 2) => Ok(format!("{:02}", civil.year() % 100)),
        ('Y', 4) => Ok(format!("{:04}", civil.year())),
        ('Y', _) => Err(wrong("year must either be \"YY\" or \"YYYY\"")),
        ('M', 3) => Ok(short(month())),
        ('M', 4) => Ok(month().to_owned()),
        ('M', _) => digits(civil.month(), "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\""),
        ('D', _) => digits(civil.day(), "day of month must either be \"D\" or \"DD\""),
        ('E', 3) => Ok(short(weekday())),
        ('E', 4) => Ok(weekday().to_owned()),
        ('E', _) => Err(wrong("day of week must either be \"EEE\" or \"EEEE\"")),
        ('h', _) => digits(civil.hour(), "24-hour must either be \"h\" or \"hh\""),
        ('H', _) => {
            let hour = civil.hour() % 12;
            digits(if hour == 0 { 12 } else { hour }, "12-hour must either be \"H\" or \"HH\"")
        }
        ('A', 2) => Ok(if civil.hour() < 12 { "AM" } else { "PM" }.to_owned()),
        ('a', 2) => Ok(if civil.hour() < 12 { "am" } else { "pm" }.to_owned()),
        ('A' | 'a', _) => Err(wrong("must be \"AA\" or \"aa\"")),
        ('m', _) => digits(civil.minute(), "minute must either be \"m\" or \"mm\""),
        ('s', _) => digits(civil.second(), "second must either be \"s\" or \"ss\""),
        ('Z', 1) if time.offset.seconds() == 0 => Ok("Z".to_owned()),
        ('Z', 3) if time.offset.seconds() == 0 => Ok("UTC".to_owned()),
        ('Z', 3 | 4) => Ok(offset_text(time, "")),
        ('Z', 1 | 5) => Ok(offset_text(time, ":")),
        ('Z', _) => Err(wrong("timezone must be Z, ZZZZ, or ZZZZZ")),
        _ => Err(format!("invalid date format verb \"{token}\"").into()),
    }
}
