'use strict';
// `for await (const chunk of stream)`: <https://streams.spec.whatwg.org/#rs-asynciterator>

const {
  AsyncIteratorPrototype, ObjectCreate, ObjectDefineProperty, PromisePrototypeThen, PromiseReject, PromiseResolve, TypeError,
} = primordials;
const { deferred, kRecord, setRecord } = require('streams/common');
const { cancelStream } = require('streams/readable');
const { queueMicrotask } = binding('task_queue');
const { acquireReader, readDefault, releaseReader } = require('streams/readers');

class IteratorRequest {
  constructor(iterator, pending) {
    this.iterator = iterator;
    this.pending = pending;
  }

  chunk(value) {
    this.iterator.ongoing = undefined;
    // A turn later, as the standard has it: the source is asked for more before the reader goes on.
    queueMicrotask(() => this.pending.resolve({ value, done: false }));
  }

  close() {
    const { iterator } = this;
    iterator.ongoing = undefined;
    iterator.finished = true;
    releaseReader(iterator.reader);
    this.pending.resolve({ value: undefined, done: true });
  }

  error(error) {
    const { iterator } = this;
    iterator.ongoing = undefined;
    iterator.finished = true;
    releaseReader(iterator.reader);
    this.pending.reject(error);
  }
}

function step(iterator) {
  if (iterator.finished) return PromiseResolve({ value: undefined, done: true });
  const pending = deferred();
  readDefault(iterator.reader, new IteratorRequest(iterator, pending));
  return pending.promise;
}

function finish(iterator, value) {
  if (iterator.finished) return PromiseResolve({ value, done: true });
  iterator.finished = true;
  const { reader } = iterator;
  if (iterator.preventCancel) {
    releaseReader(reader);
    return PromiseResolve({ value, done: true });
  }
  const cancelled = cancelStream(reader.stream, value);
  releaseReader(reader);
  return PromisePrototypeThen(cancelled, () => ({ value, done: true }));
}

/** Calls come one after the other, whether the caller waits or not. */
function inTurn(iterator, what) {
  const { ongoing } = iterator;
  iterator.ongoing = ongoing === undefined ? what() : PromisePrototypeThen(ongoing, what, what);
  return iterator.ongoing;
}

const notAnIterator = () => PromiseReject(new TypeError('Not a ReadableStream async iterator'));

const members = {
  next() {
    const iterator = this?.[kRecord];
    if (iterator?.iterator !== true) return notAnIterator();
    return inTurn(iterator, () => step(iterator));
  },

  return(value) {
    const iterator = this?.[kRecord];
    if (iterator?.iterator !== true) return notAnIterator();
    return inTurn(iterator, () => finish(iterator, value));
  },
};
const prototype = ObjectCreate(AsyncIteratorPrototype);
ObjectDefineProperty(prototype, 'next', { __proto__: null, value: members.next, writable: true, enumerable: true, configurable: true });
ObjectDefineProperty(prototype, 'return', { __proto__: null, value: members.return, writable: true, enumerable: true, configurable: true });

function iterate(stream, preventCancel) {
  const reader = acquireReader(stream);
  const it = ObjectCreate(prototype);
  setRecord(it, { iterator: true, reader, preventCancel, finished: false, ongoing: undefined });
  return it;
}

module.exports = { iterate };
