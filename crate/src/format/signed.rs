//! The one envelope of everything that an identity signs.
//!
//! `{object, signature}` in strict DAG-CBOR. `object` is the value itself, so that any IPFS tool can walk its
//! links; `signature` is an untagged COSE_Sign1 (RFC 9052) with the payload detached, so that any COSE library
//! can verify it. Type, algorithm and key stand in its protected header, whose bytes the verifier *builds* and
//! compares: it learns none of them from the message.

use crate::crypto::sign::{SIGNATURE_LEN, SigningKey, VerifyingKey};
use crate::format::cbor;
use crate::format::error::{DecodeError, Fault, ReadError, check_size};
use crate::format::fields::{Extra, Value};
use crate::format::object::object;

use bytes::Bytes;
use ipld_core::ipld::Ipld;

/// A kind of object that identities sign.
pub trait Signed: Value {
    /// The TYPE in `application/vnd.spinney.TYPE.v1+cbor`.
    const TYPE: &'static str;
    /// The largest envelope, in bytes.
    const LIMIT: usize;
}

/// An object whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T> {
    /// Who signed it.
    pub signer: VerifyingKey,
    /// What was signed.
    pub object: T,
}

/// Signs an object. Deterministic.
///
/// # Errors
///
/// If a reader would refuse the object, because a field breaks a rule.
pub fn sign<T: Signed>(key: &SigningKey, object: &T) -> Result<Vec<u8>, DecodeError> {
    let value = object.to_ipld();
    T::from_ipld(value.clone())?;
    let protected = protected::<T>(&key.verifying_key());
    let signature = key.sign(&to_be_signed(&protected, &cbor::from_ipld(&value)));
    let signature = Bytes::from(cose(&protected, &signature));
    let envelope = Envelope { object: value, signature, extra: Extra::new() }.to_bytes();
    check_size(T::TYPE, &envelope, T::LIMIT)?;
    Ok(envelope)
}

/// Verifies and reads an object of the type that the caller expects, signed by `signer` if that is known.
///
/// Without `signer` the key is taken from the message, and it is for the caller to say whether that identity
/// may sign this. Nothing of the object is looked at before its signature holds.
pub fn open<T: Signed>(bytes: &[u8], signer: Option<&VerifyingKey>) -> Result<Verified<T>, ReadError> {
    check_size(T::TYPE, bytes, T::LIMIT)?;
    let Envelope { object: value, signature, .. } = Envelope::from_bytes(bytes)?;
    let signer = match signer {
        Some(signer) => *signer,
        None => claimed_signer(&signature)?,
    };
    let protected = protected::<T>(&signer);
    let (_, sig) = signature.split_last_chunk::<SIGNATURE_LEN>().ok_or(ReadError::Signature)?;
    if cose(&protected, sig) != signature {
        return Err(ReadError::Signature);
    }
    signer
        .verify(&to_be_signed(&protected, &cbor::from_ipld(&value)), sig)
        .map_err(|_| ReadError::Signature)?;
    Ok(Verified { signer, object: T::from_ipld(value).map_err(|e| e.within("object"))? })
}

/// Reads an object whose signature [`open`] has checked before, from where nobody else could have changed it since.
pub fn reopen<T: Signed>(bytes: &[u8]) -> Result<T, DecodeError> {
    check_size(T::TYPE, bytes, T::LIMIT)?;
    T::from_ipld(Envelope::from_bytes(bytes)?.object).map_err(|e| e.within("object"))
}

object! {
    /// An object and its signature. The envelope has no other keys: what is not signed has no place in it.
    #[derive(Debug)]
    #[check(Self::has_no_more)]
    struct Envelope {
        object: Ipld,
        signature: Bytes,
        ..extra
    }
}

impl Envelope {
    fn has_no_more(&self) -> Result<(), DecodeError> {
        let mut keys = self.extra.keys();
        keys.next().map_or(Ok(()), |key| Err(DecodeError::at(key, Fault::Unexpected)))
    }
}

/// The key that the signature names. It stands at the end of the protected header, at a fixed place.
fn claimed_signer(signature: &[u8]) -> Result<VerifyingKey, ReadError> {
    const BEHIND: usize = 2 + 2 + SIGNATURE_LEN;
    let key = signature.len().checked_sub(BEHIND).and_then(|end| signature[..end].last_chunk::<32>());
    VerifyingKey::from_bytes(key.ok_or(ReadError::Signature)?).map_err(|_| ReadError::Signature)
}

/// `{1: -19, 3: content type, 4: key}`: Ed25519 (RFC 9864), in the deterministic encoding of RFC 8949.
fn protected<T: Signed>(signer: &VerifyingKey) -> Vec<u8> {
    let content_type = format!("application/vnd.spinney.{}.v1+cbor", T::TYPE);
    let mut map = vec![0xa3, 0x01, 0x32, 0x03];
    head(&mut map, 0x60, content_type.len());
    map.extend_from_slice(content_type.as_bytes());
    map.push(0x04);
    bstr(&mut map, signer.as_bytes());
    map
}

/// COSE_Sign1, untagged: `[protected, {}, null, signature]`.
fn cose(protected: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Vec<u8> {
    let mut array = vec![0x84];
    bstr(&mut array, protected);
    array.extend_from_slice(&[0xa0, 0xf6]);
    bstr(&mut array, signature);
    array
}

/// Sig_structure: `["Signature1", protected, external_aad = h'', payload]`.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut array = vec![0x84];
    head(&mut array, 0x60, "Signature1".len());
    array.extend_from_slice(b"Signature1");
    bstr(&mut array, protected);
    bstr(&mut array, b"");
    bstr(&mut array, payload);
    array
}

fn bstr(out: &mut Vec<u8>, bytes: &[u8]) {
    head(out, 0x40, bytes.len());
    out.extend_from_slice(bytes);
}

/// The head of a CBOR string, in its shortest form.
fn head(out: &mut Vec<u8>, major: u8, len: usize) {
    let len = u32::try_from(len).expect("every object has a limit far below 4 GiB");
    match len {
        0..24 => out.push(major | len as u8),
        24..0x100 => out.extend_from_slice(&[major | 24, len as u8]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        _ => {
            out.push(major | 26);
            out.extend_from_slice(&len.to_be_bytes());
        }
    }
}
