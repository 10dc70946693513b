// Streams of every kind put through random operations, from fixed seeds: each event, callback and return value in order.
// What differs between versions of Node (default marks, bookkeeping) is left out.
'use strict';

const { Duplex, PassThrough, Readable, Transform, Writable } = require('stream');

const CASES = 200;
let state;

function random() {
  state = (state * 1103515245 + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const often = (share) => random() < share;

function show(value) {
  if (value instanceof Error) return value.code || value.message;
  if (Buffer.isBuffer(value)) return `<${value.length} bytes>`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function later(call) {
  const when = below(5);
  if (when === 0) call();
  else if (when === 1) process.nextTick(call);
  else if (when === 2) Promise.resolve().then(call);
  else if (when === 3) setImmediate(call);
  else setImmediate(() => setImmediate(call));
}

async function run(seed) {
  state = seed * 7919 + 13;
  for (let i = 0; i < 10; i++) random();
  const lines = [];
  const log = (...values) => lines.push(values.map(show).join(' '));
  const watch = (name, stream) => {
    for (const event of ['end', 'close', 'finish', 'prefinish', 'drain', 'pause', 'pipe', 'unpipe', 'error']) {
      stream.on(event, (value) => log(name, event, value instanceof Error ? value : ''));
    }
  };

  const objectMode = often(0.3);
  const chunk = () => (objectMode
    ? pick([{ a: 1 }, 'text', 5, Buffer.from('x')])
    : pick(['ab', 'hello world', 'é', Buffer.from('12345'), Buffer.alloc(20)]));
  let left = below(8);
  const fails = (share, name) => (often(share) ? new Error(name) : null);
  const options = { objectMode, highWaterMark: pick([1, 3, 10, 100]), autoDestroy: often(0.85), emitClose: often(0.9) };
  if (often(0.3)) {
    options.destroy = (err, done) => {
      log('_destroy', err);
      const own = often(0.1) ? new Error('destroy') : err;
      later(() => done(own));
    };
  }
  if (often(0.3)) {
    options.construct = (done) => {
      log('_construct');
      const err = fails(0.1, 'construct');
      later(() => done(err));
    };
  }
  if (often(0.4)) {
    options.final = (done) => {
      log('_final');
      const err = fails(0.1, 'final');
      later(() => done(err));
    };
  }
  const read = function() {
    log('_read');
    later(() => {
      if (left-- <= 0) {
        log('push', this.push(null));
        return;
      }
      for (let i = below(3); i >= 0; i--) log('push', this.push(chunk()));
    });
  };
  const write = (data, encoding, done) => {
    log('_write', objectMode ? typeof data : data.length);
    const err = fails(0.05, 'write');
    later(() => done(err));
  };
  const writev = often(0.4) ? (all, done) => {
    log('_writev', all.length);
    const err = fails(0.05, 'writev');
    later(() => done(err));
  } : undefined;
  const transform = function(data, encoding, done) {
    log('_transform');
    for (let i = below(3); i > 0; i--) log('push', this.push(data));
    const err = fails(0.05, 'transform');
    later(() => done(err, often(0.3) ? data : undefined));
  };
  const flush = often(0.5) ? (done) => {
    log('_flush');
    later(() => done(null, often(0.5) ? chunk() : undefined));
  } : undefined;

  const kind = pick(['readable', 'writable', 'duplex', 'transform', 'passthrough']);
  const make = {
    readable: () => new Readable({ ...options, read }),
    writable: () => new Writable({ ...options, write, writev, decodeStrings: often(0.8) }),
    duplex: () => new Duplex({ ...options, read, write, writev, allowHalfOpen: often(0.7) }),
    transform: () => new Transform({ ...options, transform, flush }),
    passthrough: () => new PassThrough(options),
  };
  const stream = make[kind]();
  watch('stream', stream);

  const sinks = [];
  const reading = [
    () => stream.on('data', (data) => log('data', data)),
    () => stream.on('readable', () => {
      log('readable');
      let data;
      while ((data = stream.read(pick([1, 2, 4]))) !== null) log('got', data);
    }),
    () => stream.pause(),
    () => stream.resume(),
    () => log('read', stream.read(pick([0, 1, 3, 30]))),
    () => {
      const name = `sink${sinks.length}`;
      const sink = new Writable({
        objectMode: true,
        highWaterMark: pick([1, 2, 5]),
        write(data, encoding, done) {
          log(name, '_write', data);
          later(() => done(fails(0.03, 'sink')));
        },
      });
      sinks.push(sink);
      watch(name, sink);
      stream.pipe(sink, { end: often(0.8) });
    },
    () => sinks.length && stream.unpipe(pick(sinks)),
    () => stream.unpipe(),
    () => log('unshift', stream.unshift(chunk())),
  ];
  const writing = [
    ...Array(3).fill(() => log('write', stream.write(chunk(), often(0.5) ? (err) => log('written', err) : undefined))),
    () => often(0.5) && stream.end(often(0.5) ? chunk() : undefined, often(0.5) ? (err) => log('ended', err) : undefined),
    () => stream.cork(),
    () => stream.uncork(),
  ];
  const acts = [() => often(0.15) && stream.destroy(often(0.5) ? new Error('by hand') : undefined)];
  if (kind !== 'writable') acts.push(...reading);
  if (kind !== 'readable') acts.push(...writing);

  const attempt = (call) => {
    try {
      call();
    } catch (err) {
      log('thrown', err);
    }
  };
  for (let i = 4 + below(10); i > 0; i--) {
    attempt(pick(acts));
    if (often(0.4)) await new Promise((resolve) => pick([setImmediate, process.nextTick, queueMicrotask])(resolve));
  }
  if (kind !== 'readable') {
    attempt(() => {
      while (stream.writableCorked) stream.uncork();
      stream.end();
    });
  }
  if (kind !== 'writable') attempt(() => stream.resume());
  for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  console.log(`## ${seed} ${kind}\n${lines.join('\n')}`);
}

process.on('uncaughtException', (err) => console.log('uncaught', show(err)));

(async () => {
  for (let seed = 0; seed < CASES; seed++) await run(seed);
})();
