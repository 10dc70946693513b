// What: emit with two arguments to one listener
// Group: events
// Measure: operations
// Unit: events
// Result: 14999850000
'use strict';

const EventEmitter = require('events');
const { measure } = require('./lib/operations');

const operations = 100000;
const emitter = new EventEmitter();
let sum = 0;

emitter.on('order', (order, quantity) => {
  sum += order * quantity;
});

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
