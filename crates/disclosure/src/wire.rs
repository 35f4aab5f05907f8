//! How what was released is written into the ledger and read back. Private to the crate, so
//! that nobody else can make a released value out of a file.

use crate::{
    Cell, Published, Released, ReleasedAttrition, ReleasedBlock, ReleasedCharacteristics,
    ReleasedCourse, ReleasedCurves, ReleasedDurations, ReleasedFlow, ReleasedMeasures,
    ReleasedProjection, ReleasedQuotations, ReleasedRegression, ReleasedTable, Withheld,
};
use serde_json::{Map, Value};

/// A value with a form in the ledger.
pub(crate) trait Wire: Sized {
    /// The form.
    fn write(&self) -> Value;
    /// The value, if the form is right.
    fn read(form: Value) -> Option<Self>;
}

/// The form as serde knows it, for the private record alone.
pub(crate) mod form {
    use super::Wire;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<T: Wire, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.write().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Wire, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let form = serde_json::Value::deserialize(deserializer)?;
        T::read(form).ok_or_else(|| D::Error::custom("another form"))
    }
}

macro_rules! plain {
    ($($type:ty),+ $(,)?) => {$(
        impl Wire for $type {
            fn write(&self) -> Value {
                serde_json::to_value(self).expect("plain values have a form in JSON")
            }
            fn read(form: Value) -> Option<Self> {
                serde_json::from_value(form).ok()
            }
        }
    )+};
}

plain!(
    bool,
    f64,
    i32,
    u32,
    usize,
    String,
    Cell,
    estimate::Caveat,
    estimate::CurveKind,
    estimate::Effect,
    estimate::Method,
    estimate::ResultId,
    estimate::Section,
    estimate::Unit,
    estimate::Provenance,
);

impl<T: Wire> Wire for Vec<T> {
    fn write(&self) -> Value {
        Value::Array(self.iter().map(Wire::write).collect())
    }
    fn read(form: Value) -> Option<Self> {
        match form {
            Value::Array(all) => all.into_iter().map(T::read).collect(),
            _ => None,
        }
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Wire::write)
    }
    fn read(form: Value) -> Option<Self> {
        match form {
            Value::Null => Some(None),
            some => T::read(some).map(Some),
        }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self) -> Value {
        Value::Array(vec![self.0.write(), self.1.write()])
    }
    fn read(form: Value) -> Option<Self> {
        let [a, b] = array(form)?;
        Some((A::read(a)?, B::read(b)?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn write(&self) -> Value {
        Value::Array(vec![self.0.write(), self.1.write(), self.2.write()])
    }
    fn read(form: Value) -> Option<Self> {
        let [a, b, c] = array(form)?;
        Some((A::read(a)?, B::read(b)?, C::read(c)?))
    }
}

fn array<const N: usize>(form: Value) -> Option<[Value; N]> {
    match form {
        Value::Array(all) => all.try_into().ok(),
        _ => None,
    }
}

/// The fields of an object, taken out one by one.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn of(form: Value) -> Option<Self> {
        match form {
            Value::Object(map) => Some(Self(map)),
            _ => None,
        }
    }

    pub(crate) fn take<T: Wire>(&mut self, name: &str) -> Option<T> {
        T::read(self.0.remove(name)?)
    }
}

/// An object of fields.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// A value with its name: `{"name": …}`.
fn tagged(name: &str, value: Value) -> Value {
    object([(name, value)])
}

fn untagged(form: Value) -> Option<(String, Value)> {
    let mut fields = Fields::of(form)?.0.into_iter();
    let only = fields.next()?;
    fields.next().is_none().then_some(only)
}

impl Wire for Released {
    fn write(&self) -> Value {
        match self {
            Self::Table(shape) => tagged("table", shape.write()),
            Self::Characteristics(shape) => tagged("characteristics", shape.write()),
            Self::Curves(shape) => tagged("curves", shape.write()),
            Self::Flow(shape) => tagged("flow", shape.write()),
            Self::Attrition(shape) => tagged("attrition", shape.write()),
            Self::Durations(shape) => tagged("durations", shape.write()),
            Self::Regression(shape) => tagged("regression", shape.write()),
            Self::Course(shape) => tagged("course", shape.write()),
            Self::Projection(shape) => tagged("projection", shape.write()),
            Self::Measures(shape) => tagged("measures", shape.write()),
            Self::Quotations(shape) => tagged("quotations", shape.write()),
            Self::Withheld(withheld) => tagged("withheld", withheld.sentence.write()),
        }
    }

    fn read(form: Value) -> Option<Self> {
        let (name, form) = untagged(form)?;
        Some(match name.as_str() {
            "table" => Self::Table(ReleasedTable::read(form)?),
            "characteristics" => Self::Characteristics(ReleasedCharacteristics::read(form)?),
            "curves" => Self::Curves(ReleasedCurves::read(form)?),
            "flow" => Self::Flow(ReleasedFlow::read(form)?),
            "attrition" => Self::Attrition(ReleasedAttrition::read(form)?),
            "durations" => Self::Durations(ReleasedDurations::read(form)?),
            "regression" => Self::Regression(ReleasedRegression::read(form)?),
            "course" => Self::Course(ReleasedCourse::read(form)?),
            "projection" => Self::Projection(ReleasedProjection::read(form)?),
            "measures" => Self::Measures(ReleasedMeasures::read(form)?),
            "quotations" => Self::Quotations(ReleasedQuotations::read(form)?),
            "withheld" => Self::Withheld(Withheld {
                sentence: String::read(form)?,
            }),
            _ => return None,
        })
    }
}

impl Wire for ReleasedBlock {
    fn write(&self) -> Value {
        match self {
            Self::Categories {
                title,
                levels,
                cells,
                shares,
            } => tagged(
                "categories",
                object([
                    ("title", title.write()),
                    ("levels", levels.write()),
                    ("cells", cells.write()),
                    ("shares", shares.write()),
                ]),
            ),
            Self::Quantity { title, per_group } => tagged(
                "quantity",
                object([("title", title.write()), ("per_group", per_group.write())]),
            ),
        }
    }

    fn read(form: Value) -> Option<Self> {
        let (name, form) = untagged(form)?;
        let mut fields = Fields::of(form)?;
        let title = fields.take("title")?;
        match name.as_str() {
            "categories" => Some(Self::Categories {
                title,
                levels: fields.take("levels")?,
                cells: fields.take("cells")?,
                shares: fields.take("shares")?,
            }),
            "quantity" => Some(Self::Quantity {
                title,
                per_group: fields.take("per_group")?,
            }),
            _ => None,
        }
    }
}

impl Wire for Published {
    fn write(&self) -> Value {
        object([
            ("id", self.id.write()),
            ("section", self.section.write()),
            ("title", self.title.write()),
            ("definition", self.definition.write()),
            ("plain", self.plain.write()),
            ("unit", self.unit.write()),
            ("n", self.n.write()),
            ("provenance", self.provenance.write()),
            ("released", self.released.write()),
        ])
    }

    fn read(form: Value) -> Option<Self> {
        let mut fields = Fields::of(form)?;
        Some(Self {
            id: fields.take("id")?,
            section: fields.take("section")?,
            title: fields.take("title")?,
            definition: fields.take("definition")?,
            plain: fields.take("plain")?,
            unit: fields.take("unit")?,
            n: fields.take("n")?,
            provenance: fields.take("provenance")?,
            released: fields.take("released")?,
        })
    }
}
