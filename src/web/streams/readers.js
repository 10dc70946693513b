'use strict';
// `ReadableStreamDefaultReader` and `ReadableStreamBYOBReader`: <https://streams.spec.whatwg.org/#default-reader-class>

const { ArrayBufferIsView, PromiseReject } = primordials;
const {
  deferred, dictionary, finishClass, invalidState, invalidThis, kRecord, markHandled, rejectedDeferred, rejectDeferred,
  resolvedDeferred, setRecord,
} = require('streams/common');
const { nodeError } = binding('errors');
const { cancelStream, isRecord } = require('streams/readable');
const { pullSteps } = require('streams/readable_controller');

/** What waits for a chunk, as a promise. */
class Request {
  constructor(pending) {
    this.pending = pending;
  }

  chunk(value) {
    this.pending.resolve({ value, done: false });
  }

  close(value) {
    this.pending.resolve({ value, done: true });
  }

  error(error) {
    this.pending.reject(error);
  }
}

/** Takes whole chunks. */
class ReadableStreamDefaultReader {
  constructor(stream) {
    setRecord(this, acquireReader(streamOf(stream)));
  }

  get closed() {
    const reader = this?.[kRecord];
    if (!isDefault(reader)) return PromiseReject(invalidThis('ReadableStreamDefaultReader'));
    return reader.closed.promise;
  }

  cancel(reason = undefined) {
    const reader = this?.[kRecord];
    if (!isDefault(reader)) return PromiseReject(invalidThis('ReadableStreamDefaultReader'));
    return cancelReader(reader, reason);
  }

  read() {
    const reader = this?.[kRecord];
    if (!isDefault(reader)) return PromiseReject(invalidThis('ReadableStreamDefaultReader'));
    if (reader.stream === undefined) return PromiseReject(notAttached());
    const pending = deferred();
    readDefault(reader, new Request(pending));
    return pending.promise;
  }

  releaseLock() {
    const reader = this?.[kRecord];
    if (!isDefault(reader)) throw invalidThis('ReadableStreamDefaultReader');
    if (reader.stream !== undefined) releaseReader(reader);
  }
}

/** Takes bytes into buffers that it brings along. */
class ReadableStreamBYOBReader {
  constructor(stream) {
    const record = streamOf(stream);
    if (record.reader !== undefined) throw invalidState('ReadableStream is locked');
    if (!record.controller.bytes) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'stream', stream, 'must be a byte stream');
    }
    setRecord(this, attach(record, true));
  }

  get closed() {
    const reader = this?.[kRecord];
    if (!isByob(reader)) return PromiseReject(invalidThis('ReadableStreamBYOBReader'));
    return reader.closed.promise;
  }

  cancel(reason = undefined) {
    const reader = this?.[kRecord];
    if (!isByob(reader)) return PromiseReject(invalidThis('ReadableStreamBYOBReader'));
    return cancelReader(reader, reason);
  }

  read(view, options = undefined) {
    const reader = this?.[kRecord];
    if (!isByob(reader)) return PromiseReject(invalidThis('ReadableStreamBYOBReader'));
    try {
      if (!ArrayBufferIsView(view)) throw nodeError('ERR_INVALID_ARG_TYPE', 'view', ['Buffer', 'TypedArray', 'DataView'], view);
      const { checkView } = require('streams/byte_views');
      let min = dictionary(options, 'options')?.min;
      min = min === undefined ? 1 : minimumOf(min);
      checkView(view, min);
      if (reader.stream === undefined) throw notAttached();
      const pending = deferred();
      readByob(reader, view, min, new Request(pending));
      return pending.promise;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  releaseLock() {
    const reader = this?.[kRecord];
    if (!isByob(reader)) throw invalidThis('ReadableStreamBYOBReader');
    if (reader.stream !== undefined) releaseReader(reader);
  }
}

const shown = (self) => {
  const { stream, requests, closed } = self[kRecord];
  return { stream: stream?.wrapper, readRequests: requests.length, close: closed.promise };
};
finishClass(ReadableStreamDefaultReader, 'ReadableStreamDefaultReader', ['cancel', 'closed', 'read', 'releaseLock'], shown);
finishClass(ReadableStreamBYOBReader, 'ReadableStreamBYOBReader', ['cancel', 'closed', 'read', 'releaseLock'], shown);

function isDefault(record) {
  return record !== undefined && record.reader === true && !record.byob;
}

function isByob(record) {
  return record !== undefined && record.reader === true && record.byob;
}

function notAttached() {
  return invalidState('The reader is not attached to a stream');
}

function minimumOf(value) {
  const min = +value;
  if (!(min > -1 && min < 2 ** 53)) throw nodeError('ERR_INVALID_ARG_TYPE', 'options.min', 'number', value);
  return min - min % 1;
}

function streamOf(value) {
  const record = value?.[kRecord];
  if (!isRecord(record)) throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', 'ReadableStream', value);
  return record;
}

function acquireReader(stream) {
  if (stream.reader !== undefined) throw invalidState('ReadableStream is locked');
  return attach(stream, false);
}

function attach(stream, byob) {
  let closed;
  if (stream.state === 'readable') closed = deferred();
  else if (stream.state === 'closed') closed = resolvedDeferred();
  else closed = rejectedDeferred(stream.storedError);
  const reader = { reader: true, byob, stream, closed, requests: [] };
  stream.reader = reader;
  return reader;
}

function cancelReader(reader, reason) {
  if (reader.stream === undefined) return PromiseReject(notAttached());
  return cancelStream(reader.stream, reason);
}

function detach(reader) {
  const { stream } = reader;
  const error = invalidState('Reader released');
  if (stream.state === 'readable') rejectDeferred(reader.closed, error);
  else reader.closed = rejectedDeferred(error);
  markHandled(reader.closed.promise);
  if (stream.controller.bytes) require('streams/byte_controller').releaseSteps(stream.controller);
  stream.reader = undefined;
  reader.stream = undefined;
}

/** Lets go of the stream; what still waits fails. */
function releaseReader(reader) {
  detach(reader);
  const { requests } = reader;
  reader.requests = [];
  const error = invalidState('Releasing reader');
  for (let i = 0; i < requests.length; i++) requests[i].error(error);
}

/** The request that has waited longest. */
function takeRequest(reader) {
  const { requests } = reader;
  const first = requests[0];
  const rest = [];
  for (let i = 1; i < requests.length; i++) rest[i - 1] = requests[i];
  reader.requests = rest;
  return first;
}

function readDefault(reader, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === 'readable') {
    if (stream.controller.bytes) require('streams/byte_controller').pullBytesSteps(stream.controller, request);
    else pullSteps(stream.controller, request);
  } else if (stream.state === 'closed') {
    request.close();
  } else {
    request.error(stream.storedError);
  }
}

function readByob(reader, view, min, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === 'errored') request.error(stream.storedError);
  else require('streams/byte_controller').pullInto(stream.controller, view, min, request);
}

module.exports = {
  ReadableStreamBYOBReader, ReadableStreamDefaultReader, acquireReader, attach, readByob, readDefault,
  releaseReader, takeRequest,
};
