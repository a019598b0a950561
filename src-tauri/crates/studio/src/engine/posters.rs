//! Where posters are kept.

use std::path::{Path, PathBuf};

use crate::generation::GenerationId;

/// The folder of posters in a library's folder.
pub(super) const POSTERS: &str = "posters";

/// Where the poster of a generation is kept in a library's folder.
#[must_use]
pub fn poster_path(library: &Path, id: &GenerationId) -> PathBuf {
    library.join(POSTERS).join(format!("{id}.jpg"))
}
