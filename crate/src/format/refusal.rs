//! The codes of refusals, as the vectors of `FORMAT.md` have them: the same in every implementation.

use crate::format::{DecodeError, Fault, ReadError};

impl DecodeError {
    /// The step that refuses, as `FORMAT.md` lists them under "Vectors".
    pub fn code(&self) -> String {
        match self {
            Self::TooLarge { .. } => "size".to_owned(),
            Self::NotStrict(_) => "cbor".to_owned(),
            Self::Newer { .. } => "version".to_owned(),
            Self::Field { fault: Fault::Frame, .. } => "frame".to_owned(),
            // The whole is not of its one length.
            Self::Field { field, fault: Fault::Length(_) | Fault::Padding } if field.is_empty() => {
                "size".to_owned()
            }
            Self::Field { field, .. } if field.is_empty() => "field".to_owned(),
            Self::Field { field, .. } => format!("field:{field}"),
        }
    }
}

impl ReadError {
    /// The step that refuses, as `FORMAT.md` lists them under "Vectors".
    pub fn code(&self) -> String {
        match self {
            Self::Decode(error) => error.code(),
            Self::Signature => "signature".to_owned(),
            Self::Sealed(_) => "sealed".to_owned(),
            Self::AnotherBlock => "block".to_owned(),
            Self::Ahead => "ahead".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::cbor::NotStrict;

    #[test]
    fn a_code_names_the_step_and_not_the_sentence() {
        let field = DecodeError::at("key", Fault::WeakKey).within("kem");
        let errors: [(DecodeError, &str); 6] = [
            (DecodeError::TooLarge { what: "root", size: 2, limit: 1 }, "size"),
            (DecodeError::at("", Fault::Length(3)), "size"),
            (NotStrict::Null.into(), "cbor"),
            (DecodeError::Newer { what: "root" }, "version"),
            (DecodeError::at("sealed", Fault::Frame), "frame"),
            (field, "field:kem.key"),
        ];
        for (error, code) in errors {
            assert_eq!(ReadError::from(error).code(), code);
        }
        assert_eq!(ReadError::Signature.code(), "signature");
        assert_eq!(ReadError::AnotherBlock.code(), "block");
    }
}
