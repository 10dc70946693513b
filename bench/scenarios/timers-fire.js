// What: 100,000 timers with delays of 1 to 20 ms, set and fired
// Group: timers
// Measure: operations
// Unit: timers
// Result: 100000
'use strict';

const { measure } = require('./lib/operations');

const operations = 100000;

measure({
  operations,
  batch() {
    return new Promise((resolve) => {
      let fired = 0;
      function fire() {
        fired++;
        if (fired === operations) resolve(fired);
      }
      for (let i = 0; i < operations; i++) {
        setTimeout(fire, 1 + ((i * 7) % 20));
      }
    });
  },
});
