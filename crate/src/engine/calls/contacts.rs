//! `contacts` of the API.

use crate::engine::api::{Contact, ContactRequest, Words};
use crate::engine::{Engine, Error};

impl Engine {
    /// Adds somebody by id, invite or invite link, and looks for their profile. They find a request with the message.
    ///
    /// Returns when it is found and verified, or after three seconds in state `resolving`; the search goes on then.
    pub async fn add_contact(&self, typed: &str, message: Option<&str>) -> Result<Contact, Error> {
        self.while_unlocked(async |open| open.contacts.add(typed, message).await).await
    }

    /// Follows what somebody shares with everybody. They do not hear of it. Looks for them as
    /// [`add_contact`](Self::add_contact) does.
    pub async fn follow(&self, typed: &str) -> Result<Contact, Error> {
        self.while_unlocked(async |open| open.contacts.follow(typed).await).await
    }

    /// My contacts, in the order of their names.
    pub async fn contacts(&self) -> Result<Vec<Contact>, Error> {
        Ok(self.unlocked()?.contacts.contacts())
    }

    /// One contact.
    pub async fn contact(&self, id: &str) -> Result<Contact, Error> {
        self.unlocked()?.contacts.contact(id)
    }

    /// Calls somebody by a name of my own; an empty one goes back to theirs.
    pub async fn rename_contact(&self, id: &str, petname: &str) -> Result<Contact, Error> {
        self.unlocked()?.contacts.rename(id, petname).await
    }

    /// Forgets somebody: what they shared stays here until it is removed, nothing new arrives.
    pub async fn remove_contact(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.contacts.remove(id).await
    }

    /// Wants nothing of somebody any more, a contact or somebody who asks to be one. They are not told.
    pub async fn block(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.contacts.block(id).await
    }

    /// Lets somebody be a stranger again, who may ask.
    pub async fn unblock(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.contacts.unblock(id).await
    }

    /// Puts somebody into exactly these circles.
    pub async fn set_circles(&self, id: &str, circles: &[String]) -> Result<Contact, Error> {
        self.unlocked()?.contacts.set_circles(id, circles).await
    }

    /// The six words that each reads aloud: of a contact, or of somebody who asks to be one.
    pub async fn verify_words(&self, id: &str) -> Result<Words, Error> {
        self.unlocked()?.contacts.verify_words(id)
    }

    /// Notes that somebody's words were compared; from now on a change of their keys is told.
    pub async fn mark_verified(&self, id: &str) -> Result<Contact, Error> {
        self.unlocked()?.contacts.mark_verified(id).await
    }

    /// Requests from people whom I have not added, the newest first.
    pub async fn requests(&self) -> Result<Vec<ContactRequest>, Error> {
        Ok(self.unlocked()?.contacts.requests())
    }

    /// Looks for the profile of somebody who asks, at the relays that their request names too. These relays learn this
    /// device's network address.
    pub async fn look_up(&self, id: &str) -> Result<ContactRequest, Error> {
        self.while_unlocked(async |open| open.contacts.look_up(id).await).await
    }

    /// Adds somebody who asks.
    pub async fn accept(&self, id: &str) -> Result<Contact, Error> {
        self.while_unlocked(async |open| open.contacts.accept(id).await).await
    }

    /// Does not add somebody who asks. They learn nothing of it.
    pub async fn decline(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.contacts.decline(id).await
    }

    /// Makes an invite that is good for one person, for 60 days.
    pub async fn new_invite(&self) -> Result<String, Error> {
        self.while_unlocked(async |open| open.contacts.new_invite().await).await
    }
}
