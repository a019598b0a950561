//! Turns a body into a request, or into the 400 that says what is wrong with it.

mod rules;
mod table;

use serde_json::{Map, Value};

pub(crate) use rules::{Details, whole};
pub(crate) use table::{Call, Model, Role, Table};

use crate::render::Mode;

/// A body that the schema allows, by what its fields are for, with the defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub model: String,
    pub block: String,
    pub prompt: String,
    pub mode: Mode,
    /// Whole seconds.
    pub duration: u32,
    /// Width to height.
    pub shape: (u32, u32),
    pub sound: bool,
    pub start: Option<String>,
    pub between: Vec<String>,
    pub end: Option<String>,
    pub references: Vec<String>,
    pub videos: Vec<String>,
    pub sounds: Vec<String>,
    /// The shots as received: a string or a list, depending on the model.
    pub shots: Option<Value>,
}

/// Checks a body against the schema of the model that it names.
///
/// # Errors
/// What is wrong with it, by JSON path.
pub(crate) fn judge(body: &Value, call: Call, table: &Table) -> Result<Request, Details> {
    let named = body.get("model").and_then(Value::as_str);
    let model = named.and_then(|id| table.get(id));
    let Some(model) = model.filter(|model| model.call == call) else {
        let message = match named {
            Some(model) => format!("This sandbox has no model '{model}' here."),
            None => "Invalid discriminator value. Expected the id of a model.".to_owned(),
        };
        return Err(Details::from([("model".to_owned(), vec![message])]));
    };
    let mut details = Details::new();
    model.body.check(body, "", &mut details);
    let nothing = Map::new();
    let block = body.get(&model.block).and_then(Value::as_object);
    let block = block.unwrap_or(&nothing);
    let has = |role| model.fields(role).any(|name| block.contains_key(name));
    if let Some(end) = model
        .fields(Role::End)
        .find(|name| block.contains_key(*name))
        && !has(Role::Start)
        && !has(Role::Videos)
    {
        let at = details.entry(format!("{}.{end}", model.block)).or_default();
        at.push(format!("{end} needs a start picture"));
    }
    if details.is_empty() {
        Ok(Request::read(body, block, model))
    } else {
        Err(details)
    }
}

/// The body of a model of the service as a JSON Schema, for the tests of clients; `None` for a model
/// that the service does not have.
#[must_use]
pub fn body_schema(model: &str) -> Option<Value> {
    Some(Table::service().get(model)?.body.schema())
}

impl Request {
    /// Reads a body that has been found valid.
    fn read(body: &Value, block: &Map<String, Value>, model: &Model) -> Self {
        let value = |role| model.fields(role).find_map(|name| block.get(name));
        let text = |role| value(role).and_then(Value::as_str);
        let texts = |role| -> Vec<String> {
            let values = model.fields(role).filter_map(|name| block.get(name));
            let values = values.flat_map(|value| match value {
                Value::Array(items) => items.iter().collect(),
                one => vec![one],
            });
            values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let length = value(Role::Length).and_then(whole);
        Self {
            model: model.id.clone(),
            block: model.block.clone(),
            prompt: body
                .get("prompt")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            mode: mode(text(Role::Quality), model),
            duration: length.and_then(|it| u32::try_from(it).ok()).unwrap_or(5),
            shape: text(Role::Shape).and_then(rules::ratio).unwrap_or((16, 9)),
            sound: value(Role::Sound).and_then(Value::as_bool).unwrap_or(false),
            start: text(Role::Start).map(str::to_owned),
            between: texts(Role::Between),
            end: text(Role::End).map(str::to_owned),
            references: texts(Role::References),
            videos: texts(Role::Videos),
            sounds: texts(Role::Sounds),
            shots: value(Role::Shots).cloned(),
        }
    }
}

/// The quality that a model's word means. Without a word, Kling's is `pro`, by its documentation.
fn mode(word: Option<&str>, model: &Model) -> Mode {
    match word {
        Some("pro" | "1080p" | "high" | "hd") => Mode::Pro,
        Some("4k") => Mode::FourK,
        None if model.qualities().iter().any(|word| word == "pro") => Mode::Pro,
        _ => Mode::Standard,
    }
}

/// The qualities that a model can be asked for.
pub(crate) fn modes(model: &Model) -> Vec<Mode> {
    let words = model.qualities();
    if words.is_empty() {
        return vec![mode(None, model)];
    }
    words.iter().map(|word| mode(Some(word), model)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &Value) -> Result<Request, Details> {
        judge(body, Call::Generate, Table::service())
    }

    fn paths(body: &Value) -> Vec<String> {
        read(body).err().unwrap_or_default().into_keys().collect()
    }

    #[test]
    fn defaults_are_those_of_the_real_service() {
        let request = read(&json!({"model": "kling-3.0", "prompt": "x"})).ok();
        let request = request.map(|r| (r.mode, r.duration, r.shape, r.sound));
        assert_eq!(request, Some((Mode::Pro, 5, (16, 9), false)));
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
    fn a_model_that_is_not_here_is_refused_in_words() {
        for (model, call) in [
            ("kling-9", Call::Generate),
            ("topaz-video-upscale", Call::Generate),
            ("kling-3.0", Call::Upscale),
        ] {
            let refused = judge(
                &json!({"model": model, "prompt": "x"}),
                call,
                Table::service(),
            );
            let details = refused.err().unwrap_or_default();
            let said = details.get("model").map(|said| said.concat());
            let expected = format!("This sandbox has no model '{model}' here.");
            assert_eq!(said, Some(expected));
        }
    }

    #[test]
    fn an_end_picture_needs_a_start_picture_or_a_video() {
        let end = json!({"end_image": "http://127.0.0.1/a.png"});
        assert_eq!(
            paths(&json!({"model": "kling-3.0", "prompt": "x", "klingParams": end})),
            ["klingParams.end_image"]
        );
        let mut wan = json!({"last_frame": "http://127.0.0.1/a.png"});
        let body =
            |params: &Value| json!({"model": "wan-2.7", "prompt": "x", "wan27Params": params});
        assert_eq!(paths(&body(&wan)), ["wan27Params.last_frame"]);
        wan["first_clip"] = json!("http://127.0.0.1/a.mp4");
        assert!(paths(&body(&wan)).is_empty());
    }

    #[test]
    fn fields_are_read_by_what_they_are_for() {
        let request = read(&json!({"model": "veo-3.1", "prompt": "x", "veoParams": {
            "image": "http://x/a", "last_frame": "http://x/b", "reference_images": ["http://x/c"],
            "resolution": "1080p", "duration": 8, "aspect_ratio": "9:16", "generate_audio": true,
        }}));
        let request = request.unwrap_or_else(|details| panic!("{details:?}"));
        assert_eq!(request.start.as_deref(), Some("http://x/a"));
        assert_eq!(request.end.as_deref(), Some("http://x/b"));
        assert_eq!(request.references, ["http://x/c"]);
        assert_eq!((request.mode, request.duration), (Mode::Pro, 8));
        assert_eq!((request.shape, request.sound), ((9, 16), true));
    }

    #[test]
    fn every_body_is_also_a_json_schema() {
        for model in Table::service().all() {
            let schema = body_schema(&model.id).unwrap_or_default();
            assert_eq!(schema["properties"]["model"]["enum"], json!([model.id]));
            assert_eq!(schema["additionalProperties"], json!(false));
        }
        assert_eq!(body_schema("kling-9"), None);
    }
}
