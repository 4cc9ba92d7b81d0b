//! `uniqueString` and `guid`: deterministic names from any number of strings.
//!
//! Both hash the arguments joined with `-` (checked against the values in Bicep's tests).

use uuid::Uuid;

use super::table::{ANY, Answer, Call, Function, Stop, Taint};
use super::text::{join, printed};
use crate::value::{Facts, Kind, Piece, Value, ValueType};

pub(super) const FUNCTIONS: &[Function] = &[
    // A digest does not tell what it was made of: names are made from secure tenant ids in this way.
    Function::new("uniqueString", (1, ANY), ValueType::String, unique_string).tainted(Taint::Never),
    Function::new("guid", (1, ANY), ValueType::String, guid).tainted(Taint::Never),
];

/// The namespace of ARM's version 5 UUIDs.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);

/// The arguments joined with `-`; if one is not known, the result's length is.
fn joined(call: &Call<'_>, length: i64) -> Result<String, Stop> {
    let mut out = String::new();
    let mut open = false;
    for (index, value) in call.arguments.iter().enumerate() {
        if index > 0 {
            out.push('-');
        }
        match (printed(value), &value.kind) {
            (Some(text), Kind::String(_) | Kind::Number(_)) => out.push_str(&text),
            (_, Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_)) => open = true,
            _ => return Err(call.wrong_argument(index, value, "a string")),
        }
    }
    if open {
        return Err(Stop::Facts(Facts { min: Some(length), max: Some(length), ..Facts::default() }));
    }
    Ok(out)
}

/// 13 digits of base 32 of a 64-bit murmur hash.
fn unique_string(call: &Call<'_>) -> Answer {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut hash = murmur64(joined(call, 13)?.as_bytes());
    let mut out = String::with_capacity(13);
    for _ in 0..13 {
        let digit = usize::try_from(hash >> 59).unwrap_or(0);
        out.push(char::from(DIGITS[digit & 31]));
        hash <<= 5;
    }
    Ok(Value::string(out))
}

fn guid(call: &Call<'_>) -> Answer {
    let name = joined(call, 36)?;
    let text = Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string();
    Ok(join(vec![Piece::Text(text.into())]))
}

/// The first two lanes of MurmurHash3 (x86, 128 bits, seed 0), the second one high.
fn murmur64(data: &[u8]) -> u64 {
    const C1: u32 = 0x239b_961b;
    const C2: u32 = 0xab0e_9789;
    let (mut h1, mut h2) = (0_u32, 0_u32);
    let (blocks, tail) = data.as_chunks::<8>();
    for block in blocks {
        let [a, b, c, d, e, f, g, h] = *block;
        let (k1, k2) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        h1 ^= k1.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
        h1 = h1.rotate_left(19).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x561c_cd1b);
        h2 ^= k2.wrapping_mul(C2).rotate_left(17).wrapping_mul(C1);
        h2 = h2.rotate_left(13).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let mut last = [0_u8; 8];
    last.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
    let [a, b, c, d, e, f, g, h] = last;
    if tail.len() > 4 {
        h2 ^= u32::from_le_bytes([e, f, g, h]).wrapping_mul(C2).rotate_left(17).wrapping_mul(C1);
    }
    if !tail.is_empty() {
        h1 ^= u32::from_le_bytes([a, b, c, d]).wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
    }
    // The length is mixed in modulo 2^32, as the original does.
    #[allow(clippy::cast_possible_truncation)]
    let length = data.len() as u32;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finish(h1);
    h2 = finish(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    (u64::from(h2) << 32) | u64::from(h1)
}

fn finish(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
