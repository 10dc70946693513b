//! One run of the loop, phase by phase: `uv_run` of libuv as a state machine that stops at each event.

use std::io;
use std::time::Duration;

use crate::event::{Event, RunMode};
use crate::handle::{HandleId, Handles, Kind};
use crate::sys::FsWatches;
use crate::wake::{FS_WATCH_TOKEN, WAKE_TOKEN};
use crate::watcher::Watch;
use crate::{Core, EVENTS_PER_POLL, sys};

/// Passes through the pending queue after poll.
const PENDING_PASSES: u32 = 8;
/// Polls in one iteration, as long as each fetches a full batch.
const POLLS_PER_ITERATION: u32 = 48;

/// Where in the run the loop is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    /// Not in a run.
    Start,
    /// The timers that were due on entry (default mode).
    EntryTimers,
    /// Before an iteration.
    Top,
    /// The pending queue, as long as it was when the phase began.
    Pending { left: usize },
    /// Idle, prepare or check handles.
    Watchers(Watch),
    /// Before poll.
    Poll,
    /// What poll found and what it needn't have looked for.
    Dispatch { left: usize, polls_left: u32 },
    /// The pending queue after poll.
    PendingAgain { left: usize, passes_left: u32 },
    /// Handles closed before this phase.
    Closing,
    /// The timers that were due after poll.
    Timers,
    /// After the last iteration.
    End,
}

/// How far the handle under way has got; one handle can have several events in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// In the poll phase: announce what came in.
    Announce,
    /// The caller has acted on the announcement.
    Announced,
    /// In a pending phase.
    Pending,
    /// Send what is queued.
    Flush,
    /// Announce so many writes, then the shutdown. What is sent meanwhile waits for another pass.
    Completions { left: usize },
    /// In the closing phase.
    Closing,
    /// Nothing more in this phase.
    Done,
}

impl Core {
    pub(crate) fn next_event(&mut self, mode: RunMode) -> Option<Event> {
        // Who breaks off one run may go on in another mode: that ends the iteration in hand by its own rules.
        self.mode = mode;
        self.time_is_fresh = false;
        loop {
            if let Some((id, step)) = self.current {
                match self.step(id, step) {
                    Some(event) => return Some(event),
                    None => self.current = None,
                }
                continue;
            }
            match self.state {
                State::Start => self.begin_run(),
                State::EntryTimers => match self.next_expired() {
                    Some(event) => return Some(event),
                    None => self.state = State::Top,
                },
                State::Top if !self.run_alive || self.stop => self.state = State::End,
                State::Top => {
                    self.can_sleep = self.pending_live == 0 && self.idle.is_empty();
                    match self.pending.len() {
                        0 => self.begin_watchers(Watch::Idle),
                        left => self.state = State::Pending { left },
                    }
                }
                State::Pending { left: 0 } => self.begin_watchers(Watch::Idle),
                State::Pending { left } => {
                    self.take_pending();
                    self.state = State::Pending { left: left - 1 };
                }
                State::Watchers(watch) => match self.watch_list(watch).next_in_pass() {
                    Some(id) => return Some(watch.event(id)),
                    None => self.end_watchers(watch),
                },
                State::Poll if self.mode == RunMode::Awake && self.would_sleep() => {
                    if self.poll(Some(Duration::ZERO), POLLS_PER_ITERATION) == 0 {
                        self.state = State::Poll;
                        return None;
                    }
                    self.metrics.iterations += 1;
                }
                State::Poll => {
                    self.metrics.iterations += 1;
                    let timeout = self.poll_timeout();
                    self.poll(timeout, POLLS_PER_ITERATION);
                }
                State::Dispatch {
                    left: 0,
                    polls_left,
                } if polls_left > 0 => {
                    self.poll(Some(Duration::ZERO), polls_left);
                }
                State::Dispatch { left: 0, .. } => {
                    self.state = State::PendingAgain {
                        left: 0,
                        passes_left: PENDING_PASSES,
                    };
                }
                State::Dispatch { left, polls_left } => {
                    self.take_ready();
                    let left = left - 1;
                    self.state = State::Dispatch { left, polls_left };
                }
                State::PendingAgain {
                    left: 0,
                    passes_left,
                } => {
                    if self.pending_live == 0 || passes_left == 0 {
                        self.begin_watchers(Watch::Check);
                    } else {
                        self.state = State::PendingAgain {
                            left: self.pending.len(),
                            passes_left: passes_left - 1,
                        };
                    }
                }
                State::PendingAgain { left, passes_left } => {
                    self.take_pending();
                    let left = left - 1;
                    self.state = State::PendingAgain { left, passes_left };
                }
                State::Closing => match self.closing_now.pop() {
                    Some(id) => self.current = Some((id, Step::Closing)),
                    None => self.begin_timers(),
                },
                State::Timers => match self.next_expired() {
                    Some(event) => return Some(event),
                    None => {
                        self.run_alive = self.alive();
                        self.state = match self.mode {
                            RunMode::Default | RunMode::Awake => State::Top,
                            RunMode::Once | RunMode::NoWait => State::End,
                        };
                    }
                },
                State::End => {
                    self.stop = false;
                    self.state = State::Start;
                    return None;
                }
            }
        }
    }

    fn begin_run(&mut self) {
        self.run_alive = self.alive();
        self.state = State::Top;
        if !self.run_alive {
            self.update_time();
        } else if matches!(self.mode, RunMode::Default | RunMode::Awake) && !self.stop {
            self.begin_timers();
            self.state = State::EntryTimers;
        }
    }

    /// On to a phase of watchers, or past it if there are none.
    fn begin_watchers(&mut self, watch: Watch) {
        let list = self.watch_list(watch);
        if list.is_empty() {
            self.end_watchers(watch);
        } else {
            list.begin_pass();
            self.state = State::Watchers(watch);
        }
    }

    fn end_watchers(&mut self, watch: Watch) {
        match watch {
            Watch::Idle => self.begin_watchers(Watch::Prepare),
            Watch::Prepare => self.state = State::Poll,
            Watch::Check if self.closing.is_empty() => self.begin_timers(),
            Watch::Check => {
                std::mem::swap(&mut self.closing, &mut self.closing_now);
                self.state = State::Closing;
            }
        }
    }

    fn begin_timers(&mut self) {
        if !self.time_is_fresh {
            self.update_time();
        }
        self.expire_timers();
        self.state = State::Timers;
    }

    fn take_pending(&mut self) {
        let Some(id) = self.pending.pop_front() else {
            return;
        };
        // A handle closed meanwhile has left the count, and only its entry was still here.
        if let Ok(slot) = self.handles.open_mut(id)
            && slot.pending
        {
            slot.pending = false;
            self.pending_live -= 1;
            self.current = Some((id, Step::Pending));
        }
    }

    fn take_ready(&mut self) {
        if let Some(id) = self.ready.pop_front()
            && let Ok(slot) = self.handles.open_mut(id)
        {
            slot.ready = false;
            self.current = Some((id, Step::Announce));
        }
    }

    /// How long the poll of this run may sleep; `None` is for ever.
    fn poll_timeout(&self) -> Option<Duration> {
        let may_sleep = match self.mode {
            RunMode::Default | RunMode::Awake => true,
            RunMode::Once => self.can_sleep,
            RunMode::NoWait => false,
        };
        if may_sleep {
            self.backend_timeout()
        } else {
            Some(Duration::ZERO)
        }
    }

    fn would_sleep(&self) -> bool {
        self.backend_timeout() != Some(Duration::ZERO)
    }

    /// How long a poll may sleep, by the rules of libuv's design page.
    pub(crate) fn backend_timeout(&self) -> Option<Duration> {
        let at_once = self.stop
            || !(self.handles.any_alive() || self.requests > 0)
            || self.pending_live > 0
            || !self.idle.is_empty()
            || !self.closing.is_empty()
            || !self.ready.is_empty();
        if at_once {
            return Some(Duration::ZERO);
        }
        let due = self.timers.next_due()?;
        Some(Duration::from_millis(due.saturating_sub(self.time)))
    }

    /// Polls, and puts whatever was found on the ready-list. Answers how many events there were.
    fn poll(&mut self, timeout: Option<Duration>, polls_left: u32) -> u64 {
        let mut timeout = timeout;
        let sleeps = timeout != Some(Duration::ZERO) && self.shared.begin_sleep();
        if !sleeps {
            timeout = Some(Duration::ZERO);
        }
        loop {
            let before = if sleeps { sys::hrtime() } else { 0 };
            let polled = self.poll.poll(&mut self.events, timeout);
            let after = sys::hrtime();
            self.time = after / 1_000_000;
            self.time_is_fresh = true;
            if sleeps {
                self.metrics.idle_ns += after.saturating_sub(before);
            }
            match polled {
                Ok(()) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    if sleeps {
                        timeout = self.poll_timeout();
                    }
                }
                Err(error) => panic!("the poll of the event loop failed: {error}"),
            }
        }
        let woken = self.shared.end_sleep();
        // A wake is an event, whether or not it took a system call.
        let mut events = u64::from(woken);
        let (mut fetched, mut files_changed) = (0, false);
        for event in &self.events {
            fetched += 1;
            if event.token() == WAKE_TOKEN {
                continue;
            }
            events += 1;
            if event.token() == FS_WATCH_TOKEN {
                files_changed = true;
                continue;
            }
            let id = HandleId::from_token(event.token());
            note_readiness(&mut self.handles, &mut self.ready, id, event);
        }
        self.metrics.events += events;
        if !sleeps {
            self.metrics.events_waiting += events;
        }
        if files_changed || (woken && FsWatches::HEARD_BY_WAKE) {
            self.collect_fs_changes();
        }
        if woken {
            self.collect_wakes();
        }
        self.state = State::Dispatch {
            left: self.ready.len(),
            polls_left: if fetched >= EVENTS_PER_POLL {
                polls_left - 1
            } else {
                0
            },
        };
        events
    }

    /// The next event of the handle under way, or `None` when it has no more in this phase.
    fn step(&mut self, id: HandleId, step: Step) -> Option<Event> {
        if step == Step::Closing {
            return self.closing_step(id);
        }
        // Closed by an earlier callback: it is not announced any more.
        let slot = self.handles.open_mut(id).ok()?;
        match &mut slot.kind {
            Kind::Async(state) => {
                if step == Step::Done || !Core::take_wake(state) {
                    return None;
                }
                self.current = Some((id, Step::Done));
                Some(Event::Async(id))
            }
            Kind::Signal(_) => self.signal_step(id),
            Kind::Poll(_) => self.poll_step(id, step),
            Kind::FsWatch(_) => self.fs_watch_step(id),
            Kind::Process(_) => self.process_step(id),
            Kind::Listener(_) => self.listener_step(id, step),
            Kind::Stream(_) => self.stream_step(id, step),
            Kind::Udp(_) => self.udp_step(id, step),
            _ => None,
        }
    }

    /// The closing phase of one handle: first what was cancelled, then the end.
    fn closing_step(&mut self, id: HandleId) -> Option<Event> {
        if let Some(event) = self.cancelled_request(id) {
            return Some(event);
        }
        if self.handles.get(id).is_err() {
            return None;
        }
        self.handles.remove(id);
        self.current = None;
        Some(Event::Closed(id))
    }
}

/// Remembers what poll saw of a socket, and puts its handle on the ready-list.
fn note_readiness(
    handles: &mut Handles,
    ready: &mut std::collections::VecDeque<HandleId>,
    id: HandleId,
    event: &mio::event::Event,
) {
    let Ok(slot) = handles.open_mut(id) else {
        return;
    };
    match &mut slot.kind {
        Kind::Listener(listener) => listener.note(),
        Kind::Stream(stream) => stream.note(event),
        Kind::Udp(udp) => udp.note(event),
        Kind::Poll(poll) => poll.note(event),
        _ => return,
    }
    if !slot.ready {
        slot.ready = true;
        ready.push_back(id);
    }
}
