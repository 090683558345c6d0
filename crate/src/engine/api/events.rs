//! Events.

use serde::Serialize;

use super::{Contact, Me, Share, Stage, Transfer, TransferId};

/// What happened. Events about one subject come in order. `request` means that somebody asks to be added, and comes
/// again when more is known of them; `request-removed`, that they were answered. `resync` means that events were
/// dropped: list again.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify), tsify(missing_as_null, rename = "EngineEvent"))]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// A transfer moved or changed its state.
    Transfer(Transfer),
    /// A share came, changed or went.
    Share {
        /// `received`, `updated` or `removed`.
        change: Change,
        /// As it is now; as it was where it was removed.
        share: Share,
    },
    /// A contact changed.
    Contact {
        /// As it is now.
        contact: Contact,
    },
    /// A contact was removed.
    ContactRemoved {
        /// Its id.
        id: String,
    },
    /// Somebody asks to be added, or more is known of who asks.
    Request {
        /// Who asks.
        id: String,
        /// Their name; empty until it is known.
        name: String,
        /// Whether I declined, now or shortly before: it is listed with the declined ones.
        declined: bool,
    },
    /// Somebody asks no longer: they were answered.
    RequestRemoved {
        /// Who asked.
        id: String,
    },
    /// What is known of a recipient's copy.
    Delivery {
        /// The share.
        share: String,
        /// The recipient.
        contact: String,
        /// How far they have come.
        state: Stage,
    },
    /// What was answered to a share changed: list its comments again.
    Answers {
        /// The share.
        share: String,
        /// Who said something new, if somebody else did within the last day.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
    },
    /// A transfer began.
    TransferAdded {
        /// Its id.
        #[cfg_attr(test, tsify(type = "string"))]
        id: TransferId,
    },
    /// A transfer is no longer listed.
    TransferRemoved {
        /// Its id.
        #[cfg_attr(test, tsify(type = "string"))]
        id: TransferId,
    },
    /// A profile was unlocked, changed or locked.
    Profile {
        /// The unlocked profile.
        me: Option<Me>,
    },
    /// The store is full.
    Quota {
        /// Bytes used.
        used: u64,
        /// Bytes that could not be written.
        needed: u64,
    },
    /// Whether any own relay is connected.
    Network {
        /// True from the first connection on.
        connected: bool,
    },
    /// Of the folders that are kept in step one is new, gone, or stands otherwise, or the journal has news.
    Folders,
    /// Of my drop boxes one is new or was ended, or of the files that were left in them some came or were answered.
    Drops,
    /// What friends keep for me, or I for them, is something else now.
    Keeping,
    /// Of the devices of the unlocked profile one is new, is there or away, was removed, or has another name.
    Devices,
    /// A new device has read the code that is shown here: it waits for its four words.
    DeviceAsks {
        /// What its person calls it.
        name: String,
    },
    /// The four words of this new device, to be typed on the one that showed the code.
    DeviceWords {
        /// In their order.
        words: Vec<String>,
    },
    /// Whose device this browser becomes, once the person says yes.
    DeviceIdentity {
        /// The identity.
        id: String,
        /// Its name; empty if it is not known.
        name: String,
    },
    /// The code that was shown here is over: it is too old, or the device that used it went away.
    DeviceCodeEnded,
    /// Whom contacts show or introduce to me is another than before: list suggestions and introductions again.
    Introductions,
    /// Events were dropped: list again.
    Resync,
}

/// What became of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new here.
    Received,
    /// Its header, files or state changed.
    Updated,
    /// It is gone.
    Removed,
}
