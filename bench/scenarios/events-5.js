// What: emit with two arguments to five listeners
// Group: events
// Measure: operations
// Unit: events
// Result: 56248875000
'use strict';

const EventEmitter = require('events');
const { measure } = require('./lib/operations');

const operations = 50000;
const emitter = new EventEmitter();
let sum = 0;

for (let listener = 1; listener <= 5; listener++) {
  emitter.on('order', (order, quantity) => {
    sum += listener * order * quantity;
  });
}

measure({
  operations,
  batch() {
    sum = 0;
    for (let i = 0; i < operations; i++) {
      emitter.emit('order', i, 3);
    }
    return sum;
  },
});
