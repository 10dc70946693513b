//! Node's timer lists: timers of one duration stand in one list in the order they were started, and the lists stand in
//! order of their next expiry. That order is visible to scripts, so it is kept here and not left to the loop's heap.

use std::collections::BTreeMap;

use boa_engine::JsObject;
use rustc_hash::FxHashMap;

/// Names a started timer in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u32);

struct Node {
    timer: Option<JsObject>,
    start: u64,
    duration: u64,
    previous: u32,
    next: u32,
}

const NONE: u32 = u32::MAX;

struct List {
    expiry: u64,
    /// Which of two lists with one expiry came first.
    sequence: u64,
    head: u32,
    tail: u32,
}

/// All started timers.
#[derive(Default)]
pub struct TimerLists {
    nodes: Vec<Node>,
    free: Vec<u32>,
    lists: FxHashMap<u64, List>,
    order: BTreeMap<(u64, u64), u64>,
    sequence: u64,
}

impl TimerLists {
    /// Appends a timer to the list of its duration. Both times are in milliseconds.
    pub fn insert(&mut self, timer: JsObject, duration: u64, start: u64) -> Entry {
        let node = Node {
            timer: Some(timer),
            start,
            duration,
            previous: NONE,
            next: NONE,
        };
        let index = match self.free.pop() {
            Some(index) => {
                self.nodes[index as usize] = node;
                index
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        match self.lists.get_mut(&duration) {
            Some(list) if list.tail != NONE => {
                self.nodes[list.tail as usize].next = index;
                self.nodes[index as usize].previous = list.tail;
                list.tail = index;
            }
            Some(list) => {
                list.head = index;
                list.tail = index;
            }
            None => {
                self.sequence += 1;
                let (expiry, sequence) = (start + duration, self.sequence);
                self.lists.insert(
                    duration,
                    List {
                        expiry,
                        sequence,
                        head: index,
                        tail: index,
                    },
                );
                self.order.insert((expiry, sequence), duration);
            }
        }
        Entry(index)
    }

    /// Takes a timer out of its list; an empty list goes, unless it is being run.
    pub fn remove(&mut self, entry: Entry, running: Option<u64>) -> Option<JsObject> {
        let node = self.nodes.get_mut(entry.0 as usize)?;
        let timer = node.timer.take()?;
        let (duration, previous, next) = (node.duration, node.previous, node.next);
        self.free.push(entry.0);
        if previous != NONE {
            self.nodes[previous as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
        if let Some(list) = self.lists.get_mut(&duration) {
            if list.head == entry.0 {
                list.head = next;
            }
            if list.tail == entry.0 {
                list.tail = previous;
            }
            if list.head == NONE && running != Some(duration) {
                self.drop_list(duration);
            }
        }
        Some(timer)
    }

    /// The list that expires first: its expiry and its duration.
    pub fn first(&self) -> Option<(u64, u64)> {
        self.order
            .first_key_value()
            .map(|((expiry, _), duration)| (*expiry, *duration))
    }

    /// The first timer of a list, with its start.
    pub fn head(&self, duration: u64) -> Option<(Entry, u64)> {
        let list = self.lists.get(&duration)?;
        let node = self.nodes.get(list.head as usize)?;
        Some((Entry(list.head), node.start))
    }

    /// Moves a list to a later place.
    pub fn postpone(&mut self, duration: u64, expiry: u64) {
        self.sequence += 1;
        if let Some(list) = self.lists.get_mut(&duration) {
            self.order.remove(&(list.expiry, list.sequence));
            list.expiry = expiry;
            list.sequence = self.sequence;
            self.order.insert((expiry, list.sequence), duration);
        }
    }

    /// Removes a list that has run empty.
    pub fn drop_if_empty(&mut self, duration: u64) {
        if self
            .lists
            .get(&duration)
            .is_some_and(|list| list.head == NONE)
        {
            self.drop_list(duration);
        }
    }

    fn drop_list(&mut self, duration: u64) {
        if let Some(list) = self.lists.remove(&duration) {
            self.order.remove(&(list.expiry, list.sequence));
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
