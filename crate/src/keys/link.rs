//! What grows from the secret of a link, and from the password where there is one.
//!
//! The secret alone finds the letterbox; to open it, the password is mixed into the key through Argon2id, so that
//! nobody can try passwords faster than that allows.

use zeroize::Zeroizing;

use crate::{
    crypto::{
        kdf,
        passphrase::{DeriveError, Params, PassphraseKey, Recipe},
    },
    format::secret::CodeSecret,
};

/// What the password of a link adds to its secret: 32 bytes, zeros where there is none.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordKey(Zeroizing<[u8; 32]>);

impl PasswordKey {
    /// The key of a link without a password.
    pub fn none() -> Self {
        Self(Zeroizing::new([0; 32]))
    }

    /// How the key of a password is derived; none for an empty password.
    pub fn recipe(secret: &CodeSecret, password: &str) -> Option<Recipe> {
        let salt = || *kdf::<16>(secret.as_bytes(), "link-salt", b"");
        (!password.is_empty()).then(|| Recipe { salt: salt(), params: Params::DEFAULT })
    }

    /// Takes the key that [`recipe`](Self::recipe) gives.
    pub fn new(derived: &PassphraseKey) -> Self {
        Self::from_bytes(*derived.as_bytes())
    }

    /// Derives the key in place, which holds the thread for a fifth of a second if there is a password.
    pub fn derive(secret: &CodeSecret, password: &str) -> Result<Self, DeriveError> {
        match Self::recipe(secret, password) {
            Some(recipe) => Ok(Self::new(&recipe.derive(password)?)),
            None => Ok(Self::none()),
        }
    }

    /// Takes a key that was derived before.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether there is a password.
    pub fn is_none(&self) -> bool {
        *self == Self::none()
    }
}

impl std::fmt::Debug for PasswordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordKey(…)")
    }
}

/// The secret by which both sides compute the blinded label of the link's letterbox. Needs no password.
pub fn label_secret(secret: &CodeSecret) -> Zeroizing<[u8; 32]> {
    kdf(secret.as_bytes(), "link-label", b"")
}

/// The pair secret of the link's letterbox: opens its page and its slots.
pub fn pair_secret(secret: &CodeSecret, password: &PasswordKey) -> Zeroizing<[u8; 32]> {
    let both = Zeroizing::new([&secret.as_bytes()[..], &*password.0].concat());
    kdf(&both, "link", b"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_changes_what_opens_the_letterbox_and_not_what_finds_it() {
        let secret = CodeSecret::from_bytes([1; 16]);
        let [none, empty] = [PasswordKey::none(), PasswordKey::derive(&secret, "").unwrap()];
        assert!(none == empty && empty.is_none());
        let typed = PasswordKey::derive(&secret, "Ame\u{301}lie").unwrap();
        assert!(typed == PasswordKey::derive(&secret, "Am\u{e9}lie").unwrap() && !typed.is_none());
        assert_ne!(pair_secret(&secret, &none), pair_secret(&secret, &typed));
        assert_ne!(label_secret(&secret), pair_secret(&secret, &none));
        let other = PasswordKey::derive(&CodeSecret::from_bytes([2; 16]), "Am\u{e9}lie").unwrap();
        assert!(typed != other, "one password is another key for another link");
    }
}
