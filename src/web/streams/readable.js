'use strict';
// `ReadableStream` and what its readers and controllers share: <https://streams.spec.whatwg.org/#rs-model>

const {
  ObjectDefineProperties, PromisePrototypeThen, PromiseReject, PromiseResolve, SymbolAsyncIterator, SymbolFor,
} = primordials;
const {
  callback, checkedMark, deferred, dictionary, finishClass, invalidState, invalidThis, kRecord, makeTransferable, markHandled, nop,
  rejectDeferred, rejectedDeferred, resolvedDeferred, secret, setRecord, settleDeferred, strategyOf,
} = require('streams/common');
const { setUpDefaultController, defaultControllerFromSource } = require('streams/readable_controller');
const { nodeError } = binding('errors');
const { validateAbortSignal } = binding('validators');

/** A stream of chunks that a source delivers and one reader takes. */
class ReadableStream {
  constructor(underlyingSource = undefined, strategy = undefined) {
    if (underlyingSource === secret) {
      setRecord(this, strategy);
      strategy.wrapper = this;
      return;
    }
    if (underlyingSource !== undefined && (underlyingSource === null ||
      (typeof underlyingSource !== 'object' && typeof underlyingSource !== 'function'))) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'underlyingSource', 'Object', underlyingSource);
    }
    const queuing = strategyOf(strategy);
    const source = sourceOf(underlyingSource);
    const stream = newRecord();
    setRecord(this, stream);
    stream.wrapper = this;
    if (source.type === 'bytes') {
      if (queuing.size !== undefined) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'strategy.size', queuing.size);
      const mark = checkedMark(queuing, 0);
      require('streams/byte_controller').byteControllerFromSource(stream, source, mark);
    } else {
      defaultControllerFromSource(stream, source, checkedMark(queuing, 1), queuing.size);
    }
  }

  get locked() {
    return recordOf(this).reader !== undefined;
  }

  static from(asyncIterable) {
    return require('streams/from').fromIterable(asyncIterable).wrapper;
  }

  cancel(reason = undefined) {
    const stream = this?.[kRecord];
    if (!isRecord(stream)) return PromiseReject(invalidThis('ReadableStream'));
    if (stream.reader !== undefined) return PromiseReject(invalidState('ReadableStream is locked'));
    return cancelStream(stream, reason);
  }

  getReader(options = undefined) {
    recordOf(this);
    const given = dictionary(options, 'options');
    const mode = given?.mode;
    const { ReadableStreamBYOBReader, ReadableStreamDefaultReader } = require('streams/readers');
    if (mode === undefined) return new ReadableStreamDefaultReader(this);
    if (`${mode}` !== 'byob') throw nodeError('ERR_INVALID_ARG_VALUE', 'options.mode', mode);
    return new ReadableStreamBYOBReader(this);
  }

  pipeThrough(transform, options = undefined) {
    const stream = recordOf(this);
    if (transform === null || (typeof transform !== 'object' && typeof transform !== 'function')) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'transform', 'Object', transform);
    }
    const { readable } = transform;
    if (!isRecord(readable?.[kRecord])) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'transform.readable', 'ReadableStream', readable);
    }
    const { writable } = transform;
    const sink = writableRecord(writable);
    if (sink === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'transform.writable', 'WritableStream', writable);
    const settings = pipeOptions(options);
    if (stream.reader !== undefined) throw invalidState('The ReadableStream is locked');
    if (sink.writer !== undefined) throw invalidState('The WritableStream is locked');
    markHandled(require('streams/pipe').pipeTo(stream, sink, settings));
    return readable;
  }

  pipeTo(destination, options = undefined) {
    try {
      const stream = recordOf(this);
      const sink = writableRecord(destination);
      if (sink === undefined) throw nodeError('ERR_INVALID_ARG_TYPE', 'destination', 'WritableStream', destination);
      const settings = pipeOptions(options);
      if (stream.reader !== undefined) throw invalidState('The ReadableStream is locked');
      if (sink.writer !== undefined) throw invalidState('The WritableStream is locked');
      return require('streams/pipe').pipeTo(stream, sink, settings);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  tee() {
    const { tee } = require('streams/tee');
    const [first, second] = tee(recordOf(this));
    return [first.wrapper, second.wrapper];
  }

  values(options = undefined) {
    const stream = recordOf(this);
    const preventCancel = !!dictionary(options, 'options')?.preventCancel;
    return require('streams/iterator').iterate(stream, preventCancel);
  }

  // What `stream` (finished, pipeline, isReadable …) asks a web stream.
  get [SymbolFor('nodejs.stream.disturbed')]() {
    return recordOf(this).disturbed;
  }

  get [SymbolFor('nodejs.stream.errored')]() {
    return recordOf(this).state === 'errored';
  }

  get [SymbolFor('nodejs.stream.readable')]() {
    return recordOf(this).state === 'readable';
  }

  get [SymbolFor('nodejs.webstream.isClosedPromise')]() {
    return closedPromiseOf(recordOf(this), 'readable');
  }

  [SymbolFor('nodejs.webstream.controllerErrorFunction')](error) {
    const { controller } = recordOf(this);
    if (controller.bytes) require('streams/byte_controller').errorByteController(controller, error);
    else require('streams/readable_controller').errorController(controller, error);
  }
}

finishClass(
  ReadableStream, 'ReadableStream', ['cancel', 'getReader', 'locked', 'pipeThrough', 'pipeTo', 'tee', 'values'],
  (self) => {
    const { reader, state, controller } = recordOf(self);
    return { locked: reader !== undefined, state, supportsBYOB: controller.bytes };
  });
ObjectDefineProperties(ReadableStream.prototype, {
  [SymbolAsyncIterator]: { __proto__: null, configurable: true, writable: true, value: ReadableStream.prototype.values },
});
ObjectDefineProperties(ReadableStream, { from: { __proto__: null, enumerable: true } });

function newRecord() {
  return {
    readable: true, wrapper: undefined, state: 'readable', disturbed: false, storedError: undefined, reader: undefined,
    controller: undefined, closedPromise: undefined,
  };
}

function isRecord(record) {
  return record !== undefined && record.readable === true;
}

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (!isRecord(record)) throw invalidThis('ReadableStream');
  return record;
}

function writableRecord(value) {
  const record = value?.[kRecord];
  return record !== undefined && record.writable === true ? record : undefined;
}

/** The members of an underlying source, read in the order of their names. */
function sourceOf(source) {
  if (source === undefined) return { self: undefined, type: undefined };
  let { autoAllocateChunkSize } = source;
  if (autoAllocateChunkSize !== undefined) autoAllocateChunkSize = sizeOf(autoAllocateChunkSize);
  const cancel = callback(source.cancel, 'source.cancel');
  const pull = callback(source.pull, 'source.pull');
  const start = callback(source.start, 'source.start');
  let { type } = source;
  if (type !== undefined) {
    type = `${type}`;
    if (type !== 'bytes') throw nodeError('ERR_INVALID_ARG_VALUE', 'source.type', type);
  }
  return { self: source, autoAllocateChunkSize, cancel, pull, start, type };
}

function sizeOf(value) {
  const size = +value;
  if (!(size >= 0 && size < 2 ** 53)) throw nodeError('ERR_INVALID_ARG_TYPE', 'source.autoAllocateChunkSize', 'number', value);
  return size - size % 1;
}

/** `{ preventAbort, preventCancel, preventClose, signal }` */
function pipeOptions(options) {
  const given = dictionary(options, 'options');
  const preventAbort = !!given?.preventAbort;
  const preventCancel = !!given?.preventCancel;
  const preventClose = !!given?.preventClose;
  const signal = given?.signal;
  if (signal !== undefined) {
    validateAbortSignal(signal, 'options.signal');
    // One by shape isn't enough.
    require('events/abort').AbortSignal.prototype.throwIfAborted;
    void signal.aborted;
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

/** The promise that `finished` waits on. */
function closedPromiseOf(record, open) {
  if (record.closedPromise === undefined) {
    if (record.state === 'errored') record.closedPromise = rejectedDeferred(record.storedError);
    else if (record.state === 'closed') record.closedPromise = resolvedDeferred();
    else record.closedPromise = deferred();
    markHandled(record.closedPromise.promise);
  }
  return record.closedPromise;
}

/** A stream of the runtime's own: `start` has happened, `pull` and `cancel` return promises. */
function createReadable(pull, cancel, highWaterMark = 1, size = undefined, startPromise = undefined) {
  const stream = newRecord();
  new ReadableStream(secret, stream);
  setUpDefaultController(stream, undefined, pull, cancel, highWaterMark, size, startPromise);
  return stream;
}

/** The same for bytes. */
function createReadableBytes(pull, cancel) {
  const stream = newRecord();
  new ReadableStream(secret, stream);
  require('streams/byte_controller').setUpByteController(stream, undefined, pull, cancel, 0, undefined, undefined);
  return stream;
}

// ---- the algorithms of a stream, whatever controls it

/** Asks the source to stop; what is queued is dropped. */
function cancelStream(stream, reason) {
  stream.disturbed = true;
  if (stream.state === 'closed') return PromiseResolve(undefined);
  if (stream.state === 'errored') return PromiseReject(stream.storedError);
  closeStream(stream);
  const { reader, controller } = stream;
  if (reader !== undefined && reader.byob) {
    const { requests } = reader;
    reader.requests = [];
    for (let i = 0; i < requests.length; i++) requests[i].close(undefined);
  }
  const done = controller.bytes ?
    require('streams/byte_controller').cancelByteController(controller, reason) :
    require('streams/readable_controller').cancelController(controller, reason);
  return PromisePrototypeThen(done, nop);
}

function closeStream(stream) {
  stream.state = 'closed';
  if (stream.closedPromise !== undefined) settleDeferred(stream.closedPromise, undefined);
  const { reader } = stream;
  if (reader === undefined) return;
  settleDeferred(reader.closed, undefined);
  if (reader.byob) return;
  const { requests } = reader;
  reader.requests = [];
  for (let i = 0; i < requests.length; i++) requests[i].close();
}

function errorStream(stream, error) {
  stream.state = 'errored';
  stream.storedError = error;
  if (stream.closedPromise !== undefined) rejectDeferred(stream.closedPromise, error);
  const { reader } = stream;
  if (reader === undefined) return;
  rejectDeferred(reader.closed, error);
  markHandled(reader.closed.promise);
  const { requests } = reader;
  reader.requests = [];
  for (let i = 0; i < requests.length; i++) requests[i].error(error);
}

makeTransferable(ReadableStream, 'ReadableStream', (self) => ({ readable: recordOf(self) }));

module.exports = {
  ReadableStream, cancelStream, closeStream, closedPromiseOf, createReadable, createReadableBytes, errorStream, isRecord,
  newRecord, recordOf,
};
