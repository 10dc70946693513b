// What: timers set, then cleared
// Group: timers
// Measure: operations
// Unit: timers
// Result: 10000
'use strict';

const { measure } = require('./lib/operations');

const operations = 10000;

function fire() {
  throw new Error('A timer fired that was cleared');
}

measure({
  operations,
  batch() {
    const timers = [];
    for (let i = 0; i < operations; i++) {
      timers.push(setTimeout(fire, 1000 + ((i * 7) % 50)));
    }
    for (const timer of timers) {
      clearTimeout(timer);
    }
    return timers.length;
  },
});
