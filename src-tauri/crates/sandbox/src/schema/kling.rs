//! The request bodies of the models that the sandbox supports, field by field as the vendor's
//! schema of 2026-07-16 lists them.

use super::rules::{Field, Rule};

const PROMPT: Rule = Rule::Text {
    least: 1,
    most: 4000,
};
const EVENTS: Rule = Rule::List {
    least: 1,
    most: usize::MAX,
    of: &Rule::Choice(&["progress", "completed", "failed"]),
};

const ASPECT_RATIO: Field = Field::optional("aspect_ratio", Rule::Choice(&["16:9", "9:16", "1:1"]));
const DURATION: Field = Field::optional("duration", Rule::Whole { least: 3, most: 15 });
const END_IMAGE: Field = Field::optional("end_image", Rule::Address);
const GENERATE_AUDIO: Field = Field::optional("generate_audio", Rule::Flag);
const MODE: Field = Field::optional("mode", Rule::Choice(&["standard", "pro", "4k"]));
const NEGATIVE_PROMPT: Field = Field::optional(
    "negative_prompt",
    Rule::Text {
        least: 0,
        most: 2500,
    },
);
const START_IMAGE: Field = Field::optional("start_image", Rule::Address);

/// `kling-3.0`: its shots are a JSON document inside a string.
pub(super) const KLING_3: Rule = Rule::Object(&[
    Field::optional(
        "klingParams",
        Rule::Object(&[
            ASPECT_RATIO,
            DURATION,
            END_IMAGE,
            GENERATE_AUDIO,
            MODE,
            Field::optional(
                "multi_prompt",
                Rule::Text {
                    least: 0,
                    most: usize::MAX,
                },
            ),
            NEGATIVE_PROMPT,
            START_IMAGE,
        ]),
    ),
    Field::required("model", Rule::Choice(&["kling-3.0"])),
    Field::required("prompt", PROMPT),
    Field::optional("webhookEvents", EVENTS),
    Field::optional("webhookUrl", Rule::Address),
]);

/// `kling-3.0-omni`: its shots are a list, and it accepts references.
pub(super) const KLING_3_OMNI: Rule = Rule::Object(&[
    Field::optional(
        "klingParams",
        Rule::Object(&[
            ASPECT_RATIO,
            DURATION,
            END_IMAGE,
            GENERATE_AUDIO,
            Field::optional("keep_original_sound", Rule::Flag),
            MODE,
            Field::optional(
                "multi_prompt",
                Rule::List {
                    least: 0,
                    most: 6,
                    of: &SHOT,
                },
            ),
            NEGATIVE_PROMPT,
            Field::optional(
                "reference_images",
                Rule::List {
                    least: 0,
                    most: 7,
                    of: &Rule::Address,
                },
            ),
            Field::optional("reference_video", Rule::Address),
            START_IMAGE,
            Field::optional("video_reference_type", Rule::Choice(&["feature", "base"])),
        ]),
    ),
    Field::required("model", Rule::Choice(&["kling-3.0-omni"])),
    Field::required("prompt", PROMPT),
    Field::optional("webhookEvents", EVENTS),
    Field::optional("webhookUrl", Rule::Address),
]);

const SHOT: Rule = Rule::Object(&[
    Field::required("duration", Rule::Whole { least: 1, most: 15 }),
    Field::required("prompt", PROMPT),
]);
