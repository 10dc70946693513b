'use strict';
// `WritableStream` and what its writer and controller share: <https://streams.spec.whatwg.org/#ws-model>

const { PromiseReject, PromiseResolve, SymbolFor } = primordials;
const {
  callback, checkedMark, deferred, finishClass, invalidState, invalidThis, kRecord, makeTransferable, markHandled, rejectDeferred,
  rejectedDeferred, resolvedDeferred, secret, setRecord, settleDeferred, strategyOf, whenSettled,
} = require('streams/common');
const {
  abortSteps, closeRequested, controllerFromSink, errorIfNeeded, errorSteps, setUpController,
} = require('streams/writable_controller');
const { nodeError } = binding('errors');

/** A place for chunks to go to, through one writer. */
class WritableStream {
  constructor(underlyingSink = undefined, strategy = undefined) {
    if (underlyingSink === secret) {
      setRecord(this, strategy);
      strategy.wrapper = this;
      return;
    }
    if (underlyingSink !== undefined && (underlyingSink === null ||
      (typeof underlyingSink !== 'object' && typeof underlyingSink !== 'function'))) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'underlyingSink', 'Object', underlyingSink);
    }
    const queuing = strategyOf(strategy);
    const sink = sinkOf(underlyingSink);
    const stream = newRecord();
    setRecord(this, stream);
    stream.wrapper = this;
    controllerFromSink(stream, sink, checkedMark(queuing, 1), queuing.size);
  }

  get locked() {
    return recordOf(this).writer !== undefined;
  }

  abort(reason = undefined) {
    const stream = this?.[kRecord];
    if (!isRecord(stream)) return PromiseReject(invalidThis('WritableStream'));
    if (stream.writer !== undefined) return PromiseReject(invalidState('WritableStream is locked'));
    return abortStream(stream, reason);
  }

  close() {
    const stream = this?.[kRecord];
    if (!isRecord(stream)) return PromiseReject(invalidThis('WritableStream'));
    if (stream.writer !== undefined) return PromiseReject(invalidState('WritableStream is locked'));
    if (closeQueuedOrInFlight(stream)) return PromiseReject(invalidState('Failure closing WritableStream'));
    return closeStream(stream);
  }

  getWriter() {
    recordOf(this);
    const { WritableStreamDefaultWriter } = require('streams/writer');
    return new WritableStreamDefaultWriter(this);
  }

  // What `stream` (finished, pipeline, isWritable …) asks a web stream.
  get [SymbolFor('nodejs.stream.errored')]() {
    return recordOf(this).state === 'errored';
  }

  get [SymbolFor('nodejs.stream.writable')]() {
    return recordOf(this).state === 'writable';
  }

  get [SymbolFor('nodejs.webstream.isClosedPromise')]() {
    const stream = recordOf(this);
    if (stream.closedPromise === undefined) {
      if (stream.state === 'errored') stream.closedPromise = rejectedDeferred(stream.storedError);
      else if (stream.state === 'closed') stream.closedPromise = resolvedDeferred();
      else stream.closedPromise = deferred();
      markHandled(stream.closedPromise.promise);
    }
    return stream.closedPromise;
  }

  [SymbolFor('nodejs.webstream.controllerErrorFunction')](error) {
    errorIfNeeded(recordOf(this).controller, error);
  }
}

finishClass(WritableStream, 'WritableStream', ['abort', 'close', 'getWriter', 'locked'], (self) => {
  const { writer, state } = recordOf(self);
  return { locked: writer !== undefined, state };
});

function newRecord() {
  return {
    writable: true, wrapper: undefined, state: 'writable', storedError: undefined, writer: undefined, controller: undefined,
    inFlightWrite: undefined, inFlightClose: undefined, closeRequest: undefined, pendingAbort: undefined, writeRequests: [],
    backpressure: false, closedPromise: undefined,
  };
}

function isRecord(record) {
  return record !== undefined && record.writable === true;
}

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (!isRecord(record)) throw invalidThis('WritableStream');
  return record;
}

/** The members of an underlying sink, read in the order of their names. */
function sinkOf(sink) {
  if (sink === undefined) return { self: undefined };
  const abort = callback(sink.abort, 'sink.abort');
  const close = callback(sink.close, 'sink.close');
  const start = callback(sink.start, 'sink.start');
  const { type } = sink;
  if (type !== undefined) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'type', type);
  const write = callback(sink.write, 'sink.write');
  return { self: sink, abort, close, start, write };
}

/** A stream of the runtime's own; the functions return promises. */
function createWritable(write, close, abort, highWaterMark = 1, size = undefined, startPromise = undefined) {
  const stream = newRecord();
  new WritableStream(secret, stream);
  setUpController(stream, undefined, write, close, abort, highWaterMark, size, startPromise);
  return stream;
}

// ---- the algorithms of a stream

function closeQueuedOrInFlight(stream) {
  return stream.closeRequest !== undefined || stream.inFlightClose !== undefined;
}

function abortStream(stream, reason) {
  if (stream.state === 'closed' || stream.state === 'errored') return PromiseResolve(undefined);
  require('streams/writable_controller').signalAbort(stream.controller, reason);
  // The signal's listeners may have done anything.
  if (stream.state === 'closed' || stream.state === 'errored') return PromiseResolve(undefined);
  if (stream.pendingAbort !== undefined) return stream.pendingAbort.done.promise;
  const wasErroring = stream.state === 'erroring';
  const done = deferred();
  stream.pendingAbort = { done, reason: wasErroring ? undefined : reason, wasErroring };
  if (!wasErroring) startErroring(stream, reason);
  return done.promise;
}

function closeStream(stream) {
  if (stream.state === 'closed' || stream.state === 'errored') {
    return PromiseReject(invalidState('WritableStream is closed'));
  }
  const done = deferred();
  stream.closeRequest = done;
  const { writer } = stream;
  if (writer !== undefined && stream.backpressure && stream.state === 'writable') settleDeferred(writer.ready, undefined);
  closeRequested(stream.controller);
  return done.promise;
}

function startErroring(stream, reason) {
  const { controller, writer } = stream;
  stream.state = 'erroring';
  stream.storedError = reason;
  if (writer !== undefined) require('streams/writer').rejectReady(writer, reason);
  if (stream.inFlightWrite === undefined && stream.inFlightClose === undefined && controller.started) finishErroring(stream);
}

function finishErroring(stream) {
  stream.state = 'errored';
  errorSteps(stream.controller);
  const { storedError, writeRequests } = stream;
  stream.writeRequests = [];
  for (let i = 0; i < writeRequests.length; i++) writeRequests[i].reject(storedError);
  const abort = stream.pendingAbort;
  if (abort === undefined) {
    rejectCloseAndClosed(stream);
    return;
  }
  stream.pendingAbort = undefined;
  if (abort.wasErroring) {
    abort.done.reject(storedError);
    rejectCloseAndClosed(stream);
    return;
  }
  whenSettled(abortSteps(stream.controller, abort.reason), () => {
    abort.done.resolve(undefined);
    rejectCloseAndClosed(stream);
  }, (error) => {
    abort.done.reject(error);
    rejectCloseAndClosed(stream);
  });
}

function rejectCloseAndClosed(stream) {
  const { storedError, writer } = stream;
  if (stream.closeRequest !== undefined) {
    stream.closeRequest.reject(storedError);
    stream.closeRequest = undefined;
  }
  if (stream.closedPromise !== undefined) rejectDeferred(stream.closedPromise, storedError);
  if (writer !== undefined) {
    rejectDeferred(writer.closed, storedError);
    markHandled(writer.closed.promise);
  }
}

/** A write or a close has failed. */
function dealWithRejection(stream, error) {
  if (stream.state === 'writable') startErroring(stream, error);
  else finishErroring(stream);
}

function finishInFlightWrite(stream) {
  const done = stream.inFlightWrite;
  stream.inFlightWrite = undefined;
  done.resolve(undefined);
}

function failInFlightWrite(stream, error) {
  const done = stream.inFlightWrite;
  stream.inFlightWrite = undefined;
  done.reject(error);
  dealWithRejection(stream, error);
}

function finishInFlightClose(stream) {
  stream.inFlightClose.resolve(undefined);
  stream.inFlightClose = undefined;
  if (stream.state === 'erroring') {
    stream.storedError = undefined;
    if (stream.pendingAbort !== undefined) {
      stream.pendingAbort.done.resolve(undefined);
      stream.pendingAbort = undefined;
    }
  }
  stream.state = 'closed';
  if (stream.closedPromise !== undefined) settleDeferred(stream.closedPromise, undefined);
  if (stream.writer !== undefined) settleDeferred(stream.writer.closed, undefined);
}

function failInFlightClose(stream, error) {
  stream.inFlightClose.reject(error);
  stream.inFlightClose = undefined;
  if (stream.pendingAbort !== undefined) {
    stream.pendingAbort.done.reject(error);
    stream.pendingAbort = undefined;
  }
  dealWithRejection(stream, error);
}

function updateBackpressure(stream, backpressure) {
  const { writer } = stream;
  if (writer !== undefined && backpressure !== stream.backpressure) {
    if (backpressure) writer.ready = deferred();
    else settleDeferred(writer.ready, undefined);
  }
  stream.backpressure = backpressure;
}

makeTransferable(WritableStream, 'WritableStream', (self) => ({ writable: recordOf(self) }));

module.exports = {
  WritableStream, abortStream, closeQueuedOrInFlight, closeStream, createWritable, dealWithRejection, failInFlightClose,
  failInFlightWrite, finishErroring, finishInFlightClose, finishInFlightWrite, isRecord, recordOf, startErroring,
  updateBackpressure,
};
