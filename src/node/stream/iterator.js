// Reading a stream with `for await`, and `await using` of streams.
'use strict';

const { Promise } = primordials;
const { Readable } = require('stream/core');
const { eos } = require('stream/finished');
const { aggregateTwoErrors, destroyer } = require('stream/utils');

/** The iterator of any stream; one that has no `read` is wrapped. */
exports.iterate = function(stream, options) {
  if (typeof stream.read !== 'function') stream = Readable.wrap(stream, { objectMode: true });
  const iterator = chunks(stream, options);
  iterator.stream = stream;
  return iterator;
};

async function* chunks(stream, options) {
  let wake = null;
  function onreadable() {
    if (wake !== null) {
      const call = wake;
      wake = null;
      call();
    }
  }
  const sleep = (resolve) => {
    wake = resolve;
  };
  stream.on('readable', onreadable);
  // Undefined while the stream lives, null when it ended well.
  let error;
  const unwatch = eos(stream, { writable: false }, (err) => {
    error = err ? aggregateTwoErrors(error, err) : null;
    onreadable();
  });
  try {
    // Nested, because the engine forgets what a `catch` throws when its own `finally` catches something.
    try {
      for (;;) {
        const chunk = stream.destroyed ? null : stream.read();
        if (chunk !== null) yield chunk;
        else if (error) throw error;
        else if (error === null) return;
        else await new Promise(sleep);
      }
    } catch (err) {
      error = aggregateTwoErrors(error, err);
      throw error;
    }
  } finally {
    // A stream that ended well looks after itself: its writable half may still be in use.
    const { autoDestroy } = stream._readableState;
    const kept = error === undefined ? options?.destroyOnReturn === false
      : error === null ? stream.writable === true || !autoDestroy || options?.destroyOnReturn === false : !autoDestroy;
    if (!kept) {
      destroyer(stream, null);
    } else {
      stream.removeListener('readable', onreadable);
      unwatch();
    }
  }
}

/** `stream[Symbol.asyncDispose]()`. */
exports.dispose = function(stream, complete) {
  let error;
  if (!stream.destroyed) {
    if (!complete) {
      const { AbortError } = require('errors');
      error = new AbortError();
    }
    stream.destroy(error);
  }
  return new Promise((resolve, reject) => {
    eos(stream, {}, (err) => {
      if (err && err !== error) reject(err);
      else resolve(null);
    });
  });
};
