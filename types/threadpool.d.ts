// `process.threadpool`, and entries of type `'threadpool'` for observers of `perf_hooks`: what Ouro has and Node hasn't. Times are in
// milliseconds.

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
    /**
     * The same as a number: the size from which on throughput would have stopped growing, which is that of the pool if it is large enough,
     * or if more threads wouldn't help. `undefined` while no job ran.
     */
    advisedSize: number | undefined;
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

declare module 'perf_hooks' {
  /**
   * A job of the thread pool that has ended, for an observer:
   *
   *     new PerformanceObserver((list) => {
   *       for (const { name, detail } of list.getEntries()) console.log(name, detail.wait, detail.run);
   *     }).observe({ entryTypes: ['threadpool'] });
   *
   * There is one for each job that was submitted while somebody observed. Its `duration` is `wait` and `run` together. Measuring costs a
   * job about as much as three looks at the clock; while nobody observes, nothing.
   */
  interface PerformanceThreadPoolEntry {
    /** Files, name lookups, computation. */
    readonly name: 'fs' | 'dns' | 'cpu';
    readonly entryType: 'threadpool';
    /** When the job was submitted, since `performance.timeOrigin`. */
    readonly startTime: number;
    /** From then to its end. */
    readonly duration: number;
    readonly detail: {
      /** From its submission to its start. */
      wait: number;
      /** From its start to its end; 0 for one that never started. */
      run: number;
      /** It ran to its end (whether or not that was an error of the operation), was cancelled before it started, or broke off. */
      outcome: 'done' | 'canceled' | 'failed';
    };
  }

  interface PerformanceObserver {
    observe(options: { entryTypes: readonly 'threadpool'[] } | { type: 'threadpool' }): void;
  }

  interface PerformanceObserverEntryList {
    getEntriesByType(type: 'threadpool'): PerformanceThreadPoolEntry[];
  }
}
