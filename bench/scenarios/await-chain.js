// What: async functions that await each other, three deep
// Group: ticks
// Measure: operations
// Unit: awaits
// Result: 60000
'use strict';

const { measure } = require('./lib/operations');

const rounds = 10000;

async function load(key) {
  return key;
}

async function find(key) {
  const value = await load(key);
  return value + 1;
}

async function handle(key) {
  const value = await find(key);
  return value + 1;
}

measure({
  operations: 3 * rounds,
  async batch() {
    let sum = 0;
    for (let i = 0; i < rounds; i++) {
      sum += await handle(4);
    }
    return sum;
  },
});
