use std::sync::Arc;

use crate::arm::template::{ForLoop, LoopSource, Name};
use crate::source::Span;
use crate::value::{Array, Item, Kind, Unknown, Value, ValueType};

use super::frame::{Env, LocalKey};
use super::session::{MAX_TURNS, Session};

/// Whether something is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// No loop.
    Single,
    /// A loop whose turns are all known.
    Known,
    /// A loop over something that is not known: one turn stands for all.
    Unknown,
}

/// The turns of a loop.
pub(super) struct Turns {
    pub(super) shape: Shape,
    pub(super) turns: Vec<Turn>,
    /// Set when there may be turns that are not known: why.
    pub(super) open: Option<Arc<Unknown>>,
}

/// One turn.
pub(super) struct Turn {
    item: Value,
    index: Value,
    /// Its number, from 0; `None` for the one turn that stands for unknown ones.
    pub(super) number: Option<usize>,
    /// Whether it takes place at all.
    pub(super) certain: bool,
}

impl Turn {
    fn known(number: usize, item: Value) -> Self {
        let index = Value::int(i64::try_from(number).unwrap_or(i64::MAX));
        Turn { item, index, number: Some(number), certain: true }
    }

    /// The locals of the turn.
    pub(super) fn binds(
        self,
        item: &Option<Name>,
        index: &Option<Name>,
        copy: &Option<Name>,
        over: LoopSource,
        property: bool,
    ) -> Vec<(LocalKey, Value)> {
        let mut binds = Vec::with_capacity(2);
        if let Some(name) = item {
            binds.push((LocalKey::Name(name.clone()), self.item));
        }
        if let Some(name) = index {
            binds.push((LocalKey::Name(name.clone()), self.index.clone()));
        }
        if let LoopSource::Count(_) = over {
            binds.push((LocalKey::Copy { name: copy.clone(), property }, self.index));
        }
        binds
    }
}

/// How many turns are told apart where their number is not known.
const MAX_UNCERTAIN: i64 = 1_000;

/// Turns without items: `least` certain ones, and further ones up to `most`.
fn numbered(least: i64, most: i64) -> Vec<Turn> {
    let turns = (0..most.min(MAX_UNCERTAIN)).zip(0_usize..);
    turns
        .map(|(number, index)| Turn { certain: number < least, ..Turn::known(index, Value::null()) })
        .collect()
}

impl Session<'_> {
    /// What a loop runs over.
    pub(super) fn turns(&self, env: &Env, over: LoopSource, span: Span) -> Turns {
        match over {
            LoopSource::Items(id) => self.turns_over(&self.eval(env, id), span),
            LoopSource::Count(id) => self.counted(&self.eval(env, id), span),
        }
    }

    fn counted(&self, count: &Value, span: Span) -> Turns {
        if let Some(count) = count.as_int() {
            return match usize::try_from(count) {
                Ok(count) if count <= MAX_TURNS => Turns {
                    shape: Shape::Known,
                    turns: (0..count).map(|number| Turn::known(number, Value::null())).collect(),
                    open: None,
                },
                Ok(count) => self.too_many(count, span),
                Err(_) => self.symbolic(&self.mistake("a loop cannot run a negative number of times", span)),
            };
        }
        if let [_, _, ..] = count.alternatives() {
            let counts = count.alternatives().iter().map(Value::as_int).collect::<Option<Vec<i64>>>();
            if let Some((least, most)) =
                counts.and_then(|counts| Some((*counts.iter().min()?, *counts.iter().max()?)))
            {
                let open = Unknown::because_of([count]).map(Arc::new);
                return Turns { shape: Shape::Known, turns: numbered(least, most), open };
            }
        }
        // Of an array that may have more items than are known, at least the known ones have their turns.
        let least = count.as_unknown().and_then(|unknown| unknown.facts.min).unwrap_or(0);
        let symbolic = self.symbolic(count);
        if least <= 0 {
            return symbolic;
        }
        let turns = numbered(least, least).into_iter().chain(symbolic.turns);
        Turns { shape: Shape::Known, turns: turns.collect(), open: symbolic.open }
    }

    fn turns_over(&self, items: &Value, span: Span) -> Turns {
        match &items.kind {
            Kind::Array(array) if array.items.len() > MAX_TURNS => self.too_many(array.items.len(), span),
            Kind::Array(array) => {
                let secret = items.secret;
                let turns = array.values().enumerate();
                let mut turns: Vec<Turn> =
                    turns.map(|(number, item)| Turn::known(number, item.clone().tainted(secret))).collect();
                if let Some(open) = &array.open {
                    turns.extend(self.symbolic(&Value::new(Kind::Unknown(Arc::clone(open)))).turns);
                }
                Turns { shape: Shape::Known, turns, open: array.open.clone() }
            }
            Kind::OneOf(choices) => self.merged(choices, items, span),
            Kind::Unknown(_) | Kind::Reference(_) => self.symbolic(items),
            Kind::Null => self.symbolic(&self.mistake("a loop cannot run over null", span)),
            _ => self.symbolic(&self.mistake("a loop runs over an array only", span)),
        }
    }

    /// The turns of one of several arrays: a turn that only some of them have may not take place.
    fn merged(&self, choices: &[Value], items: &Value, span: Span) -> Turns {
        let arrays: Vec<&Array> = choices.iter().filter_map(Value::as_array).collect();
        let most = arrays.iter().map(|array| array.items.len()).max().unwrap_or(0);
        if arrays.len() < choices.len() || arrays.iter().any(|array| array.open.is_some()) {
            return self.symbolic(items);
        }
        if most > MAX_TURNS {
            return self.too_many(most, span);
        }
        let turns = (0..most).map(|number| {
            let here: Vec<Value> = arrays
                .iter()
                .filter_map(|array| array.items.get(number).map(|item| item.value.clone()))
                .collect();
            let certain = here.len() == arrays.len();
            let item = Value::one_of(here).unwrap_or_else(Value::null).tainted(items.secret);
            Turn { certain, ..Turn::known(number, item) }
        });
        Turns { shape: Shape::Known, turns: turns.collect(), open: None }
    }

    fn too_many(&self, count: usize, span: Span) -> Turns {
        self.symbolic(
            &self.limit(
                format!("a loop of {count} turns is followed once: more than {MAX_TURNS} are not"),
                span,
            ),
        )
    }

    /// One turn for all, with an item that is not known for the reasons of `source`.
    fn symbolic(&self, source: &Value) -> Turns {
        let unknown = Unknown::because_of([source]).unwrap_or_else(|| {
            let reason =
                crate::value::Reason::new(crate::value::ReasonKind::Loop, "the loop's items are not known");
            Unknown::new(reason)
        });
        let open = Arc::new(unknown.clone());
        let index = Value::new(Kind::Unknown(Arc::new(unknown.clone().with_type(ValueType::Number))));
        let item = Value::new(Kind::Unknown(Arc::new(unknown))).tainted(source.secret);
        let turn = Turn { item, index, number: None, certain: false };
        Turns { shape: Shape::Unknown, turns: vec![turn], open: Some(open) }
    }

    /// A loop as a value. `property`: ARM's copy of a property.
    pub(super) fn for_loop(&self, env: &Env, looped: &ForLoop, property: bool, span: Span) -> Value {
        let over = self.eval(env, looped.over.expression());
        let turns = |value: &Value| match looped.over {
            LoopSource::Items(_) => self.turns_over(value, span),
            LoopSource::Count(_) => self.counted(value, span),
        };
        // Over one of several arrays or counts, the loop gives one of several arrays.
        let arrays =
            over.alternatives().iter().map(|one| self.array_of(env, looped, turns(one), property, span));
        Value::one_of(arrays.collect::<Vec<_>>()).unwrap_or_else(Value::null).at(span)
    }

    fn array_of(&self, env: &Env, looped: &ForLoop, turns: Turns, property: bool, span: Span) -> Value {
        let mut array = Array { open: turns.open, ..Array::default() };
        for turn in turns.turns {
            self.turn();
            if self.exhausted() {
                array.open =
                    array.open.take().or_else(|| Unknown::because_of([&self.tired(span)]).map(Arc::new));
                break;
            }
            let certain = turn.certain;
            let env =
                env.turn(turn.binds(&looped.item, &looped.index, &looped.copy_name, looped.over, property));
            let kept = match looped.condition.map(|condition| self.truth(&env, condition)) {
                None | Some(Ok(true)) => true,
                Some(Ok(false)) => continue,
                Some(Err(unknown)) => {
                    if array.open.is_none() {
                        array.open = Unknown::because_of([&unknown]).map(Arc::new);
                    }
                    false
                }
            };
            let value = self.perhaps_if(!(certain && kept), || self.eval(&env, looped.body));
            array.items.push(Item::from(value));
        }
        Value::array(array)
    }
}
