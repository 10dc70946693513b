// Between Node's streams and the web's: `toWeb` and `fromWeb`.
// <https://nodejs.org/docs/latest-v24.x/api/stream.html#streamreadabletowebstreamreadable-options>
'use strict';

const {
  PromisePrototypeThen, PromiseWithResolvers, PromiseAll, TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset, Uint8Array, DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset,
} = primordials;
const { nodeError } = binding('errors');
const { validateBoolean, validateObject, validateOneOf } = binding('validators');
const { isAnyArrayBuffer, isDataView, isUint8Array } = binding('types');
const { nextTick } = binding('task_queue');
const { isDestroyed, isReadable, isReadableStream, isWritable, isWritableEnded, isWritableNode,
  isWritableStream } = require('stream/utils');

const finished = (stream, options, callback) => require('stream/finished').finished(stream, options, callback);

function abortError(cause) {
  const { AbortError } = require('errors');
  return new AbortError(undefined, cause === undefined ? undefined : { cause });
}

function throwLater(error) {
  nextTick(() => { throw error; });
}

/** What ended a stream early counts as an abort for the other side. */
function abortOf(error) {
  return error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? abortError(error) : error;
}

function bytesOf(chunk) {
  if (isAnyArrayBuffer(chunk)) return new Uint8Array(chunk);
  if (isDataView(chunk)) {
    return new Uint8Array(
      DataViewPrototypeGetBuffer(chunk), DataViewPrototypeGetByteOffset(chunk), DataViewPrototypeGetByteLength(chunk));
  }
  return new Uint8Array(
    TypedArrayPrototypeGetBuffer(chunk), TypedArrayPrototypeGetByteOffset(chunk), TypedArrayPrototypeGetByteLength(chunk));
}

// ---- Readable

/**
 * A web stream that reads a Node stream.
 * @param {{ strategy?: object, type?: 'bytes' }} [options]
 */
function readableToWeb(stream, options = {}) {
  if (typeof stream?._readableState !== 'object') throw nodeError('ERR_INVALID_ARG_TYPE', 'streamReadable', 'stream.Readable', stream);
  validateObject(options, 'options');
  if (options.type !== undefined) validateOneOf(options.type, 'options.type', ['bytes', undefined]);
  const bytes = options.type === 'bytes';
  const { ReadableStream } = require('streams/readable');
  if (isDestroyed(stream) || !isReadable(stream)) {
    const ended = new ReadableStream(bytes ? { type: 'bytes' } : undefined);
    ended.cancel();
    return ended;
  }
  const objectMode = stream.readableObjectMode;
  const strategy = bytes ? undefined : strategyOf(stream.readableHighWaterMark, objectMode, options.strategy);
  let controller;
  let wasCanceled = false;
  let closed = false;

  function onData(chunk) {
    // A pool's memory isn't ours to give away.
    if (!objectMode && isUint8Array(chunk)) chunk = new Uint8Array(chunk);
    controller.enqueue(chunk);
    if (controller.desiredSize <= 0) stream.pause();
  }

  stream.pause();
  const cleanup = finished(stream, {}, (error) => {
    error = abortOf(error);
    cleanup();
    // What comes after the end is nobody's.
    stream.on('error', () => {});
    if (error) {
      if (!wasCanceled) controller.error(error);
      return;
    }
    if (wasCanceled || closed) return;
    closed = true;
    controller.close();
    if (bytes) controller.byobRequest?.respond(0);
  });
  stream.on('data', onData);

  return new ReadableStream({
    type: bytes ? 'bytes' : undefined,
    start(given) {
      controller = given;
    },
    pull() {
      stream.resume();
    },
    cancel(reason) {
      wasCanceled = true;
      require('stream/utils').destroy(stream, reason);
    },
  }, strategy);
}

function strategyOf(highWaterMark, objectMode, given) {
  if (given !== undefined) return given;
  const { ByteLengthQueuingStrategy, CountQueuingStrategy } = require('streams/strategies');
  return objectMode ? new CountQueuingStrategy({ highWaterMark }) : new ByteLengthQueuingStrategy({ highWaterMark });
}

/** A Node stream that reads a web stream. */
function readableFromWeb(stream, options = {}) {
  if (!isReadableStream(stream)) throw nodeError('ERR_INVALID_ARG_TYPE', 'readableStream', 'ReadableStream', stream);
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  checkEncoding(encoding);
  validateBoolean(objectMode, 'options.objectMode');
  const reader = stream.getReader();
  let closed = false;
  const { Readable } = require('stream');
  const readable = new Readable({
    objectMode, highWaterMark, encoding, signal,
    read() {
      readInto(readable, reader);
    },
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      if (closed) {
        done();
        return;
      }
      PromisePrototypeThen(reader.cancel(error), done, done);
    },
  });
  PromisePrototypeThen(reader.closed, () => {
    closed = true;
  }, (error) => {
    closed = true;
    readable.destroy(error);
  });
  return readable;
}

function readInto(readable, reader) {
  PromisePrototypeThen(reader.read(), (chunk) => {
    if (chunk.done) readable.push(null);
    else readable.push(chunk.value);
  }, (error) => readable.destroy(error));
}

function checkEncoding(encoding) {
  if (encoding === undefined) return;
  const { Buffer } = require('buffer');
  if (!Buffer.isEncoding(encoding)) throw nodeError('ERR_INVALID_ARG_VALUE', 'options.encoding', encoding);
}

// ---- Writable

/** A web stream that writes to a Node stream. */
function writableToWeb(stream) {
  // A server's response writes without a state of its own.
  if (typeof stream?._writableState !== 'object' && !isWritableNode(stream)) throw nodeError('ERR_INVALID_ARG_TYPE', 'streamWritable', 'stream.Writable', stream);
  const { WritableStream } = require('streams/writable');
  if (isDestroyed(stream) || !isWritable(stream)) {
    const ended = new WritableStream();
    ended.close();
    return ended;
  }
  const objectMode = stream.writableObjectMode;
  // Counted by chunks, bytes or not: what is written may be a string.
  const highWaterMark = stream.writableHighWaterMark;
  const strategy = objectMode ? strategyOf(highWaterMark, true, undefined) : { highWaterMark };
  let controller;
  let backpressure;
  let closed;

  stream.on('drain', () => {
    backpressure?.resolve();
  });
  const cleanup = finished(stream, {}, (error) => {
    error = abortOf(error);
    cleanup();
    stream.on('error', () => {});
    if (error) {
      if (backpressure !== undefined) backpressure.reject(error);
      // A close that waits reports the error itself.
      if (closed !== undefined) {
        closed.reject(error);
        closed = undefined;
      }
      controller.error(error);
      controller = undefined;
      return;
    }
    if (closed !== undefined) {
      closed.resolve();
      closed = undefined;
      return;
    }
    controller.error(abortError());
    controller = undefined;
  });

  return new WritableStream({
    start(given) {
      controller = given;
    },
    write(chunk) {
      if (!stream.writableNeedDrain && stream.write(bytesIfBuffer(chunk, objectMode))) return undefined;
      if (stream.writableNeedDrain) {
        backpressure = PromiseWithResolvers();
        return PromisePrototypeThen(backpressure.promise, () => {
          backpressure = undefined;
        }, (error) => {
          backpressure = undefined;
          throw error;
        });
      }
      return undefined;
    },
    abort(reason) {
      require('stream/utils').destroy(stream, reason);
    },
    close() {
      if (closed === undefined && !isWritableEnded(stream)) {
        closed = PromiseWithResolvers();
        stream.end();
        return closed.promise;
      }
      if (closed === undefined) return undefined;
      return closed.promise;
    },
  }, strategy);
}

function bytesIfBuffer(chunk, objectMode) {
  return !objectMode && isAnyArrayBuffer(chunk) ? new Uint8Array(chunk) : chunk;
}

/** The two functions of a Node stream that write to a web stream's writer. */
function writerMethods(writer, self) {
  const ready = (write) => PromisePrototypeThen(writer.ready, write);
  return {
    writev(chunks, callback) {
      const done = (error) => {
        try {
          callback(error);
        } catch (thrown) {
          throwLater(thrown);
        }
      };
      const all = ready(() => {
        const writes = [];
        for (let i = 0; i < chunks.length; i++) writes[i] = writer.write(chunks[i].chunk);
        return PromiseAll(writes);
      });
      PromisePrototypeThen(all, () => done(), (error) => done(error ?? abortError()));
    },
    write(chunk, encoding, callback) {
      if (typeof chunk === 'string' && self().decodes && !self().objectMode) {
        chunk = bytesOf(require('buffer').Buffer.from(chunk, encoding));
      }
      const done = (error) => {
        try {
          callback(error);
        } catch (thrown) {
          self().stream.destroy(thrown);
        }
      };
      PromisePrototypeThen(ready(() => writer.write(chunk)), () => done(), (error) => done(error ?? abortError()));
    },
  };
}

/** A Node stream that writes to a web stream. */
function writableFromWeb(stream, options = {}) {
  if (!isWritableStream(stream)) throw nodeError('ERR_INVALID_ARG_TYPE', 'writableStream', 'WritableStream', stream);
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const writer = stream.getWriter();
  let closed = false;
  const { Writable } = require('stream');
  let writable;
  const { write, writev } = writerMethods(writer, () => ({ stream: writable, decodes: decodeStrings, objectMode }));
  writable = new Writable({
    highWaterMark, objectMode, decodeStrings, signal, write, writev,
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      if (closed) {
        done();
        return;
      }
      const ending = error != null ? writer.abort(error) : writer.close();
      PromisePrototypeThen(ending, done, done);
    },
    final(callback) {
      const done = (error) => nextTick(callback, error);
      if (closed) {
        done();
        return;
      }
      PromisePrototypeThen(writer.close(), () => done(), (error) => done(error));
    },
  });
  PromisePrototypeThen(writer.closed, () => {
    closed = true;
    if (!isWritableEnded(writable)) writable.destroy(nodeError('ERR_STREAM_PREMATURE_CLOSE'));
  }, (error) => {
    closed = true;
    writable.destroy(error);
  });
  return writable;
}

// ---- Duplex

/** `{ readable, writable }` over a Node stream. */
function duplexToWeb(duplex, options = {}) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex?._readableState !== 'object') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'duplex', 'stream.Duplex', duplex);
  }
  const { ReadableStream } = require('streams/readable');
  const { WritableStream } = require('streams/writable');
  const type = options?.type ?? options?.readableType;
  if (isDestroyed(duplex)) {
    const writable = new WritableStream();
    const readable = new ReadableStream(type === 'bytes' ? { type } : undefined);
    writable.close();
    readable.cancel();
    return { readable, writable };
  }
  let writable;
  if (isWritable(duplex)) {
    writable = writableToWeb(duplex);
  } else {
    writable = new WritableStream();
    writable.close();
  }
  let readable;
  if (isReadable(duplex)) {
    readable = readableToWeb(duplex, type === undefined ? {} : { type });
  } else {
    readable = new ReadableStream(type === 'bytes' ? { type } : undefined);
    readable.cancel();
  }
  return { readable, writable };
}

/** A Node stream over `{ readable, writable }`. */
function duplexFromWeb(pair, options = {}) {
  validateObject(pair, 'pair');
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'pair.readable', 'ReadableStream', readableStream);
  }
  if (!isWritableStream(writableStream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'pair.writable', 'WritableStream', writableStream);
  }
  validateObject(options, 'options');
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  checkEncoding(encoding);
  const writer = writableStream.getWriter();
  const reader = readableStream.getReader();
  let writableClosed = false;
  let readableClosed = false;
  let duplex;
  const { write, writev } = writerMethods(writer, () => ({ stream: duplex, decodes: decodeStrings, objectMode }));
  const { Duplex } = require('stream');
  duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal, write, writev,
    final(callback) {
      const done = (error) => nextTick(callback, error);
      if (writableClosed) {
        done();
        return;
      }
      PromisePrototypeThen(writer.close(), () => done(), (error) => done(error));
    },
    read() {
      readInto(duplex, reader);
    },
    destroy(error, callback) {
      const done = () => nextTick(callback, error);
      const ends = [];
      if (!writableClosed) ends[0] = writer.abort(error);
      if (!readableClosed) ends[ends.length] = reader.cancel(error);
      PromisePrototypeThen(PromiseAll(ends), done, done);
    },
  });
  PromisePrototypeThen(writer.closed, () => {
    writableClosed = true;
    if (!isWritableEnded(duplex)) duplex.destroy(nodeError('ERR_STREAM_PREMATURE_CLOSE'));
  }, (error) => {
    writableClosed = readableClosed = true;
    duplex.destroy(error);
  });
  PromisePrototypeThen(reader.closed, () => {
    readableClosed = true;
  }, (error) => {
    writableClosed = readableClosed = true;
    duplex.destroy(error);
  });
  return duplex;
}

module.exports = {
  duplexFromWeb, duplexToWeb, readableFromWeb, readableToWeb,
  writableFromWeb, writableToWeb,
};
