//! How keys are derived from passphrases and passwords: beside the engine's other work, because each takes a fifth of a
//! second.

use std::fmt;
use std::rc::Rc;

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::crypto::passphrase::{DeriveError, PassphraseKey, Recipe};
use crate::format::secret::CodeSecret;
use crate::keys::link::PasswordKey;
use crate::platform;

/// Derives keys without holding up the thread of the engine.
#[async_trait(?Send)]
pub trait Derive {
    /// Derives the key of a passphrase.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives the key up.
    async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError>;
}

/// Derives the keys of one engine. By default on another thread natively, and in place in a page.
#[derive(Clone)]
pub struct Passphrases(Rc<dyn Derive>);

impl Passphrases {
    /// Has `how` derive the keys.
    pub fn new(how: impl Derive + 'static) -> Self {
        Self(Rc::new(how))
    }

    /// Derives the key of a passphrase.
    pub async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
        self.0.derive(recipe, passphrase).await
    }

    /// Derives what the password of a link adds to its secret; an empty password adds nothing.
    pub async fn key_of_link(&self, secret: &CodeSecret, password: &str) -> Result<PasswordKey, DeriveError> {
        match PasswordKey::recipe(secret, password) {
            Some(recipe) => Ok(PasswordKey::new(&self.derive(recipe, password).await?)),
            None => Ok(PasswordKey::none()),
        }
    }
}

impl Default for Passphrases {
    fn default() -> Self {
        Self::new(Aside)
    }
}

impl fmt::Debug for Passphrases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrases")
    }
}

/// Derives keys where the platform computes what takes long.
struct Aside;

#[async_trait(?Send)]
impl Derive for Aside {
    async fn derive(&self, recipe: Recipe, passphrase: &str) -> Result<PassphraseKey, DeriveError> {
        let passphrase = Zeroizing::new(passphrase.to_owned());
        platform::compute(move || recipe.derive(&passphrase)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::passphrase::Params;

    #[tokio::test]
    async fn the_thread_goes_on_while_a_key_is_derived() {
        let recipe = Recipe { salt: [1; 16], params: Params::DEFAULT };
        let passphrases = Passphrases::default();
        let mut deriving = Box::pin(passphrases.derive(recipe, "a spinney"));
        assert!(futures::poll!(&mut deriving).is_pending(), "it is computed elsewhere");
        let key = deriving.await.expect("there is memory");
        assert_eq!(key.as_bytes(), recipe.derive("a spinney").expect("there is memory").as_bytes());
    }
}
