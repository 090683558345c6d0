//! How rows store objects of the format: as their canonical bytes.

use std::array::TryFromSliceError;

use ipld_core::ipld::Ipld;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeSeq};
use serde_bytes::{ByteArray, ByteBuf, Bytes};
use zeroize::Zeroizing;

use crate::{
    format::{
        DecodeError, Fault, Fields, Value, cbor,
        header::ShareKey,
        link::Link,
        profile::Profile,
        secret::{CodeSecret, Secret},
        share_id::{InnerId, ShareId},
        vault::{Bucket, Vault},
    },
    keys::link::PasswordKey,
};

/// For `#[serde(with = …)]` on an object.
pub(super) mod object {
    use super::*;

    pub(in crate::social) fn serialize<T: Value, S: Serializer>(
        object: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&object.to_bytes())
    }

    pub(in crate::social) fn deserialize<'de, T: Value, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        T::from_bytes(&ByteBuf::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// For `#[serde(with = …)]` on a contact's profile, which may be absent.
///
/// Earlier builds took pictures of any size. One that is refused now is left out, so that the row can still be read.
pub(super) mod profile {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        profile: &Option<Profile>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        profile.as_ref().map(|profile| ByteBuf::from(profile.to_bytes())).serialize(serializer)
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Profile>, D::Error> {
        let bytes = Option::<ByteBuf>::deserialize(deserializer)?;
        bytes.map(|bytes| read(&bytes)).transpose().map_err(D::Error::custom)
    }

    fn read(bytes: &[u8]) -> Result<Profile, DecodeError> {
        let read = Profile::from_bytes(bytes);
        let is_of_picture =
            |why: &DecodeError| matches!(why, DecodeError::Field { field, .. } if field == "avatar");
        match (&read, cbor::to_ipld(bytes)) {
            (Err(why), Ok(Ipld::Map(mut rest))) if is_of_picture(why) => {
                rest.remove("avatar");
                Profile::from_ipld(Ipld::Map(rest))
            }
            _ => read,
        }
    }
}

/// For `#[serde(with = …)]` on a list of objects.
pub(super) mod list {
    use super::*;

    pub(in crate::social) fn serialize<T: Value, S: Serializer>(
        objects: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(objects.len()))?;
        for object in objects {
            list.serialize_element(Bytes::new(&object.to_bytes()))?;
        }
        list.end()
    }

    pub(in crate::social) fn deserialize<'de, T: Value, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        let list = Vec::<ByteBuf>::deserialize(deserializer)?;
        list.iter().map(|bytes| T::from_bytes(bytes)).collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}

/// For `#[serde(with = …)]` on the id of a share inside of objects.
pub(super) mod inner_id {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        id: &InnerId,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&id.0)
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<InnerId, D::Error> {
        ByteArray::deserialize(deserializer).map(|bytes| InnerId(bytes.into_array()))
    }
}

/// For `#[serde(with = …)]` on the id of a share.
pub(super) mod share_id {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        id: &ShareId,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(id.as_bytes())
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ShareId, D::Error> {
        ByteArray::<20>::deserialize(deserializer).map(|bytes| ShareId::from(bytes.into_array()))
    }
}

/// For `#[serde(with = …)]` on the key of a share.
pub(super) mod share_key {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        key: &ShareKey,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(key.as_bytes())
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ShareKey, D::Error> {
        ByteArray::deserialize(deserializer).map(|bytes| ShareKey::from_bytes(bytes.into_array()))
    }
}

/// Takes a secret from its bytes. Before the first release codes had secrets of 32 bytes, of which the first half counts
/// now, here and with whom they were given to.
pub(super) fn secret_of<const N: usize>(bytes: &[u8]) -> Result<Secret<N>, TryFromSliceError> {
    const CODE: usize = 16;
    const OLD_CODE: usize = 32;
    let len = if N == CODE && bytes.len() == OLD_CODE { CODE } else { bytes.len() };
    bytes[..len].try_into().map(Secret::from_bytes)
}

/// For `#[serde(with = …)]` on the secret of an invite or a link.
pub(super) mod secret {
    use super::*;

    pub(in crate::social) fn serialize<const N: usize, S: Serializer>(
        secret: &Secret<N>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(secret.as_bytes())
    }

    pub(in crate::social) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Secret<N>, D::Error> {
        let bytes = Zeroizing::new(ByteBuf::deserialize(deserializer)?.into_vec());
        secret_of(&bytes).map_err(|_| D::Error::invalid_length(bytes.len(), &"a secret"))
    }
}

/// For `#[serde(with = …)]` on a link that was opened.
pub(super) mod link {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(link: &Link, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&link.to_bytes())
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Link, D::Error> {
        let bytes = ByteBuf::deserialize(deserializer)?;
        let link = Link::from_bytes(&bytes).or_else(|why| old(&bytes).map_err(|_| why));
        link.map_err(D::Error::custom)
    }

    /// A link as builds before the first release kept it: a map, with a secret of which the first half counts now.
    fn old(bytes: &[u8]) -> Result<Link, DecodeError> {
        let mut fields = Fields::of(cbor::to_ipld(bytes)?)?;
        let (id, secret) = (fields.take("pk")?, fields.take::<[u8; 32]>("s")?);
        let (relays, seq) = (fields.take("relays")?, fields.take("seq")?);
        let until = if fields.has("until") { Some(fields.take("until")?) } else { None };
        let (secret, _) = secret.split_at(16);
        let secret = secret.try_into().map(CodeSecret::from_bytes).or(Err(Fault::Length(16)))?;
        Ok(Link { id, secret, relays, seq, until })
    }
}

/// For `#[serde(with = …)]` on the password's part of a link's secret.
pub(super) mod password {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        key: &PasswordKey,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(key.as_bytes())
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PasswordKey, D::Error> {
        ByteArray::deserialize(deserializer).map(|bytes| PasswordKey::from_bytes(bytes.into_array()))
    }
}

/// For `#[serde(with = …)]` on a vault: all of it as one bucket.
pub(super) mod vault {
    use super::*;

    pub(in crate::social) fn serialize<S: Serializer>(
        vault: &Vault,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&Zeroizing::new(vault.whole().to_bytes()))
    }

    pub(in crate::social) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vault, D::Error> {
        let bytes = Zeroizing::new(ByteBuf::deserialize(deserializer)?.into_vec());
        let mut vault = Vault::default();
        vault.merge([Bucket::from_bytes(&bytes).map_err(D::Error::custom)?]);
        Ok(vault)
    }
}
