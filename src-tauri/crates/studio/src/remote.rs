//! What the account's own list says about jobs, and how much of a generation that reveals.
//!
//! Pure readers of the server's answers: a job as a line of the list, and a job's `input` as
//! settings. Anything that the server leaves out, or that this program has no control for, is
//! marked as unknown instead of being guessed: those settings may be looked at, but never paid for
//! again unless the user chooses them. What is done with a job is up to the engine.

use std::collections::HashSet;

use apiframe::{Job, JobStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

use crate::clock::Millis;
use crate::message::Message;
use crate::settings::{Field, LENGTH_SECONDS, Mode, Model, Settings, Shape, Shot};

/// The number of characters of a prompt that a line of the list shows.
const PROMPT_SHOWN: usize = 160;

/// The status of a job of the account, as far as importing it is concerned.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum RemoteStanding {
    /// It waits or runs; its clip is fetched once it is finished.
    Running,
    /// Its clip can be fetched.
    Finished,
    /// Its clip was deleted: there is nothing left to import.
    Expired,
}

/// A job of the account that is not in the library.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemoteJob {
    /// Apiframe's id.
    pub id: String,
    /// The model by the server's name; empty if it gives none.
    pub model: String,
    /// The start of the prompt; `None` if the list leaves it out.
    pub prompt: Option<String>,
    #[specta(type = Option<u32>)]
    pub created: Option<Millis>,
    /// What it cost, in credits.
    #[specta(type = Option<u32>)]
    pub credits: Option<i64>,
    /// Whether there is something to import.
    pub standing: RemoteStanding,
}

impl RemoteJob {
    /// A job as a line of the list; `None` for one that has no clip and will not get one.
    #[must_use]
    pub fn of(job: &Job) -> Option<Self> {
        let standing = match job.status {
            JobStatus::Failed | JobStatus::Cancelled => return None,
            JobStatus::Completed if job.expired => RemoteStanding::Expired,
            JobStatus::Completed => RemoteStanding::Finished,
            JobStatus::Queued | JobStatus::Processing | JobStatus::Other(_) => {
                RemoteStanding::Running
            }
        };
        Some(Self {
            id: job.id.clone(),
            model: job.model.clone(),
            prompt: text(job.input.as_ref(), "prompt").map(|prompt| beginning(&prompt)),
            created: job.created_at.map(jiff::Timestamp::as_millisecond),
            credits: job.credit_cost,
            standing,
        })
    }
}

/// A page of the account's jobs that are not in the library, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemotePage {
    /// The jobs. A page may be empty and still not be the last.
    pub jobs: Vec<RemoteJob>,
    /// The cursor for the next page; `None` on the last.
    pub next: Option<String>,
}

/// The result of importing everything.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportResult {
    pub imported: u32,
    /// Jobs whose clips were already deleted at Apiframe.
    pub expired: u32,
    /// Why it stopped before the end, and what to do. Imported jobs stay.
    pub trouble: Option<Message>,
}

/// What is known about a generation that this program did not submit.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportedSettings {
    /// The model by the server's name; empty if it gave none.
    pub model: String,
    /// Settings that the server did not report. They have the values of a new composer instead.
    pub unknown: Vec<Field>,
    /// Pictures that it was made with. Their addresses have expired, so they are not kept.
    pub not_kept: Vec<Field>,
}

impl ImportedSettings {
    /// For a generation whose own record of this can't be read.
    #[must_use]
    pub fn of_nothing_known() -> Self {
        Self {
            unknown: vec![
                Field::Model,
                Field::Prompt,
                Field::Start,
                Field::End,
                Field::Quality,
                Field::Length,
                Field::Shape,
                Field::Sound,
                Field::Avoid,
            ],
            ..Self::default()
        }
    }

    /// Whether its settings are complete, so that it can be repeated as it was.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unknown.is_empty() && self.not_kept.is_empty()
    }
}

/// Whether a job made a clip, as far as that can be determined: `others` are the models that the
/// catalogue lists for pictures and music.
#[must_use]
pub fn is_clip<S: std::hash::BuildHasher>(job: &Job, others: &HashSet<String, S>) -> bool {
    let urls = job.result_urls();
    let other_file = |url: &url::Url| {
        let path = url.path().to_ascii_lowercase();
        [
            ".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp3", ".wav", ".flac",
        ]
        .iter()
        .any(|ending| path.ends_with(ending))
    };
    let other_result = job
        .result
        .as_ref()
        .and_then(Value::as_object)
        .is_some_and(|result| {
            ["imageUrl", "images", "image", "audioUrl", "audio", "songs"]
                .iter()
                .any(|name| result.contains_key(*name))
        });
    !(others.contains(&job.model)
        || (!urls.is_empty() && urls.iter().all(other_file))
        || (urls.is_empty() && other_result))
}

/// A job's settings, as far as the server reports them.
#[must_use]
pub fn read_back(job: &Job) -> (Settings, ImportedSettings) {
    let input = job.input.as_ref();
    let named = if job.model.is_empty() {
        text(input, "model").unwrap_or_default()
    } else {
        job.model.clone()
    };
    let mut settings = Settings::default();
    let mut imported = ImportedSettings {
        model: named,
        ..ImportedSettings::default()
    };
    match [Model::Kling3, Model::Kling3Omni]
        .into_iter()
        .find(|model| model.id() == imported.model)
    {
        Some(model) => settings.model = model,
        None => imported.unknown.push(Field::Model),
    }
    match text(input, "prompt") {
        Some(prompt) => settings.prompt = prompt,
        None => imported.unknown.push(Field::Prompt),
    }
    let known_model = !imported.unknown.contains(&Field::Model);
    // Without the block the names may be beside the prompt; those that are missing were left to the
    // server.
    match input.map(|input| input.get("klingParams").unwrap_or(input)) {
        Some(params) if known_model => read_params(params, &mut settings, &mut imported),
        _ => imported.unknown.extend([
            Field::Start,
            Field::End,
            Field::Quality,
            Field::Length,
            Field::Shape,
            Field::Sound,
            Field::Avoid,
        ]),
    }
    (settings, imported)
}

/// Reads `klingParams`. Missing values were left to the server, whose defaults are in the schema,
/// with one exception: the sources disagree on the default of the sound.
fn read_params(params: &Value, settings: &mut Settings, imported: &mut ImportedSettings) {
    for (name, field) in [
        ("start_image", Field::Start),
        ("end_image", Field::End),
        ("reference_images", Field::References),
        ("reference_video", Field::References),
    ] {
        let is_there = match params.get(name) {
            Some(Value::String(address)) => !address.is_empty(),
            Some(Value::Array(addresses)) => !addresses.is_empty(),
            _ => false,
        };
        if is_there && !imported.not_kept.contains(&field) {
            imported.not_kept.push(field);
        }
    }
    let word = |name: &str| params.get(name).and_then(Value::as_str);
    match word("mode") {
        None | Some("pro") => settings.mode = Mode::Pro,
        Some("standard") => settings.mode = Mode::Standard,
        Some("4k") => settings.mode = Mode::FourK,
        Some(_) => imported.unknown.push(Field::Quality),
    }
    match params.get("duration").map(seconds) {
        None => settings.length = 5,
        Some(Some(length)) if LENGTH_SECONDS.contains(&length) => settings.length = length,
        Some(_) => imported.unknown.push(Field::Length),
    }
    match word("aspect_ratio") {
        None | Some("16:9") => settings.shape = Shape::Wide,
        Some("9:16") => settings.shape = Shape::Tall,
        Some("1:1") => settings.shape = Shape::Square,
        Some(_) => imported.unknown.push(Field::Shape),
    }
    match params.get("generate_audio").and_then(Value::as_bool) {
        Some(sound) => settings.sound = sound,
        None => imported.unknown.push(Field::Sound),
    }
    word("negative_prompt")
        .unwrap_or_default()
        .clone_into(&mut settings.avoid);
    match shots(params.get("multi_prompt")) {
        Some(shots) => settings.shots = shots,
        None => imported.unknown.push(Field::Shots),
    }
}

/// A list of shots, or the same as JSON in a string, as `kling-3.0` requires it. `None` for
/// anything else.
fn shots(value: Option<&Value>) -> Option<Vec<Shot>> {
    let parsed;
    let list = match value {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(Value::String(text)) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            parsed.as_array()?
        }
        Some(value) => value.as_array()?,
    };
    list.iter()
        .map(|shot| {
            Some(Shot {
                prompt: shot.get("prompt")?.as_str()?.to_owned(),
                seconds: seconds(shot.get("duration")?)?,
            })
        })
        .collect()
}

/// Whole seconds, given as a number or as a string of digits.
fn seconds(value: &Value) -> Option<u8> {
    match value {
        Value::Number(number) => number.as_u64()?.try_into().ok(),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

fn text(input: Option<&Value>, name: &str) -> Option<String> {
    Some(input?.get(name)?.as_str()?.to_owned())
}

fn beginning(prompt: &str) -> String {
    let line = prompt.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PROMPT_SHOWN) {
        None => line,
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
    }
}

#[cfg(test)]
mod tests;
