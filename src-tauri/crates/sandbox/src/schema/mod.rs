//! Turns a body into a request, or into the 400 that says what is wrong with it.

mod kling;
mod rules;

use serde_json::{Map, Value};

pub(crate) use rules::{Details, whole};

use crate::render::{Mode, Shape};

/// The models that the sandbox supports.
pub(crate) const MODELS: [&str; 2] = ["kling-3.0", "kling-3.0-omni"];

/// A body that the schema allows, with the schema's own defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub model: String,
    pub prompt: String,
    pub mode: Mode,
    /// Whole seconds.
    pub duration: u32,
    pub shape: Shape,
    pub sound: bool,
    pub start_image: Option<String>,
    pub end_image: Option<String>,
    /// `multi_prompt` as received: a string or a list, depending on the model.
    pub shots: Option<Value>,
    pub references: Vec<String>,
    pub reference_video: Option<String>,
}

/// Checks a body against the schema of the model that it names.
///
/// # Errors
/// What is wrong with it, by JSON path.
pub(crate) fn judge(body: &Value) -> Result<Request, Details> {
    let mut details = Details::new();
    let rule = match body.get("model").and_then(Value::as_str) {
        Some("kling-3.0") => kling::KLING_3,
        Some("kling-3.0-omni") => kling::KLING_3_OMNI,
        other => {
            let message = match other {
                Some(model) => {
                    format!(
                        "This sandbox has no model '{model}', only {}.",
                        MODELS.join(" and ")
                    )
                }
                None => format!(
                    "Invalid discriminator value. Expected {}.",
                    MODELS.join(" or ")
                ),
            };
            return Err(Details::from([("model".to_owned(), vec![message])]));
        }
    };
    rule.check(body, "", &mut details);
    let nothing = Map::new();
    let params = body
        .get("klingParams")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    if params.contains_key("end_image") && !params.contains_key("start_image") {
        let at = details
            .entry("klingParams.end_image".to_owned())
            .or_default();
        at.push("end_image needs a start_image".to_owned());
    }
    if details.is_empty() {
        Ok(Request::read(body, params))
    } else {
        Err(details)
    }
}

impl Request {
    /// Reads a body that has been found valid.
    fn read(body: &Value, params: &Map<String, Value>) -> Self {
        let text = |name: &str| params.get(name).and_then(Value::as_str);
        let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            model: owned(body.get("model").and_then(Value::as_str)),
            prompt: owned(body.get("prompt").and_then(Value::as_str)),
            mode: match text("mode") {
                Some("standard") => Mode::Standard,
                Some("4k") => Mode::FourK,
                _ => Mode::Pro,
            },
            duration: params
                .get("duration")
                .and_then(whole)
                .and_then(|s| u32::try_from(s).ok())
                .unwrap_or(5),
            shape: match text("aspect_ratio") {
                Some("9:16") => Shape::Tall,
                Some("1:1") => Shape::Square,
                _ => Shape::Wide,
            },
            sound: params
                .get("generate_audio")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            start_image: text("start_image").map(str::to_owned),
            end_image: text("end_image").map(str::to_owned),
            shots: params.get("multi_prompt").cloned(),
            references: params
                .get("reference_images")
                .and_then(Value::as_array)
                .map(|list| {
                    list.iter()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect()
                })
                .unwrap_or_default(),
            reference_video: text("reference_video").map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(body: &Value) -> Vec<String> {
        judge(body).err().unwrap_or_default().into_keys().collect()
    }

    #[test]
    fn defaults_are_those_of_the_real_service() {
        let request = judge(&json!({"model": "kling-3.0", "prompt": "x"})).ok();
        let request = request.map(|r| (r.mode, r.duration, r.shape, r.sound));
        assert_eq!(request, Some((Mode::Pro, 5, Shape::Wide, false)));
    }

    #[test]
    fn each_model_has_its_own_closed_body() {
        let with = |model: &str, params: Value| json!({"model": model, "prompt": "x", "klingParams": params});
        let as_text = json!({"multi_prompt": "[]"});
        let as_list = json!({"multi_prompt": [{"prompt": "x", "duration": 5}]});
        assert!(paths(&with("kling-3.0", as_text.clone())).is_empty());
        assert_eq!(
            paths(&with("kling-3.0", as_list.clone())),
            ["klingParams.multi_prompt"]
        );
        assert!(paths(&with("kling-3.0-omni", as_list)).is_empty());
        assert_eq!(
            paths(&with("kling-3.0-omni", as_text)),
            ["klingParams.multi_prompt"]
        );
        let references = json!({"reference_images": ["https://a.example/b.png"]});
        assert_eq!(
            paths(&with("kling-3.0", references.clone())),
            ["klingParams.reference_images"]
        );
        assert!(paths(&with("kling-3.0-omni", references)).is_empty());
    }

    #[test]
    fn a_model_of_the_real_service_that_is_not_here_is_refused_in_words() {
        let refused = judge(&json!({"model": "kling-3.0-motion-control", "prompt": "x"}));
        let words = refused
            .err()
            .and_then(|details| details.get("model").map(|m| m.concat()));
        assert_eq!(
            words.as_deref(),
            Some(
                "This sandbox has no model 'kling-3.0-motion-control', only kling-3.0 and kling-3.0-omni."
            )
        );
    }

    #[test]
    fn an_end_image_needs_a_start_image() {
        let end = json!({"end_image": "http://127.0.0.1/a.png"});
        assert_eq!(
            paths(&json!({"model": "kling-3.0", "prompt": "x", "klingParams": end})),
            ["klingParams.end_image"]
        );
    }
}
