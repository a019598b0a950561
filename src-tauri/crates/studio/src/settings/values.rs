//! The values that settings have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::frames::hash::FrameHash;

/// Which of Kling's models makes the clip, by Apiframe's name for it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize, Type)]
pub enum Model {
    /// Text, a start frame, or a start and an end frame.
    #[default]
    #[serde(rename = "kling-3.0")]
    Kling3,
    /// The same, and reference pictures.
    #[serde(rename = "kling-3.0-omni")]
    Kling3Omni,
}

impl Model {
    /// The name in the API and in the catalogue.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Kling3 => "kling-3.0",
            Self::Kling3Omni => "kling-3.0-omni",
        }
    }
}

/// The picture quality, which is also the price class; the lowest comes first.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Type,
)]
pub enum Mode {
    /// 720 lines.
    #[serde(rename = "standard")]
    Standard,
    /// 1080 lines.
    #[default]
    #[serde(rename = "pro")]
    Pro,
    /// 2160 lines.
    #[serde(rename = "4k")]
    FourK,
}

impl Mode {
    /// The name in the API and in the library.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Pro => "pro",
            Self::FourK => "4k",
        }
    }
}

/// The shape of the picture, width to height. It counts only without a start frame: with
/// one, the clip takes the start frame's shape.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, Type)]
pub enum Shape {
    #[default]
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "1:1")]
    Square,
}

/// One part of a prompt in several shots.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Shot {
    pub prompt: String,
    /// How long it lasts, in whole seconds.
    pub seconds: u8,
}

/// Everything the user chose for one generation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub model: Model,
    /// What happens in the clip; with shots, a short summary of it.
    pub prompt: String,
    pub start: Option<FrameHash>,
    pub end: Option<FrameHash>,
    /// The parts of the clip, empty for a single prompt.
    pub shots: Vec<Shot>,
    /// Pictures to take people, things or a style from (Omni only).
    pub references: Vec<FrameHash>,
    pub mode: Mode,
    /// The length in whole seconds.
    pub length: u8,
    /// The shape, if there is no start frame.
    pub shape: Shape,
    pub sound: bool,
    /// What should not be visible.
    pub avoid: String,
    /// Fields that a newer program stored and this one does not know: JSON texts by the names of
    /// the fields. Shown and kept; never sent.
    pub others: BTreeMap<String, String>,
}

impl Default for Settings {
    /// A new composer: the API's own defaults, without sound.
    fn default() -> Self {
        Self {
            model: Model::default(),
            prompt: String::new(),
            start: None,
            end: None,
            shots: Vec::new(),
            references: Vec::new(),
            mode: Mode::default(),
            length: 5,
            shape: Shape::default(),
            sound: false,
            avoid: String::new(),
            others: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Every picture that these settings need, each once, in the order in which they are uploaded.
    #[must_use]
    pub fn frames(&self) -> Vec<FrameHash> {
        let mut all = Vec::new();
        for &frame in self.start.iter().chain(&self.end).chain(&self.references) {
            if !all.contains(&frame) {
                all.push(frame);
            }
        }
        all
    }
}
