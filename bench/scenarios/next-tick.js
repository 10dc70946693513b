// What: process.nextTick, each called by the one before
// Group: ticks
// Measure: operations
// Unit: ticks
// Result: 10000
'use strict';

const { measure } = require('./lib/operations');

const operations = 10000;

measure({
  operations,
  batch() {
    return new Promise((resolve) => {
      let count = 0;
      function tick() {
        count++;
        if (count < operations) process.nextTick(tick);
        else resolve(count);
      }
      process.nextTick(tick);
    });
  },
});
