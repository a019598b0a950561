//! The connections to the library's file: one that writes, and a few that only read.
//!
//! SQLite's write-ahead log lets readers continue during a write, but only on connections of their
//! own. A single connection behind a mutex would make every page of the gallery wait for a synced
//! write.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::LibraryError;
use crate::private;

/// The most readers at the same time; others wait for one of them. Each holds a page cache of 2 MB
/// and three file handles, and two cores read no faster with more.
const MOST_READERS: usize = 4;
/// Another program that opens the file (a backup tool, a curious user) holds a lock only briefly.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Connections {
    file: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Readers>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Readers {
    idle: Vec<Connection>,
    /// Includes the connections that are in use.
    open: usize,
}

impl Connections {
    /// `writer` is a connection to `file` from [`open_to_write`].
    pub(super) fn new(file: PathBuf, writer: Connection) -> Self {
        Self {
            file,
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Runs `work` on the connection that writes, after its current user is done. A panic during a
    /// write leaves SQLite's transaction rolled back, so the next caller can continue.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut writer)
    }

    /// Runs `work` on a connection that reads. All its queries see the same snapshot, which
    /// includes everything written before.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let reader = self.borrow()?;
        let snapshot = reader.connection.unchecked_transaction()?;
        work(&snapshot)
    }

    fn borrow(&self) -> Result<Borrowed<'_>, LibraryError> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = readers.idle.pop() {
                return Ok(Borrowed {
                    connection: Lent(Some(connection)),
                    from: self,
                });
            }
            if readers.open < MOST_READERS {
                // Opened here, under the lock: it takes well under a millisecond, and happens only
                // once per reader.
                let connection = open_to_read(&self.file)?;
                readers.open += 1;
                return Ok(Borrowed {
                    connection: Lent(Some(connection)),
                    from: self,
                });
            }
            readers = self
                .returned
                .wait(readers)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A reader that is given back when it is dropped.
struct Borrowed<'a> {
    connection: Lent,
    from: &'a Connections,
}

/// Empty only while the reader is being given back.
struct Lent(Option<Connection>);

impl std::ops::Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.0 {
            Some(connection) => connection,
            None => unreachable!("a reader is used after it was given back"),
        }
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.0.take() {
            let mut readers = self
                .from
                .readers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            readers.idle.push(connection);
            drop(readers);
            self.from.returned.notify_one();
        }
    }
}

/// Opens the connection that writes, and creates the file if there is none. What a call has written
/// is on the disk when it returns: writes are few, and a row that records a submission must be
/// there before the submission leaves.
pub(super) fn open_to_write(file: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open(file)?;
    // The files that SQLite keeps beside the library get its mode.
    private::close_file(file);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Opens a read-only connection.
pub(super) fn open_to_read(file: &Path) -> Result<Connection, LibraryError> {
    // Not `SQLITE_OPEN_READ_ONLY`: a reader of a write-ahead log also uses the log's index.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::mpsc;

    use super::*;

    fn connections() -> (tempfile::TempDir, Connections) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("library.sqlite");
        let writer = open_to_write(&file).unwrap();
        writer
            .execute_batch("CREATE TABLE t (n INTEGER) STRICT")
            .unwrap();
        (folder, Connections::new(file, writer))
    }

    fn count(connection: &Connection) -> Result<i64, LibraryError> {
        Ok(connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?)
    }

    #[test]
    fn readers_go_on_while_somebody_writes_and_see_what_was_written_before() {
        let (_folder, connections) = connections();
        let (begun, has_begun) = mpsc::channel();
        let (finish, may_finish) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let connections = &connections;
            scope.spawn(move || {
                connections
                    .write(|writer| {
                        let transaction = writer.transaction()?;
                        transaction.execute("INSERT INTO t VALUES (1)", [])?;
                        begun.send(()).unwrap();
                        may_finish.recv().unwrap();
                        Ok(transaction.commit()?)
                    })
                    .unwrap();
            });
            has_begun.recv().unwrap();
            // More threads than there are readers.
            let readers: Vec<_> = (0..3 * MOST_READERS)
                .map(|_| scope.spawn(|| connections.read(count).unwrap()))
                .collect();
            for reader in readers {
                assert_eq!(reader.join().unwrap(), 0);
            }
            finish.send(()).unwrap();
        });
        assert_eq!(connections.read(count).unwrap(), 1);
    }

    #[test]
    fn a_reader_sees_one_moment_and_changes_nothing() {
        let (_folder, connections) = connections();
        connections
            .read(|reader| {
                assert_eq!(count(reader)?, 0);
                connections.write(|writer| {
                    writer.execute("INSERT INTO t VALUES (1)", [])?;
                    Ok(())
                })?;
                assert_eq!(count(reader)?, 0, "the same moment");
                assert!(reader.execute("DELETE FROM t", []).is_err());
                Ok(())
            })
            .unwrap();
        assert_eq!(connections.read(count).unwrap(), 1);
    }
}
