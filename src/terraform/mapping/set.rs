//! The order in which a provider goes through a set.
//!
//! The provider's SDK (`helper/schema`) keeps a set under the CRC-32 of each item's serialized form, a scalar's text and `;`,
//! and lists it by those numbers sorted as text.

use std::sync::Arc;

use crate::value::{Item, Kind, Value};

use super::text;

/// The list in that order. A list of which not all is known stays as it is written.
pub(super) fn in_order(value: &Value) -> Value {
    let Some(array) = value.as_array().filter(|array| array.is_closed()) else { return value.clone() };
    let keyed: Option<Vec<(String, Item)>> = array
        .items
        .iter()
        .map(|item| Some((crc32(&format!("{};", text::of_scalar(&item.value)?)).to_string(), item.clone())))
        .collect();
    let Some(mut keyed) = keyed else { return value.clone() };
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut sorted = array.clone();
    sorted.items = keyed.into_iter().map(|(_, item)| item).collect();
    Value { kind: Kind::Array(Arc::new(sorted)), ..value.clone() }
}

/// CRC-32 as IEEE 802.3 has it.
fn crc32(text: &str) -> u32 {
    let shifted = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !text.bytes().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| shifted(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(items: &[&str]) -> Vec<String> {
        let list = Value::array(items.iter().map(|item| Value::string(*item)).collect());
        let sorted = in_order(&list);
        sorted.as_array().unwrap().values().map(|item| item.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_set_comes_in_the_order_of_its_hashes() {
        assert_eq!(crc32("123456789"), 0xCBF4_3926);
        assert_eq!(shown(&["Http", "Https"]), ["Https", "Http"]);
        assert_eq!(shown(&["1", "2"]), ["2", "1"]);
    }

    #[test]
    fn a_list_with_something_unknown_stays_as_written() {
        let unknown = Value::unknown(crate::value::Reason::new(crate::value::ReasonKind::Runtime, "later"));
        let list =
            Value::array(vec![Value::string("Http"), unknown, Value::string("Https")].into_iter().collect());
        let first = in_order(&list).as_array().and_then(|array| array.values().next().cloned());
        assert_eq!(first.as_ref().and_then(Value::as_str), Some("Http"));
    }
}
