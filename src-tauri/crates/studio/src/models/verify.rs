//! What a record has to be, beyond its form: a record with a slip would be a composer that does
//! not work, or a request that the server refuses.

use std::collections::HashSet;

use super::record::{Choice, Choosable, Kind, Model, OptionValue, Rule, Term};
use super::role::Role;

/// The most entries of any list, and the most characters of any name: many times what a model has.
const LONGEST: usize = 600;

/// Checks a record.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn verify(model: &Model) -> Result<(), String> {
    for (what, text) in [
        ("id", &model.id),
        ("name", &model.name),
        ("family", &model.family),
        ("block", &model.block),
    ] {
        if text.trim().is_empty() || text.chars().count() > LONGEST {
            return Err(format!("`{what}` is empty or too long."));
        }
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if !model.id.chars().all(is_name) {
        return Err("`id` may contain letters, digits, dots and hyphens.".to_owned());
    }
    let mut ids: HashSet<&str> = HashSet::from(["model", "prompt"]);
    let mut fields = HashSet::new();
    for (part, field) in model.fields() {
        if !ids.insert(part) {
            return Err(format!("The part `{part}` is there twice."));
        }
        if field.is_empty() || !fields.insert(field) {
            return Err(format!("`{part}` has no field of its own."));
        }
    }
    if model.sound.is_some() {
        ids.insert("sound");
    }
    for role in Role::ALL {
        let Some(media) = model.media(role) else {
            continue;
        };
        let part = role.part();
        if media.most() == 0 || media.most() > LONGEST {
            return Err(format!("`{part}` takes no file, or too many."));
        }
        if media.most.is_some() && matches!(role, Role::Start | Role::End) {
            return Err(format!("`{part}` takes one file and no list."));
        }
        if media.mention.as_ref().is_some_and(|it| !it.contains("{}")) {
            return Err(format!("The `mention` of `{part}` has no {{}}."));
        }
    }
    if model.prompt.as_ref().is_some_and(|prompt| prompt.max == 0) {
        return Err("`prompt` allows no character.".to_owned());
    }
    for (part, choice) in [("quality", &model.quality), ("shape", &model.shape)] {
        if let Some(choice) = choice {
            verify_choice(part, choice)?;
        }
    }
    if let Some(length) = &model.length {
        let rising = length.values.windows(2).all(|pair| pair[0] < pair[1]);
        let first = length.values.first().copied().unwrap_or_default();
        if first == 0 || !rising || !length.values.contains(&length.default) {
            return Err("`length` needs rising values, and one of them as `default`.".to_owned());
        }
    }
    if model.seed.as_ref().is_some_and(|seed| seed.from >= seed.to) {
        return Err("`seed` goes nowhere.".to_owned());
    }
    if model
        .shots
        .as_ref()
        .is_some_and(|shots| shots.most == 0 || shots.characters == 0 || model.length.is_none())
    {
        return Err("`shots` needs a `length`, and more than none of everything.".to_owned());
    }
    for option in &model.options {
        verify_option(option)?;
    }
    let known = |term: &Term| verify_term(model, &ids, term);
    for option in &model.options {
        option.when.iter().try_for_each(known)?;
    }
    for rule in &model.rules {
        verify_rule(rule)?;
        let gives = rule.gives.iter();
        let of = rule.together.iter().flat_map(|together| &together.of);
        let part = rule.limits.iter().map(|limits| &limits.part);
        gives.chain(of).chain(part).try_for_each(|part| {
            known(&Term {
                part: part.clone(),
                value: None,
            })
        })?;
        let mut terms = rule.when.iter().chain(&rule.needs).chain(&rule.forbids);
        terms.try_for_each(known)?;
    }
    model.price.iter().try_for_each(|part| {
        known(&Term {
            part: part.clone(),
            value: None,
        })
    })
}

fn verify_choice(part: &str, choice: &Choice) -> Result<(), String> {
    let different: HashSet<_> = choice.values.iter().collect();
    if different.len() != choice.values.len()
        || choice.values.len() > LONGEST
        || !choice.values.contains(&choice.default)
    {
        return Err(format!(
            "`{part}` needs different values, and one of them as `default`."
        ));
    }
    Ok(())
}

fn verify_option(option: &Choosable) -> Result<(), String> {
    let id = &option.id;
    let fits = match (option.kind, &option.default) {
        (Kind::Switch, OptionValue::Switch(_)) => true,
        (Kind::Choice, OptionValue::Choice(value)) => option.values.contains(value),
        (Kind::Several, OptionValue::Several(values)) => {
            values.iter().all(|value| option.values.contains(value))
        }
        (Kind::Number, OptionValue::Number(value)) => {
            option.from < option.to
                && option.step > 0.0
                && (option.from..=option.to).contains(value)
        }
        _ => false,
    };
    if !fits {
        return Err(format!("The `default` of `{id}` is none of its values."));
    }
    let numbers = option
        .values
        .iter()
        .all(|value| value.parse::<i64>().is_ok());
    if option.numeric && !numbers {
        return Err(format!(
            "`{id}` is `numeric`, and not all its values are numbers."
        ));
    }
    Ok(())
}

fn verify_rule(rule: &Rule) -> Result<(), String> {
    let demands = [
        !rule.needs.is_empty(),
        !rule.forbids.is_empty(),
        !rule.gives.is_empty(),
        rule.together.is_some(),
        rule.limits.is_some(),
    ];
    match demands.iter().filter(|is| **is).count() {
        1 => Ok(()),
        _ => Err(
            "A rule has exactly one of `needs`, `forbids`, `gives`, `together` and `limits`."
                .to_owned(),
        ),
    }
}

/// Whether a rule's term names a part of the model, and one of its values.
fn verify_term(model: &Model, ids: &HashSet<&str>, term: &Term) -> Result<(), String> {
    if !ids.contains(&*term.part) {
        return Err(format!("A rule names `{}`, which it has not.", term.part));
    }
    let Some(value) = &term.value else {
        return Ok(());
    };
    let has = match &*term.part {
        "quality" => model.quality.iter().any(|one| one.values.contains(value)),
        "shape" => model.shape.iter().any(|one| one.values.contains(value)),
        "length" => model
            .length
            .iter()
            .any(|one| one.values.iter().any(|length| length.to_string() == *value)),
        id => model
            .option(id)
            .is_some_and(|option| option.values.contains(value)),
    };
    if has {
        Ok(())
    } else {
        Err(format!("A rule names `{term}`, which it has not."))
    }
}
