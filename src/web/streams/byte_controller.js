'use strict';
// `ReadableByteStreamController` and `ReadableStreamBYOBRequest`: <https://streams.spec.whatwg.org/#rbs-controller-class>
//
// The queue holds pieces of buffers. Reads that brought a buffer wait in `pendingPullIntos`, each with how far it is
// filled; the first of them is what the source sees as `byobRequest`.

const {
  ArrayBuffer, ArrayBufferIsView, ArrayBufferPrototypeSlice, FunctionPrototypeCall, MathMin, PromiseResolve, Uint8Array,
} = primordials;
const {
  finishClass, invalidState, invalidThis, kRecord, newPromiseOf, promiseCall, resetQueue, secret, setRecord, shiftQueue,
  whenSettled,
} = require('streams/common');
const { nodeError } = binding('errors');
const { closeStream, errorStream } = require('streams/readable');
const { takeRequest } = require('streams/readers');
const { byteLengthOf, copyBytes, isDetached, partsOf, transfer } = require('streams/byte_views');

/** A buffer of a reader, for the source to fill. */
class ReadableStreamBYOBRequest {
  constructor(key = undefined, record = undefined) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    setRecord(this, record);
  }

  get view() {
    return requestOf(this).view;
  }

  respond(bytesWritten) {
    const request = requestOf(this);
    if (arguments.length === 0) throw nodeError('ERR_MISSING_ARGS', 'bytesWritten');
    const count = +bytesWritten;
    if (!(count > -1 && count < 2 ** 53)) throw nodeError('ERR_INVALID_ARG_TYPE', 'bytesWritten', 'number', bytesWritten);
    if (request.controller === undefined) throw invalidState('This BYOB request has been invalidated');
    const { buffer, byteLength } = partsOf(request.view);
    if (isDetached(buffer)) throw invalidState('Viewed ArrayBuffer is detached');
    if (byteLength === 0 || byteLengthOf(buffer) === 0) throw invalidState('View or Viewed ArrayBuffer is zero-length');
    respond(request.controller, count - count % 1);
  }

  respondWithNewView(view) {
    const request = requestOf(this);
    if (!ArrayBufferIsView(view)) throw nodeError('ERR_INVALID_ARG_TYPE', 'view', ['Buffer', 'TypedArray', 'DataView'], view);
    if (request.controller === undefined) throw invalidState('This BYOB request has been invalidated');
    if (isDetached(partsOf(view).buffer)) throw invalidState('Viewed ArrayBuffer is detached');
    respondWithNewView(request.controller, view);
  }
}
finishClass(ReadableStreamBYOBRequest, 'ReadableStreamBYOBRequest', ['respond', 'respondWithNewView', 'view'], (self) => {
  const { view, controller } = requestOf(self);
  return { view, controller: controller && wrapperOf(controller) };
});

function requestOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.byobRequest !== true) throw invalidThis('ReadableStreamBYOBRequest');
  return record;
}

/** What a source of bytes enqueues with. */
class ReadableByteStreamController {
  constructor(key = undefined, record = undefined) {
    if (key !== secret) throw nodeError('ERR_ILLEGAL_CONSTRUCTOR');
    setRecord(this, record);
  }

  get byobRequest() {
    return byobRequestOf(recordOf(this))?.wrapper ?? null;
  }

  get desiredSize() {
    return desiredSize(recordOf(this));
  }

  close() {
    const controller = recordOf(this);
    if (controller.closeRequested) throw invalidState('Controller is already closed');
    if (controller.stream.state !== 'readable') throw invalidState('ReadableStream is already closed');
    closeByteController(controller);
  }

  enqueue(chunk) {
    const controller = recordOf(this);
    if (!ArrayBufferIsView(chunk)) throw nodeError('ERR_INVALID_ARG_TYPE', 'chunk', ['Buffer', 'TypedArray', 'DataView'], chunk);
    const { buffer, byteLength } = partsOf(chunk);
    if (byteLength === 0) throw invalidState('chunk ArrayBuffer is zero-length or detached');
    if (byteLengthOf(buffer) === 0) throw invalidState('chunk ArrayBuffer is zero-length or detached');
    if (controller.closeRequested) throw invalidState('Controller is already closed');
    if (controller.stream.state !== 'readable') throw invalidState('ReadableStream is already closed');
    enqueueBytes(controller, chunk);
  }

  error(error = undefined) {
    errorByteController(recordOf(this), error);
  }
}
finishClass(
  ReadableByteStreamController, 'ReadableByteStreamController', ['byobRequest', 'close', 'desiredSize', 'enqueue', 'error'],
  () => ({}));

function recordOf(wrapper) {
  const record = wrapper?.[kRecord];
  if (record === undefined || record.byteController !== true) throw invalidThis('ReadableByteStreamController');
  return record;
}

function wrapperOf(controller) {
  return controller.wrapper ??= new ReadableByteStreamController(secret, controller);
}

function byteControllerFromSource(stream, source, highWaterMark) {
  const { self, autoAllocateChunkSize, cancel, pull, start } = source;
  if (autoAllocateChunkSize === 0) throw nodeError('ERR_INVALID_ARG_VALUE', 'source.autoAllocateChunkSize', 0);
  setUpByteController(
    stream,
    start && ((controller) => FunctionPrototypeCall(start, self, wrapperOf(controller))),
    pull && ((controller) => promiseCall(pull, self, [wrapperOf(controller)])),
    cancel && ((reason) => promiseCall(cancel, self, [reason])),
    highWaterMark, autoAllocateChunkSize);
}

function setUpByteController(stream, start, pull, cancel, highWaterMark, autoAllocateChunkSize) {
  const controller = {
    byteController: true, bytes: true, wrapper: undefined, stream, queue: undefined, head: 0, total: 0, started: false,
    closeRequested: false, pullAgain: false, pulling: false, highWaterMark, pull, cancel, autoAllocateChunkSize,
    pendingPullIntos: [], request: undefined,
  };
  resetQueue(controller);
  stream.controller = controller;
  whenSettled(newPromiseOf(start === undefined ? undefined : start(controller)), () => {
    controller.started = true;
    callPullIfNeeded(controller);
  }, (error) => errorByteController(controller, error));
}

// ---- the flow

function callPullIfNeeded(controller) {
  if (!shouldPull(controller)) return;
  if (controller.pulling) {
    controller.pullAgain = true;
    return;
  }
  controller.pulling = true;
  const { pull } = controller;
  whenSettled(pull === undefined ? PromiseResolve(undefined) : pull(controller), () => {
    controller.pulling = false;
    if (controller.pullAgain) {
      controller.pullAgain = false;
      callPullIfNeeded(controller);
    }
  }, (error) => errorByteController(controller, error));
}

function shouldPull(controller) {
  const { reader, state } = controller.stream;
  if (state !== 'readable' || controller.closeRequested || !controller.started) return false;
  if (reader !== undefined && reader.requests.length > 0) return true;
  return controller.highWaterMark - controller.total > 0;
}

function clearAlgorithms(controller) {
  controller.pull = controller.cancel = undefined;
}

function desiredSize(controller) {
  const { state } = controller.stream;
  if (state === 'errored') return null;
  return state === 'closed' ? 0 : controller.highWaterMark - controller.total;
}

function closeByteController(controller) {
  const { stream, pendingPullIntos } = controller;
  if (controller.closeRequested || stream.state !== 'readable') return;
  if (controller.total > 0) {
    controller.closeRequested = true;
    return;
  }
  if (pendingPullIntos.length > 0) {
    const { filled, elementSize } = pendingPullIntos[0];
    if (filled % elementSize !== 0) {
      const error = invalidState('Partial read');
      errorByteController(controller, error);
      throw error;
    }
  }
  clearAlgorithms(controller);
  closeStream(stream);
}

function errorByteController(controller, error) {
  if (controller.stream.state !== 'readable') return;
  clearPendingPullIntos(controller);
  resetQueue(controller);
  clearAlgorithms(controller);
  errorStream(controller.stream, error);
}

function cancelByteController(controller, reason) {
  clearPendingPullIntos(controller);
  resetQueue(controller);
  const { cancel } = controller;
  const result = cancel === undefined ? PromiseResolve(undefined) : cancel(reason);
  clearAlgorithms(controller);
  return result;
}

/** A reader that leaves takes its buffers out of the source's sight. */
function releaseSteps(controller) {
  const { pendingPullIntos } = controller;
  if (pendingPullIntos.length === 0) return;
  pendingPullIntos[0].reader = 'none';
  controller.pendingPullIntos = [pendingPullIntos[0]];
}

// ---- into the queue

function enqueueBytes(controller, chunk) {
  const { stream } = controller;
  if (controller.closeRequested || stream.state !== 'readable') return;
  const { buffer, byteOffset, byteLength } = partsOf(chunk);
  if (isDetached(buffer)) throw invalidState('chunk ArrayBuffer is detached');
  const own = transfer(buffer);
  const { pendingPullIntos } = controller;
  if (pendingPullIntos.length > 0) {
    const first = pendingPullIntos[0];
    if (isDetached(first.buffer)) throw invalidState('Destination ArrayBuffer is detached');
    invalidateRequest(controller);
    first.buffer = transfer(first.buffer);
    if (first.reader === 'none') enqueueDetached(controller, first);
  }
  const { reader } = stream;
  if (reader !== undefined && !reader.byob) {
    serveDefaultReader(controller);
    if (reader.requests.length === 0) {
      enqueuePiece(controller, own, byteOffset, byteLength);
    } else {
      if (controller.pendingPullIntos.length > 0) shiftPullInto(controller);
      takeRequest(reader).chunk(new Uint8Array(own, byteOffset, byteLength));
    }
  } else if (reader !== undefined) {
    enqueuePiece(controller, own, byteOffset, byteLength);
    const filled = fillFromQueue(controller);
    for (let i = 0; i < filled.length; i++) commit(stream, filled[i]);
  } else {
    enqueuePiece(controller, own, byteOffset, byteLength);
  }
  callPullIfNeeded(controller);
}

function enqueuePiece(controller, buffer, byteOffset, byteLength) {
  const { queue } = controller;
  queue[queue.length] = { buffer, byteOffset, byteLength };
  controller.total += byteLength;
}

function enqueueClone(controller, buffer, byteOffset, byteLength) {
  let copy;
  try {
    copy = ArrayBufferPrototypeSlice(buffer, byteOffset, byteOffset + byteLength);
  } catch (error) {
    errorByteController(controller, error);
    throw error;
  }
  enqueuePiece(controller, copy, 0, byteLength);
}

/** What a reader's buffer had got before the reader left goes back into the queue. */
function enqueueDetached(controller, descriptor) {
  if (descriptor.filled > 0) enqueueClone(controller, descriptor.buffer, descriptor.byteOffset, descriptor.filled);
  shiftPullInto(controller);
}

function serveDefaultReader(controller) {
  const { reader } = controller.stream;
  while (reader.requests.length > 0) {
    if (controller.total === 0) return;
    giveFromQueue(controller, takeRequest(reader));
  }
}

function giveFromQueue(controller, request) {
  const { buffer, byteOffset, byteLength } = shiftQueue(controller);
  controller.total -= byteLength;
  afterQueue(controller);
  request.chunk(new Uint8Array(buffer, byteOffset, byteLength));
}

/** The queue has given something: perhaps that was the last. */
function afterQueue(controller) {
  if (controller.total === 0 && controller.closeRequested) {
    clearAlgorithms(controller);
    closeStream(controller.stream);
  } else {
    callPullIfNeeded(controller);
  }
}

/** A default reader wants a chunk. */
function pullBytesSteps(controller, request) {
  const { stream, autoAllocateChunkSize } = controller;
  if (controller.total > 0) {
    giveFromQueue(controller, request);
    return;
  }
  if (autoAllocateChunkSize !== undefined) {
    let buffer;
    try {
      buffer = new ArrayBuffer(autoAllocateChunkSize);
    } catch (error) {
      request.error(error);
      return;
    }
    const { pendingPullIntos } = controller;
    pendingPullIntos[pendingPullIntos.length] = {
      buffer, bufferLength: autoAllocateChunkSize, byteOffset: 0, byteLength: autoAllocateChunkSize, filled: 0, minimum: 1,
      elementSize: 1, Constructor: Uint8Array, reader: 'default',
    };
  }
  const { requests } = stream.reader;
  requests[requests.length] = request;
  callPullIfNeeded(controller);
}

// ---- into a reader's buffer

function pullInto(controller, view, min, request) {
  const { stream } = controller;
  const { buffer, byteOffset, byteLength, elementSize, Constructor } = partsOf(view);
  let own;
  try {
    own = transfer(buffer);
  } catch (error) {
    request.error(error);
    return;
  }
  const descriptor = {
    buffer: own, bufferLength: byteLengthOf(own), byteOffset, byteLength, filled: 0, minimum: min * elementSize, elementSize,
    Constructor, reader: 'byob',
  };
  const { pendingPullIntos } = controller;
  if (pendingPullIntos.length > 0) {
    pendingPullIntos[pendingPullIntos.length] = descriptor;
    stream.reader.requests[stream.reader.requests.length] = request;
    return;
  }
  if (stream.state === 'closed') {
    request.close(new Constructor(own, byteOffset, 0));
    return;
  }
  if (controller.total > 0) {
    if (fillDescriptor(controller, descriptor)) {
      const filled = viewOf(descriptor);
      afterQueue(controller);
      request.chunk(filled);
      return;
    }
    if (controller.closeRequested) {
      const error = invalidState('ReadableStream closed');
      errorByteController(controller, error);
      request.error(error);
      return;
    }
  }
  pendingPullIntos[pendingPullIntos.length] = descriptor;
  stream.reader.requests[stream.reader.requests.length] = request;
  callPullIfNeeded(controller);
}

/** Moves what is queued into a buffer; whether that is as much as its reader asked for. */
function fillDescriptor(controller, descriptor) {
  const { elementSize } = descriptor;
  let count = MathMin(controller.total, descriptor.byteLength - descriptor.filled);
  const after = descriptor.filled + count;
  const aligned = after - after % elementSize;
  let ready = false;
  if (aligned >= descriptor.minimum) {
    count = aligned - descriptor.filled;
    ready = true;
  }
  while (count > 0) {
    const piece = controller.queue[controller.head];
    const part = MathMin(count, piece.byteLength);
    copyBytes(descriptor.buffer, descriptor.byteOffset + descriptor.filled, piece.buffer, piece.byteOffset, part);
    if (piece.byteLength === part) {
      shiftQueue(controller);
    } else {
      piece.byteOffset += part;
      piece.byteLength -= part;
    }
    controller.total -= part;
    descriptor.filled += part;
    count -= part;
  }
  return ready;
}

/** The waiting buffers that the queue could fill. */
function fillFromQueue(controller) {
  const filled = [];
  while (controller.pendingPullIntos.length > 0 && controller.total > 0) {
    const first = controller.pendingPullIntos[0];
    if (!fillDescriptor(controller, first)) break;
    shiftPullInto(controller);
    filled[filled.length] = first;
  }
  return filled;
}

function viewOf({ buffer, byteOffset, filled, elementSize, Constructor }) {
  return new Constructor(transfer(buffer), byteOffset, filled / elementSize);
}

/** Gives a filled buffer to the read that brought it. */
function commit(stream, descriptor) {
  const done = stream.state === 'closed';
  const view = viewOf(descriptor);
  const request = takeRequest(stream.reader);
  if (done) request.close(view);
  else request.chunk(view);
}

function shiftPullInto(controller) {
  const { pendingPullIntos } = controller;
  const rest = [];
  for (let i = 1; i < pendingPullIntos.length; i++) rest[i - 1] = pendingPullIntos[i];
  controller.pendingPullIntos = rest;
  return pendingPullIntos[0];
}

function clearPendingPullIntos(controller) {
  invalidateRequest(controller);
  controller.pendingPullIntos = [];
}

// ---- the source's answer

/** The record of `byobRequest`, or `null`. */
function byobRequestOf(controller) {
  const { pendingPullIntos } = controller;
  if (controller.request === undefined && pendingPullIntos.length > 0) {
    const { buffer, byteOffset, byteLength, filled } = pendingPullIntos[0];
    const request = {
      byobRequest: true, controller, view: new Uint8Array(buffer, byteOffset + filled, byteLength - filled), wrapper: undefined,
    };
    request.wrapper = new ReadableStreamBYOBRequest(secret, request);
    controller.request = request;
  }
  return controller.request ?? null;
}

function invalidateRequest(controller) {
  const { request } = controller;
  if (request === undefined) return;
  request.controller = undefined;
  request.view = null;
  controller.request = undefined;
}

function respond(controller, count) {
  const first = controller.pendingPullIntos[0];
  if (controller.stream.state === 'closed') {
    if (count !== 0) throw invalidState('Controller is already closed');
  } else {
    if (count === 0) throw invalidState('View cannot be respond with 0 bytes');
    if (first.filled + count > first.byteLength) {
      throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'bytesWritten', count);
    }
  }
  first.buffer = transfer(first.buffer);
  respondInternal(controller, count);
}

function respondWithNewView(controller, view) {
  const { buffer, byteOffset, byteLength } = partsOf(view);
  const first = controller.pendingPullIntos[0];
  if (controller.stream.state === 'closed') {
    if (byteLength !== 0) throw invalidState('Controller is already closed');
  } else if (byteLength === 0) {
    throw invalidState('View cannot be zero-length');
  }
  if (first.byteOffset + first.filled !== byteOffset) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'view', view);
  if (first.bufferLength !== byteLengthOf(buffer)) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'view', view);
  if (first.filled + byteLength > first.byteLength) throw nodeError('ERR_INVALID_ARG_VALUE.RangeError', 'view', view);
  first.buffer = transfer(buffer);
  respondInternal(controller, byteLength);
}

function respondInternal(controller, count) {
  const first = controller.pendingPullIntos[0];
  invalidateRequest(controller);
  if (controller.stream.state === 'closed') respondClosed(controller, first);
  else respondReadable(controller, count, first);
  callPullIfNeeded(controller);
}

function respondClosed(controller, first) {
  const { stream } = controller;
  if (first.reader === 'none') shiftPullInto(controller);
  if (stream.reader === undefined || !stream.reader.byob) return;
  const filled = [];
  while (filled.length < stream.reader.requests.length) filled[filled.length] = shiftPullInto(controller);
  for (let i = 0; i < filled.length; i++) commit(stream, filled[i]);
}

function respondReadable(controller, count, first) {
  const { stream } = controller;
  first.filled += count;
  if (first.reader === 'none') {
    enqueueDetached(controller, first);
    const filled = fillFromQueue(controller);
    for (let i = 0; i < filled.length; i++) commit(stream, filled[i]);
    return;
  }
  if (first.filled < first.minimum) return;
  shiftPullInto(controller);
  const rest = first.filled % first.elementSize;
  if (rest > 0) {
    const end = first.byteOffset + first.filled;
    enqueueClone(controller, first.buffer, end - rest, rest);
  }
  first.filled -= rest;
  const filled = fillFromQueue(controller);
  commit(stream, first);
  for (let i = 0; i < filled.length; i++) commit(stream, filled[i]);
}

module.exports = {
  ReadableByteStreamController, ReadableStreamBYOBRequest, byobRequestOf, byteControllerFromSource, cancelByteController,
  closeByteController, enqueueBytes, errorByteController, pullBytesSteps, pullInto, releaseSteps,
  respond, respondWithNewView, setUpByteController,
};
