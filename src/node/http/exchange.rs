//! A request and its response on a connection, from the request's head to the response's last byte.

use std::collections::VecDeque;

use boa_engine::JsObject;

use crate::runtime::async_context::Frame;

/// One request and its response.
pub struct Exchange {
    /// Counts up on each connection.
    pub number: u64,
    pub request: JsObject,
    pub response: JsObject,
    /// What the response has written while others were before it.
    pub out: Vec<u8>,
    /// The response is complete.
    pub done: bool,
    /// The connection closes after it.
    pub last: bool,
    /// What hooks of `async_hooks` know it as.
    pub frame: Frame,
}

/// The exchanges of a connection in the order of their requests; the first one's response is being sent.
#[derive(Default)]
pub struct Exchanges {
    queue: VecDeque<Exchange>,
    /// The connection's last response is complete: those behind it are never sent.
    over: bool,
}

impl Exchanges {
    pub fn push(&mut self, exchange: Exchange) {
        self.queue.push_back(exchange);
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether this one's response is the one being sent.
    pub fn is_first(&self, number: u64) -> bool {
        !self.over
            && self
                .queue
                .front()
                .is_some_and(|first| first.number == number)
    }

    /// The last response was taken: what the others write goes nowhere.
    pub fn end(&mut self) {
        self.over = true;
        for exchange in &mut self.queue {
            exchange.out = Vec::new();
        }
    }

    /// Writes what must wait for other responses, or be dropped; `false` for an exchange that isn't there any more.
    pub fn write_behind(&mut self, number: u64, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let over = self.over;
        let Some(exchange) = self.get_mut(number) else {
            return false;
        };
        if over {
            write(&mut Vec::new());
        } else {
            write(&mut exchange.out);
        }
        true
    }

    pub fn get_mut(&mut self, number: u64) -> Option<&mut Exchange> {
        self.queue
            .iter_mut()
            .find(|exchange| exchange.number == number)
    }

    pub fn first_mut(&mut self) -> Option<&mut Exchange> {
        self.queue.front_mut()
    }

    pub fn last_mut(&mut self) -> Option<&mut Exchange> {
        self.queue.back_mut()
    }

    /// Takes the first exchange if its response is complete, and no other was the last.
    pub fn pop_done(&mut self) -> Option<Exchange> {
        if !self.over && self.queue.front()?.done {
            self.queue.pop_front()
        } else {
            None
        }
    }

    /// Takes all that are left, as the end of the connection does.
    pub fn take(&mut self) -> VecDeque<Exchange> {
        std::mem::take(&mut self.queue)
    }

    /// Bytes that wait behind the first response.
    pub fn waiting(&self) -> usize {
        self.queue.iter().map(|exchange| exchange.out.len()).sum()
    }
}
