// The iterator helpers of Readable: map, filter, reduce …
'use strict';

const {
  ArrayPrototypeShift,
  MathFloor,
  Number,
  NumberIsNaN,
  Promise,
  PromisePrototypeThen,
  PromiseReject,
  PromiseResolve,
  Symbol,
} = primordials;
const { Readable } = require('stream/core');
const { nodeError } = binding('errors');
const { iterate } = binding('stream');
const { validateAbortSignal, validateFunction, validateInteger, validateObject } = binding('validators');

const kEmpty = Symbol('kEmpty'); // nothing to pass on
const kEnd = Symbol('kEof');

function checkOptions(options) {
  if (options != null) validateObject(options, 'options');
  if (options?.signal != null) validateAbortSignal(options.signal, 'options.signal');
}

function abortError(cause) {
  const { AbortError } = require('errors');
  return cause === undefined ? new AbortError() : new AbortError(undefined, { cause });
}

function checkAborted(options) {
  if (options?.signal?.aborted) throw abortError(options.signal.reason);
}

/** Up to `concurrency` calls at a time, results in order, at most `highWaterMark` of them waiting. */
function mapped(stream, fn, options) {
  validateFunction(fn, 'fn');
  checkOptions(options);
  const concurrency = options?.concurrency != null ? MathFloor(options.concurrency) : 1;
  let mark = options?.highWaterMark != null ? MathFloor(options.highWaterMark) : concurrency - 1;
  validateInteger(concurrency, 'options.concurrency', 1);
  validateInteger(mark, 'options.highWaterMark', 0);
  mark += concurrency;
  return mapping(stream, fn, options, concurrency, mark);
}

async function* mapping(stream, fn, options, concurrency, mark) {
  const { AbortSignal } = require('events/abort');
  const signal = AbortSignal.any(options?.signal ? [options.signal] : []);
  const given = { signal };
  const queue = [];
  let wakeReader = null;
  let wakePump = null;
  let running = 0;
  let done = false;

  function settled() {
    running--;
    maybeResume();
  }
  function failed() {
    done = true;
    settled();
  }
  function maybeResume() {
    if (wakePump && !done && running < concurrency && queue.length < mark) {
      wakePump();
      wakePump = null;
    }
  }
  function tellReader() {
    if (wakeReader) {
      wakeReader();
      wakeReader = null;
    }
  }
  async function pump() {
    try {
      for await (const chunk of stream) {
        if (done) return;
        if (signal.aborted) throw abortError(signal.reason);
        let value;
        try {
          value = fn(chunk, given);
          if (value === kEmpty) continue;
          value = PromiseResolve(value);
        } catch (err) {
          value = PromiseReject(err);
        }
        running++;
        PromisePrototypeThen(value, settled, failed);
        queue[queue.length] = value;
        tellReader();
        if (!done && (queue.length >= mark || running >= concurrency)) {
          await new Promise((resolve) => {
            wakePump = resolve;
          });
        }
      }
      queue[queue.length] = kEnd;
    } catch (err) {
      const value = PromiseReject(err);
      PromisePrototypeThen(value, settled, failed);
      queue[queue.length] = value;
    } finally {
      done = true;
      tellReader();
    }
  }
  pump();
  try {
    for (;;) {
      while (queue.length > 0) {
        const value = await queue[0];
        if (value === kEnd) return;
        if (signal.aborted) throw abortError(signal.reason);
        if (value !== kEmpty) yield value;
        ArrayPrototypeShift(queue);
        maybeResume();
      }
      await new Promise((resolve) => {
        wakeReader = resolve;
      });
    }
  } finally {
    done = true;
    if (wakePump) {
      wakePump();
      wakePump = null;
    }
  }
}

function filtered(stream, fn, options) {
  validateFunction(fn, 'fn');
  return mapped(stream, async (value, given) => (await fn(value, given) ? value : kEmpty), options);
}

async function* flattened(values) {
  for await (const value of values) yield* value;
}

function count(number) {
  number = Number(number);
  if (NumberIsNaN(number)) return 0;
  if (number < 0) throw nodeError('ERR_OUT_OF_RANGE', 'number', '>= 0', number);
  return number;
}

async function* dropping(stream, left, options) {
  checkAborted(options);
  for await (const value of stream) {
    checkAborted(options);
    if (left-- <= 0) yield value;
  }
}

async function* taking(stream, left, options) {
  checkAborted(options);
  for await (const value of stream) {
    checkAborted(options);
    if (left-- > 0) yield value;
    // Asks for no item more than it gives.
    if (left <= 0) return;
  }
}

async function any(stream, fn, options) {
  // eslint-disable-next-line no-unused-vars
  for await (const _ of filtered(stream, fn, options)) return true;
  return false;
}

module.exports = {
  iterator(options) {
    if (options !== undefined) validateObject(options, 'options');
    return iterate(this, options);
  },

  compose(stream, options) {
    checkOptions(options);
    const { isNodeStream, isWritable } = require('stream/utils');
    if (isNodeStream(stream) && !isWritable(stream)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'stream', stream, 'must be writable');
    }
    const composed = require('stream/compose').compose(this, stream);
    if (options?.signal) require('stream/abort').tie(options.signal, composed);
    return composed;
  },

  map(fn, options) {
    return Readable.from(mapped(this, fn, options));
  },

  filter(fn, options) {
    return Readable.from(filtered(this, fn, options));
  },

  flatMap(fn, options) {
    return Readable.from(flattened(mapped(this, fn, options)));
  },

  drop(number, options) {
    checkOptions(options);
    return Readable.from(dropping(this, count(number), options));
  },

  take(number, options) {
    checkOptions(options);
    return Readable.from(taking(this, count(number), options));
  },

  async forEach(fn, options) {
    validateFunction(fn, 'fn');
    const visits = mapped(this, async (value, given) => {
      await fn(value, given);
      return kEmpty;
    }, options);
    // eslint-disable-next-line no-unused-vars
    for await (const _ of visits);
  },

  async some(fn, options) {
    return any(this, fn, options);
  },

  async every(fn, options) {
    validateFunction(fn, 'fn');
    return !(await any(this, async (value, given) => !(await fn(value, given)), options));
  },

  async find(fn, options) {
    for await (const value of filtered(this, fn, options)) return value;
    return undefined;
  },

  async toArray(options) {
    checkOptions(options);
    const result = [];
    for await (const value of this) {
      checkAborted(options);
      result[result.length] = value;
    }
    return result;
  },

  async reduce(reducer, initialValue, options) {
    validateFunction(reducer, 'reducer');
    checkOptions(options);
    let known = arguments.length > 1;
    const outer = options?.signal;
    if (outer?.aborted) {
      const err = abortError(outer.reason);
      this.once('error', () => {}); // the rejection tells of it
      await require('stream/promises').finished(this.destroy(err));
      throw err;
    }
    const { AbortController } = require('events/abort');
    const controller = new AbortController();
    if (outer) require('events/extra').addAbortListener(outer, () => controller.abort());
    try {
      for await (const value of this) {
        checkAborted(options);
        if (known) {
          initialValue = await reducer(initialValue, value, { signal: controller.signal });
        } else {
          initialValue = value;
          known = true;
        }
      }
      if (!known) {
        const err = nodeError('ERR_MISSING_ARGS', 'reduce');
        err.message = 'Reduce of an empty stream requires an initial value';
        throw err;
      }
    } finally {
      controller.abort();
    }
    return initialValue;
  },
};
