const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const fs = require('fs');
const store = new AsyncLocalStorage();
const show = (name) => console.log(name, store.getStore());

// Each step starts when the one before has printed its last line, so that no clock decides the order.
const steps = [
  (next) => setTimeout(() => { show('timeout'); next(); }, 1),
  (next) => setTimeout(() => setImmediate(() => {
    show('immediate');
    Promise.resolve().then(() => { show('then'); next(); });
  }), 1),
  (next) => store.run(2, () => setTimeout(() => { show('inner'); next(); }, 1)),
  async (next) => {
    await null;
    show('await');
    await new Promise((resolve) => setTimeout(resolve, 1));
    show('await 2');
    next();
  },
  (next) => { store.exit(() => show('exit')); next(); },
  (next) => fs.stat(__filename, () => { show('stat'); next(); }),
];
let bound;
const contexts = [];
store.run(1, () => {
  show('run');
  process.nextTick(() => show('tick'));
  queueMicrotask(() => show('microtask'));
  bound = AsyncResource.bind(() => show('bound'));
  for (const step of steps) contexts.push(AsyncResource.bind(step));
});
show('outside');
store.enterWith('entered');
show('after enterWith');
const snapshot = AsyncLocalStorage.snapshot();
store.run('other', () => snapshot(() => show('snapshot')));

const advance = () => {
  const step = contexts.shift();
  setImmediate(step ? () => step(advance) : bound);
};
advance();
