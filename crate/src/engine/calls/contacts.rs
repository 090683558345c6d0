//! `contacts` of the API.

use crate::engine::api::{Contact, ContactRequest, Introduction, Pasted, Suggestion, Words};
use crate::engine::contacts::unknown;
use crate::engine::{Engine, Error};
use crate::social::pasted;

impl Engine {
    /// Finds the ids, invites and links in a text as people paste it. Works without a profile too.
    ///
    /// # Errors
    ///
    /// `invalid-id` if there is nothing: its detail says whether it looks mistyped or cut short.
    pub async fn read_pasted(&self, typed: &str) -> Result<Vec<Pasted>, Error> {
        let found = pasted::find(typed)?;
        let shown: Vec<_> = match self.unlocked() {
            Ok(open) => found.iter().map(|one| open.contacts.pasted(one)).collect(),
            Err(_) => found.iter().map(unknown).collect(),
        };
        // In what two people wrote to each other, both ids stand.
        let is_only_own = shown.iter().all(|one| one.own);
        Ok(shown.into_iter().filter(|one| is_only_own || !one.own).collect())
    }

    /// Adds somebody by id, invite or invite link, and looks for their profile. They find a request with the message,
    /// and the name of who asks, so that the profile must have one.
    ///
    /// Returns when it is found and verified, or after three seconds in state `resolving`; the search goes on then.
    pub async fn add_contact(&self, typed: &str, message: Option<&str>) -> Result<Contact, Error> {
        self.named()?;
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

    /// Ends a block. Who was a contact before is one again, with the same circles and verification; who was none may
    /// ask again.
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

    /// Notes that the person has read that somebody changed keys.
    pub async fn confirm_new_keys(&self, id: &str) -> Result<Contact, Error> {
        self.unlocked()?.contacts.confirm_new_keys(id).await
    }

    /// Wants news of somebody although their profile names another successor than at first, which stays pinned.
    pub async fn go_on(&self, id: &str) -> Result<Contact, Error> {
        self.unlocked()?.contacts.take_all_the_same(id).await
    }

    /// Requests from people whom I have not added, the newest first.
    pub async fn requests(&self) -> Result<Vec<ContactRequest>, Error> {
        Ok(self.unlocked()?.contacts.requests())
    }

    /// Requests that I declined, and those that followed soon after, the newest first. Each can still be accepted.
    pub async fn declined(&self) -> Result<Vec<ContactRequest>, Error> {
        Ok(self.unlocked()?.contacts.declined())
    }

    /// Looks for the profile of somebody who asks, at the relays that their request names too. These relays learn this
    /// device's network address.
    pub async fn look_up(&self, id: &str) -> Result<ContactRequest, Error> {
        self.while_unlocked(async |open| open.contacts.look_up(id).await).await
    }

    /// Adds somebody who asks, or whose request I declined.
    pub async fn accept(&self, id: &str) -> Result<Contact, Error> {
        self.named()?;
        self.while_unlocked(async |open| open.contacts.accept(id).await).await
    }

    /// Does not add somebody who asks. They learn nothing of it.
    pub async fn decline(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.contacts.decline(id).await
    }

    /// Shows somebody my contacts who agreed to be shown, or shows them no more.
    pub async fn set_visibility(&self, id: &str, sees_mine: bool) -> Result<Contact, Error> {
        self.unlocked()?.introductions.set_visibility(id, sees_mine).await
    }

    /// People whom contacts show me: who is shown by most comes first, then by name; at most 500. Nobody is asked for
    /// anything about them before they are added.
    pub async fn suggestions(&self) -> Result<Vec<Suggestion>, Error> {
        Ok(self.unlocked()?.introductions.suggestions())
    }

    /// Suggests somebody no more, until that is undone. Idempotent.
    pub async fn dismiss(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.introductions.dismiss(id).await
    }

    /// Suggests somebody again. Idempotent.
    pub async fn undo_dismiss(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.introductions.undo_dismiss(id).await
    }

    /// Introduces two contacts to each other, who both agreed to be shown. Each decides whether to add the other.
    pub async fn introduce(&self, a: &str, b: &str, message: Option<&str>) -> Result<(), Error> {
        self.named()?;
        self.unlocked()?.introductions.introduce(a, b, message).await
    }

    /// People whom contacts introduce to me, who are not answered and have not asked, the newest first.
    pub async fn introductions(&self) -> Result<Vec<Introduction>, Error> {
        Ok(self.unlocked()?.introductions.introductions())
    }

    /// Adds somebody whom a contact introduced to me; they hear that I accepted.
    pub async fn accept_introduction(&self, id: &str) -> Result<Contact, Error> {
        self.named()?;
        self.while_unlocked(async |open| open.introductions.accept(id).await).await
    }

    /// Does not add somebody whom a contact introduced to me. Nobody is told.
    pub async fn decline_introduction(&self, id: &str) -> Result<(), Error> {
        self.unlocked()?.introductions.decline(id).await
    }

    /// Makes an invite that is good for one person, for 60 days.
    pub async fn new_invite(&self) -> Result<String, Error> {
        self.named()?;
        self.while_unlocked(async |open| open.contacts.new_invite().await).await
    }
}
