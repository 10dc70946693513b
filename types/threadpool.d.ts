// `process.threadpool`: what Ouro has and Node hasn't. Times are in milliseconds.

declare namespace NodeJS {
  interface ThreadPoolTimes {
    /** Half of the jobs took no longer. */
    p50: number;
    /** One job in a hundred took longer. */
    p99: number;
    max: number;
    mean: number;
  }

  interface ThreadPoolClass {
    /** Jobs that wait now. */
    queued: number;
    /** Jobs that run now. */
    running: number;
    /** Jobs that ran to their end. */
    done: number;
    /** Jobs that were cancelled before they started. */
    canceled: number;
    /** The most that waited at a time. */
    mostQueued: number;
    /** The most that ran at a time. */
    mostRunning: number;
    /** From the submission of a job to its start. */
    wait: ThreadPoolTimes;
    /** From its start to its end. */
    run: ThreadPoolTimes;
  }

  interface ThreadPoolStats {
    /** Threads that have been started; none before the first job. */
    threads: number;
    /** For how long times have been recorded. */
    recorded: number;
    /** The share of that time, from 0 to 1, for which no thread was free. */
    allBusy: number;
    /** Files, name lookups (half of the threads at most), computation. */
    classes: { fs: ThreadPoolClass; dns: ThreadPoolClass; cpu: ThreadPoolClass };
    /** Which size would have been right, in a sentence. */
    advice: string;
  }

  interface ThreadPool {
    /** How many threads there are, or will be with the first job: `UV_THREADPOOL_SIZE`. */
    readonly size: number;
    /** Jobs that run now. */
    readonly active: number;
    /** Jobs that wait now. */
    readonly queued: number;
    /** Figures of all jobs; times from the first call on, or from the start with `--pool-stats`. */
    stats(): ThreadPoolStats;
  }

  interface Process {
    readonly threadpool: ThreadPool;
  }
}
