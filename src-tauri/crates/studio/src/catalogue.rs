//! The sentences of a language, by Fluent. The page reads the same files with Fluent's own library;
//! here they serve the log, the report, system dialogs and users who start the program without a
//! window.
//!
//! Besides Fluent's own functions, a catalogue may use these, which the page has too: `CLOCK($at)`
//! and `MOMENT($at)` write a time in milliseconds by this machine's clock, `DAY($date)` writes a
//! day like `2026-12-01`, and `PLATFORM()` is `linux`, `macos` or `windows`. `COUNT` is only for
//! sentences that the page alone uses.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use crate::message::Message;

const ENGLISH: &str = include_str!("../../../../locales/en.ftl");

static CATALOGUE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(ENGLISH));

fn bundle(text: &str) -> FluentBundle<FluentResource> {
    let language = "en".parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Direction marks around each parameter would end up in the log and in files, too.
    bundle.set_use_isolating(false);
    let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
    bundle.add_resource_overriding(resource);
    // None of these names is taken: the bundle is new.
    let _ = bundle.add_function("CLOCK", |given, _| {
        local(given).map_or(FluentValue::Error, |at| clock(&at, &Zoned::now()).into())
    });
    let _ = bundle.add_function("MOMENT", |given, _| {
        local(given).map_or(FluentValue::Error, |at| {
            at.strftime("%-d %B, %H:%M").to_string().into()
        })
    });
    let _ = bundle.add_function("DAY", |given, _| match given.first() {
        Some(FluentValue::String(date)) => date
            .parse::<jiff::civil::Date>()
            .map_or(FluentValue::Error, |date| {
                date.strftime("%-d %B").to_string().into()
            }),
        _ => FluentValue::Error,
    });
    let _ = bundle.add_function("PLATFORM", |_, _| {
        let known = ["macos", "windows"];
        let name = known.into_iter().find(|name| *name == std::env::consts::OS);
        name.unwrap_or("linux").into()
    });
    bundle
}

fn local(given: &[FluentValue]) -> Option<Zoned> {
    let Some(FluentValue::Number(millis)) = given.first() else {
        return None;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time in milliseconds fits"
    )]
    let at = Timestamp::from_millisecond(millis.value as i64).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::system()))
}

fn clock(at: &Zoned, now: &Zoned) -> String {
    let time = at.strftime("%H:%M").to_string();
    if at.date() == now.date() {
        return time;
    }
    let mut parameters = FluentArgs::new();
    parameters.set("time", time);
    parameters.set("day", at.strftime("%A").to_string());
    format(&CATALOGUE, "clock-of-another-day", &parameters)
}

/// The sentence for a message, in English.
#[must_use]
pub fn sentence(message: &Message) -> String {
    let mut parameters = FluentArgs::new();
    let mut code = String::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(message) {
        for (name, value) in fields {
            match value {
                Value::String(text) if name == "code" => code = text,
                value => parameters.set(name, parameter(value)),
            }
        }
    }
    format(&CATALOGUE, &code, &parameters)
}

/// The text with this name. It has no parameters.
#[must_use]
pub fn words(name: &str) -> String {
    format(&CATALOGUE, name, &FluentArgs::new())
}

/// A missing value becomes `none`, so that a sentence can select on it.
fn parameter(value: Value) -> FluentValue<'static> {
    match value {
        Value::Null => "none".into(),
        Value::Bool(is) => is.to_string().into(),
        Value::Number(number) => number.as_f64().unwrap_or_default().into(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

fn format(catalogue: &FluentBundle<FluentResource>, name: &str, parameters: &FluentArgs) -> String {
    let pattern = catalogue.get_message(name).and_then(|found| found.value());
    let Some(pattern) = pattern else {
        tracing::error!(name, "the catalogue has no such message");
        return name.to_owned();
    };
    let mut errors = Vec::new();
    let sentence = catalogue.format_pattern(pattern, Some(parameters), &mut errors);
    if !errors.is_empty() {
        tracing::error!(name, ?errors, "a message of the catalogue is broken");
    }
    sentence.into_owned()
}

impl std::fmt::Display for Message {
    /// The sentence in English, for the log, the report and output without a page.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&sentence(self))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::message::{LimitSpan, MESSAGES};
    use crate::settings::Field;

    /// The messages of a catalogue, and the parameters that each one uses.
    fn of(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let resource = fluent_syntax::parser::parse(text).unwrap();
        let messages = resource.body.iter().filter_map(|entry| match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message),
            _ => None,
        });
        messages
            .map(|message| {
                let written = format!("{message:?}");
                let used = written.match_indices("VariableReference { id: Identifier { name: \"");
                let used = used.map(|(at, found)| {
                    let rest = &written[at + found.len()..];
                    rest[..rest.find('"').unwrap()].to_owned()
                });
                (message.id.name.to_owned(), used.collect())
            })
            .collect()
    }

    fn lower_first(name: &str) -> String {
        let mut letters = name.chars();
        let first = letters.next().unwrap().to_lowercase();
        first.chain(letters).collect()
    }

    #[test]
    fn every_code_has_its_sentence_and_every_parameter_is_known() {
        let mut catalogue = of(ENGLISH);
        for (name, parameters) in MESSAGES {
            let code = lower_first(name);
            let used = catalogue.remove(&code);
            let used = used.unwrap_or_else(|| panic!("no sentence for {code}"));
            let known: BTreeSet<String> = parameters.iter().map(ToString::to_string).collect();
            assert_eq!(used, known, "{code}");
        }
        catalogue.retain(|name, _| !name.contains('-'));
        assert!(
            catalogue.is_empty(),
            "sentences without a code: {catalogue:?}"
        );
    }

    /// Every `words("…")` in the Rust sources of this repository.
    fn asked_for(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                asked_for(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                let calls = source.split("words(\"").skip(1);
                found.extend(calls.map(|call| call[..call.find('"').unwrap()].to_owned()));
            }
        }
    }

    #[test]
    fn the_catalogue_has_the_words_that_this_side_asks_for_and_no_others() {
        let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut asked = BTreeSet::new();
        asked_for(&sources.join("src"), &mut asked);
        asked_for(&sources.join("../../src"), &mut asked);
        asked.retain(|name| name.contains('-'));
        let mut catalogue = of(ENGLISH);
        catalogue.retain(|name, _| name.starts_with("dialog-") || name.starts_with("frame-"));
        let named: BTreeSet<String> = catalogue.into_keys().collect();
        assert_eq!(asked, named);
    }

    #[test]
    fn numbers_choose_their_form() {
        let long = |over| Message::PromptTooLong { over, most: 2500 }.to_string();
        assert_eq!(
            long(1),
            "The prompt is 1 character too long: at most 2500 characters fit."
        );
        assert_eq!(
            long(12),
            "The prompt is 12 characters too long: at most 2500 characters fit."
        );
    }

    #[test]
    fn words_and_what_is_not_there_choose_theirs() {
        assert_eq!(
            Message::FrameMissing { field: Field::End }.to_string(),
            "The picture of the end frame is no longer in the library. Add it again."
        );
        let reached = Message::LimitReached {
            span: LimitSpan::Month,
            limit: 1,
            from: "2026-12-01".into(),
        };
        assert_eq!(
            reached.to_string(),
            "Waiting: this month's limit of 1 credit is reached. It continues from 1 December, or \
             when you raise the limit."
        );
        let begun = Message::LibraryReplaced {
            damaged: false,
            backup: None,
            found: 0,
            file: None,
        };
        assert_eq!(
            begun.to_string(),
            "The library's file was not there: a new one was started, because there was no backup. \
             Clips made since can be imported from Apiframe while it keeps them: Settings, Import."
        );
    }

    #[test]
    fn a_time_of_another_day_names_the_day() {
        let now: Zoned = "2026-11-27T15:00:00[UTC]".parse().unwrap();
        let later = |hours: i64| now.checked_add(jiff::Span::new().hours(hours)).unwrap();
        assert_eq!(clock(&later(2), &now), "17:00");
        assert_eq!(clock(&later(20), &now), "11:00 on Saturday");
    }

    #[test]
    fn what_was_stored_before_there_were_codes_is_told_as_it_stands() {
        let old = Message::from_stored("No connection to Apiframe.");
        assert_eq!(old.to_string(), "No connection to Apiframe.");
        let own = Message::Pause { seconds: 7 };
        assert_eq!(Message::from_stored(&own.to_stored()), own);
        let later = Message::from_stored(r#"{"code":"moonInTheWay","phase":3}"#);
        assert!(later.to_string().contains("moonInTheWay"), "{later}");
    }
}
