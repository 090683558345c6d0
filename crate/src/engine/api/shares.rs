//! Shares, drafts of them, and their files.

use std::rc::Rc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};

use crate::dag::{Source, SourceError};
use crate::engine::Error;
use crate::social::receipt::Stage;

use super::date;

/// To whom a share is given: contacts, everybody who has my id, nobody but me, or who has a link (and its password).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Audience {
    /// Exactly these contacts.
    Contacts {
        /// Their ids.
        ids: Vec<String>,
    },
    /// Everybody who has my id.
    Public,
    /// Nobody but me.
    #[serde(rename = "self")]
    Myself,
    /// Everybody who has its link.
    Link {
        /// Needed to open it as well; empty or absent where the link is enough.
        #[serde(default)]
        #[cfg_attr(test, tsify(optional))]
        password: Option<String>,
        /// When it ends.
        #[serde(default)]
        #[cfg_attr(test, tsify(type = "Date"))]
        expires: Option<u64>,
    },
}

/// A file to be shared.
#[derive(Clone)]
pub struct NewFile {
    /// Relative path within the share, `/` between segments. One that ends in `/` is a folder without files.
    pub path: String,
    /// Its bytes, read once, in order. Nothing is read of a folder.
    pub source: Rc<dyn Source>,
    /// Its media type, `application/octet-stream` where unknown.
    pub media_type: String,
    /// When it was last changed.
    pub modified: Option<u64>,
    /// A small raster picture of it, at most 16 KiB, that carries no metadata.
    pub preview: Option<Bytes>,
}

impl NewFile {
    /// A folder without files. Its path ends in `/`.
    pub fn folder(path: String) -> Self {
        let source = Rc::new(NoBytes);
        Self { path, source, media_type: String::new(), modified: None, preview: None }
    }
}

/// What is in a folder without files.
struct NoBytes;

#[async_trait(?Send)]
impl Source for NoBytes {
    fn size(&self) -> u64 {
        0
    }

    async fn read(&self, _: u64, _: usize) -> Result<Bytes, SourceError> {
        Ok(Bytes::new())
    }
}

/// What is to be shared.
#[derive(Clone)]
pub struct NewShare {
    /// One line, at most 200 characters.
    pub title: String,
    /// Some words, at most 10,000 characters; of a public share 4,000.
    pub note: Option<String>,
    /// At least one, but where the note says all.
    pub files: Vec<NewFile>,
    /// Who may open it.
    pub audience: Audience,
    /// Whether the caller left in pictures where they were taken. A draft says so again, and nothing else depends on it.
    pub keep_location: bool,
}

/// Which shares are asked for; newest first. What was added to an album that is here is listed for that album alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct ShareQuery {
    /// Only those of one kind.
    #[cfg_attr(test, tsify(type = "Audience['kind']", optional))]
    pub kind: Option<String>,
    /// Only this author's.
    #[cfg_attr(test, tsify(optional))]
    pub author: Option<String>,
    /// Only what was added to this album.
    #[cfg_attr(test, tsify(optional))]
    pub album: Option<String>,
    /// Only those that come after this share in the list.
    #[cfg_attr(test, tsify(optional))]
    pub before: Option<String>,
    /// At most so many.
    #[cfg_attr(test, tsify(optional))]
    pub limit: Option<usize>,
}

/// Which files of a share are asked for, sorted by path.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct FilesQuery {
    /// Only those after this path.
    #[cfg_attr(test, tsify(optional))]
    pub after: Option<String>,
    /// At most so many; 1,000 where none is given.
    #[cfg_attr(test, tsify(optional))]
    pub limit: Option<usize>,
    /// Only the files at these paths, in this order instead.
    #[cfg_attr(test, tsify(optional))]
    pub paths: Option<Vec<String>>,
}

/// A file of a share, as much as a list needs to put it in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct FileName {
    /// Relative path, `/` between segments.
    pub path: String,
    /// Media type, by the author's claim.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed, by the author's claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub modified: Option<u64>,
}

/// A share as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// Stable name of the share, base32.
    pub id: String,
    /// Id of who shares it.
    pub author: String,
    /// One line.
    pub title: String,
    /// Some words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Path of the file that its author has stand for it. There may be none at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<String>,
    /// What its author wants its files to be in order by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "\"name\" | \"date\" | \"size\""))]
    pub order: Option<String>,
    /// The author's claim, no later than when it was first seen here.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub created: u64,
    /// What its author calls themselves, where that is known and they are no contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// The kind of its audience.
    #[cfg_attr(test, tsify(type = "Audience['kind']"))]
    pub audience: &'static str,
    /// Ids of the recipients; known to its author only. None of a share with contacts means that nobody gets what is
    /// added to it: it was withdrawn, or all were taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
    /// Ids of people who were taken off and can still open what was in it then; known to its author only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former: Option<Vec<String>>,
    /// Id of who made it, where its author passed on what somebody else had made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// What its maker calls themselves, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by_name: Option<String>,
    /// Whether I have not looked at what is in it now.
    pub unread: bool,
    /// Sum of the files' sizes.
    pub size: u64,
    /// Number of files.
    pub files: u64,
    /// CID of the sealed manifest; of the UnixFS folder where the share is public.
    pub root: String,
    /// Whether a relay has acknowledged everything that a recipient needs; of others' shares, whether one has told of it.
    pub kept: bool,
    /// Of mine: whether another device of mine made it and no relay has it yet.
    pub on_other_device: bool,
    /// Of what was passed on: hosts that may have its files and that were not asked, because they belong to nobody whom I
    /// know. Each would learn this device's network address. While its list of files is there alone, `files` is 0.
    pub elsewhere: Vec<String>,
    /// Whether its readers may add files to it: it is an album.
    pub adds: bool,
    /// Whether its readers may answer, for all of them to see.
    pub answers: bool,
    /// How many comments and hearts it shows.
    pub answered: u64,
    /// Id of the album to which this was added. It is to be shown there; where there is no such share, alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Whether its list of files is not here yet. It is looked for, unless `elsewhere` names somebody.
    pub unlisted: bool,
    /// Whether it is in an album, for all of its readers; what I added is only after its author has taken it in.
    pub in_album: bool,
}

/// What somebody says of a share, for all of its readers to see.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct NewComment {
    /// Some words, at most 1,000 characters; or else a heart.
    #[serde(default)]
    #[cfg_attr(test, tsify(optional))]
    pub text: Option<String>,
    /// Whether it is a heart. A second one is the first.
    #[serde(default)]
    #[cfg_attr(test, tsify(optional))]
    pub heart: bool,
    /// Id of the comment that it answers.
    #[serde(default)]
    #[cfg_attr(test, tsify(optional))]
    pub reply: Option<String>,
}

/// A comment on a share, or a heart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Comment {
    /// Its name, hexadecimal.
    pub id: String,
    /// Id of who says it.
    pub who: String,
    /// What they call themselves.
    pub name: String,
    /// When it was written, by its writer's claim.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub time: u64,
    /// What it says; absent where it is a heart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether it is a heart.
    pub heart: bool,
    /// Id of the comment that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// Whether I say it.
    pub mine: bool,
    /// Whether I hide it from the other readers of my share.
    pub hidden: bool,
}

/// A link that was given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Link {
    /// The share that it leads to.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The code to be given out, behind `#/link/` after the address of any page.
    pub link: String,
    /// Whether a password is needed as well.
    pub password: bool,
    /// When it was made.
    #[serde(serialize_with = "date::required")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub created: u64,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub expires: Option<u64>,
}

/// What is to become of a link that was given out; what is absent stays as it is.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
pub struct LinkChange {
    /// Another password; an empty one takes it away.
    #[serde(default)]
    #[cfg_attr(test, tsify(optional))]
    pub password: Option<String>,
    /// Another end; `null` for never.
    #[serde(default, deserialize_with = "said")]
    #[cfg_attr(test, tsify(optional, type = "Date | null"))]
    pub expires: Option<Option<u64>>,
}

/// What is there is said, also where it is nothing.
fn said<'de, D: Deserializer<'de>>(found: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(found).map(Some)
}

/// What opening a link would do: nobody is connected for it before the link is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LinkPreview {
    /// Id of its author.
    pub author: String,
    /// What I call its author, if the unlocked profile knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    /// Whether it is a link of mine.
    pub own: bool,
    /// The share to which it leads, if the unlocked profile has opened it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
    /// Hosts that opening it connects to, and that are no relays of this page. Each learns this device's network address.
    pub relays: Vec<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub expires: Option<u64>,
}

/// How far a recipient of one of my shares has come, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Delivery {
    /// The recipient's id.
    pub contact: String,
    /// How far.
    pub state: Stage,
}

/// A file of a share.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Relative path, `/` between segments.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Media type, by the author's claim.
    #[serde(rename = "type")]
    pub media_type: String,
    /// When it was last changed, by the author's claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(serialize_with = "date::optional")]
    #[cfg_attr(test, tsify(type = "Date"))]
    pub modified: Option<u64>,
    /// A small raster picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, tsify(type = "Blob"))]
    pub preview: Option<serde_bytes::ByteBuf>,
    /// Bytes of it held in this browser.
    pub have: u64,
    /// Name under which it is saved alone: that of the path, as every system can have it.
    pub portable_name: String,
}

/// A share whose files were not all read when the engine ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Name of the draft.
    pub id: String,
    /// The share's title.
    pub title: String,
    /// Paths of the files to choose again.
    pub missing: Vec<String>,
    /// Whether its pictures were prepared with the places where they were taken.
    pub keep_location: bool,
}

/// A folder outside the engine into which a share is saved. Nothing that is in it is ever replaced.
#[async_trait(?Send)]
pub trait Folder {
    /// Whether nothing is in it.
    async fn is_empty(&self) -> Result<bool, Error>;

    /// Opens the folder of this name in it; `None` if there is no such folder.
    async fn folder(&self, name: &str) -> Result<Option<Rc<dyn Folder>>, Error>;

    /// Opens the file of this name in it for reading; `None` if there is no such file.
    async fn file(&self, name: &str) -> Result<Option<Box<dyn Source>>, Error>;

    /// Makes a folder of this name in it.
    ///
    /// # Errors
    ///
    /// [`Refusal::Taken`] if there is a file or a folder of this name.
    async fn make_folder(&self, name: &str) -> Result<Rc<dyn Folder>, Refusal>;

    /// Makes a file of this name in it, and opens it for writing.
    ///
    /// # Errors
    ///
    /// [`Refusal::Taken`] if there is a file or a folder of this name.
    async fn make_file(&self, name: &str) -> Result<Box<dyn FileWriter>, Refusal>;
}

/// Why a folder does not make what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something of this name is there already.
    Taken,
    /// The system allows no such name, or no such file.
    Name,
    /// No other name would help.
    Failed(Error),
}

/// A file that is being saved.
#[async_trait(?Send)]
pub trait FileWriter {
    /// Appends bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error>;
    /// Completes the file; dropped without it, the file goes.
    ///
    /// # Errors
    ///
    /// [`Refusal::Name`] if the system does not keep such a file.
    async fn close(self: Box<Self>) -> Result<(), Refusal>;
}
