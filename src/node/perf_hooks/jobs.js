// Jobs of the thread pool, for observers of 'threadpool', which Node hasn't: an entry for each job of this runtime that was submitted
// while somebody observed. `types/threadpool.d.ts` describes it.
'use strict';

const native = binding('perf_hooks');

/** Makes entries of the jobs that have ended since the last time. */
function tell() {
  const { PerformanceNodeEntry, add } = require('perf_hooks/entries');
  const list = native.takeJobs();
  for (let at = 0; at < list.length; at += 5) {
    const submitted = list[at + 1];
    const started = list[at + 2];
    const ended = list[at + 3];
    const detail = { wait: started - submitted, run: ended - started, outcome: list[at + 4] };
    add(new PerformanceNodeEntry(list[at], 'threadpool', submitted, ended - submitted, detail));
  }
}

exports.watch = (on) => native.watchJobs(on ? tell : undefined);
