// Hooks: which resources are made by which, when their callbacks begin and end, and what is current in them.
const hooks = require('async_hooks');
const { AsyncResource, createHook, executionAsyncId, triggerAsyncId, executionAsyncResource } = hooks;
const fs = require('fs');

const names = new Map([[0, 'nobody'], [1, 'main']]);
const counts = {};
const log = [];
const name = (id) => names.get(id) ?? 'unknown';
const hook = createHook({
  init(id, type, trigger, resource) {
    counts[type] = (counts[type] ?? 0) + 1;
    names.set(id, `${type}${counts[type]}`);
    log.push(`init ${name(id)} by ${name(trigger)} in ${name(executionAsyncId())} ${typeof resource}`);
  },
  before(id) { log.push(`before ${name(id)} ${executionAsyncId() === id}`); },
  after(id) { log.push(`after ${name(id)} ${executionAsyncId() === id}`); },
  destroy(id) { log.push(`destroy ${name(id)}`); },
  promiseResolve(id) { log.push(`resolve ${name(id)}`); },
});
const current = (where) => log.push(`${where}: ${name(executionAsyncId())} by ${name(triggerAsyncId())} ${typeof executionAsyncResource()}`);

const steps = [
  (done) => setTimeout(() => { current('timeout'); done(); }, 1),
  (done) => { const timer = setInterval(() => { current('interval'); clearInterval(timer); done(); }, 1); },
  (done) => setImmediate(() => { current('immediate'); done(); }),
  (done) => { clearTimeout(setTimeout(() => {}, 1000)); clearImmediate(setImmediate(() => {})); done(); },
  (done) => process.nextTick(() => { current('tick'); done(); }),
  (done) => queueMicrotask(() => { current('microtask'); done(); }),
  (done) => new Promise((resolve) => resolve(1)).then(() => { current('then'); done(); }),
  (done) => Promise.reject(new Error('x')).catch(() => { current('catch'); done(); }),
  (done) => Promise.resolve().finally(() => { current('finally'); }).then(done),
  (done) => { class Sub extends Promise {} Sub.resolve(1).then(() => { current('subclass'); done(); }); },
  (done) => new Promise((resolve) => resolve(Promise.resolve(2))).then(() => { current('adopted'); done(); }),
  (done) => {
    const resource = new AsyncResource('OWN');
    resource.runInAsyncScope(() => {
      current('scope');
      new AsyncResource('INNER', { triggerAsyncId: 1 }).emitDestroy().runInAsyncScope(() => current('inner'));
    });
    try { resource.runInAsyncScope(() => { throw new Error('thrown'); }); } catch (error) { log.push(error.message); }
    current('after it');
    resource.emitDestroy();
    done();
  },
  (done) => fs.stat(__filename, () => { current('stat'); done(); }),
];

console.log(Object.keys(hooks).filter((key) => key !== 'asyncWrapProviders'), typeof hooks.asyncWrapProviders.PROMISE);
for (const wrong of [{ init: 1 }, { before: null }, { promiseResolve: 'x' }]) {
  try { createHook(wrong); } catch (error) { console.log(error.code, error.message); }
}
for (const args of [[], [1], ['x', -2], ['x', 1.5], ['x', { triggerAsyncId: null }]]) {
  try { new AsyncResource(...args); } catch (error) { console.log(error.code, error.message); }
}
console.log(executionAsyncId(), triggerAsyncId());

let at = 0;
function advance() {
  if (at === steps.length) return;
  const step = steps[at++];
  log.length = 0;
  hook.enable();
  step(() => setImmediate(() => {
    setTimeout(() => {
      hook.disable();
      console.log(`--- ${at}`);
      // The standard output has ticks of its own, and what is gone is told when it suits.
      console.log(log.filter((line) => !line.includes('unknown') && !line.startsWith('destroy')).join('\n'));
      advance();
    }, 1);
  }));
}
advance();
