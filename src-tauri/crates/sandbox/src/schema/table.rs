//! The models that the sandbox knows, from `models.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rules::{Field, Rule};

/// The models of the real service.
static SERVICE: LazyLock<Table> = LazyLock::new(|| {
    // A test reads the same text and shows what is wrong with it.
    Table::default()
        .with(include_str!("models.toml"))
        .unwrap_or_default()
});

/// What a field is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Start,
    Between,
    End,
    References,
    Videos,
    Sounds,
    Quality,
    Length,
    Shape,
    Sound,
    Shots,
}

/// The fields that a model's request has, and what they are for.
const ROLES: [(&str, Role); 23] = [
    ("start_image", Role::Start),
    ("image", Role::Start),
    ("end_image", Role::End),
    ("last_frame", Role::End),
    ("reference_images", Role::References),
    ("reference_image_urls", Role::References),
    ("reference_image", Role::References),
    ("images", Role::References),
    ("reference_video", Role::Videos),
    ("reference_video_urls", Role::Videos),
    ("reference_videos", Role::Videos),
    ("video", Role::Videos),
    ("first_clip", Role::Videos),
    ("audio", Role::Sounds),
    ("reference_audio_urls", Role::Sounds),
    ("mode", Role::Quality),
    ("resolution", Role::Quality),
    ("target_resolution", Role::Quality),
    ("duration", Role::Length),
    ("aspect_ratio", Role::Shape),
    ("generate_audio", Role::Sound),
    ("audio_enabled", Role::Sound),
    ("multi_prompt", Role::Shots),
];

/// The endpoint of a model.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Call {
    #[default]
    Generate,
    Upscale,
    Edit,
}

/// A model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub id: String,
    pub label: String,
    pub call: Call,
    pub block: String,
    /// The whole body.
    pub body: Rule,
    /// What its fields are for.
    roles: BTreeMap<String, Role>,
    stated: Stated,
}

impl Model {
    /// The fields of a role.
    pub fn fields(&self, role: Role) -> impl Iterator<Item = &str> {
        let with = self.roles.iter().filter(move |(_, one)| **one == role);
        with.map(|(name, _)| name.as_str())
    }

    /// The words that its quality can be.
    pub fn qualities(&self) -> Vec<String> {
        let field = self.fields(Role::Quality).next();
        let stated = field.and_then(|name| self.stated.fields.get(name));
        stated.map(|field| field.words.clone()).unwrap_or_default()
    }
}

/// The models that a sandbox has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    models: Vec<Model>,
}

impl Table {
    /// The models of the real service.
    pub fn service() -> &'static Self {
        &SERVICE
    }

    /// These models and those of a text like `models.toml`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn with(&self, toml: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            model: Vec<Stated>,
        }
        let file: File = toml::from_str(toml).map_err(|error| error.to_string())?;
        let mut table = self.clone();
        for stated in file.model {
            let model = table.complete(stated)?;
            table.models.push(model);
        }
        Ok(table)
    }

    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    pub fn all(&self) -> &[Model] {
        &self.models
    }

    fn complete(&self, mut stated: Stated) -> Result<Model, String> {
        if let Some(like) = &stated.like {
            let base = self.get(like);
            let base = base.ok_or_else(|| format!("{}: there is no {like}", stated.id))?;
            let mut fields = base.stated.fields.clone();
            fields.retain(|name, _| !stated.without.contains(name));
            fields.extend(std::mem::take(&mut stated.fields));
            stated.fields = fields;
            stated.call = base.stated.call;
            stated.needs_block = stated.needs_block.or(base.stated.needs_block);
            stated.prompt = stated.prompt.or(base.stated.prompt);
            if stated.block.is_empty() {
                stated.block.clone_from(&base.stated.block);
            }
        }
        let mut fields = Vec::new();
        let mut roles = BTreeMap::new();
        for (name, field) in &stated.fields {
            let rule = field.rule();
            let rule = rule.ok_or_else(|| format!("{}: what is {name}?", stated.id))?;
            let known = ROLES.iter().find(|(known, _)| known == name);
            if let Some(role) = field.role.or(known.map(|(_, role)| *role)) {
                roles.insert(name.clone(), role);
            }
            fields.push(Field {
                name: name.clone(),
                required: field.required,
                rule,
            });
        }
        Ok(Model {
            id: stated.id.clone(),
            label: stated.label.clone(),
            call: stated.call,
            block: stated.block.clone(),
            body: body(&stated, fields),
            roles,
            stated,
        })
    }
}

/// The whole body of a model with these fields in its block.
fn body(stated: &Stated, fields: Vec<Field>) -> Rule {
    let events = ["progress", "completed", "failed"].map(str::to_owned);
    let events = Rule::List {
        least: 1,
        most: usize::MAX,
        of: Box::new(Rule::Choice(events.to_vec())),
    };
    let mut all = vec![
        Field {
            name: stated.block.clone(),
            required: stated.needs_block.unwrap_or_default(),
            rule: Rule::Object(fields),
        },
        Field::required("model", Rule::Choice(vec![stated.id.clone()])),
        Field::optional("webhookEvents", events),
        Field::optional("webhookUrl", Rule::Address),
    ];
    if let Some(most) = stated.prompt {
        all.push(Field::required("prompt", Rule::Text { least: 1, most }));
    }
    Rule::Object(all)
}

/// A model as the table states it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Stated {
    id: String,
    label: String,
    #[serde(default)]
    call: Call,
    like: Option<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    block: String,
    /// The most characters of the prompt.
    prompt: Option<usize>,
    needs_block: Option<bool>,
    #[serde(default)]
    fields: BTreeMap<String, StatedField>,
}

/// What a field has to be, in one of several ways.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
struct StatedField {
    /// `flag`, `address`, `text`, `whole` or `ratio`.
    kind: String,
    words: Vec<String>,
    numbers: Vec<i64>,
    /// The least and the most.
    whole: Option<(i64, i64)>,
    /// The least and the most.
    number: Option<(f64, f64)>,
    /// The most characters.
    text: Option<usize>,
    /// A list of at most so many.
    addresses: Option<usize>,
    /// A list of these words.
    list: Vec<String>,
    /// A list of at most so many shots.
    shots: Option<usize>,
    required: bool,
    /// What it is for, if its name does not tell.
    role: Option<Role>,
}

impl StatedField {
    fn rule(&self) -> Option<Rule> {
        let list = |most, of| Rule::List {
            least: 0,
            most,
            of: Box::new(of),
        };
        Some(match self.kind.as_str() {
            "flag" => Rule::Flag,
            "address" => Rule::Address,
            "ratio" => Rule::Ratio,
            "whole" => Rule::Whole {
                least: i64::MIN,
                most: i64::MAX,
            },
            "text" => Rule::Text {
                least: 0,
                most: usize::MAX,
            },
            _ if !self.words.is_empty() => Rule::Choice(self.words.clone()),
            _ if !self.numbers.is_empty() => Rule::Numbers(self.numbers.clone()),
            _ if !self.list.is_empty() => list(usize::MAX, Rule::Choice(self.list.clone())),
            _ => {
                if let Some((least, most)) = self.whole {
                    Rule::Whole { least, most }
                } else if let Some((least, most)) = self.number {
                    Rule::Number { least, most }
                } else if let Some(most) = self.text {
                    Rule::Text { least: 0, most }
                } else if let Some(most) = self.addresses {
                    list(most, Rule::Address)
                } else {
                    list(self.shots?, shot())
                }
            }
        })
    }
}

fn shot() -> Rule {
    let prompt = Rule::Text {
        least: 1,
        most: 4000,
    };
    Rule::Object(vec![
        Field::required("duration", Rule::Whole { least: 1, most: 15 }),
        Field::required("prompt", prompt),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_model_of_the_service() {
        let table = Table::default().with(include_str!("models.toml"));
        assert_eq!(table.map(|table| table.models.len()), Ok(43));
        assert_eq!(Table::service().all().len(), 43);
    }

    #[test]
    fn a_text_that_is_wrong_is_refused_in_words() {
        for (text, why) in [
            (
                "[[model]]\nid = 'a'\nlabel = 'A'\nlike = 'b'",
                "there is no b",
            ),
            (
                "[[model]]\nid = 'a'\nlabel = 'A'\nblock = 'x'\nfields.y = { required = true }",
                "what is y?",
            ),
            ("[[model]]\nid = 'a'\nlabel = 'A'\ncolour = 1", "colour"),
        ] {
            let error = Table::service().with(text).err().unwrap_or_default();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
