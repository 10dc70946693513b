'use strict';
// Node: 24
// The Web Locks of one thread.

const { locks } = navigator;

const pause = () => new Promise((resolve) => setImmediate(resolve));

async function show(what, promise) {
  try {
    console.log(what, await promise);
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
}

async function checked() {
  const done = () => 'done';
  await show('plain', locks.request('plain', (lock) => [lock.name, lock.mode, String(lock)]));
  await show('no callback', locks.request('a'));
  await show('callback', locks.request('a', {}, 5));
  await show('mode', locks.request('a', { mode: 'odd' }, done));
  await show('hyphen', locks.request('-a', done));
  await show('both', locks.request('a', { steal: true, ifAvailable: true }, done));
  await show('shared and steal', locks.request('a', { steal: true, mode: 'shared' }, done));
  await show('signal', locks.request('a', { signal: 5 }, done));
  await show('signal and steal', locks.request('a', { steal: true, signal: new AbortController().signal }, done));
  await show('aborted', locks.request('a', { signal: AbortSignal.abort() }, done));
  await show('dictionary', locks.request('a', 5, done));
  await show('null', locks.request('a', null, done));
  await show('number', locks.request(7, ({ name }) => typeof name));
  await show('rejects', locks.request('a', async () => { throw new Error('from the callback'); }));
  await show('released', locks.request('a', { ifAvailable: true }, (lock) => lock.name));
}

async function order() {
  const seen = [];
  const use = (name, mode) => locks.request('order', { mode }, async () => {
    seen.push(`+${name}`);
    await pause();
    seen.push(`-${name}`);
  });
  await Promise.all([
    use('a', 'exclusive'), use('b', 'shared'), use('c', 'shared'), use('d', 'exclusive'), use('e', 'shared'),
  ]);
  console.log(seen.join(' '));
}

async function contended() {
  let release;
  const held = locks.request('busy', () => new Promise((resolve) => { release = resolve; }));
  await pause();
  await show('ifAvailable', locks.request('busy', { ifAvailable: true }, (lock) => lock));
  const controller = new AbortController();
  const dropped = show('dropped', locks.request('busy', { signal: controller.signal }, () => 'never'));
  const waiting = show('waited', locks.request('busy', { mode: 'shared' }, () => 'shared'));
  await pause();
  const found = await locks.query();
  for (const one of [...found.held, ...found.pending]) delete one.clientId;
  console.log(found);
  controller.abort(new Error('why'));
  await dropped;
  held.catch((error) => console.log('stolen', error.name, error.message, error instanceof DOMException));
  await show('thief', locks.request('busy', { steal: true }, async () => 'has it'));
  release();
  await waiting;
  console.log(await locks.query());
}

checked().then(order).then(contended);
