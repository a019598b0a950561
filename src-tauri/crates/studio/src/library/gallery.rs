//! The gallery's pages: newest first, with keys rather than offsets, so that the thousandth page
//! costs as much as the first and nothing appears twice when something new is added.

use rusqlite::params;
use rusqlite::types::Value;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::columns::{number, text};
use super::records::{ROWS, read};
use super::{Library, LibraryError};
use crate::generation::{Record, Revision, next_revision};

/// Cards on a page: four screens of a large window.
const PAGE: u32 = 60;

/// Which generations a gallery shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize, Type)]
#[serde(rename = "GalleryFilter", rename_all = "camelCase")]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those not finished.
    Running,
    /// Those that ended without a clip, the uncertain ones included.
    Failed,
}

impl Filter {
    fn condition(self) -> &'static str {
        match self {
            Self::All => "TRUE",
            Self::Running => {
                "state IN ('recorded','uploading','submitting','rendering','downloading')"
            }
            Self::Failed => "state IN ('failed','uncertain')",
        }
    }
}

/// How many generations there are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// In all.
    pub all: u32,
    /// Not finished.
    pub running: u32,
    /// Ended without a clip.
    pub failed: u32,
    /// Which of two counts is newer: the one with the higher number.
    #[specta(type = u32)]
    pub revision: Revision,
}

/// A page of records and the key of the next page.
#[derive(Debug)]
pub struct Page {
    /// The records, newest first.
    pub records: Vec<Record>,
    /// The cursor for the page after this one; `None` on the last page.
    pub next: Option<String>,
}

impl Library {
    /// The page of the gallery that starts after `cursor` (a [`Page::next`]), or the first page
    /// without one. A cursor that can't be read gives the first page.
    ///
    /// # Errors
    /// SQLite's.
    pub fn page(&self, filter: Filter, cursor: Option<&str>) -> Result<Page, LibraryError> {
        let (created, id) = cursor
            .and_then(|cursor| {
                let (created, id) = cursor.split_once('_')?;
                Some((Value::Integer(created.parse().ok()?), id))
            })
            // After every number and text, so that a row whose time can't be read comes first.
            .unwrap_or((Value::Blob(vec![0xff]), "~"));
        self.read(|connection| {
            let mut query = connection.prepare_cached(&format!(
                "{ROWS} WHERE (g.created, g.id) < (?1, ?2) AND {} \
                 ORDER BY g.created DESC, g.id DESC LIMIT ?3 OFFSET ?4",
                filter.condition()
            ))?;
            let mut records = Vec::new();
            let mut passed = 0;
            loop {
                let rows = query
                    .query_map(params![created, id, PAGE + 1, passed], |row| {
                        let key = number::<i64>(row, "created")?.zip(text(row, "id")?);
                        Ok((key, read(row)?))
                    })?
                    .collect::<Result<Vec<_>, _>>()?;
                // Counted in rows: one that can't be shown ends nothing.
                let page = PAGE as usize;
                let more = rows.len() > page;
                let (keys, readable): (Vec<_>, Vec<_>) = rows.into_iter().take(page).unzip();
                records.extend(readable.into_iter().flatten());
                // The last row that has a key: those after it, which have none, are read once more.
                let next = keys.into_iter().rev().flatten().next().filter(|_| more);
                if next.is_some() || !more {
                    let next = next.map(|(created, id)| format!("{created}_{id}"));
                    return Ok(Page { records, next });
                }
                // A whole page without a key: the next one can only be found by counting.
                passed += PAGE;
            }
        })
    }

    /// How many generations there are.
    ///
    /// # Errors
    /// SQLite's.
    pub fn counts(&self) -> Result<Counts, LibraryError> {
        let revision = next_revision();
        self.read(|connection| {
            Ok(connection
                .prepare_cached(&format!(
                    "SELECT coalesce(sum(number), 0), \
                     coalesce(sum(number) FILTER (WHERE {}), 0), \
                     coalesce(sum(number) FILTER (WHERE {}), 0) FROM generation_counts",
                    Filter::Running.condition(),
                    Filter::Failed.condition()
                ))?
                .query_row([], |row| {
                    Ok(Counts {
                        all: row.get(0)?,
                        running: row.get(1)?,
                        failed: row.get(2)?,
                        revision,
                    })
                })?)
        })
    }
}
