//! Checks JSON against rules like those of the vendor's schema, and says which field broke which.
//!
//! It works on the raw value and shares no type with any client: a body that a client's own types
//! would accept must still be refused here.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

/// What was wrong, by JSON path; the shape of `details` in a 400.
pub(crate) type Details = BTreeMap<String, Vec<String>>;

/// What a value has to be.
pub(crate) enum Rule {
    /// Text with a number of characters in a range (code points, as JSON Schema counts).
    Text {
        least: usize,
        most: usize,
    },
    /// A whole number in a range, both ends included.
    Whole {
        least: i64,
        most: i64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    Flag,
    /// An absolute URI.
    Address,
    /// A list of values of one kind, with a length in a range.
    List {
        least: usize,
        most: usize,
        of: &'static Rule,
    },
    /// An object with these fields and no others.
    Object(&'static [Field]),
}

/// A field of an object.
pub(crate) struct Field {
    pub name: &'static str,
    pub required: bool,
    pub rule: Rule,
}

impl Field {
    pub const fn required(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            required: true,
            rule,
        }
    }

    pub const fn optional(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            required: false,
            rule,
        }
    }
}

impl Rule {
    /// Adds everything that is wrong with `value`, which is at `path`, to `details`.
    pub fn check(&self, value: &Value, path: &str, details: &mut Details) {
        let mut wrong = |message: String| details.entry(path.to_owned()).or_default().push(message);
        match self {
            Self::Text { least, most } => match value.as_str().map(|text| text.chars().count()) {
                None => wrong(expected("string", value)),
                Some(length) if length < *least => {
                    wrong(format!("String must contain at least {least} character(s)"));
                }
                Some(length) if length > *most => {
                    wrong(format!("String must contain at most {most} character(s)"));
                }
                Some(_) => {}
            },
            Self::Whole { least, most } => match whole(value) {
                None if value.is_number() => wrong("Expected integer, received float".to_owned()),
                None => wrong(expected("number", value)),
                Some(number) if number < *least => {
                    wrong(format!("Number must be greater than or equal to {least}"));
                }
                Some(number) if number > *most => {
                    wrong(format!("Number must be less than or equal to {most}"));
                }
                Some(_) => {}
            },
            Self::Choice(words) => match value.as_str() {
                None => wrong(expected("string", value)),
                Some(word) if !words.contains(&word) => {
                    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
                    wrong(format!(
                        "Invalid enum value. Expected {}, received '{word}'",
                        words.join(" | ")
                    ));
                }
                Some(_) => {}
            },
            Self::Flag if !value.is_boolean() => wrong(expected("boolean", value)),
            Self::Flag => {}
            Self::Address => match value.as_str().map(Url::parse) {
                None => wrong(expected("string", value)),
                Some(Err(_)) => wrong("Invalid url".to_owned()),
                Some(Ok(_)) => {}
            },
            Self::List { least, most, of } => {
                let Some(items) = value.as_array() else {
                    return wrong(expected("array", value));
                };
                if items.len() < *least {
                    wrong(format!("Array must contain at least {least} element(s)"));
                }
                if items.len() > *most {
                    wrong(format!("Array must contain at most {most} element(s)"));
                }
                for (index, item) in items.iter().enumerate() {
                    of.check(item, &below(path, &index.to_string()), details);
                }
            }
            Self::Object(fields) => {
                let Some(object) = value.as_object() else {
                    return wrong(expected("object", value));
                };
                for field in *fields {
                    let at = below(path, field.name);
                    match object.get(field.name) {
                        Some(value) => field.rule.check(value, &at, details),
                        None if field.required => {
                            details.entry(at).or_default().push("Required".to_owned());
                        }
                        None => {}
                    }
                }
                for name in object
                    .keys()
                    .filter(|name| !fields.iter().any(|field| field.name == **name))
                {
                    details
                        .entry(below(path, name))
                        .or_default()
                        .push("Unrecognized key".to_owned());
                }
            }
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn expected(kind: &str, value: &Value) -> String {
    let received = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("Expected {kind}, received {received}")
}

/// The number if it is a whole one; `5.0` is one, by JSON Schema.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64()?;
        #[allow(clippy::cast_possible_truncation)] // whole and small
        (number.fract() == 0.0 && number.abs() < 1e9).then_some(number as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(rule: &Rule, value: &Value) -> Vec<String> {
        let mut details = Details::new();
        rule.check(value, "", &mut details);
        details.into_keys().collect()
    }

    const SHOTS: Rule = Rule::List {
        least: 1,
        most: 2,
        of: &Rule::Object(&[
            Field::required("prompt", Rule::Text { least: 1, most: 4 }),
            Field::optional("duration", Rule::Whole { least: 1, most: 15 }),
        ]),
    };

    #[test]
    fn every_fault_is_named_by_its_path() {
        let value = json!([{"prompt": "far too long", "duration": 16}, {"style": 1}]);
        assert_eq!(
            wrong(&SHOTS, &value),
            ["0.duration", "0.prompt", "1.prompt", "1.style"]
        );
        assert!(wrong(&SHOTS, &json!([{"prompt": "ok"}])).is_empty());
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let rule = Rule::Text { least: 1, most: 4 };
        assert!(wrong(&rule, &json!("🦊🦊🦊🦊")).is_empty());
        assert!(!wrong(&rule, &json!("🦊🦊🦊🦊🦊")).is_empty());
    }

    const LENGTH: Rule = Rule::Object(&[Field::optional(
        "duration",
        Rule::Whole { least: 3, most: 15 },
    )]);

    #[test]
    fn null_is_not_absent_and_text_is_not_a_number() {
        assert!(wrong(&LENGTH, &json!({})).is_empty());
        assert!(wrong(&LENGTH, &json!({"duration": 5.0})).is_empty());
        for refused in [json!(null), json!("5"), json!(5.5), json!(2), json!(16)] {
            assert_eq!(
                wrong(&LENGTH, &json!({"duration": refused})),
                ["duration"],
                "{refused}"
            );
        }
    }
}
