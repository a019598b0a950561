//! Importing pictures.

use super::Studio;
use crate::frames::{Frame, FrameProblem, Frames};
use crate::problem::Problem;

impl Studio {
    /// Imports a picture on a thread where blocking is allowed: reading and converting one takes up
    /// to seconds. A few are imported at a time; the others wait for their turn.
    ///
    /// # Errors
    /// The error of `work`, or that the program is ending.
    pub async fn import(
        &self,
        work: impl FnOnce(&Frames) -> Result<Frame, FrameProblem> + Send + 'static,
    ) -> Result<Frame, Problem> {
        let turn = self.importing.acquire().await;
        let turn = turn.map_err(|closed| Problem::internal(&closed))?;
        let frames = self.frames.clone();
        let done = tokio::task::spawn_blocking(move || work(&frames)).await;
        drop(turn);
        Ok(done??)
    }
}
