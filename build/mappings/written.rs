//! A mapping table as it is written in YAML.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A mapping in the order in which it is written; a key twice is an error.
#[derive(Clone, Debug)]
pub(super) struct Ordered<T>(pub Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Ordered(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Ordered<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if members.iter().any(|(other, _)| *other == key) {
                        return Err(de::Error::custom(format!("'{key}' is there twice")));
                    }
                    members.push((key, value));
                }
                Ok(Ordered(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Either the short form, a string, or the long one, a mapping.
#[derive(Clone, Debug)]
pub(super) struct ShortOr<T>(pub T);

impl<'de, T: Deserialize<'de> + FromStr<Err = String>> Deserialize<'de> for ShortOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + FromStr<Err = String>> Visitor<'de> for Either<T> {
            type Value = ShortOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a mapping")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                text.parse().map(ShortOr).map_err(de::Error::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(ShortOr)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// One, or a list of them.
#[derive(Clone, Debug)]
pub(super) struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Several(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Several<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a mapping, or a list of them")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::<E>::new(text)).map(|one| Several(vec![one]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(sequence)).map(Several)
            }
        }
        deserializer.deserialize_any(List(PhantomData))
    }
}

/// One type's table.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Table {
    pub like: Option<String>,
    pub without: Several<String>,
    pub arm: String,
    pub name: Option<String>,
    pub name_default: Option<String>,
    pub name_is: Option<String>,
    pub parent: Several<String>,
    pub part_of: Several<String>,
    pub item: Option<Item>,
    pub scope: Several<String>,
    pub outside: bool,
    pub children: Ordered<ShortOr<Child>>,
    pub attributes: Ordered<Several<ShortOr<Attribute>>>,
    pub set: Ordered<Const>,
    pub given: Ordered<Ordered<Const>>,
}

impl FromStr for Table {
    type Err = String;
    fn from_str(arm: &str) -> Result<Self, String> {
        Ok(Table { arm: arm.to_owned(), ..Table::default() })
    }
}

/// `item: {in: properties.ipConfigurations, named: ip_configuration_name}`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    #[serde(rename = "in")]
    pub path: String,
    pub named: String,
}

/// `blobServices: {arm: Microsoft.Storage/storageAccounts/blobServices, name: default}`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Child {
    pub arm: String,
    #[serde(default = "default_name")]
    pub name: String,
    #[serde(default)]
    pub copy: String,
    #[serde(default)]
    pub without: Several<String>,
    #[serde(default)]
    pub each: Option<Each>,
}

/// Where a child is as many resources as an array in its body has items: `{in: items, named: location}`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Each {
    #[serde(rename = "in")]
    pub list: String,
    pub named: String,
}

fn default_name() -> String {
    "default".to_owned()
}

impl FromStr for Child {
    type Err = String;
    fn from_str(arm: &str) -> Result<Self, String> {
        Ok(Child {
            arm: arm.to_owned(),
            name: default_name(),
            copy: String::new(),
            without: Several::default(),
            each: None,
        })
    }
}

/// Where an attribute goes.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Attribute {
    pub to: String,
    #[serde(rename = "as")]
    pub transforms: Several<String>,
    pub map: Ordered<Const>,
    pub default: Option<Const>,
    pub absent: Option<Const>,
    pub was: Several<String>,
    pub was_not: Several<String>,
}

impl FromStr for Attribute {
    type Err = String;
    fn from_str(to: &str) -> Result<Self, String> {
        Ok(Attribute { to: to.to_owned(), ..Attribute::default() })
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Const {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Const>),
    Object(Vec<(String, Const)>),
}

impl<'de> Deserialize<'de> for Const {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Constant;
        impl<'de> Visitor<'de> for Constant {
            type Value = Const;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean, whole number, string, list or mapping")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Const, E> {
                Ok(Const::Bool(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Const, E> {
                Ok(Const::Int(value))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Const, E> {
                i64::try_from(value).map(Const::Int).map_err(|_| de::Error::custom("number too large"))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Const, E> {
                Ok(Const::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Const, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(sequence)).map(Const::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Const, A::Error> {
                Ordered::deserialize(MapAccessDeserializer::new(map)).map(|members| Const::Object(members.0))
            }
        }
        deserializer.deserialize_any(Constant)
    }
}
