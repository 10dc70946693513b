// An event with two arguments and two listeners.
'use strict';

const EventEmitter = require('events');

const events = Number(process.argv[2]);
const emitter = new EventEmitter();
let heard = 0;
emitter.on('event', (first, second) => {
  heard += first;
});
emitter.on('event', (first, second) => {
  heard += second;
});

for (let i = 0; i < events; i++) emitter.emit('event', 1, 2);

console.log(`done ${heard / 3}`);
