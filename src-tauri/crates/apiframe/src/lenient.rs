//! Reads the server's replies without rejecting a whole reply over one odd field.
//!
//! A job that was paid for must be found again even when its `error` is an object or its date has
//! another format. So every field that is not essential reads as absent when it is not what the
//! schema promises. Sending is the opposite: exact, and not done here.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

/// The value, or `T`'s default if it has another type.
pub(crate) fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(from)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// The readable items of a list; unreadable ones are left out. Anything but a list is an error: "no
/// jobs" and "not a list of jobs" must not be mistaken for each other.
pub(crate) fn items<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(readable(Vec::deserialize(from)?))
}

/// The values that can be read.
pub(crate) fn readable<T: DeserializeOwned>(values: Vec<Value>) -> Vec<T> {
    values
        .into_iter()
        .filter_map(|value| T::deserialize(value).ok())
        .collect()
}

/// A whole number, even when it is written as `12.0`; anything else is `None`.
pub(crate) fn whole<'de, D>(from: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(as_whole(&Value::deserialize(from)?))
}

/// Many times the price of the most expensive clip of any model. A higher or a negative cost counts
/// as no cost: it would affect prices and spending limits.
pub(crate) const MOST_CREDITS: i64 = 1_000_000;

/// What something costs, in credits; `None` if that is not a sensible number.
pub(crate) fn cost<'de, D>(from: D) -> Result<Option<i64>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(whole(from)?.filter(|credits| (0..=MOST_CREDITS).contains(credits)))
}

/// The longest id that is accepted: a UUID has 36 characters.
const LONGEST_ID: usize = 128;

/// The id of a job: a UUID by the schema. Any other short name is accepted too, as long as it can
/// be part of an address as it is. The id is stored, shown, and used to query the job.
pub(crate) fn id<'de, D>(from: D) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    let id = String::deserialize(from)?;
    if is_id(&id) {
        Ok(id)
    } else {
        // Not quoted: it may be anything, of any length.
        Err(serde::de::Error::custom("the job's id is not one"))
    }
}

/// Whether a text can be the id of a job.
pub(crate) fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    (1..=LONGEST_ID).contains(&text.len())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A percentage as a whole number, clamped to 0 to 100; anything but a number is `None`.
pub(crate) fn percent<'de, D>(from: D) -> Result<Option<u8>, D::Error>
where
    D: Deserializer<'de>,
{
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped just before
    let clamped = |number: f64| number.clamp(0.0, 100.0) as u8;
    Ok(Value::deserialize(from)?.as_f64().map(clamped))
}

fn as_whole(value: &Value) -> Option<i64> {
    /// Up to this value, every whole `f64` is exactly the integer that was written.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        #[allow(clippy::cast_possible_truncation)] // whole and within EXACT
        (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
    })
}
