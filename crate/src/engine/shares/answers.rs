//! What readers of a share answer: saying it, taking it back, and hiding it.
//!
//! What a reader says is a note for the author among others, so relays learn nothing of it. The author shows it to the
//! other readers by a list (`answer_lists`).

use crate::engine::Error;
use crate::engine::api::{Comment, NewComment, Share};
use crate::engine::state::{Answer, Tables, shown_share};
use crate::format::header::Header;
use crate::format::note::Says;
use crate::format::share_id::{InnerId, ShareId};
use crate::format::{comment, limits, signed, text};
use crate::keys::Id;
use crate::platform::{self, Instant};
use crate::social::answers::{self, CommentName, HiddenComment, OwnComment, Rules, Said};
use crate::social::share_record::ShareRecord;

use super::handle::Shares;

/// What a reader said of a share of mine, or takes back.
pub(in crate::engine) enum Heard {
    /// An envelope.
    Said(bytes::Bytes),
    /// The name of what they said before.
    TakenBack(InnerId, [u8; 32]),
}

impl Shares {
    /// What was answered to a share, the oldest first. Who asks looks at it.
    pub(in crate::engine) fn comments(&self, id: &str) -> Result<Vec<Comment>, Error> {
        let me = self.0.directory.id;
        let (share, answers) = self.0.state.read(|tables| {
            let share = tables.share(id)?;
            let answers = tables.answers_to(share, &me);
            let shown: Vec<_> = answers.iter().filter_map(|answer| shown(tables, answer)).collect();
            Ok::<_, Error>((share.id(), shown))
        })?;
        self.look_at(share);
        Ok(answers)
    }

    /// Says something of a share, to all of its readers. A second heart is the first.
    ///
    /// # Errors
    ///
    /// `unsupported` if nobody can answer it, `invalid-name` if it is empty or too long, or too much was said today.
    pub(in crate::engine) async fn comment(&self, id: &str, new: NewComment) -> Result<Comment, Error> {
        let me = self.0.directory.id;
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        let is_read = share.author == me || self.0.state.read(|tables| tables.is_written_to(&share.author));
        if !share.answers || share.withdrawn || !is_read {
            return Err(Error::Unsupported("nobody can answer to this share".into()));
        }
        let said = self.signed_comment(&share, new)?;
        let is_mine = share.author == me;
        let installed = self.0.state.update(move |tx| {
            let share = tx.shares.get(&share.id()).filter(|share| share.answers);
            let Some(share) = share.cloned() else { return Err(Error::NotFound("share")) };
            let all = tx.answers_to(&share, &me);
            if let Some(first) = all.iter().find(|it| it.is_mine && it.said.heart && said.heart) {
                return shown(tx, first).ok_or_else(|| Error::bug("an own comment cannot be read"));
            }
            if all.iter().filter(|answer| !answer.is_hidden).count() >= limits::COMMENTS {
                return Err(Error::InvalidName("there are 1,000 answers to this already".into()));
            }
            let own: Vec<_> = all.into_iter().filter(|it| it.is_mine).map(|it| it.said).collect();
            if !is_mine && !answers::may_say(&said, &own) {
                let why = format!("that is {} answers for today: go on tomorrow", limits::COMMENTS_A_DAY);
                return Err(Error::InvalidName(why));
            }
            let own = OwnComment { share: share.id(), comment: said.envelope.clone() };
            tx.own_comments.insert(said.name, own);
            if !is_mine {
                let comment = said.envelope.to_vec().into();
                tx.leave_note(&[share.author], &Says::Comment { comment });
            }
            let answer = Answer { said: said.clone(), is_mine: true, is_hidden: false };
            shown(tx, &answer).ok_or_else(|| Error::bug("an own comment cannot be read"))
        });
        let installed = installed.await?;
        if let Ok(share) = id.parse() {
            self.look_at(share);
        }
        Ok(installed)
    }

    /// Signs what somebody typed.
    fn signed_comment(&self, share: &ShareRecord, new: NewComment) -> Result<Said, Error> {
        let NewComment { text: typed, heart, reply } = new;
        let text = match typed {
            Some(typed) => {
                let text = text::paragraph(&typed, limits::COMMENT_CHARS).map_err(Error::invalid)?;
                Some(text).filter(|text| !text.is_empty())
            }
            None => None,
        };
        if text.is_some() == heart {
            return Err(Error::InvalidName("write something, or give a heart".into()));
        }
        let reply = reply.map(|name| name.parse::<CommentName>().map_err(|_| Error::NotFound("comment")));
        let comment = comment::Comment {
            share: share.id(),
            rev: share.rev,
            time: platform::now_ms(),
            name: self.0.state.read(|tables| tables.account.name.clone()),
            text,
            heart: heart.then_some(true),
            reply: reply.transpose()?.map(|name| *name.as_bytes()),
            extra: Default::default(),
        };
        // A thousand characters that take four bytes each are more than a note carries.
        let too_long = |_| Error::InvalidName("this is too long: say it in two parts".into());
        let envelope = signed::sign(self.0.ring.identity(), &comment).map_err(too_long)?;
        Said::open(&envelope, &share.id(), None).map_err(Error::bug)
    }

    /// Takes back what I said of a share.
    pub(in crate::engine) async fn take_back_comment(&self, id: &str, comment: &str) -> Result<(), Error> {
        let me = self.0.directory.id;
        let name: CommentName = comment.parse().map_err(|_| Error::NotFound("comment"))?;
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        let share_id = share.id();
        let removed = self.0.state.update(move |tx| {
            if tx.own_comments.get(&name).is_none_or(|own| own.share != share_id) {
                return Err(Error::NotFound("comment"));
            }
            tx.own_comments.remove(&name);
            if share.author != me {
                let says = Says::CommentGone { share: share.inner(), comment: *name.as_bytes() };
                tx.leave_note(&[share.author], &says);
            }
            Ok(())
        });
        removed.await?;
        self.look_at(share_id);
        Ok(())
    }

    /// Shows a comment on a share of mine to its readers no more, or again.
    pub(in crate::engine) async fn hide_comment(
        &self,
        id: &str,
        comment: &str,
        hidden: bool,
    ) -> Result<(), Error> {
        let me = self.0.directory.id;
        let name: CommentName = comment.parse().map_err(|_| Error::NotFound("comment"))?;
        let share = self.0.state.read(|tables| tables.share(id).cloned())?;
        if share.author != me {
            return Err(Error::Unsupported("only who shared this can hide an answer".into()));
        }
        let share_id = share.id();
        let changed = self.0.state.update(move |tx| {
            let answers = tx.answers.get(&share_id);
            if !answers.is_some_and(|answers| answers.said().iter().any(|said| said.name == name)) {
                return Err(Error::NotFound("comment"));
            }
            match hidden {
                true => drop(tx.hidden_comments.insert(name, HiddenComment { share: share_id })),
                false => drop(tx.hidden_comments.remove(&name)),
            }
            Ok(())
        });
        changed.await?;
        self.look_at(share_id);
        Ok(())
    }

    /// Lets the readers of one of my shares answer, or no longer. What they said until now stays with those who have it.
    pub(in crate::engine) async fn set_answers(&self, id: &str, answers: bool) -> Result<Share, Error> {
        let me = self.0.directory.id;
        loop {
            let before = self.changeable(id)?;
            if before.by_link || before.own_only || before.withdrawn || before.album.is_some() {
                let why = "only chosen friends with whom you share something can answer";
                return Err(Error::Unsupported(why.into()));
            }
            if before.answers == answers {
                return Ok(shown_share(&before, &me));
            }
            let readers = self.0.state.read(|tables| tables.reachable(&before.recipients));
            let change = before.present().renew(&readers);
            let describe = |header: &mut Header| header.answers = answers.then_some(true);
            if let Some(after) = self.rewrite_as(&before, change, false, None, describe).await? {
                return Ok(shown_share(&after, &me));
            }
        }
    }

    /// Notes that somebody looks at a share: what is said of it is published without waiting for more.
    fn look_at(&self, share: ShareId) {
        self.0.looked.borrow_mut().insert(share, Instant::now());
        self.0.looks.notify_one();
    }

    /// Ingests what a reader says of shares of mine, in its order and in one commit. What does not hold, or is of somebody
    /// who is no reader, is passed over.
    pub(in crate::engine) async fn ingest_comments(&self, from: &Id, heard: Vec<Heard>) -> Result<(), Error> {
        if heard.is_empty() {
            return Ok(());
        }
        let (me, from, now) = (self.0.directory.id, *from, platform::now_ms());
        let state = self.0.state.background();
        let ingested = state.update(move |tx| {
            for heard in heard {
                match heard {
                    Heard::TakenBack(share, name) => {
                        let id = ShareId::new(me.as_bytes(), share);
                        if let Some(answers) = tx.answers.get_mut(&id) {
                            answers.take_back(&from, &name.into());
                        }
                    }
                    Heard::Said(envelope) => {
                        let Ok(comment) = signed::reopen::<comment::Comment>(&envelope) else { continue };
                        let share = tx.shares.get(&comment.share);
                        let is_reader = |share: &&ShareRecord| {
                            share.author == me && share.answers && share.recipients.contains(&from)
                        };
                        let Some(share) = share.filter(is_reader).cloned() else { continue };
                        let id = share.id();
                        let hidden = tx.hidden_comments.clone();
                        let is_hidden = |name: &CommentName| hidden.contains(name);
                        let created = share.created;
                        let rules = Rules { share: &id, rev: share.rev, created, now, is_hidden: &is_hidden };
                        let mut answers = tx.answers.get(&id).cloned().unwrap_or_default();
                        match answers.receive(&from, &envelope, &rules) {
                            Ok(true) => drop(tx.answers.insert(id, answers)),
                            Ok(false) => {}
                            Err(why) => tracing::debug!(%why, "a comment is not taken"),
                        }
                    }
                }
            }
            Ok(())
        });
        ingested.await
    }
}

/// A comment as the page shows it; nothing where its row cannot be read.
fn shown(tables: &Tables, answer: &Answer) -> Option<Comment> {
    let comment = answer.said.comment().ok()?;
    let writer = tables.living(&answer.said.writer);
    Some(Comment {
        id: answer.said.name.to_string(),
        who: writer.to_string(),
        name: text::shown_name(&comment.name),
        time: answer.said.time,
        text: comment.text.as_deref().map(text::shown),
        heart: comment.heart.is_some(),
        reply: comment.reply.map(|name| CommentName::from(name).to_string()),
        mine: answer.is_mine,
        hidden: answer.is_hidden,
    })
}
