//! What one record says: what a model takes, what it can be told, and which rules hold between
//! them. `models.toml` contains those that the program ships with.
//!
//! Everything that can be chosen is a *part*, with an id that is the same in the record, in stored
//! settings, in the page and in the catalogue of messages: `start`, `quality`, or the id of one of
//! the record's own options.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

use super::role::Role;

/// A model, and how its request is made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Model {
    /// Apiframe's name for it.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it is listed under.
    pub family: String,
    /// What it is asked through.
    #[serde(default)]
    pub call: Call,
    /// The object of the body that contains everything except the prompt.
    pub block: String,
    /// The prompt; a model without it takes none.
    #[serde(default)]
    pub prompt: Option<Prompt>,
    /// The picture that the clip starts with.
    #[serde(default)]
    pub start: Option<Media>,
    /// Pictures that it passes through, evenly spaced.
    #[serde(default)]
    pub between: Option<Media>,
    /// The picture that it ends with.
    #[serde(default)]
    pub end: Option<Media>,
    /// Pictures of people, things or a style.
    #[serde(default)]
    pub references: Option<Media>,
    /// Videos that it is made from or takes something from.
    #[serde(default)]
    pub videos: Option<Media>,
    /// Sounds that it is made to.
    #[serde(default)]
    pub sounds: Option<Media>,
    /// The quality of the picture, the lowest first.
    #[serde(default)]
    pub quality: Option<Choice>,
    /// The length in whole seconds.
    #[serde(default)]
    pub length: Option<Length>,
    /// Width to height.
    #[serde(default)]
    pub shape: Option<Choice>,
    /// Whether sound is made. Always sent: sources disagree on the server's default.
    #[serde(default)]
    pub sound: Option<Sound>,
    /// What should not be visible.
    #[serde(default)]
    pub avoid: Option<Avoid>,
    /// The number that makes a result repeatable.
    #[serde(default)]
    pub seed: Option<Seed>,
    /// A prompt in parts.
    #[serde(default)]
    pub shots: Option<Shots>,
    /// Everything else that it can be told.
    #[serde(default)]
    pub options: Vec<Choosable>,
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The parts that the price of a second depends on.
    #[serde(default)]
    pub price: Vec<String>,
    /// How long a job usually takes, in seconds.
    pub usual: u32,
}

impl Model {
    /// What it takes of a role.
    #[must_use]
    pub const fn media(&self, role: Role) -> Option<&Media> {
        match role {
            Role::Start => self.start.as_ref(),
            Role::Between => self.between.as_ref(),
            Role::End => self.end.as_ref(),
            Role::References => self.references.as_ref(),
            Role::Videos => self.videos.as_ref(),
            Role::Sounds => self.sounds.as_ref(),
        }
    }

    /// One of its own options.
    #[must_use]
    pub fn option(&self, id: &str) -> Option<&Choosable> {
        self.options.iter().find(|option| option.id == id)
    }

    /// Its parts in the order of the composer, each with its field in the block; the prompt is not
    /// in it.
    #[must_use]
    pub fn fields(&self) -> Vec<(&str, &str)> {
        let media = Role::ALL.into_iter().filter_map(|role| {
            let media = self.media(role)?;
            Some((role.part(), media.field.as_str()))
        });
        media
            .chain(self.shots.iter().map(|one| ("shots", &*one.field)))
            .chain(self.quality.iter().map(|one| ("quality", &*one.field)))
            .chain(self.length.iter().map(|one| ("length", &*one.field)))
            .chain(self.shape.iter().map(|one| ("shape", &*one.field)))
            .chain(
                self.sound
                    .iter()
                    .filter_map(|one| Some(("sound", one.field.as_deref()?))),
            )
            .chain(self.avoid.iter().map(|one| ("avoid", &*one.field)))
            .chain(self.seed.iter().map(|one| ("seed", &*one.field)))
            .chain(self.options.iter().map(|one| (&*one.id, &*one.field)))
            .collect()
    }

    /// The part behind a field of the body, given by its path as the server writes it:
    /// `klingParams.multi_prompt.1.prompt`.
    #[must_use]
    pub fn part_of(&self, path: &str) -> Option<&str> {
        let mut names = path.split(['.', '[']);
        let first = names.next()?;
        for own in ["model", "prompt"] {
            if first == own {
                return Some(own);
            }
        }
        let name = if first == self.block {
            names.next()?
        } else {
            first
        };
        let fields = self.fields();
        let found = fields.iter().find(|(_, field)| *field == name);
        found.map(|(part, _)| *part)
    }
}

/// The endpoint of a model.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Call {
    #[default]
    Generate,
    Upscale,
    Edit,
}

/// The prompt. It is always required: the schema requires it wherever it allows it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The most characters, as the server counts them.
    pub max: u32,
}

/// Files of one role.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The field of the body.
    pub field: String,
    /// How many it takes, as a list; without it one, alone.
    #[serde(default)]
    pub most: Option<u32>,
    #[serde(default)]
    pub required: bool,
    /// How the prompt names one of them; `{}` stands for its number, from 1.
    #[serde(default)]
    pub mention: Option<String>,
}

impl Media {
    /// How many files it takes.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most.map_or(1, |most| most as usize)
    }
}

/// One of several values.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub field: String,
    /// As they are sent.
    pub values: Vec<String>,
    pub default: String,
}

/// The lengths of a clip.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Length {
    pub field: String,
    /// Every length that is allowed, in seconds, the shortest first.
    pub values: Vec<u32>,
    pub default: u32,
}

/// How a record states its lengths: as a list, or as a range.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lengths {
    field: String,
    #[serde(default)]
    values: Vec<u32>,
    from: Option<u32>,
    to: Option<u32>,
    default: u32,
}

/// The longest clip that a record can allow, in seconds: the list of lengths must stay short.
const LONGEST: u32 = 600;

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let stated = Lengths::deserialize(from)?;
        let values = match (stated.from, stated.to) {
            (None, None) => stated.values,
            (Some(from), Some(to)) if stated.values.is_empty() && to <= LONGEST => {
                (from..=to).collect()
            }
            _ => {
                return Err(D::Error::custom(
                    "a length has either `values`, or `from` and `to` (at most 600)",
                ));
            }
        };
        Ok(Self {
            field: stated.field,
            values,
            default: stated.default,
        })
    }
}

/// Whether sound is made.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// The field of the body; without it the model always makes sound.
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub default: bool,
}

/// What should not be visible.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Avoid {
    pub field: String,
    /// The most characters.
    pub max: u32,
}

/// The number that makes a result repeatable.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    pub field: String,
    #[serde(default)]
    pub from: u32,
    #[serde(default = "largest_seed")]
    pub to: u32,
}

/// Half of the schema's models state this range, the others none.
fn largest_seed() -> u32 {
    2_147_483_647
}

/// A prompt in parts.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Shots {
    pub field: String,
    pub form: ShotsForm,
    /// The most shots.
    pub most: u32,
    /// The most characters of one.
    pub characters: u32,
}

/// How shots are sent.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ShotsForm {
    /// As JSON inside a text.
    Text,
    /// As a list of objects.
    List,
}

/// Something else that a model can be told.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Choosable {
    pub id: String,
    pub field: String,
    pub kind: Kind,
    /// The values of a choice, as they are sent.
    #[serde(default)]
    pub values: Vec<String>,
    /// Whether these values are sent as numbers.
    #[serde(default)]
    pub numeric: bool,
    /// The least of a number.
    #[serde(default)]
    pub from: f64,
    /// The most of a number.
    #[serde(default)]
    pub to: f64,
    /// The steps of a number.
    #[serde(default)]
    pub step: f64,
    pub default: OptionValue,
    /// It has an effect, and is sent, only if this holds.
    #[serde(default)]
    pub when: Option<Term>,
}

/// How something is chosen.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Switch,
    Choice,
    /// Any number of the values.
    Several,
    Number,
}

/// What was chosen.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(untagged)]
pub enum OptionValue {
    Switch(bool),
    Number(f64),
    Choice(String),
    Several(Vec<String>),
}

/// A rule between parts. With `when` it holds only if that does; exactly one of the others says
/// what it demands.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    pub when: Option<Term>,
    /// One of these is needed.
    pub needs: Vec<Term>,
    /// None of these is allowed.
    pub forbids: Vec<Term>,
    /// These parts have no effect and are not sent.
    pub gives: Vec<String>,
    pub together: Option<Together>,
    pub limits: Option<Limits>,
    /// It can be ignored: only one source states it.
    pub warn: bool,
}

/// The most files of several roles in all.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Together {
    pub of: Vec<String>,
    pub most: u32,
}

/// What every video of a role must be like, as far as that is known.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub part: String,
    /// The least and the most seconds.
    #[serde(default)]
    pub seconds: Option<(u32, u32)>,
    /// The least and the most pixels of each side.
    #[serde(default)]
    pub side: Option<(u32, u32)>,
    /// The least and the most pictures per second.
    #[serde(default)]
    pub rate: Option<(u32, u32)>,
    /// The endings of the kinds that it takes.
    #[serde(default)]
    pub kinds: Vec<String>,
}

/// A part that is used, or has a value: `end`, or `quality=4k`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(from = "String", into = "String")]
pub struct Term {
    pub part: String,
    pub value: Option<String>,
}

impl From<String> for Term {
    fn from(text: String) -> Self {
        match text.split_once('=') {
            Some((part, value)) => Self {
                part: part.to_owned(),
                value: Some(value.to_owned()),
            },
            None => Self {
                part: text,
                value: None,
            },
        }
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}
