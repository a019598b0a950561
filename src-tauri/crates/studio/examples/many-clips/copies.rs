//! Copies of finished generations, in the library's own tables.

use rusqlite::{Connection, Result, params};
use studio::generation::GenerationId;

const DAY: i64 = 86_400_000;

/// Adds so many copies of the finished generations of a library, ten for each day, into the past.
/// They share the files of those that they are copies of.
pub fn add(connection: &mut Connection, rows: i64) -> Result<()> {
    let texts = |sql: &str| {
        let mut statement = connection.prepare(sql)?;
        statement
            .query_map([], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>>>()
    };
    let columns = texts("SELECT name FROM pragma_table_info('generations')")?;
    let finished = texts("SELECT id FROM generations WHERE state = 'ready'")?;
    let values = columns.iter().map(|column| match column.as_str() {
        "id" => "?1",
        "created" | "accepted" | "completed" | "finished" => "?2",
        // Each job belongs to one generation.
        "job_id" => "NULL",
        other => other,
    });
    let copy = format!(
        "INSERT INTO generations ({}) SELECT {} FROM generations WHERE id = ?3",
        columns.join(", "),
        values.collect::<Vec<_>>().join(", ")
    );
    let oldest: i64 =
        connection.query_row("SELECT min(created) FROM generations", [], |row| row.get(0))?;
    let change = connection.transaction()?;
    {
        let mut copy = change.prepare(&copy)?;
        for (row, original) in (1..=rows).zip(finished.iter().cycle()) {
            let created = oldest - row * DAY / 10;
            let id = GenerationId::new(created).to_string();
            copy.execute(params![id, created, original])?;
        }
    }
    change.commit()
}
