//! Reading columns of rows that a damaged file or another program may have written. What can't be read
//! is missing from its row; it is no error, so one bad row never ends a list.

use rusqlite::types::ValueRef;
use rusqlite::{Row, RowIndex};

/// A text, with a replacement character in place of what is not UTF-8; `None` if it is no text.
pub(super) fn text(row: &Row, column: impl RowIndex) -> rusqlite::Result<Option<String>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
}

/// A whole number; `None` if it is none, or out of range.
pub(super) fn number<T: TryFrom<i64>>(
    row: &Row,
    column: impl RowIndex,
) -> rusqlite::Result<Option<T>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => T::try_from(number).ok(),
        _ => None,
    })
}

/// Whether it is a number other than zero.
pub(super) fn flag(row: &Row, column: impl RowIndex) -> rusqlite::Result<bool> {
    Ok(number::<i64>(row, column)?.is_some_and(|number| number != 0))
}
