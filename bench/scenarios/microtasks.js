// What: microtasks, each queued by the one before: half queueMicrotask, half promise.then
// Group: ticks
// Measure: operations
// Unit: microtasks
// Result: 20000
'use strict';

const { measure } = require('./lib/operations');

const half = 10000;

function queueOneByOne() {
  return new Promise((resolve) => {
    let count = 0;
    function task() {
      count++;
      if (count < half) queueMicrotask(task);
      else resolve(count);
    }
    queueMicrotask(task);
  });
}

function chain() {
  let promise = Promise.resolve(0);
  for (let i = 0; i < half; i++) {
    promise = promise.then((count) => count + 1);
  }
  return promise;
}

measure({
  operations: 2 * half,
  async batch() {
    return (await queueOneByOne()) + (await chain());
  },
});
