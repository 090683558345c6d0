//! Padding that hides lengths: Padmé sizes and the frame around a padded plaintext.

/// Bytes of the length that comes first in a frame.
pub const PREFIX_LEN: usize = 4;

/// The bytes are no frame: the length points past the end, or the filling is not zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The stated length does not fit into the bytes.
    #[error("a padded frame is shorter than it says")]
    Cut,
    /// The filling holds something.
    #[error("a padded frame is filled with something other than zeros")]
    Filling,
}

/// The Padmé size of a length (PURBs, Nikitin et al. 2019): at most 12 % more, and few sizes to tell apart.
///
/// Monotone and idempotent; saturates where the rounded size would not fit.
pub fn padme(len: u64) -> u64 {
    if len < 2 {
        return len;
    }
    let exponent = len.ilog2();
    let significant = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - significant)) - 1;
    len.saturating_add(mask) & !mask
}

/// Frames `data` in exactly `total` bytes: `u32be length ‖ data ‖ zeros`.
///
/// # Panics
///
/// If `total` is below [`PREFIX_LEN`]` + data.len()`, which is for the caller to choose.
pub fn frame(data: &[u8], total: usize) -> Vec<u8> {
    let len = u32::try_from(data.len()).expect("objects are far below 4 GiB");
    assert!(total >= PREFIX_LEN + data.len(), "a frame must hold its data");
    let mut framed = Vec::with_capacity(total);
    framed.extend_from_slice(&len.to_be_bytes());
    framed.extend_from_slice(data);
    framed.resize(total, 0);
    framed
}

/// Frames `data` in the Padmé size of its frame.
pub fn frame_padme(data: &[u8]) -> Vec<u8> {
    let total = padme((PREFIX_LEN + data.len()) as u64);
    frame(data, usize::try_from(total).expect("objects are far below 4 GiB"))
}

/// The data inside a frame. Filling that is not zeros is refused: it would be a place to hide things.
pub fn unframe(framed: &[u8]) -> Result<&[u8], FrameError> {
    let (len, rest) = framed.split_first_chunk().ok_or(FrameError::Cut)?;
    let len = usize::try_from(u32::from_be_bytes(*len)).map_err(|_| FrameError::Cut)?;
    let (data, filling) = rest.split_at_checked(len).ok_or(FrameError::Cut)?;
    if filling.iter().all(|&byte| byte == 0) { Ok(data) } else { Err(FrameError::Filling) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padme_gives_the_sizes_of_the_paper() {
        for (len, padded) in
            [(0, 0), (1, 1), (7, 7), (8, 8), (9, 10), (100, 104), (1000, 1024), (1 << 20, 1 << 20)]
        {
            assert_eq!(padme(len), padded, "{len}");
        }
        assert_eq!(padme(u64::MAX), !((1 << 57) - 1));
    }

    #[test]
    fn a_frame_that_lies_about_its_length_or_filling_is_refused() {
        assert_eq!(unframe(&[0, 0, 0]), Err(FrameError::Cut));
        assert_eq!(unframe(&[0, 0, 0, 2, 7]), Err(FrameError::Cut));
        assert_eq!(unframe(&[0xff, 0xff, 0xff, 0xff, 7]), Err(FrameError::Cut));
        assert_eq!(unframe(&[0, 0, 0, 1, 7, 0, 1]), Err(FrameError::Filling));
        assert_eq!(unframe(&[0, 0, 0, 1, 7, 0, 0]), Ok(&[7][..]));
        assert_eq!(unframe(&[0, 0, 0, 0]), Ok(&[][..]));
    }

    proptest! {
        #[test]
        fn padme_adds_at_most_an_eighth_and_rounds_once(len in 0u64..1 << 50) {
            let padded = padme(len);
            prop_assert!(padded >= len && padded - len <= len / 8);
            prop_assert_eq!(padme(padded), padded);
        }

        #[test]
        fn what_was_framed_comes_out_again(data: Vec<u8>, more in 0usize..64) {
            let total = PREFIX_LEN + data.len() + more;
            prop_assert_eq!(frame(&data, total).len(), total);
            for framed in [frame(&data, total), frame_padme(&data)] {
                prop_assert_eq!(unframe(&framed), Ok(&data[..]));
            }
        }
    }
}
