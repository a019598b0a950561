//! Settings as they are stored: JSON that a later program extends and an earlier one can still
//! read.
//!
//! A missing field takes its default. A field that this program does not know, or whose value it
//! does not know, is kept unchanged under [`Settings::others`]: it is shown, written back, and
//! never sent, since this program can't know what it means.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::values::Settings;

/// The version of the stored settings. A program that changes what a field means increases it and
/// converts older ones here; a new field needs no new version. Settings that were written before
/// there was a number have the same format.
const VERSION: u32 = 1;
const VERSION_FIELD: &str = "version";
const OTHERS_FIELD: &str = "others";

impl Settings {
    /// The text to store.
    #[must_use]
    pub fn to_stored(&self) -> String {
        let mut fields = Map::from_iter([(VERSION_FIELD.to_owned(), VERSION.into())]);
        if let Ok(Value::Object(own)) = serde_json::to_value(self) {
            fields.extend(own.into_iter().filter(|(name, _)| name != OTHERS_FIELD));
        }
        for (name, text) in &self.others {
            let value = serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into());
            fields.insert(name.clone(), value);
        }
        Value::Object(fields).to_string()
    }

    /// What can be read from a stored text, and whether that is all of it.
    #[must_use]
    pub fn from_stored(text: &str) -> (Self, bool) {
        let (Ok(Value::Object(fields)), Ok(Value::Object(defaults))) = (
            serde_json::from_str(text),
            serde_json::to_value(Self::default()),
        ) else {
            return (Self::default(), false);
        };
        let mut known = defaults.clone();
        let mut others = BTreeMap::new();
        for (name, value) in fields {
            if name == VERSION_FIELD || name == OTHERS_FIELD {
                continue;
            }
            let mut alone = defaults.clone();
            let is_field = alone.insert(name.clone(), value.clone()).is_some();
            if is_field && serde_json::from_value::<Self>(Value::Object(alone)).is_ok() {
                known.insert(name, value);
            } else {
                others.insert(name, value.to_string());
            }
        }
        match serde_json::from_value(Value::Object(known)) {
            Ok(settings) => (Self { others, ..settings }, true),
            Err(_) => (Self::default(), false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Mode, Shape};

    #[test]
    fn what_was_stored_is_read_back() {
        let settings = Settings {
            prompt: "Rain".into(),
            mode: Mode::FourK,
            shape: Shape::Tall,
            ..Settings::default()
        };
        let stored = settings.to_stored();
        assert!(stored.contains("\"version\":1"), "{stored}");
        assert_eq!(Settings::from_stored(&stored), (settings, true));
    }

    #[test]
    fn a_missing_field_takes_its_default() {
        let (settings, whole) = Settings::from_stored(r#"{"prompt":"Rain"}"#);
        let expected = Settings {
            prompt: "Rain".into(),
            ..Settings::default()
        };
        assert_eq!((settings, whole), (expected, true));
    }

    #[test]
    fn what_a_newer_program_wrote_is_kept_and_written_back() {
        let newer = r#"{"version":2,"model":"kling-4.0","prompt":"Rain","mode":"pro","length":30,"camera":{"pan":3}}"#;
        let (settings, whole) = Settings::from_stored(newer);
        assert!(whole);
        assert_eq!((settings.prompt.as_str(), settings.length), ("Rain", 30));
        let others: Vec<_> = settings.others.keys().map(String::as_str).collect();
        assert_eq!(others, ["camera", "model"]);
        let Ok(written) = serde_json::from_str::<Value>(&settings.to_stored()) else {
            unreachable!()
        };
        assert_eq!(written["model"], "kling-4.0");
        assert_eq!(written["camera"]["pan"], 3);
    }

    #[test]
    fn garbage_is_said_to_be_garbage() {
        for text in ["", "not json", "[]", "null", "{\"prompt\":"] {
            assert_eq!(Settings::from_stored(text), (Settings::default(), false));
        }
    }
}
