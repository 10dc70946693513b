//! The order of the phases, how far each run mode goes, and when poll may sleep.

mod common;

use std::time::Duration;

use common::{new_loop, run, run_out, timer};
use ouro_loop::{Event, EventLoop, HandleId, LoopError, RunMode};

/// One started handle of each of the phases that have handles.
struct Watchers {
    idle: HandleId,
    prepare: HandleId,
    check: HandleId,
}

impl Watchers {
    fn start(ev: &EventLoop) -> Self {
        let watchers = Self {
            idle: ev.idle().unwrap(),
            prepare: ev.prepare().unwrap(),
            check: ev.check().unwrap(),
        };
        ev.idle_start(watchers.idle).unwrap();
        ev.prepare_start(watchers.prepare).unwrap();
        ev.check_start(watchers.check).unwrap();
        watchers
    }

    fn close(&self, ev: &EventLoop) {
        for id in [self.idle, self.prepare, self.check] {
            ev.close(id).unwrap();
        }
    }
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::Timer(_) => "timer",
        Event::Idle(_) => "idle",
        Event::Prepare(_) => "prepare",
        Event::Check(_) => "check",
        Event::Async(_) => "async",
        Event::Wrote { .. } => "wrote",
        Event::Readable(_) => "readable",
        Event::Closed(_) => "closed",
        _ => "other",
    }
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(name).collect()
}

#[test]
fn a_default_run_takes_due_timers_first() {
    let ev = new_loop();
    let watchers = Watchers::start(&ev);
    let timer = timer(&ev, 0, 0);
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| {
        log.push(name(&event));
        match event {
            Event::Timer(id) => ev.close(id).unwrap(),
            Event::Check(_) => watchers.close(ev),
            _ => {}
        }
    })
    .unwrap();
    assert_eq!(
        log,
        [
            "timer", "idle", "prepare", "check", "closed", "closed", "closed", "closed"
        ]
    );
    assert!(ev.is_closing(timer));
}

#[test]
fn one_iteration_takes_due_timers_last() {
    for mode in [RunMode::Once, RunMode::NoWait] {
        let ev = new_loop();
        Watchers::start(&ev);
        timer(&ev, 0, 0);
        assert_eq!(
            names(&run(&ev, mode)),
            ["idle", "prepare", "check", "timer"]
        );
        assert_eq!(names(&run(&ev, mode)), ["idle", "prepare", "check"]);
    }
}

#[test]
fn a_run_of_an_empty_loop_is_over_at_once() {
    let ev = new_loop();
    for mode in [
        RunMode::Default,
        RunMode::Once,
        RunMode::NoWait,
        RunMode::Awake,
    ] {
        assert!(ev.next_event(mode).is_none());
        assert_eq!(ev.metrics().iterations, 0);
    }
}

#[test]
fn a_run_that_stays_awake_stops_where_it_would_sleep() {
    let ev = new_loop();
    let (handle, waker) = ev.async_handle().unwrap();
    let due = timer(&ev, 0, 0);
    let far = timer(&ev, 3_600_000, 0);
    assert_eq!(names(&run(&ev, RunMode::Awake)), ["timer"]);
    ev.close(due).unwrap();
    assert_eq!(names(&run(&ev, RunMode::Awake)), ["closed"]);
    let before = ev.metrics().iterations;
    for _ in 0..3 {
        // Where it stopped it stands, and no iteration is counted twice.
        assert!(ev.next_event(RunMode::Awake).is_none());
    }
    assert!(ev.alive());
    assert_eq!(ev.metrics().iterations, before);
    waker.wake();
    assert_eq!(names(&run(&ev, RunMode::Awake)), ["async"]);
    assert_eq!(ev.metrics().iterations, before + 1);
    waker.wake();
    // A run of the usual kind goes on from there, with the poll.
    assert!(matches!(
        ev.next_event(RunMode::Default),
        Some(Event::Async(_))
    ));
    for id in [handle, far] {
        ev.close(id).unwrap();
    }
    assert_eq!(
        names(&run(&ev, RunMode::Awake)),
        ["closed", "closed"],
        "it ends where the usual one does"
    );
    assert!(!ev.alive());
}

#[test]
fn a_run_stays_awake_as_long_as_a_phase_has_something_to_announce() {
    let ev = new_loop();
    let watchers = Watchers::start(&ev);
    let events: Vec<_> = (0..7).map(|_| ev.next_event(RunMode::Awake)).collect();
    let events: Vec<_> = events.into_iter().flatten().collect();
    assert_eq!(
        names(&events),
        [
            "idle", "prepare", "check", "idle", "prepare", "check", "idle"
        ]
    );
    watchers.close(&ev);
}

#[test]
fn async_wakes_come_between_prepare_and_check() {
    let ev = new_loop();
    Watchers::start(&ev);
    let (_, waker) = ev.async_handle().unwrap();
    waker.wake();
    let events = run(&ev, RunMode::NoWait);
    assert_eq!(names(&events), ["idle", "prepare", "async", "check"]);
}

#[cfg(unix)]
#[test]
fn a_write_that_is_out_at_once_is_announced_in_the_next_pending_phase() {
    let ev = new_loop();
    let watchers = Watchers::start(&ev);
    let (a, b) = common::pipe_pair(&ev);
    ev.read_start(b).unwrap();
    ev.write(a, "one", 1).unwrap();
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| {
        log.push(name(&event));
        match event {
            Event::Readable(id) if log.len() < 6 => {
                let _ = ev.read(id, &mut [0; 16]);
                ev.write(a, "two", 2).unwrap();
            }
            Event::Wrote { tag: 2, .. } => ev.close(a).unwrap(),
            Event::Readable(id) => ev.close(id).unwrap(),
            Event::Check(_) if ev.is_closing(a) => {
                watchers.close(ev);
                ev.close(b).unwrap();
            }
            _ => {}
        }
    })
    .unwrap();
    // The first before idle, for it was written before the run; the second after poll, in which it was written.
    assert_eq!(
        log[..6],
        ["wrote", "idle", "prepare", "readable", "wrote", "check"]
    );
}

#[cfg(unix)]
#[test]
fn the_pending_queue_is_passed_eight_times_after_poll() {
    let ev = new_loop();
    let watchers = Watchers::start(&ev);
    let (a, _b) = common::pipe_pair(&ev);
    let mut log = Vec::new();
    ev.run(RunMode::Once, |ev, event| {
        log.push(name(&event));
        match event {
            Event::Prepare(_) => ev.write(a, "x", 0).unwrap(),
            Event::Wrote { .. } => ev.write(a, "x", 0).unwrap(),
            _ => {}
        }
    })
    .unwrap();
    let mut expected = vec!["idle", "prepare"];
    expected.extend(["wrote"; 8]);
    expected.push("check");
    assert_eq!(log, expected);
    watchers.close(&ev);
}

#[test]
fn the_watcher_started_last_runs_first() {
    let ev = new_loop();
    let ids: Vec<_> = (0..3).map(|_| ev.check().unwrap()).collect();
    for &id in &ids {
        ev.check_start(id).unwrap();
    }
    for _ in 0..2 {
        let order: Vec<_> = run(&ev, RunMode::NoWait)
            .iter()
            .map(Event::handle)
            .collect();
        assert_eq!(order, [ids[2], ids[1], ids[0]]);
    }
}

#[test]
fn a_watcher_started_in_its_phase_waits_and_one_stopped_in_it_does_not_run() {
    let ev = new_loop();
    let stopped = ev.idle().unwrap();
    let late = ev.idle().unwrap();
    let first = ev.idle().unwrap();
    ev.idle_start(stopped).unwrap();
    ev.idle_start(first).unwrap();
    let mut ran = Vec::new();
    ev.run(RunMode::NoWait, |ev, event| {
        ran.push(event.handle());
        ev.idle_stop(stopped).unwrap();
        ev.idle_start(late).unwrap();
    })
    .unwrap();
    assert_eq!(ran, [first]);
    let second: Vec<_> = run(&ev, RunMode::NoWait)
        .iter()
        .map(Event::handle)
        .collect();
    assert_eq!(second, [late, first]);
}

#[test]
fn closing_is_announced_last_closed_first_and_in_the_next_iteration_if_closed_in_it() {
    let ev = new_loop();
    let ids: Vec<_> = (0..4).map(|_| ev.idle().unwrap()).collect();
    for &id in &ids[..3] {
        ev.close(id).unwrap();
    }
    let mut log = Vec::new();
    ev.run(RunMode::Once, |ev, event| {
        log.push(event.handle());
        if event.handle() == ids[2] {
            ev.close(ids[3]).unwrap();
        }
    })
    .unwrap();
    assert_eq!(log, [ids[2], ids[1], ids[0]]);
    assert!(ev.alive());
    assert_eq!(run_out(&ev).len(), 1);
    assert!(!ev.alive());
}

#[test]
fn what_an_earlier_callback_closed_is_not_dispatched() {
    let ev = new_loop();
    let (first, one) = ev.async_handle().unwrap();
    let (second, two) = ev.async_handle().unwrap();
    one.wake();
    two.wake();
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| {
        log.push((name(&event), event.handle()));
        if let Event::Async(id) = event {
            ev.close(if id == first { second } else { first }).unwrap();
            ev.close(id).unwrap();
        }
    })
    .unwrap();
    assert_eq!(
        log,
        [("async", first), ("closed", first), ("closed", second)]
    );
}

#[test]
fn stop_ends_the_run_after_the_iteration() {
    let ev = new_loop();
    Watchers::start(&ev);
    let mut log = Vec::new();
    let alive = ev
        .run(RunMode::Default, |ev, event| {
            log.push(name(&event));
            if log.len() == 1 {
                ev.stop();
            }
        })
        .unwrap();
    assert!(alive);
    assert_eq!(log, ["idle", "prepare", "check"]);
    // The stop is used up.
    assert_eq!(run(&ev, RunMode::Once).len(), 3);
}

#[test]
fn stop_before_a_run_ends_it_before_its_first_phase() {
    for mode in [RunMode::Default, RunMode::Once] {
        let ev = new_loop();
        Watchers::start(&ev);
        timer(&ev, 0, 0);
        ev.stop();
        assert!(ev.next_event(mode).is_none());
        assert_eq!(run(&ev, RunMode::Once).len(), 4);
    }
}

#[test]
fn a_run_inside_its_own_handler_is_refused() {
    let ev = new_loop();
    timer(&ev, 0, 0);
    ev.run(RunMode::Default, |ev, _| {
        let inner = ev.run(RunMode::Default, |_, _| {});
        assert!(matches!(inner, Err(LoopError::Reentrant)));
    })
    .unwrap();
    ev.run(RunMode::Default, |_, _| {}).unwrap();
}

#[test]
fn only_active_referenced_handles_requests_and_closing_keep_the_loop_alive() {
    let ev = new_loop();
    let id = ev.timer().unwrap();
    assert!(!ev.alive());
    ev.timer_start(id, 1_000_000, 0).unwrap();
    assert!(ev.alive() && ev.is_active(id).unwrap() && ev.has_ref(id).unwrap());
    ev.set_ref(id, false).unwrap();
    ev.set_ref(id, false).unwrap();
    assert!(!ev.alive() && !ev.has_ref(id).unwrap());
    assert!(ev.next_event(RunMode::Default).is_none());
    ev.set_ref(id, true).unwrap();
    assert!(ev.alive());
    ev.timer_stop(id).unwrap();
    ev.timer_stop(id).unwrap();
    assert!(!ev.alive());

    ev.request_begin();
    assert!(ev.alive());
    ev.request_end();
    assert!(!ev.alive());

    ev.set_ref(id, false).unwrap();
    ev.close(id).unwrap();
    assert!(ev.alive());
    assert_eq!(run_out(&ev).len(), 1);
    assert!(!ev.alive());
}

#[test]
fn poll_does_not_sleep_when_something_waits_for_its_phase() {
    const AT_ONCE: Option<Duration> = Some(Duration::ZERO);
    let ev = new_loop();
    assert_eq!(ev.backend_timeout(), AT_ONCE, "nothing is alive");

    let (id, waker) = ev.async_handle().unwrap();
    assert_eq!(ev.backend_timeout(), None, "no timer: for ever");
    ev.set_ref(id, false).unwrap();
    assert_eq!(ev.backend_timeout(), AT_ONCE, "nothing referenced is alive");
    ev.request_begin();
    assert_eq!(ev.backend_timeout(), None, "a request is under way");
    ev.request_end();
    ev.set_ref(id, true).unwrap();

    let idle = ev.idle().unwrap();
    ev.idle_start(idle).unwrap();
    assert_eq!(ev.backend_timeout(), AT_ONCE, "an idle handle is active");
    ev.idle_stop(idle).unwrap();
    assert_eq!(ev.backend_timeout(), None);

    ev.close(idle).unwrap();
    assert_eq!(ev.backend_timeout(), AT_ONCE, "a handle is closing");
    run(&ev, RunMode::NoWait);
    assert_eq!(ev.backend_timeout(), None);

    ev.stop();
    assert_eq!(ev.backend_timeout(), AT_ONCE, "stopped");
    run(&ev, RunMode::NoWait);
    assert_eq!(ev.backend_timeout(), None);

    // A wake is seen by poll itself and needs no timeout.
    waker.wake();
    assert_eq!(run(&ev, RunMode::Once).len(), 1);
}

#[cfg(unix)]
#[test]
fn poll_does_not_sleep_when_a_write_is_pending_or_a_stream_is_not_drained() {
    let ev = new_loop();
    let (a, b) = common::pipe_pair(&ev);
    ev.read_start(b).unwrap();
    assert_eq!(ev.backend_timeout(), None);
    ev.write(a, "four", 0).unwrap();
    assert_eq!(ev.backend_timeout(), Some(Duration::ZERO), "pending");
    let events = run(&ev, RunMode::Once);
    assert_eq!(names(&events), ["wrote", "readable"]);
    assert_eq!(ev.backend_timeout(), Some(Duration::ZERO), "not drained");
    while let ouro_loop::ReadResult::Data(_) = ev.read(b, &mut [0; 1]) {}
    // It was on the ready-list; one more turn finds that there is nothing.
    assert!(run(&ev, RunMode::NoWait).is_empty());
    assert_eq!(ev.backend_timeout(), None);
}

#[test]
fn poll_sleeps_until_the_nearest_timer_and_not_beyond() {
    let ev = new_loop();
    let far = timer(&ev, 60_000, 0);
    assert_eq!(ev.backend_timeout(), Some(Duration::from_secs(60)));
    let near = timer(&ev, 5_000, 0);
    assert_eq!(ev.backend_timeout(), Some(Duration::from_secs(5)));
    ev.timer_stop(near).unwrap();
    assert_eq!(ev.backend_timeout(), Some(Duration::from_secs(60)));
    ev.timer_start(far, 0, 0).unwrap();
    assert_eq!(ev.backend_timeout(), Some(Duration::ZERO));
}

#[test]
fn a_nowait_run_never_sleeps_and_once_sleeps_only_if_nothing_was_pending() {
    let ev = new_loop();
    timer(&ev, 60_000, 0);
    run(&ev, RunMode::NoWait);
    assert_eq!(ev.idle_time(), Duration::ZERO);

    // An idle handle that is stopped in its own phase still keeps this iteration from sleeping.
    let idle = ev.idle().unwrap();
    ev.idle_start(idle).unwrap();
    ev.run(RunMode::Once, |ev, _| ev.idle_stop(idle).unwrap())
        .unwrap();
    assert_eq!(ev.idle_time(), Duration::ZERO);
}

#[test]
fn a_sleep_ends_with_a_wake_and_is_counted() {
    let ev = new_loop();
    let (id, waker) = ev.async_handle().unwrap();
    let prepare = ev.prepare().unwrap();
    ev.prepare_start(prepare).unwrap();
    let mut thread = None;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Prepare(_) if thread.is_none() => {
            let waker = waker.clone();
            thread = Some(std::thread::spawn(move || waker.wake()));
        }
        Event::Async(_) => {
            ev.close(id).unwrap();
            ev.close(prepare).unwrap();
        }
        _ => {}
    })
    .unwrap();
    thread.unwrap().join().unwrap();
    // It sleeps unless the wake came first.
    let slept = ev.metrics().events_waiting == 0;
    assert_eq!(ev.idle_time() > Duration::ZERO, slept);
    assert_eq!(ev.metrics().iterations, 1);
}
