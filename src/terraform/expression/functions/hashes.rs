//! Hashes and identifiers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::operators::unknown_from;
use super::{Failure, Function, Invocation, Needs, Parameter, number, string, text};
use crate::value::{Facts, Kind, Reason, ReasonKind, Unknown, Value, ValueType};

/// A hash and how it is written.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    /// Hexadecimal.
    Md5,
    /// Hexadecimal.
    Sha1,
    /// Hexadecimal.
    Sha256,
    /// Hexadecimal.
    Sha512,
    /// Base64.
    Base64Sha256,
    /// Base64.
    Base64Sha512,
}

impl Hash {
    pub(super) fn of(self, bytes: &[u8]) -> String {
        match self {
            Hash::Md5 => hex(&Md5::digest(bytes)),
            Hash::Sha1 => hex(&Sha1::digest(bytes)),
            Hash::Sha256 => hex(&Sha256::digest(bytes)),
            Hash::Sha512 => hex(&Sha512::digest(bytes)),
            Hash::Base64Sha256 => STANDARD.encode(Sha256::digest(bytes)),
            Hash::Base64Sha512 => STANDARD.encode(Sha512::digest(bytes)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hashed(values: &[Value], hash: Hash) -> Result<Value, Failure> {
    Ok(Value::string(hash.of(text(values, 0)?.as_bytes())))
}

const STR: &[Parameter] = &[string("str")];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", STR, ValueType::String, |_, values| hashed(values, Hash::Base64Sha256)),
    Function::new("base64sha512", STR, ValueType::String, |_, values| hashed(values, Hash::Base64Sha512)),
    Function::new("bcrypt", STR, ValueType::String, |_, values| {
        Ok(fresh("bcrypt() is different each time", 60, values))
    })
    .rest(number("cost"))
    .needs(Needs::Nothing),
    Function::new("md5", STR, ValueType::String, |_, values| hashed(values, Hash::Md5)),
    Function::new(
        "rsadecrypt",
        &[string("ciphertext"), string("privatekey")],
        ValueType::String,
        |_, values| {
            let reason = Reason::new(ReasonKind::Unsupported, "rsadecrypt() is not evaluated");
            Ok(text_unknown(reason, 0..=i64::MAX).tainted(values.iter().any(Value::has_secret)))
        },
    )
    .needs(Needs::Nothing),
    Function::new("sha1", STR, ValueType::String, |_, values| hashed(values, Hash::Sha1)),
    Function::new("sha256", STR, ValueType::String, |_, values| hashed(values, Hash::Sha256)),
    Function::new("sha512", STR, ValueType::String, |_, values| hashed(values, Hash::Sha512)),
    Function::new("uuid", &[], ValueType::String, |_, values| {
        Ok(fresh("uuid() is different each time", 36, values))
    })
    .needs(Needs::Nothing),
    Function::new("uuidv5", &[string("namespace"), string("name")], ValueType::String, uuidv5),
];

/// A text of this length that is different at each run.
pub(super) fn fresh(reason: &str, length: i64, values: &[Value]) -> Value {
    let secret = values.iter().any(Value::has_secret);
    text_unknown(Reason::new(ReasonKind::NonDeterministic, reason), length..=length).tainted(secret)
}

/// A text of which only the length is known, in characters.
pub(super) fn text_unknown(reason: Reason, length: std::ops::RangeInclusive<i64>) -> Value {
    let facts = Facts { not_null: true, min: Some(*length.start()), max: Some(*length.end()), pieces: None };
    Value::new(Kind::Unknown(Unknown::new(reason).with_type(ValueType::String).with_facts(facts).into()))
}

fn uuidv5(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    use uuid::Uuid;
    if values.iter().any(|value| value.as_str().is_none()) {
        return Ok(unknown_from(values, ValueType::String));
    }
    let namespace = match text(values, 0)? {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other).map_err(|_| "uuidv5() doesn't support this namespace")?,
    };
    Ok(Value::string(Uuid::new_v5(&namespace, text(values, 1)?.as_bytes()).to_string()))
}
