// Streams made from something else: an iterable, or a stream of the oldest kind.
'use strict';

const {
  ObjectAssign,
  ObjectKeys,
  PromisePrototypeThen,
  ReflectApply,
  SymbolAsyncIterator,
  SymbolIterator,
} = primordials;
const { Readable } = require('stream/core');
const { destroyer } = require('stream/utils');
const { errorOrDestroy } = require('stream/destroy');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');

/** `Readable.from`, for any class of streams. */
function fromIterable(Class, iterable, options) {
  if (typeof iterable === 'string' || iterable instanceof require('buffer').Buffer) {
    return new Class(ObjectAssign({ objectMode: true }, options, {
      read() {
        this.push(iterable);
        this.push(null);
      },
    }));
  }
  let iterator;
  let isAsync = false;
  if (iterable?.[SymbolAsyncIterator]) {
    isAsync = true;
    iterator = iterable[SymbolAsyncIterator]();
  } else if (iterable?.[SymbolIterator]) {
    iterator = iterable[SymbolIterator]();
  } else {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'iterable', ['Iterable'], iterable);
  }
  // A small mark: an iterable is asked only for what the reader takes.
  const readable = new Class(ObjectAssign({ objectMode: true, highWaterMark: 1 }, options));
  const destroy = readable._destroy;
  let reading = false;

  readable._read = function() {
    if (reading) return;
    reading = true;
    next();
  };
  readable._destroy = function(err, cb) {
    ReflectApply(destroy, this, [err, (late) => {
      const told = late || err;
      PromisePrototypeThen(close(told), () => nextTick(cb, told), (thrown) => nextTick(cb, thrown || told));
    }]);
  };
  return readable;

  async function close(err) {
    if (err != null && typeof iterator.throw === 'function') {
      const { value, done } = await iterator.throw(err);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === 'function') {
      const { value } = await iterator.return();
      await value;
    }
  }

  async function next() {
    try {
      for (;;) {
        const { value, done } = isAsync ? await iterator.next() : iterator.next();
        if (done) {
          readable.push(null);
          return;
        }
        const chunk = typeof value?.then === 'function' ? await value : value;
        if (chunk === null) {
          reading = false;
          throw nodeError('ERR_STREAM_NULL_VALUES');
        }
        if (!readable.push(chunk)) {
          reading = false;
          return;
        }
      }
    } catch (err) {
      readable.destroy(err);
    }
  }
}

exports.fromIterable = fromIterable;

exports.from = function(iterable, options) {
  return fromIterable(Readable, iterable, options);
};

/** `Readable.wrap(source)`. */
exports.wrap = function(source, options) {
  return new Readable(ObjectAssign({ objectMode: source.readableObjectMode ?? source.objectMode ?? true }, options, {
    destroy(err, cb) {
      destroyer(source, err);
      cb(err);
    },
  })).wrap(source);
};

/** `readable.wrap(source)`: `readable` shows what the legacy stream `source` emits. */
exports.wrapInto = function(readable, source) {
  let paused = false;
  source.on('data', (chunk) => {
    if (!readable.push(chunk) && source.pause) {
      paused = true;
      source.pause();
    }
  });
  source.on('end', () => readable.push(null));
  source.on('error', (err) => errorOrDestroy(readable, err));
  source.on('close', () => readable.destroy());
  source.on('destroy', () => readable.destroy());
  readable._read = () => {
    if (paused && source.resume) {
      paused = false;
      source.resume();
    }
  };
  // Whatever else the source can do.
  const names = ObjectKeys(source);
  for (let i = 1; i < names.length; i++) {
    const name = names[i];
    if (readable[name] === undefined && typeof source[name] === 'function') {
      readable[name] = (...args) => ReflectApply(source[name], source, args);
    }
  }
  return readable;
};
