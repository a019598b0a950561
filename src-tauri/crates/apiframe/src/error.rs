//! What can go wrong with a call, by what its caller can do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::lenient;

/// The body of an answer that says no.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReply {
    /// What went wrong, in the server's words.
    pub error: String,
    /// What is wrong with which field, keyed by JSON path (`klingParams.duration`).
    #[serde(
        default,
        deserialize_with = "sentences_by_field",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub details: BTreeMap<String, Vec<String>>,
    /// Credits the job would have cost; only with 402.
    #[serde(
        default,
        deserialize_with = "lenient::whole",
        skip_serializing_if = "Option::is_none"
    )]
    pub credits_required: Option<i64>,
    /// Credits there are; only with 402.
    #[serde(
        default,
        deserialize_with = "lenient::whole",
        skip_serializing_if = "Option::is_none"
    )]
    pub credits_available: Option<i64>,
}

fn sentences_by_field<'de, D>(from: D) -> Result<BTreeMap<String, Vec<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    let Value::Object(fields) = Value::deserialize(from)? else {
        return Ok(BTreeMap::new());
    };
    Ok(fields
        .into_iter()
        .map(|(field, value)| (field, sentences(value)))
        .filter(|(_, sentences)| !sentences.is_empty())
        .collect())
}

fn sentences(value: Value) -> Vec<String> {
    match value {
        Value::String(sentence) => vec![sentence],
        Value::Array(items) => items.into_iter().flat_map(sentences).collect(),
        _ => Vec::new(),
    }
}
