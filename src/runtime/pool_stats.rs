//! What the pool has done, for `--pool-stats` and `process.threadpool`: jobs, waits and runs by class, and which size would
//! have been right.

use std::{fmt::Write, time::Duration};

use ouro_threadpool::{Advice, Class, Histogram, Metrics, Processors, ThreadPool, Times};

use super::{State, fatal};
use crate::sys;

/// The names of the classes, as they are shown.
pub const CLASSES: [(Class, &str); 3] =
    [(Class::Fs, "fs"), (Class::Dns, "dns"), (Class::Cpu, "cpu")];

/// Figures of one moment.
pub struct Snapshot {
    pub metrics: Metrics,
    pub times: Times,
    pub advice: Advice,
}

/// The figures of the pool of the process; `None` if nothing records its times.
pub fn snapshot() -> Option<Snapshot> {
    let pool = ThreadPool::global();
    let times = pool.times()?;
    let metrics = pool.metrics();
    let advice = times.advice(&metrics, processors(times.recorded));
    Some(Snapshot {
        metrics,
        times,
        advice,
    })
}

/// The share of the processors is that of the whole life of the process, which is about as long as it was recorded. Time in which
/// threads waited for a processor counts as if they had had it: on a machine that others keep busy more threads don't help either.
fn processors(recorded: Duration) -> Processors {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let used = sys::resource_usage(false).map_or(0.0, |usage| {
        let seconds = (usage.user_micros + usage.system_micros) as f64 / 1e6
            + sys::processor_delay().as_secs_f64();
        let possible = recorded.as_secs_f64() * count as f64;
        if possible > 0.0 {
            (seconds / possible).min(1.0)
        } else {
            0.0
        }
    });
    Processors { count, used }
}

/// Prints the figures to the standard error stream, if `--pool-stats` asked for them. Call it where the process ends.
pub fn report(state: &State) {
    if state.options.pool_stats
        && let Some(snapshot) = snapshot()
    {
        fatal::write_error(&text(&snapshot));
    }
}

fn text(snapshot: &Snapshot) -> String {
    let Snapshot {
        metrics,
        times,
        advice,
    } = snapshot;
    let (size, _) = ThreadPool::global().size();
    let mut text = format!(
        "thread pool: {size} threads, {} started; {:.1?} recorded, no thread free for {:.1} % of it\n",
        metrics.threads,
        times.recorded,
        times.all_busy_share() * 100.0
    );
    text.push_str(
        "class     jobs  cancelled  most queued  most running  wait p50       p99       max  run p50       p99       max\n",
    );
    for (class, name) in CLASSES {
        let counts = metrics.class(class);
        let class = times.class(class);
        let [wait, run] = [&class.wait, &class.run].map(|histogram| {
            let [p50, p99, max] = quantiles(histogram);
            format!("{p50:>8}  {p99:>8}  {max:>8}")
        });
        let _ = writeln!(
            text,
            "{name:5}{:>9}{:>11}{:>13}{:>14}  {wait}  {run}",
            counts.done, counts.canceled, counts.most_queued, counts.most_running
        );
    }
    let _ = writeln!(text, "{advice}");
    text
}

fn quantiles(histogram: &Histogram) -> [String; 3] {
    if histogram.count() == 0 {
        return ["–", "–", "–"].map(str::to_owned);
    }
    [
        histogram.quantile(0.5),
        histogram.quantile(0.99),
        histogram.max(),
    ]
    .map(|time| format!("{time:.1?}"))
}
