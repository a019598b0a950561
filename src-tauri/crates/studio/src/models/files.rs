//! Reading records: those of the program, and those that a user has put into the data folder.

use std::path::Path;

use serde::Deserialize as _;
use toml::{Table, Value};

use super::record::Model;
use super::verify::verify;
use crate::message::Message;
use crate::regular_file;

/// The most bytes of one file with records: 43 of them take about 15,000.
const LARGEST: u64 = 1 << 20;

/// The `known` records and those of every `.toml` file in a folder, and what is wrong with the files
/// that are not used.
pub(super) fn read_folder(folder: &Path, known: &[Model]) -> (Vec<Model>, Vec<Message>) {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    let mut records = known.to_vec();
    let mut faults = Vec::new();
    for file in files {
        let text = regular_file::read(&file, LARGEST)
            .map_err(|error| error.to_string())
            .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
        match text.and_then(|text| read(&text, &records)) {
            Ok(found) => found
                .into_iter()
                .for_each(|model| replace(&mut records, model)),
            Err(why) => faults.push(Message::ModelFileRefused {
                file: file.to_string_lossy().into_owned(),
                why,
            }),
        }
    }
    (records, faults)
}

fn replace(records: &mut Vec<Model>, model: Model) {
    match records.iter_mut().find(|known| known.id == model.id) {
        Some(known) => *known = model,
        None => records.push(model),
    }
}

/// The records of a text. `like` may name an earlier one of the same text, or a `known` one.
///
/// # Errors
/// What is wrong with the first record that can't be used, in words.
pub(super) fn read(text: &str, known: &[Model]) -> Result<Vec<Model>, String> {
    let mut file: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let Some(Value::Array(tables)) = file.remove("model") else {
        return Err("It has no [[model]].".to_owned());
    };
    if let Some(name) = file.keys().next() {
        return Err(format!("`{name}` belongs into a [[model]]."));
    }
    let mut read: Vec<(Table, Model)> = Vec::new();
    for (number, table) in (1..).zip(tables) {
        let Value::Table(table) = table else {
            return Err(format!("Model {number} is no table."));
        };
        let name = table.get("id").and_then(Value::as_str);
        let name = name.map_or_else(|| format!("Model {number}"), str::to_owned);
        let wrong = |why: String| format!("{name}: {why}");
        let table = complete(table, &read, known).map_err(wrong)?;
        let model = Model::deserialize(Value::Table(table.clone()))
            .map_err(|error| format!("{name}: {}", error.message()))?;
        verify(&model).map_err(|why| format!("{name}: {why}"))?;
        if read.iter().any(|(_, other)| other.id == model.id) {
            return Err(format!("{name} is there twice."));
        }
        read.push((table, model));
    }
    Ok(read.into_iter().map(|(_, model)| model).collect())
}

/// The table with everything that it takes from another record.
fn complete(mut table: Table, read: &[(Table, Model)], known: &[Model]) -> Result<Table, String> {
    let without = table.remove("without");
    let Some(like) = table.remove("like") else {
        return match without {
            Some(_) => Err("`without` needs `like`.".to_owned()),
            None => Ok(table),
        };
    };
    let like = like.as_str().unwrap_or_default();
    let mut base = match read.iter().find(|(_, model)| model.id == like) {
        Some((table, _)) => table.clone(),
        None => known
            .iter()
            .find(|model| model.id == like)
            .and_then(|model| Table::try_from(model).ok())
            .ok_or_else(|| format!("There is no model `{like}` before it."))?,
    };
    if let Some(without) = without {
        let names = without.as_array().cloned().unwrap_or_default();
        for name in names.iter().filter_map(Value::as_str) {
            if base.remove(name).is_none() {
                return Err(format!("`{like}` has no `{name}` to leave out."));
            }
        }
    }
    base.extend(table);
    Ok(base)
}
