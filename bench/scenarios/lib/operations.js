'use strict';

// Times the operations of a script: those in `bench/scenarios` that say `Measure: operations`, and those in
// `bench/pool`. It warms up for OURO_BENCH_WARM_UP seconds, measures for OURO_BENCH_SECONDS, and prints one line, which
// begins with `ouro-bench` and goes on as JSON. With OURO_BENCH_ADVICE it is also told which size of the pool would have been right. A mistake of the script, or a result that isn't always the same, ends
// the process with an error.

const warmUpSeconds = Number(process.env.OURO_BENCH_WARM_UP ?? 0.2);
const measuredSeconds = Number(process.env.OURO_BENCH_SECONDS ?? 1);

/**
 * Times batches, one after another.
 *
 * @param {object} what
 * @param {number} what.operations how many operations a batch is
 * @param {() => any} what.batch does them; what it returns, or promises, is the result, the same each time
 * @param {() => any} [what.prepare] is called, and awaited, before anything is timed
 * @param {() => any} [what.clean] is called, and awaited, at the end
 */
function measure({ operations, batch, prepare, clean }) {
  const result = new Result();

  async function run(seconds) {
    const latencies = [];
    const end = performance.now() + seconds * 1000;
    let now;
    do {
      const start = performance.now();
      let value = batch();
      if (value instanceof Promise) value = await value;
      now = performance.now();
      latencies.push(now - start);
      result.add(value);
    } while (now < end);
    return { latencies, operations: latencies.length * operations };
  }

  return measured({ run, result, prepare, clean, latencyOf: 'batch' });
}

/**
 * Times operations of which `inFlight` are under way at any moment.
 *
 * @param {object} what
 * @param {number} what.inFlight
 * @param {(index: number, slot: number) => Promise<any>} what.operation does one; what it promises is the result, the
 *   same each time. `index` counts all operations, `slot` is below `inFlight` and no two under way have the same
 * @param {() => any} [what.prepare] is called, and awaited, before anything is timed
 * @param {() => any} [what.clean] is called, and awaited, at the end
 */
function measureEach({ inFlight, operation, prepare, clean }) {
  const result = new Result();
  let index = 0;

  async function run(seconds) {
    const latencies = [];
    const end = performance.now() + seconds * 1000;

    async function keepBusy(slot) {
      let now = performance.now();
      do {
        const start = now;
        const value = await operation(index++, slot);
        now = performance.now();
        latencies.push(now - start);
        result.add(value);
      } while (now < end);
    }

    await Promise.all(Array.from({ length: inFlight }, (_, slot) => keepBusy(slot)));
    return { latencies, operations: latencies.length };
  }

  return measured({ run, result, prepare, clean, latencyOf: 'operation' });
}

/** Prepares, warms up, measures, prints, cleans. `run` does batches or operations for so many seconds. */
async function measured({ run, result, prepare, clean, latencyOf }) {
  try {
    await prepare?.();
    await run(warmUpSeconds);

    const pool = process.env.OURO_BENCH_ADVICE ? process.threadpool : undefined;
    // The pool records its times from this call on.
    pool?.stats();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { latencies, operations } = await run(measuredSeconds);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);

    const sorted = Float64Array.from(latencies).sort();
    const report = {
      operations,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      p50: percentile(sorted, 50),
      p99: percentile(sorted, 99),
      p999: percentile(sorted, 99.9),
      latencyOf,
      advisedSize: pool?.stats().advisedSize,
      result: result.text,
    };
    console.log(`ouro-bench ${JSON.stringify(report)}`);
  } finally {
    await clean?.();
  }
}

/** The smallest of the values, in ascending order, that so many per cent don't exceed. */
function percentile(sorted, percent) {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
}

/** What all batches, or operations, came to. */
class Result {
  #value;
  #isKnown = false;

  add(value) {
    if (this.#isKnown && value !== this.#value) {
      throw new Error(`The result was ${this.#value} and now is ${value}`);
    }
    this.#value = value;
    this.#isKnown = true;
  }

  get text() {
    return String(this.#value);
  }
}

module.exports = { measure, measureEach };
