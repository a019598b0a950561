//! Converts settings to the request they become, and the fields of a refused request to the
//! controls they came from.

use std::collections::HashMap;

use apiframe::{AspectRatio, GenerateRequest, Kling3, KlingOmni, KlingParams};
use url::Url;

use super::field::Field;
use super::values::{Mode, Model, Settings, Shape};
use crate::frames::hash::FrameHash;

/// The address to which each frame of some settings was uploaded.
pub type FrameUrls = HashMap<FrameHash, Url>;

impl Settings {
    /// The request for these settings, with each frame at its address; `None` when an
    /// address is missing.
    #[must_use]
    pub fn request(&self, urls: &FrameUrls) -> Option<GenerateRequest> {
        let url = |frame: &Option<FrameHash>| match frame {
            Some(hash) => urls.get(hash).cloned().map(Some),
            None => Some(None),
        };
        let start_image = url(&self.start)?;
        let end_image = url(&self.end)?;
        let mode = Some(match self.mode {
            Mode::Standard => apiframe::Mode::Standard,
            Mode::Pro => apiframe::Mode::Pro,
            Mode::FourK => apiframe::Mode::FourK,
        });
        // With a start frame the clip takes its shape, and the model ignores this value.
        let aspect_ratio = self.start.is_none().then_some(match self.shape {
            Shape::Wide => AspectRatio::Landscape,
            Shape::Tall => AspectRatio::Portrait,
            Shape::Square => AspectRatio::Square,
        });
        let avoid = self.avoid.trim();
        let negative_prompt = (!avoid.is_empty()).then(|| avoid.to_owned());
        let multi_prompt = self
            .shots
            .iter()
            .map(|shot| apiframe::Shot {
                prompt: shot.prompt.trim().to_owned(),
                duration: shot.seconds,
            })
            .collect();
        let params = match self.model {
            Model::Kling3 => KlingParams::V3(Kling3 {
                mode,
                duration: Some(self.length),
                aspect_ratio,
                generate_audio: self.sound,
                negative_prompt,
                start_image,
                end_image,
                multi_prompt,
            }),
            Model::Kling3Omni => KlingParams::Omni(KlingOmni {
                mode,
                duration: Some(self.length),
                aspect_ratio,
                generate_audio: self.sound,
                negative_prompt,
                start_image,
                end_image,
                multi_prompt,
                reference_images: self
                    .references
                    .iter()
                    .map(|hash| urls.get(hash).cloned())
                    .collect::<Option<_>>()?,
                ..KlingOmni::default()
            }),
        };
        Some(GenerateRequest {
            prompt: self.prompt.trim().to_owned(),
            params,
            webhook: None,
        })
    }
}

impl Field {
    /// The control behind a JSON path of the request, as the server names it in a refusal.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.strip_prefix("klingParams.").unwrap_or(path);
        let name = name.split(['.', '[']).next().unwrap_or(name);
        Some(match name {
            "model" => Self::Model,
            "prompt" => Self::Prompt,
            "start_image" => Self::Start,
            "end_image" => Self::End,
            "multi_prompt" => Self::Shots,
            "reference_images" => Self::References,
            "mode" => Self::Quality,
            "duration" => Self::Length,
            "aspect_ratio" => Self::Shape,
            "generate_audio" => Self::Sound,
            "negative_prompt" => Self::Avoid,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::super::Shot;
    use super::*;

    fn hash(digit: char) -> FrameHash {
        FrameHash::try_from(digit.to_string().repeat(64)).unwrap()
    }

    fn urls() -> FrameUrls {
        [
            ('a', "https://cdn.test/a.png"),
            ('b', "https://cdn.test/b.jpg"),
        ]
        .into_iter()
        .map(|(digit, url)| (hash(digit), Url::parse(url).unwrap()))
        .collect()
    }

    fn body(settings: &Settings) -> Value {
        serde_json::from_slice(&settings.request(&urls()).unwrap().body()).unwrap()
    }

    #[test]
    fn two_frames_and_all_controls_become_exactly_this_body() {
        let settings = Settings {
            prompt: "  The tram turns ".into(),
            start: Some(hash('a')),
            end: Some(hash('b')),
            mode: Mode::FourK,
            length: 10,
            shape: Shape::Tall,
            sound: true,
            avoid: "blur ".into(),
            ..Settings::default()
        };
        assert_eq!(
            body(&settings),
            json!({
                "model": "kling-3.0",
                "prompt": "The tram turns",
                "klingParams": {
                    "mode": "4k",
                    "duration": 10,
                    "generate_audio": true,
                    "negative_prompt": "blur",
                    "start_image": "https://cdn.test/a.png",
                    "end_image": "https://cdn.test/b.jpg",
                },
            })
        );
    }

    #[test]
    fn a_prompt_alone_carries_its_shape_and_no_empty_field() {
        let settings = Settings {
            prompt: "Rain".into(),
            shape: Shape::Square,
            ..Settings::default()
        };
        assert_eq!(
            body(&settings),
            json!({
                "model": "kling-3.0",
                "prompt": "Rain",
                "klingParams": {
                    "mode": "pro",
                    "duration": 5,
                    "aspect_ratio": "1:1",
                    "generate_audio": false,
                },
            })
        );
    }

    #[test]
    fn omni_sends_its_references_and_shots() {
        let settings = Settings {
            model: Model::Kling3Omni,
            prompt: "Rain".into(),
            references: vec![hash('b')],
            shots: vec![Shot {
                prompt: "Drops".into(),
                seconds: 5,
            }],
            ..Settings::default()
        };
        let body = body(&settings);
        assert_eq!(
            body["klingParams"]["reference_images"],
            json!(["https://cdn.test/b.jpg"])
        );
        assert_eq!(
            body["klingParams"]["multi_prompt"],
            json!([{"prompt": "Drops", "duration": 5}])
        );
    }

    #[test]
    fn a_frame_without_an_address_makes_no_request() {
        let settings = Settings {
            prompt: "Rain".into(),
            start: Some(hash('c')),
            ..Settings::default()
        };
        assert!(settings.request(&urls()).is_none());
    }

    #[test]
    fn a_refused_path_points_at_its_control() {
        assert_eq!(Field::of_path("klingParams.duration"), Some(Field::Length));
        assert_eq!(
            Field::of_path("klingParams.multi_prompt.1.prompt"),
            Some(Field::Shots)
        );
        assert_eq!(Field::of_path("prompt"), Some(Field::Prompt));
        assert_eq!(Field::of_path("webhookUrl"), None);
    }
}
