// Everything that the main module can schedule, in the order it runs.
const log = (...args) => console.log(...args);
setTimeout(() => log('timeout 0'), 0);
setTimeout(() => log('timeout 1'), 1);
setTimeout(() => log('timeout 20'), 20);
process.nextTick(() => {
  log('tick 1');
  Promise.resolve().then(() => log('microtask in tick'));
  process.nextTick(() => log('tick in tick'));
});
Promise.resolve().then(() => {
  log('microtask 1');
  process.nextTick(() => log('tick in microtask'));
  queueMicrotask(() => log('microtask in microtask'));
});
queueMicrotask(() => log('microtask 2'));
process.nextTick((a, b) => log('tick 2', a, b), 1, 2);
log('main ends');
