// What: a million timers (with --quick 100,000) with delays of 1 to 20 ms, set and fired
// Group: timers
// Measure: operations
// Unit: timers
// Result: fired
'use strict';

const { measure } = require('./lib/operations');

const isQuick = Number(process.env.OURO_BENCH_SECONDS) < 0.5;
const operations = isQuick ? 100_000 : 1_000_000;

measure({
  operations,
  batch() {
    return new Promise((resolve) => {
      let fired = 0;
      function fire() {
        fired++;
        if (fired === operations) resolve('fired');
      }
      for (let i = 0; i < operations; i++) {
        setTimeout(fire, 1 + ((i * 7) % 20));
      }
    });
  },
});
