//! Which job is next. This knows of no threads and no locks: `pool.rs` asks it under its lock, and tells it what came
//! of it.
//!
//! Each class has a queue. A job gets a turn, a number that grows with each submission, and the lowest turn is next. The
//! queue of slow I/O has one turn as a whole: when a slow job has been taken, or could not be since enough of them run, the
//! queue gets a new turn, behind all that wait at that moment. So slow jobs keep nobody waiting, however many there are, as
//! in libuv ("Thread pool work scheduling").
//!
//! A withdrawn job leaves a gap in its queue. Gaps are closed up when there are more of them than of jobs.

use std::collections::VecDeque;
use std::num::NonZeroU64;

use crate::{Class, ClassMetrics, Metrics};

/// Where a job waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) class: Class,
    number: u64,
}

/// A job that may start now.
pub(crate) struct Next<J> {
    pub(crate) class: Class,
    pub(crate) job: J,
    /// As it was pushed with it.
    pub(crate) submitted: Option<NonZeroU64>,
}

/// The jobs that wait, and how many run. `J` is what the caller keeps of a job.
pub(crate) struct Schedule<J> {
    threads: usize,
    last_turn: u64,
    /// The turn of the slow queue.
    slow_turn: u64,
    queues: [Queue<J>; 3],
}

struct Queue<J> {
    /// By growing number. The first is never a gap.
    entries: VecDeque<Entry<J>>,
    counts: ClassMetrics,
}

struct Entry<J> {
    number: u64,
    /// `None` is a gap.
    job: Option<J>,
    submitted: Option<NonZeroU64>,
}

impl<J> Schedule<J> {
    pub(crate) fn new() -> Self {
        Self {
            threads: 0,
            last_turn: 0,
            slow_turn: 0,
            queues: Class::ALL.map(|_| Queue {
                entries: VecDeque::new(),
                counts: ClassMetrics::default(),
            }),
        }
    }

    /// The number of threads decides how many slow jobs may run.
    pub(crate) fn set_threads(&mut self, threads: usize) {
        self.threads = threads;
    }

    /// Appends a job to its class. `submitted` is for whoever takes it.
    pub(crate) fn push(&mut self, class: Class, job: J, submitted: Option<NonZeroU64>) -> Turn {
        let number = self.new_turn();
        if class.is_slow() && self.queue(class).entries.is_empty() {
            self.slow_turn = number;
        }
        let queue = self.queue(class);
        queue.entries.push_back(Entry {
            number,
            job: Some(job),
            submitted,
        });
        queue.counts.queued += 1;
        queue.counts.most_queued = queue.counts.most_queued.max(queue.counts.queued);
        Turn { class, number }
    }

    /// Whether [`next`](Self::next) would find a job.
    pub(crate) fn may_start(&self) -> bool {
        let waits = |class: Class| self.counts(class).queued > 0;
        waits(Class::Fs) || waits(Class::Cpu) || (waits(Class::Dns) && self.admits_slow())
    }

    /// Whether another slow job may run.
    fn admits_slow(&self) -> bool {
        self.counts(Class::Dns).running < self.slow_limit()
    }

    /// Takes the job that is next, if any may start. It runs until [`finish`](Self::finish).
    pub(crate) fn next(&mut self) -> Option<Next<J>> {
        let class = self.next_class()?;
        let queue = self.queue(class);
        let entry = queue.entries.pop_front()?;
        queue.trim();
        queue.counts.queued -= 1;
        queue.counts.running += 1;
        queue.counts.most_running = queue.counts.most_running.max(queue.counts.running);
        if class.is_slow() {
            self.slow_turn = self.new_turn();
        }
        Some(Next {
            class,
            job: entry.job?,
            submitted: entry.submitted,
        })
    }

    /// A job that was taken is over.
    pub(crate) fn finish(&mut self, class: Class) {
        let counts = &mut self.queue(class).counts;
        counts.running -= 1;
        counts.done += 1;
    }

    /// Takes back a job; `None` if it waits no longer.
    pub(crate) fn withdraw(&mut self, turn: Turn) -> Option<J> {
        let queue = self.queue(turn.class);
        let index = queue
            .entries
            .binary_search_by_key(&turn.number, |entry| entry.number)
            .ok()?;
        let job = queue.entries[index].job.take()?;
        queue.withdrawn(1);
        Some(job)
    }

    /// Takes back all jobs of which `which` says so. It looks at each job that waits.
    pub(crate) fn withdraw_all(&mut self, which: impl Fn(&J) -> bool) -> Vec<J> {
        let mut taken = Vec::new();
        for queue in &mut self.queues {
            let before = taken.len();
            for entry in &mut queue.entries {
                taken.extend(entry.job.take_if(|job| which(job)));
            }
            queue.withdrawn((taken.len() - before) as u64);
        }
        taken
    }

    /// Whether each thread runs a job.
    pub(crate) fn all_threads_busy(&self) -> bool {
        let running: u64 = self.queues.iter().map(|queue| queue.counts.running).sum();
        running >= self.threads as u64 && running > 0
    }

    pub(crate) fn metrics(&self) -> Metrics {
        Metrics {
            threads: self.threads,
            fs: self.counts(Class::Fs),
            dns: self.counts(Class::Dns),
            cpu: self.counts(Class::Cpu),
        }
    }

    fn next_class(&mut self) -> Option<Class> {
        let plain = [Class::Fs, Class::Cpu]
            .into_iter()
            .filter_map(|class| Some((self.queue(class).entries.front()?.number, class)))
            .min_by_key(|(number, _)| *number);
        if self.queue(Class::Dns).entries.is_empty() {
            return plain.map(|(_, class)| class);
        }
        match plain {
            Some((number, class)) if number < self.slow_turn => Some(class),
            _ if self.admits_slow() => Some(Class::Dns),
            _ => {
                self.slow_turn = self.new_turn();
                plain.map(|(_, class)| class)
            }
        }
    }

    fn slow_limit(&self) -> u64 {
        self.threads.div_ceil(2) as u64
    }

    fn new_turn(&mut self) -> u64 {
        self.last_turn += 1;
        self.last_turn
    }

    fn queue(&mut self, class: Class) -> &mut Queue<J> {
        &mut self.queues[class as usize]
    }

    fn counts(&self, class: Class) -> ClassMetrics {
        self.queues[class as usize].counts
    }
}

impl<J> Queue<J> {
    fn withdrawn(&mut self, jobs: u64) {
        self.counts.queued -= jobs;
        self.counts.canceled += jobs;
        if self.entries.len() as u64 > 2 * self.counts.queued {
            self.entries.retain(|entry| entry.job.is_some());
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self
            .entries
            .front()
            .is_some_and(|entry| entry.job.is_none())
        {
            self.entries.pop_front();
        }
        // A burst's memory isn't kept for good.
        if self.entries.capacity() > 1024 && self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.capacity() / 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classes and jobs that so many threads start, one for each letter of what happens: `f`, `d` and `c` submit a
    /// job of a class, `.` starts one, `F`, `D` and `C` end one, digits withdraw the job of that number.
    fn run(threads: usize, events: &str) -> String {
        let mut schedule = Schedule::new();
        schedule.set_threads(threads);
        let mut turns = Vec::new();
        let mut started = String::new();
        for event in events.chars() {
            let class = match event.to_ascii_lowercase() {
                'f' => Class::Fs,
                'd' => Class::Dns,
                _ => Class::Cpu,
            };
            match event {
                'f' | 'd' | 'c' => {
                    let job = format!("{event}{}", turns.len());
                    turns.push(schedule.push(class, job, None));
                }
                'F' | 'D' | 'C' => schedule.finish(class),
                '.' => {
                    let next = schedule.next();
                    started += &next.map_or("-".to_owned(), |next| next.job);
                    started += " ";
                }
                number => {
                    let turn = turns[number.to_digit(10).unwrap() as usize];
                    started += if schedule.withdraw(turn).is_some() {
                        ""
                    } else {
                        "! "
                    };
                }
            }
        }
        started.trim_end().to_owned()
    }

    #[test]
    fn the_next_job() {
        let table = [
            // One after another, whatever the class.
            (4, "fcfc.....", "f0 c1 f2 c3 -"),
            (4, "dfdc....", "d0 f1 c3 d2"),
            // Slow jobs have half of the threads, others go past them.
            (4, "ddddff......", "d0 f4 f5 d1 - -"),
            (4, "dddd...D..", "d0 d1 - d2 -"),
            (1, "ddf.D.F.", "d0 f2 d1"),
            (2, "dd..f.", "d0 - f2"),
            // The slow queue goes behind what waits, and doesn't wait for what comes after.
            (1, "ddd.fffD.D.F.F.F.", "d0 d1 f3 f4 f5 d2"),
            // A withdrawn job isn't next, and can't be withdrawn twice or after its start.
            (2, "fff1..1", "f0 f2 !"),
            (2, "ff.0.", "f0 ! f1"),
            (2, "fff012.", "-"),
            (2, "ddd0.", "d1"),
            (2, "dfd0..", "d2 f1"),
        ];
        for (threads, events, expected) in table {
            assert_eq!(
                run(threads, events),
                expected,
                "{threads} threads: {events}"
            );
        }
    }

    #[test]
    fn withdrawn_jobs_leave_no_memory_behind() {
        let mut schedule = Schedule::new();
        schedule.set_threads(1);
        // One stays, a million come and go.
        schedule.push(Class::Cpu, 0, None);
        for job in 1..=1_000_000 {
            let turn = schedule.push(Class::Cpu, job, None);
            assert_eq!(schedule.withdraw(turn), Some(job));
        }
        assert!(schedule.queues[Class::Cpu as usize].entries.capacity() <= 8);
        let turns: Vec<_> = (0..100_000)
            .map(|job| schedule.push(Class::Fs, job, None))
            .collect();
        for turn in turns {
            schedule.withdraw(turn);
        }
        assert!(schedule.queues[Class::Fs as usize].entries.capacity() <= 1024);
        assert_eq!(schedule.next().map(|next| next.job), Some(0));
        assert!(schedule.next().is_none());
    }

    #[test]
    fn many_jobs_are_withdrawn_in_one_go() {
        let mut schedule = Schedule::new();
        schedule.set_threads(2);
        for job in 0..30 {
            schedule.push(Class::ALL[job % 3], job, None);
        }
        let mut odd = schedule.withdraw_all(|job| job % 2 == 1);
        odd.sort_unstable();
        assert!(odd.into_iter().eq((1..30).step_by(2)));
        let metrics = schedule.metrics();
        for class in Class::ALL {
            let counts = metrics.class(class);
            assert_eq!(
                (counts.queued, counts.canceled, counts.most_queued),
                (5, 5, 10)
            );
        }
        let mut rest: Vec<_> = std::iter::from_fn(|| {
            let next = schedule.next()?;
            schedule.finish(next.class);
            Some(next.job)
        })
        .collect();
        rest.sort_unstable();
        assert!(rest.into_iter().eq((0..30).step_by(2)));
    }
}
