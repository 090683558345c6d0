//! A share for everybody: what it is called, and the folder in which its files are.
//!
//! The files are plain UnixFS, which any IPFS tool reads. This object over them says who shares them; signed, it
//! is a block of its own, and stands as bytes in [feeds](super::feed).

use cid::Cid;

use crate::format::fields::Folder;
use crate::format::limits;
use crate::format::object::object;
use crate::format::share_id::InnerId;

object! {
    /// A public share. Signed by its author.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[version(1, "share")]
    #[signed("public-share", limits::PUBLIC_SHARE)]
    pub struct PublicShare {
        /// The share's id inside of objects.
        pub share: InnerId,
        /// Rises with each change.
        pub rev: u64,
        /// When the share was made, in milliseconds since 1970; the author's claim.
        pub created: u64,
        /// Its title.
        #[max(limits::TITLE_CHARS)]
        pub title: String,
        /// What the author wrote to it; may be empty.
        #[max(limits::NOTE_CHARS)]
        pub note: String,
        /// The UnixFS folder with its files.
        #[form(Folder)]
        pub root: Cid,
        /// How many files there are; the author's claim until the folder has been read.
        pub files: u64,
        /// The sum of their lengths in bytes; the author's claim too.
        pub size: u64,
        ..extra
    }
}
