//! Checks JSON against rules like those of the vendor's schema, and says which field broke which.
//!
//! It works on the raw value and shares no type with any client: a body that a client's own types
//! would accept must still be refused here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use url::Url;

/// What was wrong, by JSON path; the shape of `details` in a 400.
pub(crate) type Details = BTreeMap<String, Vec<String>>;

/// What a value has to be.
#[derive(Clone, Debug, PartialEq)]
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
    /// A number in a range, both ends included.
    Number {
        least: f64,
        most: f64,
    },
    /// One of these words.
    Choice(Vec<String>),
    /// One of these whole numbers.
    Numbers(Vec<i64>),
    Flag,
    /// An absolute URI.
    Address,
    /// Width to height, such as `16:9`.
    Ratio,
    /// A list of values of one kind, with a length in a range.
    List {
        least: usize,
        most: usize,
        of: Box<Rule>,
    },
    /// An object with these fields and no others.
    Object(Vec<Field>),
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub name: String,
    pub required: bool,
    pub rule: Rule,
}

impl Field {
    pub fn required(name: &str, rule: Rule) -> Self {
        Self {
            name: name.to_owned(),
            required: true,
            rule,
        }
    }

    pub fn optional(name: &str, rule: Rule) -> Self {
        Self {
            name: name.to_owned(),
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
                Some(number) => beyond(&number, least, most).into_iter().for_each(wrong),
            },
            Self::Number { least, most } => match value.as_f64() {
                None => wrong(expected("number", value)),
                Some(number) => beyond(&number, least, most).into_iter().for_each(wrong),
            },
            Self::Numbers(numbers) => match whole(value) {
                None if !value.is_number() => wrong(expected("number", value)),
                Some(number) if numbers.contains(&number) => {}
                _ => {
                    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                    wrong(format!("Invalid input. Expected {}", numbers.join(" | ")));
                }
            },
            Self::Ratio => match value.as_str().map(ratio) {
                None => wrong(expected("string", value)),
                Some(None) => wrong("Invalid".to_owned()),
                Some(Some(_)) => {}
            },
            Self::Choice(words) => match value.as_str() {
                None => wrong(expected("string", value)),
                Some(word) if !words.iter().any(|one| one == word) => {
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
                for field in fields {
                    let at = below(path, &field.name);
                    match object.get(&field.name) {
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

/// Width to height; `None` for any other text.
pub(crate) fn ratio(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once(':')?;
    let side = |digits: &str| {
        let are_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        are_digits.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    Some((side(width)?, side(height)?))
}

impl Rule {
    /// The same rule as a JSON Schema, for the tests of clients.
    pub fn schema(&self) -> Value {
        match self {
            Self::Text { least, most } if *most == usize::MAX => {
                json!({"type": "string", "minLength": least})
            }
            Self::Text { least, most } => {
                json!({"type": "string", "minLength": least, "maxLength": most})
            }
            Self::Whole { least, most } => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Self::Number { least, most } => {
                json!({"type": "number", "minimum": least, "maximum": most})
            }
            Self::Choice(words) => json!({"type": "string", "enum": words}),
            Self::Numbers(numbers) => json!({"type": "number", "enum": numbers}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Address => json!({"type": "string", "format": "uri"}),
            Self::Ratio => json!({"type": "string", "pattern": "^\\d+:\\d+$"}),
            Self::List { least, most, of } if *most == usize::MAX => json!({
                "type": "array", "minItems": least, "items": of.schema(),
            }),
            Self::List { least, most, of } => json!({
                "type": "array", "minItems": least, "maxItems": most, "items": of.schema(),
            }),
            Self::Object(fields) => {
                let required: Vec<_> = fields
                    .iter()
                    .filter(|field| field.required)
                    .map(|field| field.name.clone())
                    .collect();
                let properties: Map<String, Value> = fields
                    .iter()
                    .map(|field| (field.name.clone(), field.rule.schema()))
                    .collect();
                json!({
                    "type": "object", "additionalProperties": false,
                    "required": required, "properties": properties,
                })
            }
        }
    }
}

/// How a number is outside its range.
fn beyond<N: PartialOrd + std::fmt::Display>(number: &N, least: &N, most: &N) -> Option<String> {
    if number < least {
        Some(format!("Number must be greater than or equal to {least}"))
    } else if number > most {
        Some(format!("Number must be less than or equal to {most}"))
    } else {
        None
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

    fn wrong(rule: &Rule, value: &Value) -> Vec<String> {
        let mut details = Details::new();
        rule.check(value, "", &mut details);
        details.into_keys().collect()
    }

    fn shots() -> Rule {
        Rule::List {
            least: 1,
            most: 2,
            of: Box::new(Rule::Object(vec![
                Field::required("prompt", Rule::Text { least: 1, most: 4 }),
                Field::optional("duration", Rule::Whole { least: 1, most: 15 }),
            ])),
        }
    }

    #[test]
    fn every_fault_is_named_by_its_path() {
        let value = json!([{"prompt": "far too long", "duration": 16}, {"style": 1}]);
        assert_eq!(
            wrong(&shots(), &value),
            ["0.duration", "0.prompt", "1.prompt", "1.style"]
        );
        assert!(wrong(&shots(), &json!([{"prompt": "ok"}])).is_empty());
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let rule = Rule::Text { least: 1, most: 4 };
        assert!(wrong(&rule, &json!("🦊🦊🦊🦊")).is_empty());
        assert!(!wrong(&rule, &json!("🦊🦊🦊🦊🦊")).is_empty());
    }

    fn length() -> Rule {
        let rule = Rule::Whole { least: 3, most: 15 };
        Rule::Object(vec![Field::optional("duration", rule)])
    }

    #[test]
    fn null_is_not_absent_and_text_is_not_a_number() {
        assert!(wrong(&length(), &json!({})).is_empty());
        assert!(wrong(&length(), &json!({"duration": 5.0})).is_empty());
        for refused in [json!(null), json!("5"), json!(5.5), json!(2), json!(16)] {
            assert_eq!(
                wrong(&length(), &json!({"duration": refused})),
                ["duration"],
                "{refused}"
            );
        }
    }

    #[test]
    fn numbers_ratios_and_ranges_have_their_values_and_no_others() {
        let numbers = Rule::Numbers(vec![5, 10]);
        let scale = Rule::Number {
            least: 0.0,
            most: 1.0,
        };
        for (rule, right, wrong_ones) in [
            (
                &numbers,
                vec![json!(5), json!(10.0)],
                vec![json!(7), json!("5"), json!(5.5)],
            ),
            (
                &scale,
                vec![json!(0), json!(0.3)],
                vec![json!(1.1), json!(-1), json!("1")],
            ),
            (
                &Rule::Ratio,
                vec![json!("16:9")],
                vec![json!("wide"), json!("16:"), json!("-1:2"), json!(1.78)],
            ),
        ] {
            for value in right {
                assert!(wrong(rule, &value).is_empty(), "{value}");
            }
            for value in wrong_ones {
                assert_eq!(wrong(rule, &value), [""], "{value}");
            }
        }
    }
}
