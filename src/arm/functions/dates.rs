//! Dates.
//!
//! ARM adds durations as .NET's time spans: a year is 365 days and a month 30 days, whatever the calendar says.

use std::fmt::Write;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, tz};

use super::table::{Answer, Call, Function, Stop};
use crate::value::calendar::{MONTHS, WEEKDAYS};
use crate::value::{Facts, Kind, Reason, ReasonKind, Unknown, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("dateTimeAdd", (2, 3), ValueType::String, date_time_add),
    Function::new("dateTimeFromEpoch", (1, 1), ValueType::String, from_epoch),
    Function::new("dateTimeToEpoch", (1, 1), ValueType::Number, to_epoch),
    Function::new("utcNow", (0, 1), ValueType::String, |_| {
        Ok(each_time("utcNow() is the time of the deployment", None))
    }),
    Function::new("newGuid", (0, 0), ValueType::String, |_| {
        Ok(each_time("newGuid() is different each time", Some(36)))
    }),
];

/// How the dates are written that ARM itself writes.
const ISO: &str = "yyyy-MM-ddTHH:mm:ssZ";

/// How other dates are written when no format is given (the function reference shows it so).
const GENERAL: &str = "M/d/yyyy h:mm:ss tt";

fn each_time(reason: &str, length: Option<i64>) -> Value {
    let facts = Facts { not_null: true, min: length.or(Some(1)), max: length, pieces: None };
    let unknown = Unknown::new(Reason::new(ReasonKind::NonDeterministic, reason));
    Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::String).with_facts(facts))))
}

fn date_time_add(call: &Call<'_>) -> Answer {
    let (base, duration) = (call.text(0)?, call.text(1)?);
    let format = call.optional_text(2)?;
    let Some(base_date) = parse(base) else { return call.wrong("the first argument is no date") };
    let Some(duration) = parse_duration(duration) else {
        return call.wrong("the second argument is no ISO 8601 duration");
    };
    let Ok(sum) = base_date.checked_add(duration) else {
        return call.wrong("the sum lies beyond the calendar");
    };
    let format = match format {
        Some(format) => format,
        None if base.contains('T') => ISO,
        None => GENERAL,
    };
    match show(sum, format) {
        Some(text) => Ok(Value::string(text)),
        None => call.wrong("the third argument is no date format"),
    }
}

fn from_epoch(call: &Call<'_>) -> Answer {
    match Timestamp::from_second(call.int(0)?) {
        Ok(time) => show(tz::Offset::UTC.to_datetime(time), ISO).map(Value::string).ok_or(Stop::Unknown),
        Err(_) => call.wrong("the number lies beyond the calendar"),
    }
}

fn to_epoch(call: &Call<'_>) -> Answer {
    let Some(date) = parse(call.text(0)?) else { return call.wrong("the argument is no date") };
    match tz::Offset::UTC.to_timestamp(date) {
        Ok(time) => Ok(Value::int(time.as_second())),
        Err(_) => call.wrong("the date lies beyond the calendar"),
    }
}

/// A date in UTC: ISO 8601, also compact (`20200407T145314Z`), also with a blank for the `T`.
fn parse(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (date, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let digits: String = date.chars().filter(|c| *c != '-').collect();
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| number(from, to).and_then(|number| i8::try_from(number).ok());
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let date = Date::new(number(0, 4)?, small(4, 6)?, small(6, 8)?).ok()?;
    let zone_at = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let time = parse_clock(clock.trim())?;
    let offset = parse_zone(zone)?;
    DateTime::from_parts(date, time).checked_sub(offset).ok()
}

fn parse_clock(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = whole.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) || digits.len() > 6 {
        return None;
    }
    let part = |from: usize| match digits.get(from..from + 2) {
        Some(part) => part.parse::<i8>().ok(),
        None => (digits.len() <= from).then_some(0),
    };
    let nanoseconds: i32 = format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()?;
    Time::new(part(0)?, part(2)?, part(4)?, nanoseconds).ok()
}

fn parse_zone(text: &str) -> Option<SignedDuration> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(SignedDuration::ZERO);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = if digits.len() > 2 { digits.get(2..4)?.parse().ok()? } else { 0 };
    Some(SignedDuration::from_secs(sign * (hours * 3600 + minutes * 60)))
}

/// `-P1Y2M10DT2H30M5S` (weeks too).
fn parse_duration(text: &str) -> Option<SignedDuration> {
    const DAY: i64 = 86_400;
    let (negative, rest) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let mut rest = rest.strip_prefix(['P', 'p'])?;
    let mut total = SignedDuration::ZERO;
    let mut in_time = false;
    let mut parts = 0;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(['T', 't']) {
            in_time = true;
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = (rest.get(..end)?, rest.get(end..=end)?);
        rest = rest.get(end + 1..)?;
        let seconds = match (unit.to_ascii_uppercase().as_str(), in_time) {
            ("Y", false) => 365 * DAY,
            ("M", false) => 30 * DAY,
            ("W", false) => 7 * DAY,
            ("D", false) => DAY,
            ("H", true) => 3_600,
            ("M", true) => 60,
            ("S", true) => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let amount = whole.parse::<i64>().ok()?.checked_mul(seconds)?;
        let nanoseconds: i32 = format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok()?;
        total = total.checked_add(SignedDuration::new(amount, 0))?;
        if unit.eq_ignore_ascii_case("s") {
            total = total.checked_add(SignedDuration::new(0, nanoseconds))?;
        }
        parts += 1;
    }
    match (parts, negative) {
        (0, _) => None,
        (_, true) => total.checked_neg(),
        (_, false) => Some(total),
    }
}

/// A date after a .NET format, standard (one letter) or custom. `None` for a format that .NET refuses.
fn show(date: DateTime, format: &str) -> Option<String> {
    let custom = match format {
        "" | "G" => "MM/dd/yyyy HH:mm:ss",
        "d" => "MM/dd/yyyy",
        "D" => "dddd, dd MMMM yyyy",
        "f" => "dddd, dd MMMM yyyy HH:mm",
        "F" | "U" => "dddd, dd MMMM yyyy HH:mm:ss",
        "g" => "MM/dd/yyyy HH:mm",
        "M" | "m" => "MMMM dd",
        "O" | "o" => "yyyy-MM-ddTHH:mm:ss.fffffffK",
        "R" | "r" => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "t" => "HH:mm",
        "T" => "HH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        "Y" | "y" => "yyyy MMMM",
        single if single.chars().count() == 1 => return None,
        custom => custom,
    };
    let mut out = String::new();
    let mut rest = custom;
    while let Some(c) = rest.chars().next() {
        let run = rest.chars().take_while(|next| *next == c).count();
        let taken = match c {
            '\\' => {
                out.extend(rest.chars().nth(1));
                1 + rest.chars().nth(1).map_or(0, char::len_utf8)
            }
            '\'' | '"' => {
                let inside = rest.get(1..)?;
                let end = inside.find(c)?;
                out.push_str(inside.get(..end)?);
                end + 2
            }
            '%' => 1,
            _ if field(date, c, run, &mut out) => run,
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(taken..)?;
    }
    Some(out)
}

/// Writes the field that `run` times `letter` stands for; `false` if the letter is text.
fn field(date: DateTime, letter: char, run: usize, out: &mut String) -> bool {
    let name = |names: &[&'static str], index: i8| {
        usize::try_from(index - 1).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    };
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let two = run.min(2);
    let hour12 = match date.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let written = match (letter, run) {
        ('y', 1) => write!(out, "{}", date.year() % 100),
        ('y', 2) => write!(out, "{:02}", date.year() % 100),
        ('y', _) => write!(out, "{:0run$}", date.year()),
        ('M', 1 | 2) => write!(out, "{:0two$}", date.month()),
        ('M', 3) => write!(out, "{}", short(name(&MONTHS, date.month()))),
        ('M', _) => write!(out, "{}", name(&MONTHS, date.month())),
        ('d', 1 | 2) => write!(out, "{:0two$}", date.day()),
        ('d', 3) => write!(out, "{}", short(name(&WEEKDAYS, date.weekday().to_monday_one_offset()))),
        ('d', _) => write!(out, "{}", name(&WEEKDAYS, date.weekday().to_monday_one_offset())),
        ('H', _) => write!(out, "{:0two$}", date.hour()),
        ('h', _) => write!(out, "{hour12:0two$}"),
        ('m', _) => write!(out, "{:0two$}", date.minute()),
        ('s', _) => write!(out, "{:0two$}", date.second()),
        ('f' | 'F', 1..=7) => {
            let digits = format!("{:09}", date.subsec_nanosecond());
            let digits = digits.get(..run).unwrap_or("");
            write!(out, "{}", if letter == 'F' { digits.trim_end_matches('0') } else { digits })
        }
        ('t', 1) => write!(out, "{}", if date.hour() < 12 { "A" } else { "P" }),
        ('t', _) => write!(out, "{}", if date.hour() < 12 { "AM" } else { "PM" }),
        ('z', 1) => write!(out, "+0"),
        ('z', 2) => write!(out, "+00"),
        ('z', _) => write!(out, "+00:00"),
        ('K', _) => write!(out, "Z"),
        _ => return false,
    };
    written.is_ok()
}
