//! Which size a pool should have, from what it counted and recorded.
//!
//! Jobs wait where all threads run others. How many waited on average while that was so (their waiting together, divided by
//! that time: Little's law) is how many more threads would have had work; with as many, nothing waits, and throughput stops
//! growing. Jobs that compute are another matter: threads beyond the processors only take turns.

use std::{fmt, time::Duration};

use crate::{Class, MAX_SIZE, Metrics, Times};

/// Below this share of the time with all threads busy the size doesn't matter.
const SELDOM: f64 = 0.05;
/// A job that waits less than this share of the time that it runs isn't worth a thread.
const NEGLIGIBLE: f64 = 0.1;
/// From this share of all processors on they, and not the threads, are what is short.
const SATURATED: f64 = 0.85;

/// What the process had of the machine while times were recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Processors {
    /// How many there are.
    pub count: usize,
    /// The share of all of them that the process used, or would have used if others hadn't, from 0 to 1.
    pub used: f64,
}

/// Which size, and why; shown, it is a sentence.
///
/// ```
/// use ouro_threadpool::{Processors, ThreadPool};
///
/// let pool = ThreadPool::with_size(4);
/// pool.record_times(true);
/// let processors = Processors { count: 2, used: 0.0 };
/// let advice = pool.times().unwrap().advice(&pool.metrics(), processors);
/// assert_eq!(advice.to_string(), "No job ran, so there is nothing to say about the size.");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Advice {
    /// No job ran.
    Unknown,
    /// Hardly a job waited for a thread.
    LargeEnough {
        /// The threads that there are.
        threads: usize,
        /// The share of the time for which all of them were busy.
        all_busy: f64,
    },
    /// The processors are what jobs wait for.
    ProcessorsBusy {
        /// The threads that there are.
        threads: usize,
        /// How many processors there are.
        processors: usize,
        /// What one job in a hundred waited longer than.
        waited: Duration,
    },
    /// More threads would have had work.
    Raise {
        /// The size at which throughput stops growing.
        to: usize,
        /// The threads that there are.
        threads: usize,
        /// The class whose jobs waited.
        class: Class,
        /// How many of them, on average while they had to.
        queued: usize,
        /// How long each, on average.
        waited: Duration,
        /// How long one runs, on average.
        runs: Duration,
    },
}

impl Times {
    /// What the times say about the size of the pool, whose figures are `metrics`.
    pub fn advice(&self, metrics: &Metrics, processors: Processors) -> Advice {
        let threads = metrics.threads;
        if threads == 0
            || Class::ALL
                .iter()
                .all(|class| self.class(*class).run.count() == 0)
        {
            return Advice::Unknown;
        }
        let wanted = Class::ALL.map(|class| self.wanted(class, threads));
        let raise = wanted.into_iter().flatten().max_by_key(|wanted| wanted.to);
        let Some(Wanted { to, class, queued }) = raise.filter(|wanted| wanted.to > threads) else {
            return Advice::LargeEnough {
                threads,
                all_busy: self.all_busy_share(),
            };
        };
        let times = self.class(class);
        let computes = class == Class::Cpu && threads >= processors.count;
        if computes || processors.used >= SATURATED {
            return Advice::ProcessorsBusy {
                threads,
                processors: processors.count,
                waited: times.wait.quantile(0.99),
            };
        }
        let most = match class {
            Class::Cpu => processors.count,
            Class::Fs | Class::Dns => MAX_SIZE,
        };
        Advice::Raise {
            to: to.min(most),
            threads,
            class,
            queued,
            waited: times.wait.mean(),
            runs: times.run.mean(),
        }
    }

    /// The size at which jobs of a class wouldn't have waited; `None` if they hardly did.
    fn wanted(&self, class: Class, threads: usize) -> Option<Wanted> {
        let times = self.class(class);
        let (waited, ran) = (times.wait.total(), times.run.total());
        // Jobs of `Dns` have half of the threads, and wait while those are busy, whatever the others do.
        let own = match class {
            Class::Dns => threads.div_ceil(2),
            Class::Fs | Class::Cpu => threads,
        };
        let busy = match class {
            Class::Dns => ran / own as f64,
            Class::Fs | Class::Cpu => self.all_busy.as_secs_f64(),
        };
        let seldom = busy < SELDOM * self.recorded.as_secs_f64();
        if ran == 0.0 || busy == 0.0 || seldom || waited < NEGLIGIBLE * ran {
            return None;
        }
        let queued = (waited / busy).round() as usize;
        let to = match class {
            Class::Dns => (own + queued) * 2,
            Class::Fs | Class::Cpu => own + queued,
        };
        let to = to.min(MAX_SIZE);
        Some(Wanted { to, class, queued })
    }
}

struct Wanted {
    to: usize,
    class: Class,
    queued: usize,
}

impl Advice {
    /// The size at which throughput stops growing: that of the pool, if it is large enough or the processors are busy.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        match *self {
            Self::Unknown => None,
            Self::LargeEnough { threads, .. } | Self::ProcessorsBusy { threads, .. } => {
                Some(threads)
            }
            Self::Raise { to, .. } => Some(to),
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(f, "No job ran, so there is nothing to say about the size."),
            Self::LargeEnough { threads, all_busy } => write!(
                f,
                "{threads} is large enough: but for {:.1} % of the time a thread was free.",
                all_busy * 100.0
            ),
            Self::ProcessorsBusy {
                processors, waited, ..
            } => write!(
                f,
                "More threads wouldn't help: jobs waited up to {waited:.1?} (p99) for {processors} processors that are busy."
            ),
            Self::Raise {
                to,
                threads,
                class,
                queued,
                waited,
                runs,
            } => write!(
                f,
                "Raise it to {to} (UV_THREADPOOL_SIZE={to}): jobs of class {class:?} that run {runs:.1?} waited {waited:.1?} \
                 each, {queued} at a time, for one of {threads} threads."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

    use super::{Advice, Processors};
    use crate::{Class, Metrics, times::Recorder};

    const IDLE: Processors = Processors {
        count: 2,
        used: 0.1,
    };

    /// A pool of `threads` that always has `in_flight` jobs of `length` nanoseconds, for so many jobs: what it would
    /// record, and how many jobs a second it would do.
    fn closed(
        class: Class,
        threads: usize,
        in_flight: usize,
        length: u64,
        jobs: usize,
    ) -> (Recorder, u64, f64) {
        let own = match class {
            Class::Dns => threads.div_ceil(2),
            Class::Fs | Class::Cpu => threads,
        };
        let mut recorder = Recorder::new(0, false);
        let mut waiting = std::collections::VecDeque::from(vec![0u64; in_flight]);
        let mut running = BinaryHeap::new();
        let (mut now, mut done, mut submitted) = (0, 0, in_flight);
        loop {
            while running.len() < own
                && let Some(since) = waiting.pop_front()
            {
                running.push(Reverse((now + length, now)));
                recorder.started(class, Some(since), now, running.len() == threads);
            }
            let Some(Reverse((end, started))) = running.pop() else {
                break;
            };
            now = end;
            recorder.ended(class, Some(started), now);
            done += 1;
            if submitted < jobs {
                submitted += 1;
                waiting.push_back(now);
            }
        }
        (recorder, now, done as f64 / (now as f64 / 1e9))
    }

    fn advice(recorder: &Recorder, now: u64, threads: usize, processors: Processors) -> Advice {
        let metrics = Metrics {
            threads,
            ..Metrics::default()
        };
        recorder.read(now).advice(&metrics, processors)
    }

    /// The size that is named is the one at which throughput stops growing: there it is as at twice the size, and a
    /// quarter below it is less.
    #[test]
    fn throughput_stops_growing_at_the_size_that_is_named() {
        let jobs = 20_000;
        for class in [Class::Fs, Class::Dns] {
            for in_flight in [6, 16, 64, 200] {
                for (threads, length) in [
                    (1, 5_000_000),
                    (2, 5_000_000),
                    (4, 1_000_000),
                    (4, 70_000_000),
                ] {
                    let run = |threads| closed(class, threads, in_flight, length, jobs).2;
                    let (recorder, now, _) = closed(class, threads, in_flight, length, jobs);
                    let Advice::Raise { to, .. } = advice(&recorder, now, threads, IDLE) else {
                        panic!("{class:?} {in_flight} in flight, {threads} threads");
                    };
                    let (there, twice, below) = (run(to), run(to * 2), run(to - to.div_ceil(4)));
                    assert!(there > twice * 0.97, "{to}: {there} and {twice}");
                    assert!(below < there * 0.9, "{to}: {below} and {there}");
                }
            }
        }
    }

    #[test]
    fn a_pool_that_has_that_size_is_large_enough() {
        for (threads, in_flight) in [(4, 4), (64, 64), (8, 3), (64, 1)] {
            let (recorder, now, _) = closed(Class::Fs, threads, in_flight, 5_000_000, 5_000);
            let advice = advice(&recorder, now, threads, IDLE);
            assert!(matches!(advice, Advice::LargeEnough { .. }), "{advice}");
        }
        // A job now and then, which never meets another.
        let mut recorder = Recorder::new(0, false);
        for at in (0..1_000_000_000).step_by(10_000_000) {
            recorder.started(Class::Fs, Some(at), at + 20_000, false);
            recorder.ended(Class::Fs, Some(at + 20_000), at + 1_000_000);
        }
        let advice = advice(&recorder, 1_000_000_000, 4, IDLE);
        assert!(matches!(advice, Advice::LargeEnough { .. }), "{advice}");
    }

    #[test]
    fn threads_beyond_the_processors_are_not_advised_for_what_computes() {
        let (recorder, now, _) = closed(Class::Cpu, 1, 64, 5_000_000, 5_000);
        let Advice::Raise { to, .. } = advice(&recorder, now, 1, IDLE) else {
            panic!("there is a second processor");
        };
        assert_eq!(to, 2);
        let (recorder, now, _) = closed(Class::Cpu, 4, 64, 5_000_000, 5_000);
        let busy = advice(&recorder, now, 4, IDLE);
        assert!(matches!(busy, Advice::ProcessorsBusy { .. }), "{busy}");
        // Files that are in memory compute too: the processors tell.
        let (recorder, now, _) = closed(Class::Fs, 4, 64, 5_000, 5_000);
        let used = Processors {
            count: 2,
            used: 0.97,
        };
        let busy = advice(&recorder, now, 4, used);
        assert!(matches!(busy, Advice::ProcessorsBusy { .. }), "{busy}");
    }

    #[test]
    fn an_advice_is_a_sentence() {
        let raise = Advice::Raise {
            to: 64,
            threads: 4,
            class: Class::Fs,
            queued: 60,
            waited: Duration::from_millis(75),
            runs: Duration::from_millis(5),
        };
        assert_eq!(
            raise.to_string(),
            "Raise it to 64 (UV_THREADPOOL_SIZE=64): jobs of class Fs that run 5.0ms waited 75.0ms each, 60 at a time, for \
             one of 4 threads."
        );
    }
}
