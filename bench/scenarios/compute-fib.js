// What: fib(27), recursively
// Group: compute
// Measure: operations
// Unit: runs
// Result: 196418
'use strict';

const { measure } = require('./lib/operations');

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

measure({ operations: 1, batch: () => fib(27) });
