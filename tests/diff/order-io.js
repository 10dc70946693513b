// From an I/O callback: immediates before timers.
const fs = require('fs');
fs.stat(__filename, () => {
  console.log('stat');
  setTimeout(() => console.log('timeout'), 0);
  setImmediate(() => {
    console.log('immediate');
    process.nextTick(() => console.log('tick in immediate'));
    Promise.resolve().then(() => console.log('microtask in immediate'));
  });
  setImmediate(() => console.log('immediate 2'));
  process.nextTick(() => console.log('tick in stat'));
  Promise.resolve().then(() => console.log('microtask in stat'));
});
