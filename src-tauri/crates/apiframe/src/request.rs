//! The request for one clip, with the parameters of its model, as the exact bytes of
//! `POST /v2/videos/generate`.
//!
//! The server's bodies are closed: an unknown field or a `null` is refused. So a field that is not
//! set is left out. Whether a request is *sensible* (how many shots, which frames go together) is
//! not checked here: these types can express everything that the schema allows.

use serde::{Deserialize, Serialize};
use url::Url;

/// The models whose parameters this crate supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Model {
    /// Kling 3.0.
    #[serde(rename = "kling-3.0")]
    V3,
    /// Kling 3.0 Omni, which also takes reference pictures and a reference video.
    #[serde(rename = "kling-3.0-omni")]
    Omni,
}

impl Model {
    /// The name on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::V3 => "kling-3.0",
            Self::Omni => "kling-3.0-omni",
        }
    }
}

/// One request for one clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GenerateRequest {
    /// What the clip should show, 1 to 4000 characters by the schema (2500 upstream). Required even
    /// with shots.
    pub prompt: String,
    /// The model and its parameters: `model` and `klingParams` on the wire.
    #[serde(flatten)]
    pub params: KlingParams,
    /// Who is notified about the job, in addition to those who query it.
    #[serde(flatten)]
    pub webhook: Option<Webhook>,
}

impl GenerateRequest {
    /// The bytes to send. The same request always gives the same bytes, so they can be stored
    /// and sent again under the same idempotency key.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        // Strings, numbers and lists of them can always be serialised into memory. If that ever
        // failed, the server would refuse the empty body before charging anything.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The parameters of a model. They determine which model is meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "model", content = "klingParams")]
pub enum KlingParams {
    /// For `kling-3.0`.
    #[serde(rename = "kling-3.0")]
    V3(Kling3),
    /// For `kling-3.0-omni`.
    #[serde(rename = "kling-3.0-omni")]
    Omni(KlingOmni),
}

impl KlingParams {
    /// The model these parameters belong to.
    #[must_use]
    pub const fn model(&self) -> Model {
        match self {
            Self::V3(_) => Model::V3,
            Self::Omni(_) => Model::Omni,
        }
    }
}

/// `klingParams` of `kling-3.0`.
///
/// Deserialising refuses unknown fields, as the server does, and reads a missing `generate_audio`
/// as false.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kling3 {
    /// The picture's quality; the server's default is `pro`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Seconds, 3 to 15; the server's default is 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u8>,
    /// The aspect ratio; ignored upstream when there is a start image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Whether sound is generated too. Always sent, because the sources disagree on the default.
    pub generate_audio: bool,
    /// What the clip should not show, up to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// The first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_image: Option<Url>,
    /// The last picture; upstream, it requires a start image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_image: Option<Url>,
    /// The shots. On this model they are sent as JSON inside a string.
    #[serde(skip_serializing_if = "Vec::is_empty", with = "shots_in_a_string")]
    pub multi_prompt: Vec<Shot>,
}

/// `klingParams` of `kling-3.0-omni`.
///
/// Deserialising refuses unknown fields, as the server does, and reads a missing `generate_audio`
/// as false.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KlingOmni {
    /// The picture's quality; the server's default is `pro`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Seconds, 3 to 15; the server's default is 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u8>,
    /// The aspect ratio; ignored upstream when there is a start image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<AspectRatio>,
    /// Whether sound is generated too. Always sent, because the sources disagree on the default.
    pub generate_audio: bool,
    /// What the clip should not show, up to 2500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// The first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_image: Option<Url>,
    /// The last picture; upstream it needs a start image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_image: Option<Url>,
    /// The shots, at most 6.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub multi_prompt: Vec<Shot>,
    /// Pictures of what should appear, at most 7.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reference_images: Vec<Url>,
    /// A video to use as a reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_video: Option<Url>,
    /// What the reference video is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_reference_type: Option<VideoReferenceType>,
    /// Whether the reference video's own sound is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_original_sound: Option<bool>,
}

/// The quality of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// 720 lines.
    #[serde(rename = "standard")]
    Standard,
    /// 1080 lines.
    #[serde(rename = "pro")]
    Pro,
    /// 2160 lines.
    #[serde(rename = "4k")]
    FourK,
}

/// The aspect ratio, width to height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AspectRatio {
    /// 16:9.
    #[serde(rename = "16:9")]
    Landscape,
    /// 9:16.
    #[serde(rename = "9:16")]
    Portrait,
    /// 1:1.
    #[serde(rename = "1:1")]
    Square,
}

/// What a reference video is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoReferenceType {
    /// Its look or movement is adopted.
    Feature,
    /// It is itself the clip to be changed.
    Base,
}

/// One part of a clip that consists of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    /// What the part should show: 1 to 4000 characters by the schema, 512 upstream.
    pub prompt: String,
    /// Seconds, 1 to 15; all shots together last as long as the clip.
    pub duration: u8,
}

/// An address that the server calls about the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Webhook {
    /// The address.
    #[serde(rename = "webhookUrl")]
    pub url: Url,
    /// The events to report; empty leaves the choice to the server.
    #[serde(rename = "webhookEvents", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<WebhookEvent>,
}

/// An event that a webhook can receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookEvent {
    /// The percentage changed.
    Progress,
    /// The clip is ready.
    Completed,
    /// There will be no clip.
    Failed,
}

/// `"[{\"prompt\":\"…\",\"duration\":5}]"`, the form that `kling-3.0` requires.
mod shots_in_a_string {
    use super::Shot;
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    pub(super) fn serialize<S: Serializer>(shots: &[Shot], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&serde_json::to_string(shots).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Shot>, D::Error> {
        serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
