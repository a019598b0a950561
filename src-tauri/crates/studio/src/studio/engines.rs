//! The engines of the profiles, each opened once.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::engine::Engine;
use crate::paths::Profile;

#[derive(Default)]
pub(super) struct Engines {
    apiframe: OnceCell<Arc<Engine>>,
    sandbox: OnceCell<Arc<Engine>>,
}

impl Engines {
    fn of(&self, profile: Profile) -> &OnceCell<Arc<Engine>> {
        match profile {
            Profile::Apiframe => &self.apiframe,
            Profile::Sandbox => &self.sandbox,
        }
    }

    /// The engine of a profile, if it is open.
    pub fn get(&self, profile: Profile) -> Option<Arc<Engine>> {
        self.of(profile).get().cloned()
    }

    /// The engine of a profile; `open` opens it if no one has. What fails is tried again by the
    /// next call.
    ///
    /// # Errors
    /// Those of `open`.
    pub async fn get_or_open<E>(
        &self,
        profile: Profile,
        open: impl Future<Output = Result<Arc<Engine>, E>>,
    ) -> Result<Arc<Engine>, E> {
        let engine = self.of(profile).get_or_try_init(|| open).await?;
        Ok(Arc::clone(engine))
    }
}
