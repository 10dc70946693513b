// Node: 24
// The iterators of streams: what they are, in which microtask each step comes, and how they and their streams end.
'use strict';

const { Duplex, PassThrough, Readable, finished } = require('stream');
const { AsyncLocalStorage } = require('async_hooks');
const { inspect, types } = require('util');

const lines = [];
const log = (...words) => lines.push(words.join(' '));

/** Counts microtasks, so that what happens between two of them is seen. */
function clock(name, turns) {
  let promise = Promise.resolve();
  for (let turn = 1; turn <= turns; turn++) promise = promise.then(() => log(name, 'microtask', turn));
}

const told = (name, promise) => promise.then(
  ({ value, done }) => log(name, 'gives', String(value), done),
  (error) => log(name, 'throws', error?.code ?? error?.name ?? error, error?.message));

const after = (turns) => new Promise((resolve) => {
  const next = () => (turns-- > 0 ? setImmediate(next) : resolve());
  next();
});

const counts = (stream) => ['readable', 'end', 'finish', 'error', 'close', 'aborted', 'data']
  .map((name) => `${name} ${stream.listenerCount(name)}`).join(', ');

const state = (stream) => `destroyed ${stream.destroyed} errored ${stream.errored?.message} ended ${stream.readableEnded}`;

const cases = {
  async shape() {
    const stream = Readable.from(['a']);
    const iterator = stream[Symbol.asyncIterator]();
    log(Object.prototype.toString.call(iterator), inspect(iterator, { depth: 0 }), types.isGeneratorObject(iterator));
    log(Object.keys(iterator), iterator.stream === stream, iterator[Symbol.asyncIterator]() === iterator);
    const generators = Object.getPrototypeOf(async function*() {}).prototype;
    log(Object.getPrototypeOf(Object.getPrototypeOf(iterator)) === generators, typeof iterator.next, iterator.next.length);
    log(iterator.next.name, iterator.return.name, iterator.throw.name, Readable.prototype[Symbol.asyncIterator].name);
    log(Object.keys(Object.getOwnPropertyDescriptor(Readable.prototype, Symbol.asyncIterator)));
    log(stream.listenerCount('readable'), counts(stream));
    await iterator.next();
    log(counts(stream));
    log(['readable', 'end', 'finish', 'error', 'close'].map((name) => stream.listeners(name)[0].name));
    const names = [];
    stream.on('removeListener', (name) => names.push(name));
    await iterator.return();
    await after(2);
    log(names, counts(stream), state(stream));
    await told('wrong receiver', iterator.next.call({}).catch((error) => Promise.reject(error.name)));
  },

  async ready() {
    const stream = new Readable({ objectMode: true, read() {} });
    stream.push('a');
    stream.push('b');
    stream.push(null);
    const iterator = stream[Symbol.asyncIterator]();
    clock('ready', 12);
    process.nextTick(() => log('tick'));
    told('first', iterator.next()).then(() => told('second', iterator.next()))
      .then(() => told('third', iterator.next())).then(() => told('fourth', iterator.next()));
    for (const name of ['end', 'close', 'readable']) stream.on(name, () => log('event', name));
    await after(3);
    log(state(stream), counts(stream));
  },

  async queued() {
    const stream = new Readable({ objectMode: true, read() {} });
    stream.push('a');
    const iterator = stream[Symbol.asyncIterator]();
    clock('queued', 12);
    for (let at = 1; at <= 5; at++) told(`call ${at}`, iterator.next());
    setImmediate(() => {
      clock('later', 6);
      stream.push('b');
      stream.push('c');
      process.nextTick(() => log('tick'));
    });
    setImmediate(() => setImmediate(() => {
      clock('end', 6);
      stream.push(null);
    }));
    await after(6);
    log(state(stream), counts(stream));
  },

  async loop() {
    const stream = new Readable({ read() {} });
    setImmediate(() => stream.push('one'));
    setImmediate(() => setImmediate(() => stream.push('two') && stream.push(null)));
    for (const name of ['end', 'close', 'readable']) stream.on(name, () => log('event', name));
    for await (const chunk of stream) {
      log('chunk', chunk);
      clock(String(chunk), 5);
    }
    log('over', state(stream));
    clock('over', 3);
  },

  async leaving() {
    for (const destroyOnReturn of [undefined, true, false, null]) {
      const stream = new Readable({ objectMode: true, read() {} });
      stream.on('close', () => log('close')).on('error', (error) => log('error', error.message));
      stream.push(1);
      stream.push(2);
      for await (const chunk of stream.iterator({ destroyOnReturn })) {
        log('chunk', chunk);
        clock('leaving', 4);
        break;
      }
      log(String(destroyOnReturn), state(stream), counts(stream));
      await after(2);
      stream.destroy();
      await after(2);
    }
    try {
      Readable.from([]).iterator('x');
    } catch (error) {
      log(error.code);
    }
  },

  async returns() {
    const make = () => {
      const stream = new Readable({ objectMode: true, read() {} });
      stream.push('a');
      return stream;
    };
    let stream = make();
    let iterator = stream[Symbol.asyncIterator]();
    clock('before the start', 5);
    await told('return', iterator.return('v'));
    log(state(stream));
    await told('next', iterator.next());
    await told('return', iterator.return(Promise.resolve('w')));
    await told('return', iterator.return(Promise.reject(new Error('no'))));
    await told('throw', iterator.throw(new Error('thrown')));

    stream = make();
    iterator = stream[Symbol.asyncIterator]();
    await told('throw', iterator.throw(new Error('early')));
    log(state(stream));

    stream = make();
    iterator = stream[Symbol.asyncIterator]();
    clock('at the yield', 12);
    told('next', iterator.next());
    told('return', iterator.return(Promise.resolve('v')));
    told('next', iterator.next());
    told('return', iterator.return('x'));
    told('throw', iterator.throw(new Error('late')));
    await after(3);
    log(state(stream), counts(stream));

    stream = make();
    stream.on('error', (error) => log('error', error.message));
    iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    clock('thrown in', 5);
    await told('throw', iterator.throw(new Error('thrown in')));
    log(state(stream));
    await told('next', iterator.next());
    await after(2);

    stream = make();
    stream.on('error', () => {});
    iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await told('return', iterator.return(Promise.reject(new Error('rejected'))));
    log(state(stream));

    stream = make();
    iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    told('waits', iterator.next());
    told('return', iterator.return('v'));
    await after(1);
    log('still waits', state(stream));
    stream.push('b');
    await after(2);
    log(state(stream));
  },

  async failures() {
    const failing = {
      destroyed: (stream) => stream.destroy(),
      failed: (stream) => stream.destroy(new Error('failed')),
      emitted: (stream) => stream.emit('error', new Error('emitted')),
      closed: (stream) => stream.emit('close'),
      ended: (stream) => stream.emit('end'),
      finished: (stream) => stream.emit('finish'),
      nothing: (stream) => stream.destroy(0),
    };
    for (const name of Object.keys(failing)) {
      for (const asleep of [false, true]) {
        const stream = new Readable({ objectMode: true, read() {} });
        stream.push('a');
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        if (asleep) told(`${name} while asleep`, iterator.next());
        else stream.push('b');
        await after(1);
        clock(name, 4);
        failing[name](stream);
        await after(1);
        if (!asleep) await told(`${name} before`, Promise.race([iterator.next(), after(2)]).then((one) => one ?? {}));
        log(state(stream), counts(stream));
        stream.on('error', () => {}).destroy();
        await after(2);
      }
    }
    for (const options of [{ autoDestroy: false }, { emitClose: false }, { autoDestroy: false, emitClose: false }]) {
      for (const end of ['push', 'destroy']) {
        const stream = new Readable({ ...options, objectMode: true, read() {} });
        const seen = (async () => {
          for await (const chunk of stream) log(chunk);
        })().then(() => log('over'), (error) => log('failed', error.message));
        stream.push('a');
        await after(1);
        if (end === 'push') stream.push(null);
        else stream.destroy(new Error('x'));
        await Promise.race([seen, after(3)]);
        log(JSON.stringify(options), end, state(stream), counts(stream));
      }
    }
  },

  async over() {
    const ended = Readable.from(['a']);
    ended.resume();
    await after(3);
    await told('ended', ended[Symbol.asyncIterator]().next());
    const broken = new Readable({ read() {} });
    broken.on('error', () => {}).destroy(new Error('broken'));
    await told('breaking', broken[Symbol.asyncIterator]().next());
    await after(2);
    await told('broken', broken[Symbol.asyncIterator]().next());
    const gone = new Readable({ read() {} });
    gone.destroy();
    await told('going', gone[Symbol.asyncIterator]().next());
    await after(2);
    await told('gone', gone[Symbol.asyncIterator]().next());
    const throwing = new Readable({ read() {} });
    throwing.read = (n) => { if (n !== 0) throw new Error('read throws'); };
    throwing.on('error', (error) => log('error', error.message));
    await told('throwing', throwing[Symbol.asyncIterator]().next());
    log(state(throwing));
    const fails = new Readable({ read() { throw new Error('source'); } });
    await told('source', fails[Symbol.asyncIterator]().next());
    const deaf = new Readable({ read() {} });
    deaf.on = () => { throw new Error('deaf'); };
    await told('deaf', deaf[Symbol.asyncIterator]().next());
    log(state(deaf));
  },

  async values() {
    const values = [Promise.resolve('p'), { then(resolve) { resolve('thenable'); } }, { get then() { return 1; } }, 'text'];
    const stream = new Readable({ objectMode: true, read() {} });
    for (const value of values) stream.push(value);
    const iterator = stream[Symbol.asyncIterator]();
    clock('values', 16);
    for (let at = 0; at < values.length; at++) told(`value ${at}`, iterator.next());
    await after(2);
    stream.push({ then(_, reject) { reject(new Error('rejects')); } });
    stream.on('error', () => {});
    await told('rejecting', iterator.next());
    log(state(stream));
    const throws = new Readable({ objectMode: true, read() {} });
    throws.push({ get then() { throw new Error('no then'); } });
    await told('throwing', throws[Symbol.asyncIterator]().next());
  },

  async duplex() {
    const pass = new PassThrough();
    pass.end('all');
    for await (const chunk of pass) log('chunk', chunk);
    log(state(pass), counts(pass));
    const open = new Duplex({ read() {}, write(chunk, _, callback) { callback(); } });
    open.push('a');
    open.push(null);
    for await (const chunk of open) log('chunk', chunk);
    log('open', state(open), open.writable);
    await after(2);
    log('open', state(open), open.writable, counts(open));
    const broken = new PassThrough();
    setImmediate(() => broken.destroy(new Error('broken')));
    try {
      for await (const chunk of broken) log('chunk', chunk);
    } catch (error) {
      log(error.message);
    }
  },

  async watched() {
    const stream = new Readable({ read() {} });
    const names = [];
    stream.on('newListener', (name) => names.push(`+${name}`)).on('removeListener', (name) => names.push(`-${name}`));
    const iterator = stream.iterator({ destroyOnReturn: false });
    stream.push('x');
    await iterator.next();
    await iterator.return();
    log(names);
    log(counts(stream));
    finished(stream, (error) => log('finished', error?.message));
    stream.destroy();
    await after(2);
  },

  async old() {
    const { EventEmitter } = require('events');
    const old = new EventEmitter();
    old.pause = () => {};
    old.resume = () => {};
    const iterator = Readable.prototype[Symbol.asyncIterator].call(old);
    log(iterator.stream instanceof Readable);
    told('old', iterator.next());
    old.emit('data', 'first');
    await after(1);
    told('old', iterator.next());
    old.emit('end');
    await after(2);
  },

  async contexts() {
    const store = new AsyncLocalStorage();
    const stream = new Readable({
      objectMode: true,
      read() { log('read in', store.getStore()); },
    });
    const iterator = stream[Symbol.asyncIterator]();
    store.run('one', () => told('one', iterator.next()).then(() => log('one is in', store.getStore())));
    store.run('two', () => told('two', iterator.next()).then(() => log('two is in', store.getStore())));
    await after(1);
    store.run('push', () => stream.push('a'));
    await after(1);
    store.run('push', () => stream.push('b'));
    await after(1);
    store.run('three', () => told('three', iterator.return()));
    await after(1);
  },
};

(async () => {
  for (const name of Object.keys(cases)) {
    log(`--- ${name}`);
    await cases[name]();
    await after(2);
    log(`--- end of ${name}`);
  }
  console.log(lines.join('\n'));
})();
