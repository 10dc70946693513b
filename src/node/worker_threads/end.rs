//! The ends of channels, without their ports: where messages wait, and who hears what an end says. An end outlives the port
//! that it is taken from, on its way to another.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::{Rc, Weak},
};

use ouro_loop::Waker;
use rustc_hash::FxHashMap;

use crate::web::structured_clone::Message;

/// What waits at an end.
pub enum Item {
    Message(Message),
    /// The channel is no more.
    Close,
}

/// What `post` did with a message.
pub enum Posted {
    /// Whether anybody has it.
    To(bool),
    /// An end of the channel was in the message for that end: nobody can ever receive it.
    ToItself,
}

/// Those who hear each other.
#[derive(Default)]
struct Group {
    /// A group with a name stays when members leave; of a pair, the other one hears of it.
    named: bool,
    members: RefCell<Vec<Weak<End>>>,
}

impl Group {
    fn others(&self, end: &End) -> Vec<Rc<End>> {
        let members = self.members.borrow();
        let living = members.iter().filter_map(Weak::upgrade);
        living
            .filter(|other| !std::ptr::eq(&**other, end))
            .collect()
    }
}

/// The groups that have a name.
#[derive(Default)]
pub struct Names {
    groups: RefCell<FxHashMap<String, Weak<Group>>>,
}

/// One end of a channel.
#[derive(Default)]
pub struct End {
    group: RefCell<Option<Rc<Group>>>,
    inbox: RefCell<VecDeque<Item>>,
    waker: RefCell<Option<Waker>>,
}

impl End {
    /// Two that hear each other.
    pub fn pair() -> [Rc<Self>; 2] {
        let group = Rc::new(Group::default());
        [Self::member_of(&group), Self::member_of(&group)]
    }

    /// One that hears all others of that name.
    pub fn named(name: &str, names: &Names) -> Rc<Self> {
        let mut groups = names.groups.borrow_mut();
        let known = groups.get(name).and_then(Weak::upgrade);
        let group = known.unwrap_or_else(|| {
            groups.retain(|_, group| group.strong_count() > 0);
            let group = Rc::new(Group {
                named: true,
                members: RefCell::default(),
            });
            groups.insert(name.to_owned(), Rc::downgrade(&group));
            group
        });
        Self::member_of(&group)
    }

    fn member_of(group: &Rc<Group>) -> Rc<Self> {
        let end = Rc::new(Self::default());
        end.group.replace(Some(group.clone()));
        group.members.borrow_mut().push(Rc::downgrade(&end));
        end
    }

    /// Who is woken for what arrives; at once, if something has.
    pub fn attach(&self, waker: Waker) {
        if !self.inbox.borrow().is_empty() {
            waker.wake();
        }
        *self.waker.borrow_mut() = Some(waker);
    }

    /// Nobody is woken any more.
    pub fn detach(&self) {
        self.waker.borrow_mut().take();
    }

    /// Wakes whoever it is attached to, if something waits.
    pub fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow()
            && !self.inbox.borrow().is_empty()
        {
            waker.wake();
        }
    }

    fn put(&self, item: Item) {
        self.inbox.borrow_mut().push_back(item);
        self.wake();
    }

    /// How many items wait.
    pub fn waiting(&self) -> usize {
        self.inbox.borrow().len()
    }

    /// The next item. Without an interest in messages it is the close, if that is next.
    pub fn take(&self, wants_messages: bool) -> Option<Item> {
        let mut inbox = self.inbox.borrow_mut();
        match inbox.front()? {
            Item::Message(_) if !wants_messages => None,
            Item::Message(_) | Item::Close => inbox.pop_front(),
        }
    }

    /// Gives a message to all others.
    pub fn post(&self, message: Message) -> Posted {
        let Some(group) = self.group.borrow().clone() else {
            return Posted::To(false);
        };
        let others = group.others(self);
        let doomed = message
            .ends()
            .any(|end| others.iter().any(|other| Rc::ptr_eq(end, other)));
        if doomed {
            return Posted::ToItself;
        }
        let Some((last, rest)) = others.split_last() else {
            return Posted::To(false);
        };
        for other in rest {
            if let Some(copy) = message.copy() {
                other.put(Item::Message(copy));
            }
        }
        last.put(Item::Message(message));
        Posted::To(true)
    }

    /// Leaves the group. The other one of a pair will hear of it.
    pub fn leave(&self) {
        let Some(group) = self.group.borrow_mut().take() else {
            return;
        };
        let others = group.others(self);
        group
            .members
            .borrow_mut()
            .retain(|member| member.strong_count() > 0 && !std::ptr::eq(member.as_ptr(), self));
        if !group.named {
            for other in others {
                other.put(Item::Close);
            }
        }
    }
}

impl Drop for End {
    /// An end that goes with a message which nobody reads is left all the same.
    fn drop(&mut self) {
        self.leave();
    }
}
