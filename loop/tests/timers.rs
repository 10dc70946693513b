//! Timers: their order, starting and stopping inside callbacks, many of them.

mod common;

use common::{new_loop, run, run_out, timer};
use ouro_loop::{Event, HandleId, LoopError, RunMode};

fn handles(events: &[Event]) -> Vec<HandleId> {
    events.iter().map(Event::handle).collect()
}

#[test]
fn timers_run_by_due_time_then_in_the_order_of_starting() {
    let ev = new_loop();
    let c = timer(&ev, 2, 0);
    let a = timer(&ev, 1, 0);
    let d = timer(&ev, 2, 0);
    let b = timer(&ev, 1, 0);
    assert_eq!(handles(&run_out(&ev)), [a, b, c, d]);
}

#[test]
fn starting_again_counts_as_the_later_start() {
    let ev = new_loop();
    let a = timer(&ev, 1, 0);
    let b = timer(&ev, 1, 0);
    ev.timer_start(a, 1, 0).unwrap();
    assert_eq!(handles(&run_out(&ev)), [b, a]);
}

#[test]
fn a_timer_started_in_a_callback_with_zero_waits_for_the_next_pass() {
    let ev = new_loop();
    let first = timer(&ev, 0, 0);
    let second = ev.timer().unwrap();
    let check = ev.check().unwrap();
    ev.check_start(check).unwrap();
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| {
        log.push(event.handle());
        match event {
            Event::Timer(id) if id == first => ev.timer_start(second, 0, 0).unwrap(),
            Event::Timer(_) => ev.check_stop(check).unwrap(),
            _ => {}
        }
    })
    .unwrap();
    assert_eq!(log, [first, check, second]);
}

#[test]
fn a_due_timer_that_is_stopped_closed_or_restarted_by_an_earlier_one_does_not_run() {
    let ev = new_loop();
    let first = timer(&ev, 0, 0);
    let stopped = timer(&ev, 0, 0);
    let closed = timer(&ev, 0, 0);
    let restarted = timer(&ev, 0, 0);
    let last = timer(&ev, 0, 0);
    let mut log = Vec::new();
    ev.run(RunMode::Once, |ev, event| {
        log.push(event.handle());
        if event.handle() == first {
            ev.timer_stop(stopped).unwrap();
            ev.close(closed).unwrap();
            ev.timer_start(restarted, 1_000_000, 0).unwrap();
        }
    })
    .unwrap();
    assert_eq!(log, [first, last]);
    assert!(!ev.is_active(stopped).unwrap());
    assert!(ev.is_active(restarted).unwrap());
}

#[test]
fn a_repeating_timer_is_running_again_when_it_is_announced() {
    let ev = new_loop();
    let id = timer(&ev, 0, 3);
    let mut times = 0;
    ev.run(RunMode::Default, |ev, _| {
        assert!(ev.is_active(id).unwrap());
        assert_eq!(ev.timer_due_in(id).unwrap(), 3);
        times += 1;
        if times == 3 {
            ev.timer_stop(id).unwrap();
        }
    })
    .unwrap();
    assert_eq!(times, 3);
}

#[test]
fn again_needs_a_start_and_a_repeat() {
    let ev = new_loop();
    let id = ev.timer().unwrap();
    assert!(matches!(ev.timer_again(id), Err(LoopError::Invalid)));
    ev.timer_start(id, 7, 0).unwrap();
    ev.timer_again(id).unwrap();
    assert_eq!(ev.timer_due_in(id).unwrap(), 7);
    ev.timer_set_repeat(id, 5).unwrap();
    ev.timer_again(id).unwrap();
    assert_eq!(ev.timer_due_in(id).unwrap(), 5);
    assert_eq!(ev.timer_repeat(id).unwrap(), 5);
}

#[test]
fn a_due_time_past_the_end_of_time_is_never() {
    let ev = new_loop();
    let id = timer(&ev, u64::MAX, 0);
    assert!(run(&ev, RunMode::NoWait).is_empty());
    assert_eq!(ev.timer_due_in(id).unwrap(), u64::MAX - ev.now());
}

#[test]
fn loop_time_stands_still_between_turns() {
    let ev = new_loop();
    timer(&ev, 0, 0);
    ev.run(RunMode::Default, |ev, _| {
        let now = ev.now();
        let until = ouro_loop::EventLoop::hrtime() + 3_000_000;
        while ouro_loop::EventLoop::hrtime() < until {}
        assert_eq!(ev.now(), now);
        ev.update_time();
        assert!(ev.now() >= now + 2);
    })
    .unwrap();
}

#[test]
fn many_timers_started_in_any_order_and_partly_stopped_run_in_order() {
    let ev = new_loop();
    // A fixed shuffle: multiples of a generator modulo a prime.
    let dues: Vec<u64> = (1..10_007_u64).map(|n| n * 7_919 % 10_007 % 16).collect();
    let mut started = Vec::new();
    for &due in &dues {
        started.push((due, timer(&ev, due, 0)));
    }
    let mut expected = Vec::new();
    for (at, &(due, id)) in started.iter().enumerate() {
        if at % 3 == 0 {
            ev.timer_stop(id).unwrap();
        } else {
            expected.push((due, id));
        }
    }
    expected.sort_by_key(|entry| entry.0);
    let order: Vec<_> = expected.into_iter().map(|entry| entry.1).collect();
    assert_eq!(handles(&run_out(&ev)), order);
}

#[test]
fn a_stale_or_foreign_id_is_an_error_everywhere() {
    let ev = new_loop();
    let idle = ev.idle().unwrap();
    assert!(matches!(
        ev.timer_start(idle, 0, 0),
        Err(LoopError::WrongKind)
    ));
    let id = timer(&ev, 0, 0);
    ev.close(id).unwrap();
    assert!(matches!(ev.close(id), Err(LoopError::BadHandle)));
    assert!(matches!(
        ev.timer_start(id, 0, 0),
        Err(LoopError::BadHandle)
    ));
    run_out(&ev);
    let reused = ev.timer().unwrap();
    assert_ne!(id, reused);
    for stale in [id, HandleId::from_u64(0), HandleId::from_u64(u64::MAX)] {
        assert!(matches!(
            ev.timer_start(stale, 0, 0),
            Err(LoopError::BadHandle)
        ));
        assert!(matches!(ev.timer_stop(stale), Err(LoopError::BadHandle)));
        assert!(matches!(ev.timer_again(stale), Err(LoopError::BadHandle)));
        assert!(matches!(ev.timer_due_in(stale), Err(LoopError::BadHandle)));
        assert!(matches!(ev.close(stale), Err(LoopError::BadHandle)));
        assert!(matches!(
            ev.set_ref(stale, false),
            Err(LoopError::BadHandle)
        ));
        assert!(matches!(ev.idle_start(stale), Err(LoopError::BadHandle)));
        assert!(matches!(
            ev.signal_start(stale, 2, false),
            Err(LoopError::BadHandle)
        ));
        assert!(ev.read_start(stale).is_err());
        assert!(ev.write(stale, "x", 0).is_err());
        assert!(ev.accept(stale).is_err());
        assert!(ev.is_closing(stale));
    }
    assert!(!ev.is_closing(reused));
}
