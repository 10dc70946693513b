'use strict';
// `WritableStreamDefaultWriter`: <https://streams.spec.whatwg.org/#default-writer-class>

const { PromiseReject, PromiseResolve } = primordials;
const {
  deferred, finishClass, invalidState, invalidThis, kRecord, markHandled, rejectDeferred, rejectedDeferred, resolvedDeferred,
  setRecord,
} = require('streams/common');
const { nodeError } = binding('errors');
const { abortStream, closeQueuedOrInFlight, closeStream, isRecord } = require('streams/writable');
const { chunkSize, desiredSize, write } = require('streams/writable_controller');

/** Writes chunks. */
class WritableStreamDefaultWriter {
  constructor(stream) {
    const record = stream?.[kRecord];
    if (!isRecord(record)) throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', 'WritableStream', stream);
    setRecord(this, acquireWriter(record));
  }

  get closed() {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) return PromiseReject(invalidThis('WritableStreamDefaultWriter'));
    return writer.closed.promise;
  }

  get desiredSize() {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) throw invalidThis('WritableStreamDefaultWriter');
    if (writer.stream === undefined) throw notAttached();
    return writerDesiredSize(writer);
  }

  get ready() {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) return PromiseReject(invalidThis('WritableStreamDefaultWriter'));
    return writer.ready.promise;
  }

  abort(reason = undefined) {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) return PromiseReject(invalidThis('WritableStreamDefaultWriter'));
    if (writer.stream === undefined) return PromiseReject(notAttached());
    return abortStream(writer.stream, reason);
  }

  close() {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) return PromiseReject(invalidThis('WritableStreamDefaultWriter'));
    const { stream } = writer;
    if (stream === undefined) return PromiseReject(notAttached());
    if (closeQueuedOrInFlight(stream)) return PromiseReject(invalidState('Failure to close WritableStream'));
    return closeStream(stream);
  }

  releaseLock() {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) throw invalidThis('WritableStreamDefaultWriter');
    if (writer.stream !== undefined) releaseWriter(writer);
  }

  write(chunk = undefined) {
    const writer = this?.[kRecord];
    if (!isWriter(writer)) return PromiseReject(invalidThis('WritableStreamDefaultWriter'));
    if (writer.stream === undefined) return PromiseReject(notAttached());
    return writeChunk(writer, chunk);
  }
}
finishClass(
  WritableStreamDefaultWriter, 'WritableStreamDefaultWriter',
  ['abort', 'close', 'closed', 'desiredSize', 'ready', 'releaseLock', 'write'],
  (self) => {
    const { stream, closed, ready } = self[kRecord];
    return { stream: stream?.wrapper, close: closed.promise, ready: ready.promise };
  });

function isWriter(record) {
  return record !== undefined && record.writer === true;
}

function notAttached() {
  return invalidState('Writer is not bound to a WritableStream');
}

function acquireWriter(stream) {
  if (stream.writer !== undefined) throw invalidState('WritableStream is locked');
  const { state, storedError } = stream;
  let ready, closed;
  if (state === 'writable') {
    ready = !closeQueuedOrInFlight(stream) && stream.backpressure ? deferred() : resolvedDeferred();
    closed = deferred();
  } else if (state === 'erroring') {
    ready = rejectedDeferred(storedError);
    closed = deferred();
  } else if (state === 'closed') {
    ready = resolvedDeferred();
    closed = resolvedDeferred();
  } else {
    ready = rejectedDeferred(storedError);
    closed = rejectedDeferred(storedError);
  }
  const writer = { writer: true, stream, ready, closed };
  stream.writer = writer;
  return writer;
}

/** Fails a promise of a writer, or replaces it where it has been kept. */
function rejectAgain(writer, name, error) {
  if (writer[name].reject === undefined) {
    writer[name] = rejectedDeferred(error);
  } else {
    rejectDeferred(writer[name], error);
    markHandled(writer[name].promise);
  }
}

function rejectReady(writer, error) {
  rejectAgain(writer, 'ready', error);
}

function writerDesiredSize({ stream }) {
  const { state } = stream;
  if (state === 'errored' || state === 'erroring') return null;
  return state === 'closed' ? 0 : desiredSize(stream.controller);
}

function releaseWriter(writer) {
  const error = invalidState('Writer has been released');
  rejectAgain(writer, 'ready', error);
  rejectAgain(writer, 'closed', error);
  writer.stream.writer = undefined;
  writer.stream = undefined;
}

function writeChunk(writer, chunk) {
  const { stream } = writer;
  const { controller } = stream;
  const size = chunkSize(controller, chunk);
  // The size function may have released the writer.
  if (stream !== writer.stream) return PromiseReject(invalidState('Mismatched WritableStreams'));
  const { state } = stream;
  if (state === 'errored') return PromiseReject(stream.storedError);
  if (closeQueuedOrInFlight(stream) || state === 'closed') return PromiseReject(invalidState('WritableStream is closed'));
  if (state === 'erroring') return PromiseReject(stream.storedError);
  const done = deferred();
  stream.writeRequests[stream.writeRequests.length] = done;
  write(controller, chunk, size);
  return done.promise;
}

/** As `close`, but nothing that has ended or is ending already is an error. */
function closeWithErrorPropagation(writer) {
  const { stream } = writer;
  if (closeQueuedOrInFlight(stream) || stream.state === 'closed') return PromiseResolve(undefined);
  if (stream.state === 'errored') return PromiseReject(stream.storedError);
  return closeStream(stream);
}

module.exports = {
  WritableStreamDefaultWriter, acquireWriter, closeWithErrorPropagation, rejectReady, releaseWriter, writeChunk,
  writerDesiredSize,
};
